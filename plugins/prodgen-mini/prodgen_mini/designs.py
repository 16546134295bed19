"""Reads data sets of designs: what `prodgen render assets` writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from prodgen_mini.choosing import kind_of
from prodgen_mini.inks import INKS, registered, separate
from prodgen_mini.space import LAYOUTS, Space
from prodgen_mini.units import art_of
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.files import read_lines
from prodgen_sdk.types import Finish, ProductAsset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Separated:
    """Artwork taken apart, one row a design; see `inks.separate`.

    Args:
        sheets: uint8 [n, INKS + 1, 128, 128]; all ground where there is no artwork.
        inks: float32 [n, INKS, 3] in [0, 1]; `used` bool [n, INKS].
        moves: float32 [n, 2], of `inks.registered`, by which what repeats was moved.
    """

    sheets: NDArray[np.uint8]
    inks: Floats
    used: NDArray[np.bool_]
    moves: Floats

    def take(self, rows: NDArray[Any]) -> Separated:
        """Some of them, by index."""
        return Separated(self.sheets[rows], self.inks[rows], self.used[rows], self.moves[rows])


@dataclass(frozen=True, eq=False)
class Designs:
    """Designs in memory, one row each.

    Args:
        proportions: float32 [n, p] in [0, 1]; `used` bool [n, p].
        finish: float32 [n, 5].
        palette: uint8 [n, 2, 3]: main and second colour; `palette_used` bool [n, 2].
        artwork: uint8 [n, 128, 128, 4].
        lines: the line of the manifest of each.
        families: how many proportions each family has.
    """

    proportions: Floats
    used: NDArray[np.bool_]
    finish: Floats
    palette: NDArray[np.uint8]
    palette_used: NDArray[np.bool_]
    artwork: NDArray[np.uint8]
    lines: tuple[Mapping[str, Any], ...]
    families: Mapping[str, int]

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, name: str) -> NDArray[np.str_]:
        """One value of each line of the manifest, as text."""
        return np.array([str(line.get(name, "")) for line in self.lines], dtype=np.str_)

    def take(self, rows: NDArray[Any]) -> Designs:
        """Some of them, by index or mask."""
        index = np.flatnonzero(rows) if rows.dtype == bool else rows
        kept = Designs(
            self.proportions[index], self.used[index], self.finish[index], self.palette[index], self.palette_used[index],
            self.artwork[index], tuple(self.lines[int(i)] for i in index), self.families,
        )  # fmt: skip
        if "separated" in self.__dict__:
            kept.__dict__["separated"] = self.separated.take(index)
        return kept

    def of_split(self, name: str) -> Designs:
        """Those of `train`, `val` or `test`."""
        return self.take(self.column("split") == name)

    @property
    def has_art(self) -> NDArray[np.bool_]:
        """Bool [n]: whether there is anything on it."""
        covered = self.artwork[..., 3].reshape(len(self), -1).max(1) > 12
        return np.asarray((self.column("layout") != "none") & covered, np.bool_)

    @cached_property
    def ground(self) -> NDArray[np.uint8]:
        """uint8 [n, 3]: the colour that artwork lies on: the main colour, or where none is named what bare artwork shows."""
        found = self.palette[:, 0].copy()
        for row in np.flatnonzero(~self.palette_used[:, 0]):
            bare = self.artwork[row, ..., 3] < 12
            seen = self.artwork[row, bare] if bare.any() else self.artwork[row].reshape(-1, 4)
            found[row] = np.median(seen[:, :3], 0)
        return found

    def art(self) -> Floats:
        """float32 [n, 4, 128, 128]; see `units.art_of`."""
        return art_of(self.artwork, self.ground)

    @cached_property
    def separated(self) -> Separated:
        """The artwork in sheets and inks."""
        sheets = np.zeros((len(self), INKS + 1, *self.artwork.shape[1:3]), np.uint8)
        inks, used = np.full((len(self), INKS, 3), 0.5, np.float32), np.zeros((len(self), INKS), bool)
        moves = np.zeros((len(self), 2), np.float32)
        sheets[:, 0] = 255
        for row in np.flatnonzero(self.has_art):
            sheets[row], found = separate(self.artwork[row], self.ground[row])
            inks[row, : len(found)], used[row, : len(found)] = found, True
        for row in np.flatnonzero(self.repeats & self.has_art):
            sheets[row], moves[row] = registered(sheets[row])
        return Separated(sheets, inks, used, moves)

    @property
    def repeats(self) -> NDArray[np.bool_]:
        """Bool [n]: whether the artwork is repeated over the surface."""
        return np.asarray(self.column("layout") == "tile", np.bool_)

    @property
    def kinds(self) -> NDArray[np.str_]:
        """What the artwork of each is; see `choosing.kind_of`."""
        both = zip(self.column("layout").tolist(), self.column("pattern").tolist(), strict=True)
        return np.array([kind_of(*pair) for pair in both], dtype=np.str_)

    def vectors(self, space: Space) -> Floats:
        """float32 [n, vector]. Colours that are not used count as the middle of all."""
        palette = np.stack([self.ground / 255, np.where(self.palette_used[:, 1:], self.palette[:, 1] / 255, 0.5)], 1)
        return space.vectors(
            self.proportions,
            self.used,
            self.finish,
            palette.astype(np.float32),
            self.separated.inks,
            self.separated.moves,
        )

    def counted(self) -> NDArray[np.bool_]:
        """Bool [n, vector]: which places of a vector mean something."""
        always = np.ones((len(self), 5 + 3), bool)
        return np.concatenate(
            [
                self.used, always, np.repeat(self.palette_used[:, 1:], 3, 1), np.repeat(self.separated.used, 3, 1),
                np.repeat(self.repeats[:, None], 2, 1),
            ], 1,
        )  # fmt: skip

    def conditions(self, space: Space, known: NDArray[np.bool_] | None = None) -> Floats:
        """float32 [n, condition]; `known` bool [n, 2] says which colours are told, all that are used by default."""
        told = self.palette_used if known is None else known & self.palette_used
        return space.conditions(
            self.column("family").tolist(), self.column("material").tolist(), self.column("pattern").tolist(),
            self.column("layout").tolist(), (self.palette / 255).astype(np.float32), told,
        )  # fmt: skip

    def asset(self, row: int) -> ProductAsset:
        """The design of a row, as the renderer takes it."""
        from prodgen_mini.space import FINISH
        from prodgen_mini.units import code_of

        line, art = self.lines[row], self.artwork[row]
        count = self.families.get(str(line["family"]), 0)
        colours = [
            code_of(rgb / 255) if there else None
            for rgb, there in zip(self.palette[row], self.palette_used[row], strict=True)
        ]
        return ProductAsset(
            family=line["family"],
            proportions=tuple(float(x) for x in self.proportions[row, :count].clip(0, 1)),
            material=line["material"],
            finish=Finish(**{name: float(x) for name, x in zip(FINISH, self.finish[row], strict=True)}),
            colour=colours[0],
            accent=colours[1],
            pattern=line["pattern"],
            layout=line["layout"],
            artwork=art if line["layout"] != "none" else None,
        )


def read_designs(folder: Path, *, splits: tuple[str, ...] = (), start: int = 0, limit: int = 0) -> Designs:
    """Reads a data set of designs.

    Args:
        splits: only these; all by default.
        start, limit: at most so many, from this one on; 0 for all.

    Raises:
        InputError: there is none, or it is damaged.
    """
    try:
        if not (folder / "dataset.json").is_file():
            raise ValueError("it has no dataset.json")
        plan = json.loads((folder / "dataset.json").read_text("utf-8"))
        if plan.get("kind") != "assets":
            raise ValueError(f"it is a data set of {plan.get('kind', 'pictures')}")
        families = {name: int(entry["proportions"]) for name, entry in plan["families"].items()}
        lines = [json.loads(line) for line in read_lines(folder / "manifest.jsonl")]
        wanted = [line for line in lines if not splits or line["split"] in splits]
        wanted = wanted[start : start + limit if limit else None]
        parts = [_shard(folder, shard, wanted) for shard in dict.fromkeys(line["shard"] for line in wanted)]
        if not parts:
            raise ValueError("it holds no design")
        columns: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in _ARRAYS}
    except (OSError, EOFError, KeyError, TypeError, ValueError, AttributeError, BadZipFile) as error:
        raise InputError(
            f"{folder} is no data set of designs: {error}.",
            hint="Make one: prodgen render assets --out DIR --products 4000",
        ) from None
    return Designs(**columns, lines=tuple(wanted), families=families)


_ARRAYS = ("proportions", "used", "finish", "palette", "palette_used", "artwork")


def _shard(folder: Path, number: int, wanted: list[dict[str, Any]]) -> dict[str, NDArray[Any]]:
    with (folder / "shards" / f"{number:05d}.npz").open("rb") as shard, np.load(shard) as file:
        rows = [line["row"] for line in wanted if line["shard"] == number]
        return {name: file[name][rows] for name in _ARRAYS}


def space_of(designs: Designs) -> Space:
    """The space that holds these designs."""
    mean = designs.finish.mean(0)
    scale = np.maximum(designs.finish.std(0), 0.05)
    names = [
        tuple(name for name, _ in sorted(Counter(designs.column(key).tolist()).items()))
        for key in ("material", "pattern")
    ]
    unknown = set(designs.column("layout").tolist()) - set(LAYOUTS)
    if unknown:
        raise ConfigError(f"The designs have a layout {sorted(unknown)[0]!r} that this version does not know.")
    rounded = [tuple(round(float(x), 6) for x in values) for values in (mean, scale)]
    return Space(dict(sorted(designs.families.items())), names[0], names[1], rounded[0], rounded[1])
