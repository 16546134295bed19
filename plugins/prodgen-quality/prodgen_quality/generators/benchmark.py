"""The component behind `prodgen eval generators`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from prodgen_quality.generators import subjects
from prodgen_quality.generators.products import RenderedProduct, read_products
from prodgen_quality.generators.report import write_report
from prodgen_quality.generators.subjects import Subject
from prodgen_quality.generators.table import Row, rows_of
from prodgen_quality.generators.trial import Trial, images_made, seeded, try_out
from prodgen_quality.judge.weights import QUESTIONS, Judge, label_of, read_judge
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.distances import spread
from prodgen_sdk.errors import Cancelled, DeadlineExceeded, InputError, NotFound, ProdgenError
from prodgen_sdk.interfaces import Benchmark
from prodgen_sdk.threads import cores
from prodgen_sdk.training.rendered import read_shots
from prodgen_sdk.types import Image, View

_REAL = "render/parametric"
_SEED = 20_261
"""Of data sets that are made here: no judge and no generator was trained on its products."""


class Options(BaseModel):
    """What `prodgen eval generators` takes after `-o`.

    Args:
        data: a rendered data set, or a folder of several; without it one is rendered.
        out: folder for the table and the grids of images.
        n: held-out products.
        generators: ids, separated by commas; all that are installed, by default.
        training: products that the baselines know, at most.
        prompts, seeds: of the test of diversity.
        size: edge in pixels of what is rendered where no data are given.
        judge: another judge's weights.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path | None = None
    out: Path | None = None
    n: Annotated[int, Field(ge=2, le=10_000)] = 24
    generators: str = ""
    training: Annotated[int, Field(ge=1)] = 200
    prompts: Annotated[int, Field(ge=1)] = 8
    seeds: Annotated[int, Field(ge=2)] = 6
    size: Annotated[int, Field(ge=32, le=1024)] = 128
    judge: Path | None = None


class GeneratorsEvaluation(Benchmark):
    """Every generator that works from words or a photo, beside the true renders and the baselines."""

    def __init__(self, config: Any = None, ctx: Context | None = None) -> None:
        pass

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        """Flat figures `<subject>_<metric>`; with `out` also the table (Markdown, CSV, JSON) and a grid a subject.

        Raises:
            InputError: the data hold no held-out product.
        """
        chosen = validate(Options, options, where="options of eval generators")
        wanted = _wanted(chosen.generators, ctx.ids("generator"))
        if chosen.data is not None:
            return self._run(chosen, wanted, *_held_out(chosen.data, chosen), ctx)
        with TemporaryDirectory(prefix="prodgen-eval-") as folder:
            return self._run(chosen, wanted, *_made(Path(folder), chosen, ctx), ctx)

    def _run(
        self,
        options: Options,
        wanted: Sequence[str],
        held_out: list[RenderedProduct],
        training: list[RenderedProduct],
        ctx: Context,
    ) -> dict[str, Any]:
        judge = read_judge(options.judge)
        size = held_out[0].pictures[0].shape[0]
        found, absent = subjects.generators(wanted, size, ctx)
        total = len(found) * images_made(held_out, options.prompts, options.seeds)
        every = [subjects.truth(), *_counted(found, total, ctx), *subjects.baselines(training)]
        trials: list[Trial] = []
        for subject in every:
            try:
                trials.append(try_out(subject, held_out, options.prompts, options.seeds, judge, ctx))
            except (Cancelled, DeadlineExceeded):
                raise
            except ProdgenError as error:
                absent[subject.id] = str(error)
        ctx.progress(total, total, "images")
        real_spread = _real_spread(trials, held_out, options, judge, size, ctx)
        rows = rows_of(trials, [judge.features(product.pictures) for product in training], real_spread)
        facts = {
            "products": len(held_out),
            "views": len(held_out[0].views),
            "size": size,
            "training_products": len(training),
            "prompts": options.prompts,
            "seeds": options.seeds,
            "judge": judge.digest[:12],
            **_unknown(held_out, judge),
            "data": str(options.data) if options.data else f"rendered, seed {_SEED}",
        }
        if options.out is not None:
            write_report(options.out, rows, trials, held_out, absent, facts)
        return {**facts, **_flat(rows), **{f"not_run_{_key(id)}": why for id, why in absent.items()}}


