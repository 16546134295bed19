"""The bodies that are fitted to one outline, each once, and what the photo's frame says."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np

from prodgen_render.photo.choose import Choice, choose, evenly, holed, leftovers, thin_pieces
from prodgen_render.photo.cuboid import Cuboid, KnownOfBox, fit_cuboid
from prodgen_render.photo.ends import Ends, told_by_ends
from prodgen_render.photo.frame import PhotoCamera, frame_around, framed_by_contract
from prodgen_render.photo.kinds import Words
from prodgen_render.photo.revolution import fit_revolution, half_widths, mirror_axis
from prodgen_render.photo.revolved import Revolved
from prodgen_sdk.types import Mask

OFF = {"box": 0.09, "relief": 0.035}
"""By how much, in radii, a fitted body's sphere is usually off that which its product is framed by."""
SPREAD = {True: 0.35, False: 0.6}
"""How far depths scatter (standard deviation of their logarithm) about what is usual, where a product's kind is known and where it is not."""


def weighed(framed: float, usual: float, gain: float, off: float, known: bool) -> float:
    """A depth between that which the frame tells and that which is usual, each counted by its certainty (inverse variance).

    Args:
        gain: by how much the product would grow in its frame, in radii, for each doubling of its depth, over ln 2. A frame tells the
            depth of a deep product well, and hardly that of a shallow one.
        off: by how much it usually misses the frame's sphere.
        known: whether `usual` is that of the product's own kind.

    >>> round(weighed(1.2, 0.45, 0.8, 0.035, True), 2)
    1.18
    >>> round(weighed(0.8, 0.3, 0.03, 0.035, True), 2)
    0.33
    """
    of_frame, of_kind = (off / max(gain, 1e-6)) ** 2, SPREAD[known] ** 2
    return float(np.exp((np.log(framed) * of_kind + np.log(usual) * of_frame) / (of_kind + of_frame)))


_BOX_DEPTH = 0.33
"""Depth of an unknown box as a share of the geometric mean of width and height."""
_LIES, _LYING = 0.8, 1.6
"""Boxes lower than this share of their width may lie, and how fast their usual depth then grows towards the geometric mean itself."""
_BESIDE, _MOST_BESIDE = 0.15, 6
"""Pieces of an outline at least this large, beside the largest, are products of their own, and how many a photo may show."""
_ALIKE = 0.84
"""Share of an outline that is symmetric about its axis, for its ends to be looked at: that of a mug with its handle."""
_TURNED = 0.93
"""How well each of them has to fit."""
_BOXED = 0.92
"""Overlap below which an outline is no box's however thin it is: a knife is not."""
_STANDS_OFF = 0.1
"""What each share of an outline that stands off a box tells against it."""
_TOO_LARGE = 1.06
"""A turned body larger than this, in radii of the contract's sphere, is not in the contract's frame."""


