"""`prodgen train judge`: the network that judges generators, from rendered views of products of its own.

All that is random follows from the seed and the step, so that a run which was stopped goes on as if it never had been.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from prodgen_quality.judge import network
from prodgen_quality.judge.augment import augmented
from prodgen_quality.judge.weights import QUESTIONS, read_judge, write_judge
from prodgen_quality.rendered import Shot, read_pixels, read_shots
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.interfaces import Report, Trainer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

POSES = tuple(str(angle) for angle in range(0, 360, 45))


class Recipe(BaseModel):
    """How the judge is trained: AdamW (Loshchilov and Hutter, ICLR 2019) with warm-up and a cosine to nothing.

    Args:
        epochs: passes over the training products.
        widths: channels of each stage.
        smoothing: of the labels (Szegedy et al., CVPR 2016).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 0
    epochs: Annotated[int, Field(ge=1, le=1000)] = 8
    batch: Annotated[int, Field(ge=2, le=1024)] = 32
    widths: tuple[int, ...] = (16, 32, 64, 128)
    learning_rate: Annotated[float, Field(gt=0)] = 3e-3
    decay: Annotated[float, Field(ge=0)] = 0.05
    smoothing: Annotated[float, Field(ge=0, lt=1)] = 0.05


class JudgeTrainer(Trainer):
    """Trains a judge from rendered data sets."""

    def __init__(self, config: Any, ctx: Context) -> None:
        pass

    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        """Trains from one rendered data set, or a folder of several, into `out`.

        Returns:
            Where the weights lie, and the accuracy on the products of the validation split by question.

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
        labels = labels_of(known)
        run = _Run(recipe, *_arrays(known, labels), labels, out)
        total = run.steps
        ctx.progress(run.step, total, "steps")
        while run.step < total:
            ctx.check()
            run.advance()
            ctx.progress(run.step, total, "steps")
        path = write_judge(out / "judge.safetensors", run.folded(), labels, {"recipe": recipe.model_dump(mode="json")})
        figures = {"loss": run.loss, **accuracy(path, [shot for shot in shots if shot.split == "val"])}
        return Report(checkpoint=path, steps=run.step, figures=figures)


def pose_of(shot: Shot) -> str:
    """The nearest of the eight azimuths."""
    return str(round(shot.view.azimuth / 45) % 8 * 45)


def labels_of(shots: list[Shot]) -> dict[str, tuple[str, ...]]:
    """What each question can be answered with."""
    found = {question: tuple(sorted({shot.labels[question] for shot in shots})) for question in QUESTIONS[:-1]}
    return {**found, "pose": POSES}


def accuracy(path: Path, shots: list[Shot]) -> dict[str, float]:
    """Share of right answers on some views, `val_<question>`; nothing without views."""
    judge = read_judge(path)
    if not shots:
        return {}
    pixels = [picture for _, picture, _ in read_pixels(shots)]
    answers = judge.answers(judge.features(pixels))
    truth = {question: [shot.labels.get(question) or pose_of(shot) for shot in shots] for question in QUESTIONS}
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
    answers = [[places[q][shot.labels.get(q) or pose_of(shot)] for q in QUESTIONS] for shot in shots]
    return pictures, np.asarray(answers, np.int64)


class _Run:
    """The network under training, with the optimiser's state; both are kept in one file, written once an epoch."""

    def __init__(
        self,
        recipe: Recipe,
        pictures: NDArray[np.uint8],
        truth: NDArray[np.int64],
        labels: Mapping[str, tuple[str, ...]],
        out: Path,
    ) -> None:
        import torch

        from prodgen_quality.judge.model import Model

        self.recipe, self.pictures, self.truth, self.path = recipe, pictures, truth, out / "checkpoint.safetensors"
        torch.manual_seed(recipe.seed)
        self.model = Model(recipe.widths, {question: len(labels[question]) for question in QUESTIONS})
        self.optimiser = torch.optim.AdamW(
            self.model.parameters(), recipe.learning_rate, betas=(0.9, 0.99), weight_decay=recipe.decay
        )
        self.step, self.loss = 0, 0.0
        self.each = max(1, len(pictures) // recipe.batch)
        self.steps = self.each * recipe.epochs
        self._resume()

    def advance(self) -> None:
        """One step; a checkpoint at the end of each epoch."""
        import numpy as np
        import torch
        from torch.nn.functional import cross_entropy

        recipe = self.recipe
        epoch, place = divmod(self.step, self.each)
        order = np.random.default_rng([recipe.seed, 1, epoch]).permutation(len(self.pictures))
        rows = order[place * recipe.batch : (place + 1) * recipe.batch]
        batch = augmented(self.pictures[rows], np.random.default_rng([recipe.seed, 2, self.step]))
        share = self.step / self.steps
        rate = recipe.learning_rate * min(1.0, share / 0.05 + 0.02) * 0.5 * (1 + np.cos(np.pi * share))
        self.optimiser.param_groups[0]["lr"] = float(rate)
        self.model.train()
        logits = self.model(torch.from_numpy(batch))
        truth = torch.from_numpy(self.truth[rows])
        losses = [
            cross_entropy(logits[question], truth[:, n], label_smoothing=recipe.smoothing)
            for n, question in enumerate(QUESTIONS)
        ]
        loss = torch.stack(losses).sum()
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 5.0)
        self.optimiser.step()
        self.step, self.loss = self.step + 1, float(loss.detach())
        if self.step % self.each == 0:
            self._save()

    def folded(self) -> dict[str, Any]:
        """The weights for `network`, with the features standardised over training pictures."""
        import numpy as np

        tensors = self.model.folded()
        size = self.model.width
        tensors |= {"head.mean": np.zeros(size, np.float32), "head.scale": np.ones(size, np.float32)}
        found = network.features(tensors, self.pictures[:: max(1, len(self.pictures) // 1000)])
        mean, scale = found.mean(axis=0), found.std(axis=0) + 1e-3
        for question in QUESTIONS:
            weight = tensors[f"head.{question}.weight"]
            tensors[f"head.{question}.bias"] = tensors[f"head.{question}.bias"] + weight @ mean
            tensors[f"head.{question}.weight"] = weight * scale
        return tensors | {"head.mean": mean, "head.scale": scale}

    def _save(self) -> None:
        from safetensors.torch import save

        tensors = {f"model.{name}": value.contiguous() for name, value in self.model.state_dict().items()}
        for name, parameter in self.model.named_parameters():
            state = self.optimiser.state[parameter]
            tensors |= {f"first.{name}": state["exp_avg"], f"second.{name}": state["exp_avg_sq"]}
        facts = {"step": str(self.step), "loss": repr(self.loss)}
        write_atomically(self.path, save({name: value.contiguous() for name, value in tensors.items()}, facts))

    def _resume(self) -> None:
        if not self.path.is_file():
            return
        import torch
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.path, "pt") as file:
                facts = file.metadata() or {}
                kept = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
            self.step, self.loss = int(facts["step"]), float(facts["loss"])
            self.model.load_state_dict(
                {name.removeprefix("model."): value for name, value in kept.items() if name.startswith("model.")}
            )
            for name, parameter in self.model.named_parameters():
                self.optimiser.state[parameter] = {
                    "step": torch.tensor(float(self.step)),
                    "exp_avg": kept[f"first.{name}"],
                    "exp_avg_sq": kept[f"second.{name}"],
                }
        except (SafetensorError, KeyError, ValueError, RuntimeError) as error:
            raise ConfigError(
                f"The checkpoint {self.path} cannot be read: {error}.", hint="Delete it to start again."
            ) from None


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
