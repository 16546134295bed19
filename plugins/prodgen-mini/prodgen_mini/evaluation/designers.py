"""What is compared: the three models, and designs that need no network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from prodgen_mini.config import Config
from prodgen_mini.designs import Designs
from prodgen_mini.models.clarity import CHOOSY, vagueness
from prodgen_mini.models.dit import Dit
from prodgen_mini.models.flow import sample
from prodgen_mini.models.gan import Generator
from prodgen_mini.models.vae import Vae
from prodgen_mini.weights import Part, check_pin, load_codec, load_vae, read

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
    """A model with its weights; it is told the words, and not the second colour, and chooses as the generators do."""
    codec, space, digest = load_codec(config.codec.weights, config.codec.sha256)
    own: Any = getattr(config, part)
    found = read(part, own.weights, own.sha256)
    check_pin(found, digest)
    vae, vae_digest = load_vae(digest, config.vae.weights, config.vae.sha256) if part == "diffusion" else (None, "")
    if vae is not None:
        check_pin(found, vae_digest, "vae")
    network = found.into({"gan": Generator, "vae": Vae, "diffusion": Dit}[part](**found.settings))

    count = own.candidates

    def draw(condition: Tensor, noise: torch.Generator) -> tuple[Tensor, Tensor]:
        if isinstance(network, Dit):
            options = config.diffusion
            codes = sample(network, condition, noise, steps=options.steps, guidance=options.guidance)
            assert vae is not None
            return vae.decode(codes, condition)
        if isinstance(network, Vae):
            return network.invent(torch.randn(len(condition), network.code, generator=noise), condition)
        assert isinstance(network, Generator)
        _, fine, numbers = network(torch.randn(len(condition), network.noise, generator=noise), condition)
        return fine, numbers

    def design(designs: Designs, seed: int) -> Made:
        told = np.tile(np.array([True, False]), (len(designs), 1))
        condition = torch.from_numpy(designs.conditions(space, told))
        noise = torch.Generator().manual_seed(seed * 7919 + 13)
        ground = designs.ground.astype(np.float32) / np.float32(255)
        choosy = torch.from_numpy(np.isin(designs.column("layout"), CHOOSY))
        sheets, vectors = [], []
        with torch.inference_mode():
            for part_of, hard in zip(torch.split(condition, 16), torch.split(choosy, 16), strict=True):
                maps, numbers = draw(part_of.repeat_interleave(count, 0), noise)
                drawn = codec.decode(maps)
                vague = vagueness(drawn).view(-1, count)
                best = torch.where(hard, vague.argmin(1), 0) + count * torch.arange(len(part_of))
                sheets.append(drawn[best])
                vectors.append(numbers[best])
        rows = torch.cat(vectors).numpy()
        art = space.artwork(torch.cat(sheets).numpy(), rows, ground, designs.repeats)
        return Made(torch.from_numpy(art), rows, space.main_colour(rows))

    return design


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
