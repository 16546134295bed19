"""What a GLB file keeps of a model's materials."""

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from prodgen_render.files.export import save_glb
from prodgen_render.mesh import load_model
from prodgen_render.model import Bump, Material, Model3D
from prodgen_render.parametric import build_model
from prodgen_render.rendering.views import render

from prodgen_sdk.types import Product, View


def model(title: str, category: str) -> Model3D:
    return build_model(Product(sku="g", title=title, category=category), 2)


def document(path: Path) -> dict:
    data = path.read_bytes()
    (length,) = struct.unpack("<I", data[12:16])
    return json.loads(data[20 : 20 + length])


@pytest.mark.parametrize(
    ("title", "category"),
    [("Red ceramic mug", "home/mug"), ("Wine glass", "home/glass"), ("Black pump bottle", "beauty/pump-bottle")],
)
def test_a_model_that_is_saved_and_read_looks_the_same(title: str, category: str, tmp_path: Path) -> None:
    """Without coats and glass it was 17 to 32 dB."""
    before = model(title, category)
    after = load_model(save_glb(before, tmp_path / "model.glb"))
    one, other = (render(m, [View(azimuth=30, elevation=15)], size=96)[0] for m in (before, after))
    difference = (one.image.astype(float) - other.image)[one.mask | other.mask]
    assert (difference**2).mean() < 255**2 / 10**4.5


def test_each_part_keeps_its_own_finish(tmp_path: Path) -> None:
    """Two parts that differ in their coats alone are not given one material."""
    (part, *_) = model("Red ceramic mug", "home/mug").parts
    shiny, dull = part.material.but(coat=0.9, bump=None), part.material.but(coat=0.0, bump=None)
    cloth, lamp = Material(sheen=1.6), Material(emission=(4.0, 2.0, 0.0))
    parts = tuple(part.but(material=m) for m in (shiny, dull, cloth, lamp))
    path = save_glb(Model3D(parts), tmp_path / "parts.glb")
    assert [round(p.material.coat, 3) for p in load_model(path).parts] == [0.9, 0, 0, 0]
    assert [round(p.material.sheen, 3) for p in load_model(path).parts] == [0, 0, 1, 0]
    assert np.allclose(load_model(path).parts[3].material.emission, (4.0, 2.0, 0.0))
    used = document(path)["extensionsUsed"]
    assert used == ["KHR_materials_clearcoat", "KHR_materials_emissive_strength", "KHR_materials_sheen"]


def test_what_needs_no_extension_names_none(tmp_path: Path) -> None:
    (part, *_) = model("Red ceramic mug", "home/mug").parts
    path = save_glb(Model3D((part.but(material=Material(colour=(0.0123, 0.4, 0.7))),)), tmp_path / "plain.glb")
    assert "extensionsUsed" not in document(path)
    assert np.allclose(load_model(path).parts[0].material.colour, (0.0123, 0.4, 0.7))


def test_the_relief_of_cloth_is_kept(tmp_path: Path) -> None:
    """The map of normals of knit repeats as in the renderer."""
    before = model("Chunky knit sweater", "apparel/sweater")
    path = save_glb(before, tmp_path / "sweater.glb")
    part, written = before.parts[0], document(path)["materials"][0]["normalTexture"]
    assert part.material.bump is not None
    scale = written["extensions"]["KHR_texture_transform"]["scale"]
    assert scale == pytest.approx([metres / part.material.bump.scale for metres in part.uv_metres])
    assert "KHR_texture_transform" in document(path)["extensionsUsed"]


def test_relief_that_is_read_again_lies_where_it_lay(tmp_path: Path) -> None:
    (part, *_) = model("Chunky knit sweater", "apparel/sweater").parts
    slopes = np.random.default_rng(1).normal(0, 0.5, (16, 16, 2))
    bump = Bump(np.dstack([slopes, np.ones((16, 16))]).astype(np.float32), 0.21, 0.7)
    rough, flat = (Model3D((part.but(material=Material(bump=one)),)) for one in (bump, None))
    again = load_model(save_glb(rough, tmp_path / "rough.glb"))
    one, other, plain = (
        render(m, [View(azimuth=20, elevation=10)], size=160)[0].image.astype(float) for m in (rough, again, flat)
    )
    assert ((one - other) ** 2).mean() < ((one - plain) ** 2).mean() / 50


def test_photos_have_no_relief(tmp_path: Path) -> None:
    (part, *_) = model("Chunky knit sweater", "apparel/sweater").parts
    path = save_glb(Model3D((part.but(material=part.material.but(photographed=0.0)),)), tmp_path / "photo.glb")
    assert "normalTexture" not in document(path)["materials"][0]
