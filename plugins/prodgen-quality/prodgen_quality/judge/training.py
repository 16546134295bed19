"""`prodgen train judge`: the network that judges generators, from rendered views of products of its own.

Patches and colours are learnt without labels, then what is seen of every picture and of changed copies of it is worked out once,
and a small network learns to answer on it. What was worked out is kept, so that a run that was stopped goes on; all that is random
follows from the seed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from prodgen_quality.judge import network
from prodgen_quality.judge.augment import augmented
from prodgen_quality.judge.head import learn_head
from prodgen_quality.judge.learning import learn_sight
from prodgen_quality.judge.weights import POSES, QUESTIONS, pose_of, read_judge, write_judge
from prodgen_quality.rendered import Shot, read_pixels, read_shots
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Report, Trainer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_STEP = 64
_LEARNT_FROM = 400


class Recipe(BaseModel):
    """How the judge is trained.

    Args:
        copies: changed copies of each picture, besides the picture itself.
        coarse, fine, colours: centroids of patches at both scales, and of colours.
        patches: from how many patches, and pixels, the centroids are learnt.
        hidden: units of the hidden layer.
        smoothing: of the labels (Szegedy et al., CVPR 2016).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    copies: Annotated[int, Field(ge=0, le=20)] = 2
    coarse: Annotated[int, Field(ge=2, le=2000)] = 160
    fine: Annotated[int, Field(ge=2, le=2000)] = 128
    colours: Annotated[int, Field(ge=2, le=1000)] = 64
    patches: Annotated[int, Field(ge=100)] = 60_000
    hidden: Annotated[int, Field(ge=4, le=4096)] = 256
    epochs: Annotated[int, Field(ge=1, le=1000)] = 40
    batch: Annotated[int, Field(ge=2)] = 128
    learning_rate: Annotated[float, Field(gt=0)] = 2e-3
    decay: Annotated[float, Field(ge=0)] = 0.05
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.4
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
        _claim(recipe, out)
        path = out / "judge.safetensors"
        steps = (1 + recipe.copies) * -(-len(known) // _STEP) + recipe.epochs
        if not path.is_file():
            _train(recipe, known, out, path, _Progress(steps, ctx))
        ctx.progress(steps, steps, "steps")
        return Report(checkpoint=path, steps=steps, figures=accuracy(path, [s for s in shots if s.split == "val"]))


class _Progress:
    """Counts steps, tells of them and stops between them."""

    def __init__(self, total: int, ctx: Context) -> None:
        self.done, self.total, self.ctx = 0, total, ctx

    def step(self, steps: int = 1) -> None:
        self.ctx.check()
        self.done += steps
        self.ctx.progress(self.done, self.total, "steps")


def _train(recipe: Recipe, known: list[Shot], out: Path, path: Path, progress: _Progress) -> None:
    import numpy as np

    labels = labels_of(known)
    pictures, truth = _arrays(known, labels)
    centroids = {"coarse": recipe.coarse, "fine": recipe.fine}
    some = pictures[:: max(1, len(pictures) // _LEARNT_FROM)]
    tensors = _kept(
        out / "sight.npz", lambda: learn_sight(some, centroids, recipe.colours, recipe.patches, recipe.seed)
    )
    files = [out / f"seen-{copy}.npz" for copy in range(1 + recipe.copies)]
    if there := sum(file.is_file() for file in files):
        progress.step(there * -(-len(pictures) // _STEP))
    seen = [
        _kept(file, partial(_seen, recipe, tensors, pictures, copy, progress))["seen"]
        for copy, file in enumerate(files)
    ]
    head = learn_head(
        np.stack(seen), truth, {question: len(labels[question]) for question in QUESTIONS}, recipe, progress.step
    )
    facts = {"recipe": recipe.model_dump(mode="json"), "products": len({shot.product for shot in known})}
    write_judge(path, tensors | head, labels, facts)


def _seen(
    recipe: Recipe, tensors: Mapping[str, Any], pictures: NDArray[np.uint8], copy: int, progress: _Progress
) -> dict[str, Any]:
    """What is seen of every picture (copy 0), or of a changed copy of each."""
    import numpy as np

    parts = []
    for start in range(0, len(pictures), _STEP):
        batch = pictures[start : start + _STEP]
        if copy:
            batch = augmented(batch, np.random.default_rng([recipe.seed, 2, copy, start]))
        parts.append(network.sight(tensors, batch).astype(np.float16))
        progress.step()
    return {"seen": np.concatenate(parts)}


def _kept(path: Path, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What lies in a file of an earlier run, or else is made and put there."""
    import io

    import numpy as np

    if path.is_file():
        try:
            with np.load(path, allow_pickle=False) as arrays:
                return dict(arrays)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path} cannot be read: {error}.", hint="Delete it to start again.") from None
    made = make()
    buffer = io.BytesIO()
    np.savez(buffer, **made)
    write_atomically(path, buffer.getvalue())
    return made


def _answer(shot: Shot, question: str) -> str:
    """The right answer to a question on a view."""
    return pose_of(shot.view) if question == "pose" else shot.labels[question]


def labels_of(shots: list[Shot]) -> dict[str, tuple[str, ...]]:
    """What each question can be answered with."""
    found = {question: tuple(sorted({shot.labels[question] for shot in shots})) for question in QUESTIONS[:-1]}
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
    """Pictures uint8 [n, 96, 96, 3] and places of their labels int64 [n, questions]."""
    import numpy as np

    pictures = np.empty((len(shots), network.SIZE, network.SIZE, 3), np.uint8)
    for place, (_, picture, _) in enumerate(read_pixels(shots)):
        pictures[place] = network.prepared([picture])[0]
    places = {question: {label: n for n, label in enumerate(labels[question])} for question in QUESTIONS}
    answers = [[places[q][_answer(shot, q)] for q in QUESTIONS] for shot in shots]
    return pictures, np.asarray(answers, np.int64)


def _claim(recipe: Recipe, out: Path) -> None:
    """Notes the recipe in `out`, so that a run is not continued with another one."""
    text = json.dumps(recipe.model_dump(mode="json"), indent=1, sort_keys=True) + "\n"
    path = out / "recipe.json"
    if not path.is_file():
        write_atomically(path, text.encode())
    elif path.read_text("utf-8") != text:
        raise ConfigError(
            f"{out} holds a run with other options.", hint="Choose another folder, or repeat its options."
        )
