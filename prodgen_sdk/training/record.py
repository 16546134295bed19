"""The record of a run: a JSON Lines log, event files for TensorBoard, and grids of samples."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_sdk.training.tensorboard import EventFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LOG = "log.jsonl"


class Record:
    """Writes `log.jsonl`, `tensorboard/` and `samples/` as figures and images come.

    What a killed run noted after its last checkpoint is dropped when it goes on.

    Args:
        out: the folder of the run.
        step: where the run goes on.

    >>> record = Record(Path("run"), 0)
    >>> record.figures(1, {"loss": 0.5})
    >>> record.close()
    >>> Path("run/log.jsonl").read_text()
    '{"step": 1, "loss": 0.5}\\n'
    """

    def __init__(self, out: Path, step: int) -> None:
        self._out = out
        out.mkdir(parents=True, exist_ok=True)
        path = out / LOG
        kept = [line for line in _whole_lines(path) if json.loads(line)["step"] <= step]
        path.write_text("".join(kept), "utf-8")
        self._log = path.open("a", encoding="utf-8")
        self._events = EventFile(out / "tensorboard", after=step)

    def figures(self, step: int, figures: dict[str, float]) -> None:
        """One line of the log, and a point on each curve."""
        known = {name: value for name, value in figures.items() if math.isfinite(value)}
        self._log.write(json.dumps({"step": step, **{k: float(f"{v:.6g}") for k, v in known.items()}}) + "\n")
        self._log.flush()
        for name, value in known.items():
            self._events.scalar(name, value, step)

    def picture(self, step: int, grid: NDArray[np.uint8] | None) -> None:
        """A grid as `samples/<step>.png` and in TensorBoard."""
        if grid is None:
            return
        from prodgen_sdk import images

        path = self._out / "samples" / f"{step:06d}.png"
        path.parent.mkdir(exist_ok=True)
        images.save(grid, path)
        self._events.image("samples", path.read_bytes(), grid.shape[:2], step)

    def close(self) -> None:
        try:
            self._log.close()
        finally:
            self._events.close()


def _whole_lines(path: Path) -> list[str]:
    """The lines of a log; a line that a kill cut off is none."""
    if not path.is_file():
        return []
    lines = path.read_text("utf-8").splitlines(keepends=True)
    return [line for line in lines if line.endswith("\n") and line.startswith("{")]


def grid(pictures: NDArray[np.uint8], columns: int, gap: int = 2) -> NDArray[np.uint8]:
    """Images [n, h, w, 3] side by side on white, row by row."""
    import numpy as np

    n, h, w, _ = pictures.shape
    rows = -(-n // columns)
    sheet = np.full((rows * (h + gap) - gap, columns * (w + gap) - gap, 3), 255, np.uint8)
    for number, picture in enumerate(pictures):
        y, x = divmod(number, columns)
        sheet[y * (h + gap) : y * (h + gap) + h, x * (w + gap) : x * (w + gap) + w] = picture
    return sheet
