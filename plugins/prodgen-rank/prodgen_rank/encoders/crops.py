"""Rendered views -> crops as other photos might show them -> what trunk and descriptor see of them, kept in a folder."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.encoders.foreground import cut_out
from prodgen_rank.encoders.mini import features
from prodgen_rank.encoders.network import Trunk
from prodgen_rank.encoders.views import Views, place, read_views
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.files import write_atomically

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 256


@dataclass(frozen=True)
class Crops:
    """Crops by row: features float32 [n, features], and of each the product, the view it is from (a number), family and split."""

    features: NDArray[np.float32]
    products: NDArray[np.str_]
    views: NDArray[np.int64]
    families: NDArray[np.str_]
    splits: NDArray[np.str_]

    def take(self, chosen: NDArray[np.bool_]) -> Crops:
        """The rows for which `chosen` [n] is true."""
        return Crops(
            self.features[chosen], self.products[chosen], self.views[chosen], self.families[chosen], self.splits[chosen]
        )


def crops_of(data: Path, trunk: Trunk, copies: int, seed: int, folder: Path, ctx: Context) -> Crops:
    """`copies` crops of each view in `data`; what was made before a stop is taken from `folder`.

    Raises:
        InputError: `data` holds no finished data set.
        ConfigError: `folder` holds the crops of other data.
    """
    views = read_views(data)
    _claim(views, copies, seed, folder)
    parts = []
    for start in range(0, len(views), _CHUNK):
        path = folder / f"{start:06d}.npy"
        if path.is_file():
            parts.append(np.load(path, allow_pickle=False))
            continue
        rows = []
        for number in range(start, min(start + _CHUNK, len(views))):
            ctx.check()
            for copy in range(copies):
                rng = np.random.default_rng([seed, number, copy])
                rows.append(features(trunk, cut_out(place(views.images[number], rng))))
        parts.append(np.stack(rows))
        buffer = io.BytesIO()
        np.save(buffer, parts[-1], allow_pickle=False)
        write_atomically(path, buffer.getvalue())
        ctx.logger.info("crops of %d of %d views", min(start + _CHUNK, len(views)), len(views))
    of = np.repeat(np.arange(len(views)), copies)
    return Crops(np.concatenate(parts), views.products[of], of, views.families[of], views.splits[of])


def _claim(views: Views, copies: int, seed: int, folder: Path) -> None:
    total = hashlib.sha256(f"{copies}|{seed}|{'|'.join(views.products)}".encode())
    for image in views.images:
        total.update(image.tobytes())
    found = {"data": total.hexdigest()}
    path = folder / "source.json"
    if path.is_file() and json.loads(path.read_text("utf-8")) != found:
        raise ConfigError(f"{folder} was made from other data.", hint="Choose another folder for the run.")
    write_atomically(path, json.dumps(found).encode())
