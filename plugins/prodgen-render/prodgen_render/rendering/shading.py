"""From surface points to the light that leaves them towards the camera.

Diffuse light, a glossy lobe with Fresnel, an optional clear coat and cloth sheen, thin transmission. The environment's share of
the glossy lobe is the split-sum approximation with Karis' fit (2014) for the specular albedo.
"""

from __future__ import annotations

import numpy as np

from prodgen_render.model import Floats, Ints
from prodgen_render.rendering.floor import Floor
from prodgen_render.rendering.lights import Lighting, relative_light, turn
from prodgen_render.rendering.shadows import OFFSET
from prodgen_render.rendering.surface import Points, gloss_at, look_of
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.vectors import dot, plus, scaled

_COAT_ROUGHNESS = 0.12
_MIRROR = 0.55
"""Reflection rays are traced for surfaces smoother than this."""


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
        radiance: Floats = self.light.reflected(turned, roughness) * hidden[:, None]
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
        towards = direction[rows]
        if self.floor is not None:
            dimmed = self.floor.seen_from(start, towards)[:, None]
            radiance[rows] *= dimmed
            coat_radiance[rows] *= dimmed
        hits = self.tracer.first(start, towards)
        if len(hits.ray):
            where = rows[hits.ray]
            met = self.tracer.part[hits.face]
            normals = self.tracer.face_normals[hits.face]
            normals = normals * np.where(dot(normals, towards[hits.ray]) > 0, -1, 1).astype(np.float32)[:, None]
            seen = self.tracer.mean_colour[met] * (0.75 * self.light.irradiance(turn(normals, -self.azimuth)))
            seen += self.tracer.emission[met]
            # Rough surfaces blur what they mirror: keep part of the environment.
            solid = ((1 - self.tracer.transmission[met]) * np.clip(1.3 - 1.6 * roughness[where], 0.2, 1))[:, None]
            radiance[where] += (seen - radiance[where]) * solid
            coat_radiance[where] += (seen - coat_radiance[where]) * solid
        return radiance, coat_radiance
