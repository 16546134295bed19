"""The judge's weights: a safetensors file with the labels of each question in its metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_quality.judge import network
from prodgen_sdk.checkpoints.weights import fitting, read_weights, write_weights
from prodgen_sdk.types import Image, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHIPPED = Path(__file__).parents[1] / "data" / "judge.safetensors"
QUESTIONS = ("family", "colour", "material", "pattern", "pose")
POSES = tuple(str(azimuth) for azimuth in range(0, 360, 45))


def pose_of(view: View) -> str:
    """The nearest of `POSES` to a view's azimuth."""
    return POSES[round(view.azimuth / 45) % 8]


def label_of(labels: Mapping[str, str], question: str) -> str:
    """The right answer to a question other than the pose. A logo is a mark on a plain thing, often on its front alone.

    >>> label_of({"pattern": "logo"}, "pattern")
    'plain'
    """
    found = labels[question]
    return "plain" if question == "pattern" and found == "logo" else found


@dataclass(frozen=True)
class Judge:
    """Answers questions on pictures. `labels` lists what each question can be answered with."""

    tensors: Mapping[str, Any]
    labels: Mapping[str, tuple[str, ...]]
    digest: str

    def features(self, pictures: Sequence[Image]) -> NDArray[np.float32]:
        """float32 [n, hidden]: what the answers stand on."""
        return network.features(self.tensors, network.prepared(pictures))

    def answers(self, features: NDArray[np.float32]) -> dict[str, list[str]]:
        """The most probable label of each question, for each picture."""
        return {
            question: [labels[place] for place in network.answers(self.tensors, features, question).argmax(axis=1)]
            for question, labels in self.labels.items()
        }

    @cached_property
    def known(self) -> dict[str, frozenset[str]]:
        """The labels of each question, to look one up."""
        return {question: frozenset(labels) for question, labels in self.labels.items()}


def read_judge(path: Path | None = None) -> Judge:
    """The judge of a file; None takes the one that comes with the package.

    Raises:
        ConfigError: the file is missing, damaged, or holds something else.
    """
    return _shipped() if path is None else _read(path, "Train one: prodgen train judge --data DIR --out DIR")


@cache
def _shipped() -> Judge:
    return _read(SHIPPED, "Install prodgen-quality again.")


def write_judge(path: Path, tensors: Mapping[str, Any], labels: Mapping[str, Sequence[str]], facts: Any) -> Path:
    """Writes weights as float16, whole or not at all."""
    import numpy as np

    halves = {name: np.asarray(value, np.float16) for name, value in tensors.items()}
    write_weights(path, halves, {"labels": labels, "facts": facts})
    return path


def _read(path: Path, hint: str) -> Judge:
    import numpy as np

    stored, facts, digest = read_weights(path, "the judge", hint=hint)
    with fitting(path, "the judge", hint=hint):
        tensors = {key: value.astype(np.float32) for key, value in stored.items()}
        judge = Judge(tensors, {question: tuple(facts["labels"][question]) for question in QUESTIONS}, digest)
        if tensors["hidden.weight"].shape[0] != network.SEEN:
            raise ValueError("its network is another one")
        for question, known in judge.labels.items():
            if tensors[f"head.{question}.weight"].shape != (len(tensors["hidden.bias"]), len(known)):
                raise ValueError(f"the head of {question} does not fit its labels")
    return judge