def _wanted(given: str, installed: Sequence[str]) -> Sequence[str]:
    """The ids in a comma-separated list, or all that are installed; raises NotFound."""
    ids = [id.strip() for id in given.split(",") if id.strip()]
    for id in ids:
        if id not in installed:
            raise NotFound.of("generator", id, installed)
    return ids or installed


def _counted(found: Sequence[Subject], total: int, ctx: Context) -> list[Subject]:
    """Generators that say after each call how many of all images are made."""
    done = 0

    def counted(subject: Subject) -> Subject:
        def make(product: RenderedProduct, views: Sequence[View], seed: int) -> list[Image]:
            nonlocal done
            made = subject.make(product, views, seed)
            done += len(made)
            ctx.progress(done, total, f"images, {subject.id}")
            return made

        return replace(subject, make=make)

    return [counted(subject) for subject in found]


def _held_out(data: Path, options: Options) -> tuple[list[RenderedProduct], list[RenderedProduct]]:
    """Products of the test split (then of the validation split), and products of the training split."""
    shots = read_shots(data)
    names = [
        list(dict.fromkeys(shot.product for shot in shots if shot.split == split)) for split in ("test", "val", "train")
    ]
    held = set((names[0] + names[1])[: options.n])
    if len(held) < 2:
        raise InputError(
            f"{data} holds fewer than 2 held-out products.", hint="Render more: about 1 in 10 is held out."
        )
    known = set(names[2][: options.training])
    return (
        read_products([shot for shot in shots if shot.product in held]),
        read_products([shot for shot in shots if shot.product in known]),
    )


def _made(folder: Path, options: Options, ctx: Context) -> tuple[list[RenderedProduct], list[RenderedProduct]]:
    """Freshly rendered products: none was trained on, so every third is held out and the others are what baselines know."""
    data, products = folder / "data", 3 * options.n
    command = [sys.executable, "-m", "prodgen_sdk", "render", "dataset", "--out", str(data), "--views", "orbit8"]
    command += ["--products", str(products), "--size", str(options.size), "--seed", str(_SEED)]
    command += ["--shard-products", "3", "--workers", str(cores())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as rendering:  # noqa: S603 - our own command
        try:
            words = _read_while(rendering, data / "shards", 8 * products, ctx)
        except BaseException:
            rendering.kill()
            raise
    if rendering.returncode:
        raise InputError(
            f"No data were given, and none could be rendered: {words[-1] if words else 'no reason was given'}",
            hint="Install prodgen-render, or give --data DIR.",
        )
    found = read_products(read_shots(data))
    return found[::3], [product for place, product in enumerate(found) if place % 3]


def _read_while(rendering: subprocess.Popen[str], shards: Path, total: int, ctx: Context) -> list[str]:
    """The lines of standard error at the end; says meanwhile how many images are in finished shards."""
    while True:
        ctx.check()
        done = sum(len(file.read_bytes().splitlines()) for file in shards.glob("*.jsonl"))
        ctx.progress(done, total, "images rendered")
        try:
            return rendering.communicate(timeout=0.5)[1].strip().splitlines()
        except subprocess.TimeoutExpired:
            continue


def _real_spread(
    trials: Sequence[Trial],
    held_out: Sequence[RenderedProduct],
    options: Options,
    judge: Judge,
    size: int,
    ctx: Context,
) -> float | None:
    """How far real products with the same attributes are apart; None where nobody can draw such products."""
    found = next((trial.spreads for trial in trials if trial.subject.id == _REAL), None)
    if found is None:
        drawing, _ = subjects.generators([_REAL], size, ctx)
        if not drawing:
            return None
        by_seed = seeded(drawing[0], held_out, options.prompts, options.seeds, ctx)
        found = [spread(judge.features(pictures)) for pictures in by_seed]
    return sum(found) / len(found) if found else None


def _unknown(held_out: Sequence[RenderedProduct], judge: Judge) -> dict[str, int]:
    """Of how many products the judge cannot know an answer: they are left out of that column."""
    counts = {
        question: sum(label_of(product.labels, question) not in judge.known[question] for product in held_out)
        for question in QUESTIONS[:-1]
    }
    return {f"unknown_{question}": count for question, count in counts.items() if count}


def _flat(rows: Sequence[Row]) -> dict[str, float]:
    return {
        f"{_key(row.id)}_{name}": round(cell.value, 4)
        for row in rows
        for name, cell in row.cells.items()
        if cell is not None
    }


def _key(id: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", id.lower())
