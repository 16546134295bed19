"""Meshes from a few numbers, and the surfaces that families are made of."""

import numpy as np
from prodgen_render.families.kit import cap
from prodgen_render.model import Material
from prodgen_render.shapes.geometry import tube


def test_a_closed_tube_has_no_seam() -> None:
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = tube(np.stack([np.cos(angle), 0 * angle, np.sin(angle)], -1), 0.1, Material(), closed=True, up=(0, 1, 0))
    loop = ring.vertices.reshape(41, -1, 3)
    np.testing.assert_allclose(loop[0], loop[-1], atol=1e-6)
    normals = ring.normals.reshape(41, -1, 3)
    np.testing.assert_allclose(normals[0], normals[-1], atol=1e-3)


def test_the_ribs_of_a_cap_lie_within_its_side() -> None:
    lid = cap(0.03, 0.0, 0.02, Material(), ribs=24)
    away = np.hypot(lid.vertices[:, 0], lid.vertices[:, 1])
    side = (lid.vertices[:, 2] > 0.0035) & (lid.vertices[:, 2] < 0.0155) & (away > 0.02)
    assert away.max() < 0.0301
    assert 0.0292 < away[side].min() < 0.0295
    # As many crests as ribs.
    ring = away[side].reshape(-1, 24 * 8 + 1)[0, :-1]
    assert ((ring > np.roll(ring, 1)) & (ring >= np.roll(ring, -1))).sum() == 24
