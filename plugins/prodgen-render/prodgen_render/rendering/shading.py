"""From surface points to the light that leaves them towards the camera.

Diffuse light, a glossy lobe with Fresnel, an optional clear coat and cloth sheen, thin transmission. The environment's share of
the glossy lobe is the split-sum approximation with Karis' fit (2014) for the specular albedo.
"""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.rendering.floor import Floor
from prodgen_render.rendering.lights import Lighting, relative_light, turn
from prodgen_render.rendering.sampling import frames
from prodgen_render.rendering.shadows import OFFSET
from prodgen_render.rendering.surface import Points, facing_side, gloss_at, look_of
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.vectors import dot, plus, scaled, unit
from prodgen_sdk.types import Mask

_COAT_ROUGHNESS = 0.12
_MIRROR = 0.55
"""Reflection rays are traced for surfaces smoother than this."""


def _fan(count: int) -> Floats:
    """Places of a GGX lobe in units of its width, [count, 2], the middle first (Vogel's spiral; Walter et al. 2007)."""
    part, turns = np.arange(count) / count, np.arange(count) * np.pi * (3 - 5**0.5)
    return np.asarray((np.sqrt(part / (1 - part)) * [np.cos(turns), np.sin(turns)]).T, np.float32)


_LOBE = _fan(14)
_PROBES, _FAN = _LOBE[8:11], np.delete(_LOBE, [0, 8, 9, 10], 0)
"""Places of a lobe that are looked at first, and those that are where the first differ."""
_STEP = 0.03
"""From this difference of light on, what is mirrored has an edge there."""


def specular_albedo(f0: Floats, roughness: Floats, facing: Floats) -> Floats:
    """Share of light that a glossy lobe reflects; `f0` is [n, 3] or [n, 1], the others [n]. Karis 2014, mobile fit."""
    rx, ry = 1 - roughness, 0.0425 - 0.0275 * roughness
    rz, rw = 1.04 - 0.572 * roughness, -0.04 + 0.022 * roughness
    a = np.minimum(rx * rx, np.exp2(-9.28 * facing)) * rx + ry
    return np.asarray(f0 * (rz - 1.04 * a)[:, None] + (1.04 * a + rw)[:, None], np.float32)


def specular_albedo_of_all_bounces(f0: Floats, roughness: Floats, facing: Floats) -> Floats:
    """`specular_albedo` with what a rough surface reflects only after more than one bounce (Turquin 2019)."""
    once = specular_albedo(f0, roughness, facing)
    white = specular_albedo(np.ones((len(facing), 1), np.float32), roughness, facing)
    return np.asarray(np.clip(once * (1 + f0 * (1 / np.clip(white, 0.05, 1) - 1)), 0, 1), np.float32)


def between_walls(share: Floats, colour: Floats) -> Floats:
    """Light that reaches a hollow after bouncing in it, from the share that comes directly (Jimenez et al. 2016, fit)."""
    x = share[:, None]
    a, b, c = 2.0404 * colour - 0.3324, -4.7951 * colour + 0.6417, 2.7552 * colour + 0.6903
    return np.asarray(np.maximum(x, ((x * a + b) * x + c) * x), np.float32)


def tone(linear: Floats) -> Floats:
    """Linear up to 0.7, then a soft shoulder that never quite reaches 1."""
    over = np.maximum(linear - np.float32(0.7), 0)
    return np.asarray(
        np.minimum(linear, np.float32(0.7)) + np.float32(0.3) * (1 - np.exp(-over / np.float32(0.3))), np.float32
    )


def untoned(shown: Floats) -> Floats:
    """What `tone` turns into values in [0, 1]; the last half a thousandth below 1 is out of its reach."""
    over = np.clip((shown - np.float32(0.7)) / np.float32(0.3), 0, np.float32(0.9985))
    return np.asarray(np.minimum(shown, np.float32(0.7)) - np.float32(0.3) * np.log(1 - over), np.float32)


