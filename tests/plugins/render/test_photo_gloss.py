"""The light that a photo of a turned body holds, told apart from its colours."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from prodgen_render.files.export import save_glb
from prodgen_render.model import Material, Model3D, Texture
from prodgen_render.photo import gloss
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.gloss import gloss_of
from prodgen_render.rendering.views import render
from prodgen_render.shapes.geometry import revolve

from prodgen_sdk.types import Product, View

_BLUE, _GREY = (0.02, 0.04, 0.15), (0.3, 0.3, 0.3)
_VIEWS = [View(), View(azimuth=60), View(azimuth=180)]
_PRODUCT = Product(sku="c", title="Blue can", category="food/can")


def _can(roughness: float) -> Model3D:
    profile = np.array([(1e-4, 0), (0.03, 0), (0.033, 0.004), (0.033, 0.116), (0.03, 0.12), (1e-4, 0.12)])
    return Model3D((revolve(profile, Material("lacquer", _BLUE, roughness)),))


def test_gloss_stays_where_the_light_is_when_a_can_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    true = render(_can(0.25), _VIEWS, size=192)
    photo = render(_can(0.25), _VIEWS[:1], size=384)[0].image

    def errors() -> np.ndarray:
        made = render(model_from_photos(photo, _PRODUCT).model, _VIEWS, size=192)
        inside = np.s_[40:150, 80:112]
        differences = [m.image[inside].astype(float) - t.image[inside] for m, t in zip(made, true, strict=True)]
        return np.array([np.abs(difference).mean() for difference in differences])

    told = errors()
    neutral = Texture(np.tile(np.array([1, 0], np.float32), (4, 8, 1)))
    monkeypatch.setattr(gloss, "gloss_of", lambda *_: neutral)
    front, turned, behind = errors() / told
    assert told[0] < 1
    assert front > 0.5
    assert turned > 1.5
    assert behind > 3


def test_a_photo_of_the_back_keeps_its_own_gloss() -> None:
    true = render(_can(0.25), _VIEWS, size=256)
    front, back = true[0].image, true[2].image
    made = render(model_from_photos(front, _PRODUCT, back).model, _VIEWS, size=256)
    inside = np.s_[60:190, 112:144]
    for number in (0, 2):
        assert np.abs(made[number].image[inside].astype(float) - true[number].image[inside]).mean() < 2


def _turned(rows: int = 256, columns: int = 360) -> tuple[np.ndarray, np.ndarray]:
    """Normals of an upright cylinder, u = 0.5 its front, and what a camera sees of it."""
    angle = ((np.arange(columns) + 0.5) / columns - 0.5) * 2 * np.pi
    normals = np.stack([np.sin(angle), -np.cos(angle), np.zeros(columns)], -1)
    weight = (np.abs(angle) < np.radians(75)).astype(np.float32)
    return np.tile(normals, (rows, 1, 1)), np.tile(weight, (rows, 1))


@pytest.mark.parametrize("ground", [_BLUE, _GREY])
def test_light_along_all_the_height_is_told_under_print(ground: tuple[float, float, float]) -> None:
    normals, weight = _turned()
    colour = np.tile(np.array(ground), (256, 360, 1))
    colour[100:116, 150:210] = (0.7, 0.1, 0.1)
    colour[:, 200:230] += 0.2
    table = gloss_of(colour, weight, normals).pixels
    light = ground[0] * table[..., 0] + table[..., 1]
    assert np.allclose(light[:, 103:113], ground[0] + 0.2, atol=0.03)
    assert np.allclose(light[:, 60:96], ground[0], atol=0.02)


@pytest.mark.parametrize(("ground", "share"), [(_BLUE, 0.12), (_GREY, 0.2)])
def test_a_pale_panel_is_print(ground: tuple[float, float, float], share: float) -> None:
    normals, weight = _turned()
    colour = np.tile(np.array(ground), (256, 360, 1))
    colour[60 : 60 + int(share * 256), 170:200] += 0.3
    table = gloss_of(colour, weight, normals).pixels
    assert np.abs(table[..., 0] - 1).max() < 0.05
    assert table[..., 1].max() < 0.02


def test_lids_hold_no_gloss_across() -> None:
    normals, weight = _turned()
    colour = np.tile(np.array(_BLUE), (256, 360, 1))
    colour[:, 200:230] += 0.2
    normals[:64] = (0, 0, 1)
    table = gloss_of(colour, weight, normals).pixels
    assert np.allclose(table[:30], (1, 0), atol=1e-3)
    assert table[80:, 103:113, 1].min() > 0.15


@pytest.mark.parametrize(("roughness", "matte"), [(0.2, False), (1.0, True)])
def test_a_model_file_is_as_glossy_as_the_photo(tmp_path, roughness: float, matte: bool) -> None:
    photo = render(_can(roughness), _VIEWS[:1], size=256)[0].image
    file = save_glb(model_from_photos(photo, _PRODUCT).model, tmp_path / "can.glb").read_bytes()
    (length,) = struct.unpack_from("<I", file, 12)
    [material] = json.loads(file[20 : 20 + length])["materials"]
    told = material["pbrMetallicRoughness"].get("roughnessFactor", 1.0)
    assert told > 0.8 if matte else told < 0.7
