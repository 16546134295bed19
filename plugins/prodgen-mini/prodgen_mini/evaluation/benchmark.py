"""`prodgen eval assets`: how well the models design held-out products, beside what needs no network."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field

from prodgen_mini.config import Config
from prodgen_mini.designs import Designs, read_designs
from prodgen_mini.evaluation.chosen import MODELS, Models
from prodgen_mini.evaluation.copies import Copies, artworks, small, small_of_split
from prodgen_mini.evaluation.designers import Designer, Made, model_designer, nearest_designer, table_designer
from prodgen_mini.evaluation.judge import Judge, look, train_judge
from prodgen_mini.weights import load_codec
from prodgen_sdk.bootstrap import bootstrap
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.distances import kernel_distance, spread
from prodgen_sdk.errors import InputError
from prodgen_sdk.images.colour import to_lab
from prodgen_sdk.interfaces import Benchmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_mini.space import Space

SEEDS = 4
_TRAINING, _SPREAD = 6000, 128
_FEWEST = 20
"""Fewer products tell nothing apart: their interval of a share is wider than .4."""


class Options(BaseModel):
    """What `prodgen eval assets` takes after `-o`.

    Args:
        data: a data set of designs whose test split no model has seen.
        n: test products with artwork, at most.
        out: folder for the table and a sheet of designs.
        models: ids without `/mini`, separated by commas.
        rendered: of how many products, with artwork or without, images are compared.
        judge_steps: for which the judge is trained; fewer try the command out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: Path | None = None
    n: Annotated[int, Field(ge=_FEWEST)] = 256
    out: Path | None = None
    models: Models = MODELS
    rendered: Annotated[int, Field(ge=0)] = 0
    judge_steps: Annotated[int, Field(ge=1)] = 500


