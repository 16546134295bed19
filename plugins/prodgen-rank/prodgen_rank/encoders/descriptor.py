"""`image/descriptor`: a picture of a product as 296 numbers, by hand-made features of what is not background.

Parts, each made free of its mean, scaled to length 1 and weighted: colours (a joint histogram of CIE a*b* and one of L*, by
the Hellinger kernel as in Arandjelovic and Zisserman, CVPR 2012), layout (mean Lab and coverage of a 4 x 4 grid), edges
(histograms of gradient orientations in a 4 x 4 grid, Dalal and Triggs, CVPR 2005) and outline (moments, Hu 1962).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from prodgen_rank.config import Config
from prodgen_rank.encoders.foreground import CutOut, cut_out
from prodgen_rank.plugin import DESCRIPTOR_DIMENSION
from prodgen_sdk import images as pictures
from prodgen_sdk.context import Context
from prodgen_sdk.distances import unit
from prodgen_sdk.images.colour import to_lab
from prodgen_sdk.interfaces import ImageEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_sdk.types import Image

    Floats = NDArray[np.float32]

WEIGHTS: Mapping[str, float] = {"colours": 0.8, "layout": 0.4, "edges": 1.2, "outline": 0.8}
"""Colour finds the same product again, shape its kind; with more weight on colour, black jeans lie nearest to black speakers."""
SIZE = 64
_GRID = 4
_AB_BINS, _AB_REACH = 9, 90.0
_L_BINS = 15
_ORIENTATIONS = 8
# How much each of 64 rows (or columns) belongs to each of 4 cells: tents around the cells' centres.
_TENTS = np.maximum(0, 1 - np.abs((np.arange(SIZE) + 0.5) * _GRID / SIZE - (np.arange(_GRID)[:, None] + 0.5))).astype(
    np.float32
)


class ImageDescriptor(ImageEncoder):
    """Needs no model; the same pixels give the same vector on every machine up to rounding.

    Example:
        >>> red = np.full((64, 64, 3), 255, np.uint8)
        >>> red[16:48, 16:48] = (200, 30, 30)
        >>> ImageDescriptor(None, Context()).encode([red], Context()).shape
        (1, 296)
    """

    depends_on: ClassVar[None] = None
    digest: ClassVar[str] = ",".join(f"{name}={weight}" for name, weight in WEIGHTS.items())

    def __init__(self, config: Config | None, ctx: Context) -> None:
        pass

    def encode(self, images: Sequence[Image], ctx: Context) -> Floats:
        """float32 [n, 296], each row of length 1; raises InvalidImage for what is no HWC uint8 picture."""
        return (
            np.stack([describe(image) for image in images])
            if images
            else np.empty((0, DESCRIPTOR_DIMENSION), np.float32)
        )


def describe(image: Image) -> Floats:
    """The descriptor of one HWC uint8 picture, RGB or RGBA: float32 [296] of length 1."""
    return describe_cut_out(cut_out(pictures.check(image)))


def describe_cut_out(product: CutOut) -> Floats:
    """The descriptor of a product that was cut out: float32 [296] of length 1."""
    square, cover = product.scaled(SIZE)
    colour = to_lab(square)
    parts = {
        "colours": colours(colour, cover),
        "layout": layout(colour, cover),
        "edges": edges(colour[..., 0], cover),
        "outline": outline(cover),
    }
    joined = np.concatenate([WEIGHTS[name] * unit(part - part.mean()) for name, part in parts.items()])
    return unit(joined).astype(np.float32)


def colours(colour: Floats, cover: Floats) -> Floats:
    """Square roots of the shares of a*b* (9 x 9 bins) and of L* (15 bins), spread over the neighbouring bins: float32 [96]."""
    reach = np.clip((colour[..., 1:] + _AB_REACH) / (2 * _AB_REACH), 0, 1) * (_AB_BINS - 1)
    a, b = reach[..., 0].ravel(), reach[..., 1].ravel()
    weight = cover.ravel()
    hues = np.zeros(_AB_BINS**2)
    for column, share_a in _neighbours(a, _AB_BINS):
        for row, share_b in _neighbours(b, _AB_BINS):
            hues += np.bincount(column * _AB_BINS + row, weight * share_a * share_b, _AB_BINS**2)
    lights = np.zeros(_L_BINS)
    for bin, share in _neighbours(np.clip(colour[..., 0].ravel() / 100, 0, 1) * (_L_BINS - 1), _L_BINS):
        lights += np.bincount(bin, weight * share, _L_BINS)
    total = weight.sum()
    shares: Floats = np.sqrt(np.concatenate([hues, lights]) / total).astype(np.float32)
    return shares


def layout(colour: Floats, cover: Floats) -> Floats:
    """Mean L*, a*, b* of the product and its coverage in each cell of a 4 x 4 grid, all about -1 to 1: float32 [64]."""
    covered = _cells(cover)
    means = np.stack([_cells(channel * cover) for channel in np.moveaxis(colour, -1, 0)], -1)
    scaled = (means - np.asarray([50, 0, 0]) * covered[:, None]) / (50, 60, 60)
    return np.concatenate([scaled, covered[:, None] - 0.5], -1).ravel().astype(np.float32)


def edges(light: Floats, cover: Floats) -> Floats:
    """Gradient orientations (8 over half a turn) in each cell of a 4 x 4 grid, clipped as in HOG: float32 [128].

    The background is laid at a middle grey first, so that the outline counts but the background's colour does not.
    """
    flat = _smooth(_smooth(light * cover + 50 * (1 - cover)))
    dy, dx = np.gradient(flat)
    turns = np.arctan2(dy, dx) / np.pi % 1 * _ORIENTATIONS
    away = np.abs(turns[None] - np.arange(_ORIENTATIONS)[:, None, None])
    share = np.maximum(0, 1 - np.minimum(away, _ORIENTATIONS - away))
    histogram = (_TENTS @ (share * np.hypot(dx, dy)) @ _TENTS.T).ravel()
    clipped: Floats = np.minimum(histogram / (np.linalg.norm(histogram) + 1e-6), 0.2).astype(np.float32)
    return clipped


def outline(cover: Floats) -> Floats:
    """Extent, proportions, spread, lean and symmetry of the product's shape, each about 0 to 1: float32 [8]."""
    y, x = (np.mgrid[0:SIZE, 0:SIZE].astype(np.float32) + 0.5) / SIZE - 0.5
    mass = cover.sum()
    y, x = y - (y * cover).sum() / mass, x - (x * cover).sum() / mass
    xx, yy, xy = ((product * cover).sum() / mass for product in (x * x, y * y, x * y))
    skew_x, skew_y = ((product * cover).sum() / mass for product in (x * x * x, y * y * y))
    both = xx + yy + 1e-6
    mirrored = np.minimum(cover, cover[:, ::-1]).sum() / mass
    upturned = np.minimum(cover, cover[::-1]).sum() / mass
    return np.asarray(
        [
            cover.mean(),
            (xx - yy) / both / 2 + 0.5,
            xy / both + 0.5,
            6 * both,
            skew_x / both**1.5 + 0.5,
            skew_y / both**1.5 + 0.5,
            mirrored,
            upturned,
        ],
        np.float32,
    )


def _neighbours(position: NDArray[Any], bins: int) -> list[tuple[NDArray[np.int64], NDArray[Any]]]:
    """The two bins around each position, and the share of each."""
    low = np.minimum(position.astype(np.int64), bins - 2)
    share = position - low
    return [(low, 1 - share), (low + 1, share)]


def _smooth(values: Floats) -> Floats:
    """A binomial filter of 3 x 3."""
    padded = np.pad(values, 1, mode="edge")
    columns = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    smooth: Floats = (columns[:-2] + 2 * columns[1:-1] + columns[2:]) / np.float32(16)
    return smooth


def _cells(values: Floats) -> Floats:
    side = SIZE // _GRID
    means: Floats = values.reshape(_GRID, side, _GRID, side).mean(axis=(1, 3)).ravel()
    return means