class Shader:
    """Shades points of one model under one light.

    Args:
        floor: what smooth surfaces reflect below them.
        azimuth: of the camera in degrees, which the light follows: one, or one for each `Points.eye`.
        pixel_angle: width of a pixel in radians.
        mirrors: whether smooth surfaces show what the product or the floor puts in the way.
    """

    def __init__(
        self,
        tracer: Tracer,
        light: Lighting,
        floor: Floor | None,
        azimuth: float | Floats,
        pixel_angle: float,
        *,
        mirrors: bool = True,
    ) -> None:
        self.mirrors = mirrors
        smooth = ((tracer.roughness < _MIRROR) & ~self._blurs(tracer.metallic, tracer.roughness)) | (tracer.coat > 0)
        self.varied = (tracer.transmission > 0) | (smooth & [m.texture is None for m in tracer.materials])
        """Parts on which an edge may be seen that is not theirs: what lies behind, or a mirrored thing."""
        self.tracer, self.light, self.floor, self.azimuth, self.pixel_angle = tracer, light, floor, azimuth, pixel_angle

    def shade(self, points: Points, share: Floats) -> tuple[Floats, Floats]:
        """Light towards the viewer [n, 3], and what a clear surface lets through [n, 3] (0 where opaque)."""
        tracer, part = self.tracer, points.part
        look = look_of(tracer, points, self.pixel_angle)
        colour, normal, roughness, metallic = look.colour, look.normal, look.roughness, look.metallic
        azimuth = self.azimuth.take(points.eye) if isinstance(self.azimuth, np.ndarray) else self.azimuth
        normal_in_light = turn(normal, -azimuth)
        power = tracer.photographed.take(points.part)
        taken = np.flatnonzero(~np.isnan(power))
        if len(taken):
            shown = self._photographed(points.take(taken), colour[taken], normal_in_light[taken], power[taken])
            if len(taken) == len(points):
                return shown, np.zeros_like(shown)
        facing = np.clip(dot(normal, points.view), 0.02, 1)
        clear = tracer.transmission.take(part)
        share = np.where(clear > 0, np.float32(1), share)
        reflected_direction = plus(-points.view, normal, 2 * dot(normal, points.view))
        turned = turn(reflected_direction, -azimuth)
        lit = self.light.irradiance(normal_in_light) * between_walls(share, colour)
        plain = np.where(clear > 0, 0.05, 0.04).astype(np.float32)[:, None]
        # What lets light through reflects as glass does, and a metal's colour only as far as it lets none through.
        f0 = (plain + (colour - plain) * (metallic * (1 - clear))[:, None]).astype(np.float32)
        glossy = specular_albedo(f0, roughness, facing)
        under: Floats = 1 - glossy * (1 - metallic[:, None])
        if self.light.conserves:
            dielectric, metal = (specular_albedo_of_all_bounces(f, roughness, facing) for f in (plain, colour))
            glossy, under = dielectric + (metal - dielectric) * metallic[:, None], 1 - dielectric
        # Rough surfaces see all of a hemisphere, where the diffuse share tells what is hidden; smooth ones look one way.
        hidden = np.clip((facing + share) ** np.exp2(-12 * roughness - 1) - 1 + share, 0, 1)
        radiance: Floats = self.light.reflected(turned, roughness)
        metals = np.flatnonzero(metallic > 0.5)
        if len(metals):
            radiance[metals] = self.light.reflected(turned[metals], roughness[metals], metal=True)
        radiance = radiance * hidden[:, None]
        coat = tracer.coat[part]
        coat_radiance: Floats = np.zeros_like(radiance)
        coated = np.flatnonzero(coat > 0)
        if len(coated):
            smooth = np.full(len(coated), _COAT_ROUGHNESS, np.float32)
            coat_radiance[coated] = self.light.reflected(turned[coated], smooth) * hidden[coated, None]
        if self.mirrors:
            mirror = np.flatnonzero((roughness < _MIRROR) | (coat > 0))
            radiance, coat_radiance = self._reflect(
                points, reflected_direction, mirror, radiance, coat_radiance, roughness
            )
        out = colour * (1 - metallic)[:, None] * (1 - clear)[:, None] * lit * under
        sheen = tracer.sheen[part]
        out += (sheen * (1 - facing) ** 3 * 0.5)[:, None] * (0.3 + 0.7 * np.sqrt(colour)) * lit
        out += glossy * radiance
        coat_glossy = specular_albedo(
            np.full((len(points), 1), 0.04, np.float32), np.full_like(coat, _COAT_ROUGHNESS), facing
        )
        coat_glossy *= coat[:, None]
        out = out * (1 - coat_glossy) + coat_glossy * coat_radiance
        out += look.emission
        through = np.zeros_like(out)
        if clear.any():
            edge = (1 - facing)[:, None] ** 3
            through = (
                clear[:, None] * (1 - glossy) * colour ** (1 / np.maximum(facing, 0.35))[:, None] * (1 - 0.65 * edge)
            )
        if len(taken):
            out[taken], through[taken] = shown, 0
        return out.astype(np.float32), through.astype(np.float32)

    def _photographed(self, points: Points, colour: Floats, normal_in_light: Floats, power: Floats) -> Floats:
        """The colour of a photo under this light, before the tone curve, which is undone so that label colours stay exact.

        Args:
            normal_in_light: normals in the camera's azimuth frame.
        """
        for part in np.unique(points.part):
            gloss = self.tracer.materials[part].gloss
            if gloss is not None:
                rows = np.flatnonzero(points.part == part)
                shade, shine = gloss_at(gloss, points.uv[rows, 1], normal_in_light[rows]).T
                colour[rows] = scaled(colour[rows], shade) + shine[:, None]
        light = relative_light(self.light, normal_in_light, power)
        return untoned(np.minimum(colour * light[:, None], 1))

    def _reflect(
        self, points: Points, direction: Floats, rows: Ints, radiance: Floats, coat_radiance: Floats, roughness: Floats
    ) -> tuple[Floats, Floats]:
        """Replaces what smooth surfaces reflect where the product itself, or the floor, is in the way."""
        if len(rows) == 0:
            return radiance, coat_radiance
        radiance, coat_radiance = (np.broadcast_to(r, (len(r), 3)).copy() for r in (radiance, coat_radiance))
        start = points.position[rows] + points.flat_normal[rows] * np.float32(OFFSET * 2)
        if self.floor is not None:
            dimmed = self.floor.seen_from(start, direction[rows])[:, None]
            radiance[rows] *= dimmed
            coat_radiance[rows] *= dimmed
        towards, rough = direction[rows], roughness[rows]
        mirrored = self._mirrored(start, towards)
        blurs = self._blurs(self.tracer.metallic.take(points.part[rows]), rough)
        # Of other rough things, whose reflections are faint, the environment keeps a part.
        mirrored[~blurs] *= np.clip(1.3 - 1.6 * rough[~blurs], 0.2, 1)[:, None]
        some = np.flatnonzero(blurs)
        mirrored[some] = self._blurred(mirrored[some], start[some], towards[some], rough[some])
        seen, hidden = mirrored[:, :3], mirrored[:, 3:]
        radiance[rows] += seen - radiance[rows] * hidden
        coat_radiance[rows] += seen - coat_radiance[rows] * hidden
        return radiance, coat_radiance

    @staticmethod
    def _blurs(metallic: Floats, roughness: Floats) -> Mask:
        """What mirrors things clearly enough, and is rough enough, to need more than one ray."""
        return np.asarray((metallic > 0.5) & (roughness > _COAT_ROUGHNESS))

    def _mirrored(self, start: Floats, towards: Floats) -> Floats:
        """Light from the product in directions [n, 3], and the share of the surroundings that it hides: [n, 4]."""
        out = np.zeros((len(start), 4), np.float32)
        hits = self.tracer.first(start, towards)
        met = self.tracer.part[hits.face]
        normals = facing_side(self.tracer.face_normals[hits.face], -towards[hits.ray])
        light = self.tracer.mean_colour[met] * (0.75 * self.light.irradiance(turn(normals, -self.azimuth)))
        opaque = 1 - self.tracer.transmission[met]
        out[hits.ray, :3] = scaled(light + self.tracer.emission[met], opaque)
        out[hits.ray, 3] = opaque
        return out

    def _blurred(self, middle: Floats, start: Floats, towards: Floats, roughness: Floats) -> Floats:
        """What is `_mirrored` in a lobe around directions [n, 3], from what it is in their middles [n, 4].

        Where the first rays around the middle meet what that meets there is no edge, and no more are sent.
        """
        right, up = frames(towards)
        wide = 2 * roughness * roughness

        def around(rows: Ints, fan: Floats) -> Floats:
            return np.stack([
                self._mirrored(start.take(rows, 0), unit(plus(plus(towards.take(rows, 0), right.take(rows, 0), x * wide[rows]), up.take(rows, 0), y * wide[rows])))
                for x, y in fan
            ])  # fmt: skip

        first = around(np.arange(len(start)), _PROBES)
        out = (middle + first.sum(0)) / (1 + len(first))
        edges = np.flatnonzero(np.abs(first - middle).max((0, 2)) > _STEP)
        out[edges] = (out[edges] * (1 + len(first)) + around(edges, _FAN).sum(0)) / (1 + len(first) + len(_FAN))
        return np.asarray(out)
