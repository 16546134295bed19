"""What is compared: the three models, and designs that need no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from prodgen_mini.artwork import HABITS, Artist, Asked
from prodgen_mini.config import Config
from prodgen_mini.designs import Designs
from prodgen_mini.models.clarity import vagueness
from prodgen_mini.models.dit import Dit
from prodgen_mini.models.flow import sample
from prodgen_mini.models.gan import Generator
from prodgen_mini.models.vae import Vae
from prodgen_mini.weights import Part, check_pin, load_codec, load_reranker, load_vae, read

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_mini.space import Space

    Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Made:
    """Designs: artwork float32 [n, 4, 128, 128], vectors [n, vector], and the main colour that each shows [n, 3] in [0, 1]."""

    art: Tensor
    vectors: Floats
    ground: Floats


Designer = Callable[[Designs, int], Made]
"""Designs for the products of a data set and a seed."""


def model_designer(part: Part, config: Config) -> Designer:
    """A model with its weights; it is told the words, and not the second colour, and chooses and draws as the generators do."""
    codec, space, digest = load_codec(config.codec.weights, config.codec.sha256)
    own: Any = getattr(config, part)
    found = read(part, own.weights, own.sha256)
    check_pin(found, digest)
    vae, vae_digest = load_vae(digest, config.vae.weights, config.vae.sha256) if part == "diffusion" else (None, "")
    if vae is not None:
        check_pin(found, vae_digest, "vae")
    network = found.into({"gan": Generator, "vae": Vae, "diffusion": Dit}[part](**found.settings))
    reranker = None if part == "diffusion" else load_reranker(config.reranker.weights, config.reranker.sha256)[0]
    artist, count = Artist(space, HABITS[part], reranker), own.candidates

    def draw(condition: Tensor, noise: torch.Generator, pick: _Pick) -> tuple[Tensor, Tensor]:
        """Of `count` designs in a row for each product the one that is picked."""
        if isinstance(network, Dit):
            options = config.diffusion
            assert vae is not None
            codes = sample(
                network, condition, noise, steps=options.steps, guidance=options.guidance, guided=options.guided,
                narrow=lambda codes: pick(*vae.decode(codes, condition)),
            )  # fmt: skip
            return vae.decode(codes, condition[::count])
        if isinstance(network, Vae):
            maps, numbers = network.invent(torch.randn(len(condition), network.code, generator=noise), condition)
        else:
            assert isinstance(network, Generator)
            _, maps, numbers = network(torch.randn(len(condition), network.noise, generator=noise), condition)
        best = pick(maps, numbers)
        return maps[best], numbers[best]

    def chosen(asked: Asked, noise: torch.Generator, maps: Tensor, numbers: Tensor) -> int:
        if artist.way(asked) is None:
            return 0
        logits = codec.sheets(maps)
        return artist.choose(asked, logits, numbers, noise) if reranker else int(vagueness(logits.softmax(1)).argmin())

    def design(designs: Designs, seed: int) -> Made:
        told = np.tile(np.array([True, False]), (len(designs), 1))
        condition = torch.from_numpy(designs.conditions(space, told))
        noise = torch.Generator().manual_seed(seed * 7919 + 13)
        asked = _asked(designs)
        arts, vectors = [], []
        with torch.inference_mode():
            for rows in torch.split(torch.arange(len(designs)), 16):

                def pick(maps: Tensor, numbers: Tensor, rows: Tensor = rows) -> Tensor:
                    parts = zip(rows.tolist(), torch.split(maps, count), torch.split(numbers, count), strict=True)
                    return torch.tensor(
                        [count * k + chosen(asked[row], noise, *each) for k, (row, *each) in enumerate(parts)]
                    )

                maps, numbers = draw(condition[rows].repeat_interleave(count, 0), noise, pick)
                for row, one, vector in zip(rows.tolist(), maps, numbers.numpy(), strict=True):
                    shares = artist.draw(asked[row], codec.sheets(one[None]), noise)
                    inked, art = artist.ink(asked[row], vector, shares.numpy())
                    vectors.append(inked)
                    arts.append(art)
        rows_of = np.stack(vectors)
        return Made(torch.from_numpy(np.stack(arts)), rows_of, space.main_colour(rows_of))

    return design


_Pick = Callable[[Tensor, Tensor], Tensor]


def _asked(designs: Designs) -> list[Asked]:
    grounds = designs.ground.astype(np.float32) / np.float32(255)
    lines = zip(designs.column("layout").tolist(), designs.column("pattern").tolist(), grounds, strict=True)
    return [Asked(*line) for line in lines]


def table_designer(train: Designs, space: Space) -> Designer:
    """The mean design of the training products with the same layout, pattern and material, or else layout and pattern."""
    tables: list[dict[tuple[str, ...], NDArray[np.int64]]] = [_groups(train, names) for names in _KEYS]
    vectors, arts = train.vectors(space), train.art()

    def design(designs: Designs, seed: int) -> Made:
        rows = [_lookup(tables, designs, row) for row in range(len(designs))]
        art = torch.from_numpy(np.stack([arts[chosen].mean(0) for chosen in rows]))
        means = np.stack([vectors[chosen].mean(0) for chosen in rows])
        return Made(art, means, space.main_colour(means))

    return design


def nearest_designer(train: Designs, space: Space) -> Designer:
    """The training product whose family, material, pattern, layout and colour come nearest, as it is."""
    conditions = train.conditions(space, np.tile(np.array([True, False]), (len(train), 1)))
    vectors, arts, grounds = train.vectors(space), train.art(), train.ground.astype(np.float32) / 255

    def design(designs: Designs, seed: int) -> Made:
        asked = designs.conditions(space, np.tile(np.array([True, False]), (len(designs), 1)))
        rows = np.array([int(((conditions - one) ** 2).sum(1).argmin()) for one in asked])
        return Made(torch.from_numpy(arts[rows]), vectors[rows], grounds[rows])

    return design


_KEYS = (
    ("layout", "pattern", "family", "material"),
    ("layout", "pattern", "family"),
    ("layout", "pattern"),
    ("layout",),
)


def _groups(designs: Designs, names: tuple[str, ...]) -> dict[tuple[str, ...], NDArray[np.int64]]:
    keys = list(zip(*(designs.column(name).tolist() for name in names), strict=True))
    found: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(keys):
        found.setdefault(key, []).append(row)
    return {key: np.array(rows) for key, rows in found.items()}


def _lookup(tables: list[dict[tuple[str, ...], NDArray[np.int64]]], designs: Designs, row: int) -> NDArray[np.int64]:
    for names, table in zip(_KEYS, tables, strict=True):
        key = tuple(str(designs.lines[row].get(name, "")) for name in names)
        if key in table:
            return table[key]
    return np.arange(1)
