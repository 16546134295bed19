"""Figures of trials -> rows with intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from prodgen_quality.generators.trial import Trial
from prodgen_sdk.bootstrap import bootstrap
from prodgen_sdk.distances import kernel_distance, nearest

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

COLUMNS: dict[str, str] = {
    "psnr": "PSNR dB",
    "ssim": "SSIM",
    "family": "family",
    "colour": "colour",
    "material": "material",
    "pattern": "pattern",
    "patterned": "pattern, not plain",
    "pose": "pose",
    "agreement": "views agree",
    "view_colour_error": "views ΔE",
    "diversity": "diversity",
    "kernel_distance": "kernel distance",
    "novelty": "novelty",
    "seconds": "s / product",
    "memory_mb": "MB",
}


@dataclass(frozen=True)
class Cell:
    """A figure, with its 95 % interval where products were drawn."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """A subject's figures by column; None where it has none."""

    id: str
    made: str
    cells: dict[str, Cell | None]


def rows_of(trials: Sequence[Trial], training: Sequence[NDArray[np.float32]], real_spread: float | None) -> list[Row]:
    """One row a trial; the first trial is that of the true renders.

    Args:
        training: features of the training products' pictures, [views, d] each.
        real_spread: how far real products with the same attributes are apart: diversity is a share of it.
    """
    return [_row(trial, trials[0], training, real_spread) for trial in trials]


def _row(trial: Trial, true: Trial, training: Sequence[NDArray[np.float32]], real_spread: float | None) -> Row:
    cells: dict[str, Cell | None] = dict.fromkeys(COLUMNS)
    for name, values in trial.figures.items():
        cells[name] = Cell(*bootstrap(values))
    if trial.subject.made == "truth":
        cells["psnr"] = cells["ssim"] = None  # it is compared with itself
    if trial.spreads and real_spread:
        cells["diversity"] = Cell(*bootstrap([spread / real_spread for spread in trial.spreads]))
    if trial.features:
        cells |= _against_training(trial, true, training)
    if trial.subject.made == "generator":
        cells["seconds"] = Cell(median(trial.seconds))
        cells["memory_mb"] = Cell(trial.memory_mb)
    return Row(trial.subject.id, trial.subject.made, cells)


def _against_training(trial: Trial, true: Trial, training: Sequence[NDArray[np.float32]]) -> dict[str, Cell | None]:
    """Distance between its pictures and real ones as a whole, and whether it repeats what it was trained on.

    Novelty is the distance of its pictures to the nearest training picture, as a share of that of the true renders: near 0 for
    copies. The true renders are compared with training products.
    """
    import numpy as np

    mine = np.concatenate(trial.features)
    cells: dict[str, Cell | None] = {}
    if training:
        known = np.concatenate(list(training))
        other = known if trial is true else np.concatenate(true.features)
        cells["kernel_distance"] = Cell(kernel_distance(_directions(mine, known), _directions(other, known)))
        real = float(np.median(nearest(np.concatenate(true.features), known)))
        ratios = [float(np.median(nearest(rows, known))) / real for rows in trial.features]
        cells["novelty"] = Cell(*bootstrap(ratios)) if real else None
    return cells


def _directions(features: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Features as directions from the mean of known ones, of length sqrt(d): a few very large ones do not decide alone."""
    import numpy as np

    away = features - known.mean(axis=0)
    lengths = np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    return np.asarray(away / lengths * np.sqrt(away.shape[1]), np.float32)