class AssetBenchmark(Benchmark):
    """How the models design held-out products; see `Options`.

    For each system: the share whose pattern the judge names right; the colour difference of the main colour to the asked one; the
    kernel distance to the true designs, of the artwork alone and together with what was asked; the diversity of four seeds over that
    of true products alike, on 128 products; the memorisation ratio, the distance to the nearest of all training artworks over that of true held-out artwork;
    the share of near copies, nearer to training than one in twenty true held-out ones (`fresh`: the same of validation products);
    the PSNR of rendered images on the foreground, beside that of the true designs with nothing but their proportions unknown;
    each also where the product's data state its sides (`measured`).
    Each with a 95 % interval over products. `true` is the training split in place of a model. Judge, table and nearest product are
    made of the first 6,000 training products.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config or Config()

    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        chosen = validate(Options, options, where="options of eval assets")
        data, models = chosen.data, chosen.models
        if data is None:
            raise InputError("There are no designs to evaluate on.", hint="Give --data DIR, of prodgen render assets.")
        torch.set_num_threads(1)
        train = read_designs(data, splits=("train",), limit=_TRAINING)
        train = train.take(train.has_art)
        whole = read_designs(data, splits=("test",))
        test = whole.take(whole.has_art)
        test = test.take(np.arange(min(chosen.n, len(test))))
        if len(test) < _FEWEST:
            raise InputError(
                f"{data} holds {len(test)} test products with artwork; {_FEWEST} are needed.",
                hint="Make more designs, such as --products 1000: one in twenty is held out to test, and two in three have artwork.",
            )
        _, space, _ = load_codec(self._config.codec.weights, self._config.codec.sha256)
        ctx.progress(0, len(models) + 3, "judge")
        judge, kinds, _ = train_judge(train, steps=chosen.judge_steps)
        ctx.progress(0, len(models) + 3, "what was trained on")
        copies = Copies(small_of_split(data, "train", ctx), small(torch.from_numpy(test.art())))
        table = _Table(test, train, judge, kinds, copies)
        designers: dict[str, Designer] = {name: model_designer(name, self._config) for name in models}
        designers |= {"table": table_designer(train, space), "nearest": nearest_designer(train, space)}
        figures: dict[str, Any] = {"products": len(test), "training_products": len(train), **table.ceiling()}
        if len(fresh := small_of_split(data, "val", ctx)):
            figures |= _three("fresh_near_copies", copies.share(copies.far(fresh), same=False))
        sheet = [table.true_art[:10]]
        for number, (name, designer) in enumerate(designers.items()):
            ctx.check()
            ctx.progress(number + 1, len(models) + 3, name)
            made = [designer(test, 0)]
            made += [
                designer(test.take(np.arange(min(_SPREAD, len(test)))), seed)
                for seed in range(1, SEEDS if name in models else 1)
            ]
            figures |= {f"{name}_{key}": value for key, value in table.figures(made).items()}
            sheet += [made[k].art[:10] for k in range(min(2, len(made)))]
        if count := chosen.rendered:
            figures |= self._rendered(whole.take(np.arange(min(count, len(whole)))), designers, space, ctx)
        if chosen.out is not None:
            _write(chosen.out, figures, sheet, test)
        ctx.progress(len(models) + 3, len(models) + 3, "done")
        return figures

    def _rendered(
        self, test: Designs, designers: Mapping[str, Designer], space: Space, ctx: Context
    ) -> dict[str, float]:
        from prodgen_mini.evaluation.rendered import (
            assets_of,
            foreground_psnr,
            measured,
            pictures_of,
            product_of,
            reconstructed,
        )

        assets, products = [test.asset(row) for row in range(len(test))], [product_of(line) for line in test.lines]
        seeds = [int(line["seed"]) for line in test.lines]
        true = pictures_of(assets, products, seeds, ctx)
        told = [measured(product, drawn) for product, drawn in zip(products, true, strict=True)]
        usual = [a.model_copy(update={"proportions": (0.5,) * len(a.proportions)}) for a in assets]
        drawn = {"middle_proportions": usual}
        drawn |= {
            f"{name}_conditional": assets_of(designer(test, 0), test, space) for name, designer in designers.items()
        }
        if "vae" in designers:
            drawn["vae_reconstruction"] = assets_of(reconstructed(test, self._config), test, space)
        figures: dict[str, float] = {"rendered_products": float(len(test))}
        for name, designs in drawn.items():
            for known, goods in (("", products), ("_measured", told)):
                ctx.check()
                found = foreground_psnr(pictures_of(designs, goods, seeds, ctx), true)
                figures |= _three(f"{name}{known}_psnr_db", bootstrap(found))
        return figures


class _Table:
    """The true designs as the judge sees them, and what systems are compared by."""

    def __init__(self, test: Designs, train: Designs, judge: Judge, kinds: list[str], copies: Copies) -> None:
        self.test, self.judge = test, judge
        self.true_art = torch.from_numpy(test.art())
        self.kinds = np.array([kinds.index(kind) if kind in kinds else -1 for kind in test.kinds.tolist()])
        self.features, self.named = look(judge, self.true_art)
        self.train_features = np.concatenate([look(judge, part)[0] for part in artworks(train)])
        self.middle, self.scale = self.train_features.mean(0), self.train_features.std(0) + 1e-3
        self.copies = copies
        self.asked = test.ground.astype(np.float32) / 255
        groups = list(zip(test.kinds.tolist(), test.column("layout").tolist(), strict=True))
        standard = self.standard(self.features)
        self.groups = groups
        self.true_spread = {key: spread(standard[[g == key for g in groups]]) for key in set(groups)}

    def standard(self, features: Any) -> Any:
        return (features - self.middle) / self.scale

    def joint(self, features: Any, ground: Any) -> Any:
        """What was made beside what was asked: the judge's features, the shown and the asked colour, and the kind."""
        kinds = np.eye(max(self.kinds.max(), 0) + 1)[self.kinds]
        return np.concatenate([self.standard(features), 6 * ground, 6 * self.asked, 2 * kinds], 1)

    def ceiling(self) -> dict[str, float]:
        """What true designs get."""
        right = bootstrap((self.named == self.kinds).astype(float))
        half = np.arange(len(self.features)) % 2 == 0
        standard = self.standard(self.features)
        return {
            **_three("true_pattern_accuracy", right),
            "true_kernel_distance": kernel_distance(standard[half], standard[~half]),
            "true_nearest_training_distance": float(np.median(self.copies.held)),
        }

    def figures(self, made: list[Made]) -> dict[str, float]:
        """Of designs for all products, and of those of further seeds for the first of them."""
        first = made[0]
        seen = [look(self.judge, one.art) for one in made]
        features, named = seen[0]
        right = bootstrap((named == self.kinds).astype(float))
        wrong = bootstrap(np.linalg.norm(to_lab(first.ground) - to_lab(self.asked), axis=-1))
        found = {**_three("pattern_accuracy", right), **_three("colour_delta_e", wrong)}
        pairs = (
            (self.standard(features), self.standard(self.features)),
            (self.joint(features, first.ground), self.joint(self.features, self.asked)),
        )
        for name, (ours, true) in zip(("kernel_distance", "joint_kernel_distance"), pairs, strict=True):
            found |= _three(name, _resampled(ours, true))
        ratio = self._diversity([self.standard(one) for one, _ in seen]) if len(made) > 1 else np.zeros(1)
        found |= _three("diversity", bootstrap(ratio))
        far = self.copies.far(small(first.art))
        found |= _three("memorisation_ratio", bootstrap(self.copies.ratio(far)))
        return found | _three("near_copies", self.copies.share(far))

    def _diversity(self, seeds: list[Any]) -> NDArray[np.floating[Any]]:
        """Of each product, the mean distance of designs of different seeds over that of true products of its kind."""
        count = len(seeds[-1])
        own = np.array([spread(rows) for rows in np.stack([rows[:count] for rows in seeds], 1)])
        true = np.array([self.true_spread[key] for key in self.groups[:count]])
        return np.asarray(own[true > 0] / true[true > 0])


def _resampled(ours: Any, true: Any, draws: int = 100) -> tuple[float, float, float]:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(draws):
        # Half of them without repetition: a row twice would look like a copy of itself.
        a, b = (rng.permutation(len(rows))[: max(4, len(rows) // 2)] for rows in (ours, true))
        found.append(kernel_distance(ours[a], true[b]))
    half_width = np.std(found) / np.sqrt(2) * 1.96
    middle = kernel_distance(ours, true)
    return middle, middle - half_width, middle + half_width


def _three(name: str, values: tuple[float, float, float]) -> dict[str, float]:
    return {name: round(values[0], 4), f"{name}_low": round(values[1], 4), f"{name}_high": round(values[2], 4)}


def _write(out: Path, figures: Mapping[str, Any], sheet: list[torch.Tensor], test: Designs) -> None:
    from prodgen_mini.training.grids import art_grid
    from prodgen_sdk import images
    from prodgen_sdk.files import write_atomically

    out.mkdir(parents=True, exist_ok=True)
    write_atomically(out / "assets.json", json.dumps(figures, indent=1).encode())
    colours = torch.from_numpy(test.ground[:10] / 255).float()
    images.save(art_grid(torch.cat(sheet), colours.repeat(len(sheet), 1), 10), out / "assets.png")