class Fits:
    """The bodies that were fitted to one outline, each once, and what the frame says."""

    def __init__(
        self, mask: Mask, words: Words, elevation: float | None, ratio: float | None, shadow: float | None = None
    ) -> None:
        self.shadow = shadow
        self.mask, self.words, self.elevation, self.ratio = mask, words, elevation, ratio
        self.frame = framed_by_contract(mask)
        self.guess = frame_around(mask)
        self.body_framed = self.box_framed = False
        self.ends = self._ends()
        self.bodies = self._several()
        self.body = self._revolved()
        self.pieces, self.attached, self.slivers = np.zeros_like(mask), 0.0, 1.0
        if self.body is not None:
            self.pieces, self.attached, self.slivers = leftovers(mask, self.body)
        self.choice = choose(words, self.body, self.slivers, self.attached, self._box_fit, holed(mask), self.ends)
        if self.bodies:
            surest = min(body.fit for _, body in self.bodies)
            self.choice = Choice("revolution", round(surest, 3), {"revolution": surest})

    def _several(self) -> list[tuple[Mask, Revolved]]:
        """Turned bodies that stand beside each other, each with its mask: where words tell of such, and every piece is one."""
        from scipy import ndimage

        if self.words.shape != "revolution":
            return []
        labels, count = ndimage.label(self.mask)
        areas = np.bincount(labels.reshape(-1))[1:]
        if count < 2:
            return []
        large = np.flatnonzero(areas > _BESIDE * areas.max()) + 1
        if not 2 <= len(large) <= _MOST_BESIDE:
            return []
        camera, out, elevation = self.frame or self.guess, [], self.elevation
        for number in sorted(large, key=lambda n: -areas[n - 1]):
            piece = labels == number
            body = fit_revolution(piece, camera, elevation, 1.0, shadow=self.shadow)
            if body is None or body.fit < _TURNED or body.covers < _TURNED:
                return []
            elevation = body.camera.elevation
            out.append((piece, body))
        return out

    def _ends(self) -> Ends | None:
        """What the ends of a photo in the contract's frame tell: how much perspective another one has is not known."""
        if self.frame is None:
            return None
        axis = mirror_axis(self.mask)
        widths = half_widths(self.mask, axis)
        if 2 * widths[widths > 0].sum() < _ALIKE * self.mask.sum():
            return None
        return told_by_ends(self.mask, axis, widths, self.frame, self.shadow)

    def _revolved(self) -> Revolved | None:
        """In the contract's frame, if the body fills it as it should; else in the frame that it makes for itself."""
        if self.frame is not None:
            body = self._squashed(self.frame, framed=True)
            if body is not None and body.sphere[1] < _TOO_LARGE:
                self.body_framed = True
                return body
        camera = self.guess
        found = None
        for _ in range(3):
            found = self._squashed(camera)
            if found is None:
                return None
            centre, radius = found.sphere
            if abs(radius - 1) < 0.01 and abs(centre[2]) < 0.01:
                break
            camera = found.camera.settled(centre, radius)
        return found

    def _squashed(self, camera: PhotoCamera, framed: bool = False) -> Revolved | None:
        squash = 1.0 if self.words.round else self.ratio
        return fit_revolution(
            self.mask, camera, self.elevation, squash, framed=framed, shadow=self.shadow, ends=self.ends
        )

    def _usual_box(self) -> float:
        """Usual depth of a box as a share of its width: tall narrow ones are about square, and those much wider than high lie on their back."""
        rows, columns = (len(np.flatnonzero(self.mask.any(axis))) for axis in (1, 0))
        lying = np.clip((_LIES * columns / rows) ** _LYING, 1, 1 / _BOX_DEPTH)
        return float(min(1.0, _BOX_DEPTH * (rows / columns) ** 0.5 * lying))

    def _box_fit(self) -> float:
        rest = self.mask & ~self.off_box
        fit = self.box.fit
        return (evenly(fit, rest) if fit > _BOXED else fit) - _STANDS_OFF * (
            1 - float(rest.sum()) / float(self.mask.sum())
        )

    @functools.cached_property
    def off_box(self) -> Mask:
        """Handles and bows of what may be a box: pieces that are thin beside the rest of the outline."""
        return thin_pieces(self.mask)

    @functools.cached_property
    def box(self) -> Cuboid:
        """The box around the outline but for its handles."""
        prior = self.words.depth or self._usual_box()
        known = KnownOfBox(framed=False, prior=prior, elevation=self.elevation, shadow=self.shadow)
        if self.off_box.any():
            # The frame is that of box and handle: it does not tell the box's depth.
            self.box_framed = self.frame is not None
            known = replace(known, framed=self.box_framed, depth=self.ratio or prior, exact=True)
            return fit_cuboid(self.mask & ~self.off_box, self.frame or self.guess, known)
        if self.frame is not None and self.ratio is None:
            box = fit_cuboid(self.mask, self.frame, replace(known, framed=True))
            share = float(box.size[1] / box.size[0])
            if 0.04 < share < 1.7 and box.fit > 0.9:
                self.box_framed = True
                if abs(box.camera.azimuth) > 8:
                    return box
                gain = float(box.size[1] ** 2 / (2 * np.linalg.norm(box.size)))
                share = weighed(share, prior, gain, OFF["box"], self.words.depth is not None)
                return fit_cuboid(self.mask, self.frame, replace(known, framed=True, depth=share))
        return fit_cuboid(self.mask, self.guess, replace(known, depth=self.ratio, exact=True))
