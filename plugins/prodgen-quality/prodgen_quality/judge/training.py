"""`prodgen train judge`: the network that judges generators, from rendered views of products of its own.

A checkpoint is written after each epoch, so that a run that was stopped goes on; all that is random follows from the seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from prodgen_quality.judge import network
from prodgen_quality.judge.weights import POSES, QUESTIONS, label_of, pose_of, read_judge, write_judge
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Report, Trainer
from prodgen_sdk.training.recipe import claim
from prodgen_sdk.training.rendered import Shot, read_pixels, read_shots

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Recipe(BaseModel):
    """How the judge is trained.

    Args:
        hidden: units of the hidden layer.
        decay: of weights.
        dropout: of the hidden layer, and half of it before.
        smoothing: of the labels (Szegedy et al., CVPR 2016).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    hidden: Annotated[int, Field(ge=4, le=4096)] = 256
    epochs: Annotated[int, Field(ge=1, le=1000)] = 22
    batch: Annotated[int, Field(ge=2)] = 64
    learning_rate: Annotated[float, Field(gt=0)] = 3e-3
    decay: Annotated[float, Field(ge=0)] = 0.05
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.3
    smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.05


class JudgeTrainer(Trainer):
    """Trains a judge from rendered data sets."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        """Trains from one rendered data set, or a folder of several, into `out`.

        Returns:
            Where the weights lie, and the accuracy on the products of the validation split by question, `val_<question>`.

        Raises:
            InputError: there are no data, or too few products.
            ConfigError: an option is wrong, or `out` holds a run with other options.
        """
        recipe = validate(Recipe, config, where="options of train judge")
        shots = read_shots(data)
        known = [shot for shot in shots if shot.split == "train"]
        if len({shot.product for shot in known}) < 2:
            raise InputError(f"{data} holds fewer than 2 products to train on.", hint="Render more products.")
        claim(recipe, out)
        path = out / "judge.safetensors"
        if not path.is_file():
            _train(recipe, known, out, path, ctx)
        ctx.progress(recipe.epochs, recipe.epochs, "epochs")
        figures = accuracy(path, [shot for shot in shots if shot.split == "val"])
        return Report(checkpoint=path, steps=recipe.epochs, figures=figures)


def _train(recipe: Recipe, known: list[Shot], out: Path, path: Path, ctx: Context) -> None:
    from prodgen_quality.judge.learning import learn

    def step(done: int) -> None:
        ctx.check()
        ctx.progress(done, recipe.epochs, "epochs")

    labels = labels_of(known)
    pictures, truth = _arrays(known, labels)
    counts = {question: len(labels[question]) for question in QUESTIONS}
    checkpoint = out / "checkpoint.safetensors"
    tensors = learn(pictures, truth, counts, recipe, checkpoint, step)
    facts = {"recipe": recipe.model_dump(mode="json"), "products": len({shot.product for shot in known})}
    write_judge(path, tensors, labels, facts)
    checkpoint.unlink()


def _answer(shot: Shot, question: str) -> str:
    """The right answer to a question on a view."""
    return pose_of(shot.view) if question == "pose" else label_of(shot.labels, question)


def labels_of(shots: list[Shot]) -> dict[str, tuple[str, ...]]:
    """What each question can be answered with."""
    found = {question: tuple(sorted({_answer(shot, question) for shot in shots})) for question in QUESTIONS[:-1]}
    return {**found, "pose": POSES}


def accuracy(path: Path, shots: list[Shot]) -> dict[str, float]:
    """Share of right answers on some views, `val_<question>`; nothing without views."""
    judge = read_judge(path)
    if not shots:
        return {}
    answers = judge.answers(judge.features([picture for _, picture, _ in read_pixels(shots)]))
    truth = {question: [_answer(shot, question) for shot in shots] for question in QUESTIONS}
    return {
        f"val_{question}": sum(a == b for a, b in zip(answers[question], truth[question], strict=True)) / len(shots)
        for question in QUESTIONS
    }


def _arrays(shots: list[Shot], labels: Mapping[str, tuple[str, ...]]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images uint8 [n, 128, 128, 3] and places of their labels int64 [n, questions]."""
    import numpy as np

    pictures = np.empty((len(shots), network.SIZE, network.SIZE, 3), np.uint8)
    for place, (_, picture, _) in enumerate(read_pixels(shots)):
        pictures[place] = network.prepared([picture])[0]
    places = {question: {label: n for n, label in enumerate(labels[question])} for question in QUESTIONS}
    answers = [[places[q][_answer(shot, q)] for q in QUESTIONS] for shot in shots]
    return pictures, np.asarray(answers, np.int64)
