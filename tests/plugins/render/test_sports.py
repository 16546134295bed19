"""Balls, and other things whose surface follows from geometry."""

from __future__ import annotations

import numpy as np
import pytest
from prodgen_render.parametric import build_model

from prodgen_sdk.types import Product


def built(title: str, category: str = "home/sport"):
    return build_model(Product(sku="b", title=title, category=category), 2)


def test_a_football_has_twelve_pentagons_of_the_right_size() -> None:
    texture = built("White football with black pentagons").parts[0].material.texture
    dark = texture.pixels.mean(-1) < 0.05  # the seams are lighter
    latitude = np.sin(np.pi * (np.arange(len(dark)) + 0.5) / len(dark))
    share = (dark.mean(1) * latitude).sum() / latitude.sum()
    # Each of a truncated icosahedron's pentagons has a solid angle of .2956.
    assert share == pytest.approx(12 * 0.2956 / (4 * np.pi), abs=0.005)


@pytest.mark.parametrize(
    ("title", "radius", "colour"),
    [
        ("Football", 0.11, (246, 245, 241)),
        ("Basketball", 0.12, (208, 105, 43)),
        ("Tennis ball", 0.0335, (212, 225, 87)),
        ("Red yoga ball", 0.325, (195, 39, 43)),
    ],
)
def test_balls_are_round_and_of_their_size(title: str, radius: float, colour: tuple[int, int, int]) -> None:
    model = built(title)
    vertices = model.parts[0].vertices
    away = np.linalg.norm(vertices - (vertices.max(0) + vertices.min(0)) / 2, axis=1)
    assert away == pytest.approx(radius, rel=0.02)
    assert vertices[:, 2].min() == pytest.approx(0, abs=0.02 * radius)
    assert [int(model.facts["rgb"][i : i + 2], 16) for i in (1, 3, 5)] == pytest.approx(colour, abs=2)


def test_a_set_of_brushes_has_five() -> None:
    one, many = (built(title, "beauty/tools") for title in ("Makeup brush", "Makeup brush set"))
    assert len(many.parts) == 5 * len(one.parts)


def test_a_rolled_mat_is_as_wide_as_a_mat() -> None:
    corners = np.concatenate([part.turned(32).vertices for part in built("Purple yoga mat").parts])
    assert np.ptp(corners[:, 0]) == pytest.approx(0.61, rel=0.02)
    assert np.ptp(corners[:, 2]) < 0.2
