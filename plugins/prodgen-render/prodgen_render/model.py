"""What the renderer draws: parts, each a triangle mesh with one material.

Units are metres, world Z-up, the front faces -Y. Colours are linear RGB unless a name says sRGB.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Rgb = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Texture:
    """A picture over the UV square; u to the right, v up, repeating.

    Args:
        pixels: float32 [height, width, 3] linear RGB, row 0 at v = 1.
    """

    pixels: Floats

    @cached_property
    def levels(self) -> tuple[Floats, ...]:
        """The mip pyramid, each level half the one before, down to one pixel on the shorter side."""
        levels = [np.ascontiguousarray(self.pixels, np.float32)]
        while min(levels[-1].shape[:2]) > 1:
            last = levels[-1]
            height, width = last.shape[0] // 2 * 2, last.shape[1] // 2 * 2
            last = last[:height, :width]
            levels.append(0.25 * (last[::2, ::2] + last[1::2, ::2] + last[::2, 1::2] + last[1::2, 1::2]))
        return tuple(levels)


@dataclass(frozen=True, eq=False)
class Bump:
    """A repeating height field that tilts normals and shades crevices.

    Args:
        normals: float32 [height, width, 3]: slope in u, slope in v, and a factor on the colour.
        scale: metres that one tile covers (`uv_metres` of the part converts).
        strength: factor on the slopes.
    """

    normals: Floats
    scale: float
    strength: float = 1.0

    @cached_property
    def levels(self) -> tuple[Floats, ...]:
        return Texture(self.normals).levels


@dataclass(frozen=True, eq=False)
class Material:
    """A simplified metallic-roughness material (glTF 2.0 terms), with cloth sheen and thin transmission.

    Args:
        colour: base colour, linear; multiplies the texture.
        coat: strength of a clear glossy layer on top, 0 to 1.
        sheen: strength of the soft rim of cloth.
        transmission: share of light that passes straight through, tinted by `colour`.
        emission: linear radiance that the surface gives off.
        finish: factors on roughness (second channel) and metalness (third), as glTF packs them, or None.
        glow: a picture that multiplies the emission, or None.
        holes: bool [height, width], where in the unit square the surface is not there, or None.
        photographed: not None where the colour comes from a photo, which holds its light already: it is shown as it is where it
            faces the camera, and elsewhere times the rig's relative light to this power. All else is then left out.
        gloss: what else the light of a photo did, by v (as the texture) and by the direction of the normal about the vertical, in the
            camera's frame (u = 0.5 faces the camera, and grows to the viewer's right); its two channels are a factor and what is
            added to the colour. None: nothing.
    """

    name: str = "plastic"
    colour: Rgb = (0.8, 0.8, 0.8)
    roughness: float = 0.4
    metallic: float = 0.0
    coat: float = 0.0
    sheen: float = 0.0
    transmission: float = 0.0
    emission: Rgb = (0.0, 0.0, 0.0)
    texture: Texture | None = None
    finish: Texture | None = None
    glow: Texture | None = None
    holes: NDArray[np.bool_] | None = None
    bump: Bump | None = None
    photographed: float | None = None
    gloss: Texture | None = None

    def but(self, **changes: Any) -> Material:
        """A copy with some fields changed."""
        return replace(self, **changes)

    @cached_property
    def mean_colour(self) -> Floats:
        """Average base colour, linear."""
        base = np.asarray(self.colour, np.float32)
        return base if self.texture is None else base * self.texture.levels[-1].mean((0, 1))


@dataclass(frozen=True, eq=False)
class Part:
    """A triangle mesh with one material.

    Args:
        vertices: float32 [n, 3].
        faces: int32 [m, 3], counter-clockwise seen from outside.
        normals: float32 [n, 3], unit length.
        uv: float32 [n, 2].
        uv_metres: metres that one unit of u and of v covers, for tiled detail.
        colours: float32 [n, 3] linear vertex colours that multiply the material, or None.
    """

    vertices: Floats
    faces: Ints
    normals: Floats
    uv: Floats
    material: Material = field(default_factory=Material)
    uv_metres: tuple[float, float] = (0.1, 0.1)
    colours: Floats | None = None

    def but(self, **changes: Any) -> Part:
        """A copy with some fields changed."""
        return replace(self, **changes)

    def moved(self, x: float = 0, y: float = 0, z: float = 0) -> Part:
        """Translated by metres."""
        return self.but(vertices=(self.vertices + np.array([x, y, z], np.float32)).astype(np.float32))

    def turned(self, degrees: float, axis: str = "z") -> Part:
        """Rotated about a world axis through the origin."""
        angle, (i, j) = np.radians(degrees), {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
        matrix = np.eye(3, dtype=np.float32)
        matrix[i, i] = matrix[j, j] = np.cos(angle)
        matrix[i, j], matrix[j, i] = -np.sin(angle), np.sin(angle)
        return self.but(vertices=self.vertices @ matrix.T, normals=self.normals @ matrix.T)

    def scaled(self, x: float, y: float | None = None, z: float | None = None) -> Part:
        """Scaled along the axes; one number scales all three. Negative factors mirror."""
        factors = np.array([x, x if y is None else y, x if z is None else z], np.float32)
        normals = self.normals / factors
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
        mirrored = factors.prod() < 0
        return self.but(
            vertices=self.vertices * factors,
            normals=normals.astype(np.float32),
            faces=np.ascontiguousarray(self.faces[:, ::-1]) if mirrored else self.faces,
        )


@dataclass(frozen=True, eq=False)
class Model3D:
    """A product to be drawn.

    Args:
        parts: at least one, in metres.
        facts: what is known about it, JSON-ready: family, material, colour, pattern, fallback ...
        framed: the sphere that views are framed by, where that of the vertices is not the product's: they were guessed.
    """

    parts: tuple[Part, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    framed: tuple[Floats, float] | None = None

    @cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lowest and highest corner, each [3]."""
        low = np.min([part.vertices.min(0) for part in self.parts], axis=0)
        high = np.max([part.vertices.max(0) for part in self.parts], axis=0)
        return low, high

    @cached_property
    def sphere(self) -> tuple[Floats, float]:
        """Centre [3] and radius of a close bounding sphere."""
        if self.framed is not None:
            return self.framed
        return bounding_sphere(np.concatenate([part.vertices for part in self.parts]))


def bounding_sphere(points: Floats) -> tuple[Floats, float]:
    """Centre [3] and radius of a close bounding sphere of points [n, 3] (Ritter 1990, started from the box's centre)."""
    points = points.astype(np.float64)
    start = (points.min(0) + points.max(0)) / 2
    away = np.sqrt(np.einsum("ij,ij->i", points - start, points - start))
    furthest = float(away.max())
    for reach in (0.1, 0.3, 1.0):
        # From a centre no further than `reach` from the start, no point within the radius less twice that is the furthest.
        outer, centre, moved = points[away >= (1 - 2 * reach) * furthest], start, 0.0
        # A few steps of Badoiu and Clarkson (2003) pull the centre towards the smallest sphere.
        for step in range(1, 61):
            gaps = outer - centre
            centre = centre + gaps[np.einsum("ij,ij->i", gaps, gaps).argmax()] / (step + 30)
            moved = max(moved, float(np.linalg.norm(centre - start)))
        if moved <= reach * furthest:
            break
    gaps = outer - centre
    radius = float(np.sqrt(np.einsum("ij,ij->i", gaps, gaps).max()))
    return centre.astype(np.float32), max(radius, 1e-6)
