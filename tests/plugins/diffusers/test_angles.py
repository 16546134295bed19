"""`diffusers/angles` on a tiny Qwen-Image-Edit-Plus with a LoRA, loaded from folders as a user would."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from prodgen_diffusers import plugin
from prodgen_diffusers.angles.generator import AnglesGenerator, source_picture
from prodgen_diffusers.config import Config
from prodgen_diffusers.pictures.photos import framed, product_cut, zoomed
from prodgen_diffusers.tiny import qwen_edit

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, ConfigError, InputError
from prodgen_sdk.testing.contracts import GeneratorContract
from prodgen_sdk.types import GenerationRequest, Product, Scene, View

pytestmark = pytest.mark.slow

MUG = Product(sku="mug-1", title="Blue mug", category="home/mug")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("angles")
    qwen_edit.qwen_edit(made / "qwen")
    qwen_edit.angles_lora(made / "angles.safetensors")
    return made


@pytest.fixture(scope="module")
def options(folder) -> dict[str, Any]:
    return {
        "model": str(folder / "qwen"),
        "lora": {"model": str(folder / "angles.safetensors")},
        "steps": 1,
        "size": 32,
    }


@pytest.fixture(autouse=True)
def _small():
    with qwen_edit.small_pictures():
        yield


def photo(size=64):
    """A blue product on near-white, left of the middle."""
    picture = np.full((size, size, 3), 250, np.uint8)
    picture[16:56, 8:32] = (30, 60, 160)
    return picture


def request(**fields):
    views = fields.pop("views", (View(), View(azimuth=90)))
    return GenerationRequest(product=MUG, views=views, references={"front": photo()}, size=32, seed=4, **fields)


@pytest.fixture(scope="module")
def generator(options):
    return AnglesGenerator(Config.model_validate({"angles": options}), Context())


class TestAngles(GeneratorContract):
    plugin = plugin
    id = "diffusers/angles"

    @pytest.fixture
    def section(self, options) -> Mapping[str, Any]:
        return {"angles": options}

    @pytest.fixture
    def component(self, generator):
        return generator


def test_a_pose_is_asked_for_in_the_loras_words(generator):
    ((front, right),) = generator.generate([request()], Context())
    assert front.facts["prompt"] == "<sks> front view eye-level shot medium shot"
    assert right.facts["prompt"] == "<sks> right side view eye-level shot medium shot"
    assert right.view == View(azimuth=90)
    assert (front.facts["pose_off_degrees"], front.warnings) == (0, ())
    assert front.facts["pipeline"] == "QwenImageEditPlusPipeline"
    assert (front.image != right.image).any()


def test_views_between_poses_are_noted_and_far_ones_refused(generator):
    views = (View(azimuth=10, elevation=10), View(elevation=90))
    ((near, top),) = generator.generate([request(views=views)], Context())
    assert near.facts["pose"] == "front"
    assert near.facts["pose_off_degrees"] == pytest.approx(14.1, abs=0.1)
    assert near.warnings == ()
    assert top.warnings == ("Painted as az0_el60_d1, 30 degrees from the view top that was asked for.",)
    with pytest.raises(InputError, match=r"no camera near az0_el-90_d1 \(60° from az0_el-30_d1\)"):
        generator.generate([request(views=(View(), View(elevation=-90)))], Context())


def test_the_lora_the_photo_and_the_seed_count(generator, options, folder):
    ((usual,),) = generator.generate([request(views=(View(),))], Context())
    silent = options | {"lora": options["lora"] | {"scale": 0.0}}
    other = AnglesGenerator(Config.model_validate({"angles": silent}), Context())
    ((without,),) = other.generate([request(views=(View(),))], Context())
    assert other.loaded.digest == generator.loaded.digest  # the scale is part of the configuration
    ((reseeded,),) = generator.generate([request(views=(View(),)).model_copy(update={"seed": 5})], Context())
    red = {"references": {"front": photo()[..., ::-1].copy()}}
    ((recoloured,),) = generator.generate([request(views=(View(),)).model_copy(update=red)], Context())
    for changed in (without, reseeded, recoloured):
        assert (changed.image != usual.image).any()


def test_a_photo_is_needed(generator):
    bare = request().model_copy(update={"references": {}})
    with pytest.raises(InputError, match="has none of its front"):
        generator.generate([bare], Context())


def test_it_can_be_cancelled_between_steps(generator):
    calls = []

    def cancelled():
        calls.append(1)
        return len(calls) > 1

    with pytest.raises(Cancelled):
        generator.generate([request()], Context(cancelled=cancelled))


def test_another_kind_of_checkpoint_is_refused(sd15, options):
    wrong = options | {"model": str(sd15)}
    with pytest.raises(ConfigError):
        AnglesGenerator(Config.model_validate({"angles": wrong}), Context())
    with pytest.raises(ConfigError, match="diffusers/angles has no checkpoint"):
        AnglesGenerator(Config(), Context())


def test_the_product_is_cut_from_a_plain_backdrop_and_centred():
    cut = product_cut(photo())
    assert cut is not None
    assert cut[36, 20, 3] == 255
    assert cut[36, 50, 3] == 0
    picture, notes = source_picture(photo(), Scene(background="colour", colour="#102030"))
    assert notes == ()
    assert picture[2, 2].tolist() == [0x10, 0x20, 0x30]
    product = np.argwhere(np.abs(picture.astype(int) - (30, 60, 160)).max(axis=2) < 20)
    low, high = product.min(axis=0), product.max(axis=0)
    assert np.abs((low + high + 1) / 2 - 32).max() <= 1
    assert (high - low + 1)[0] == pytest.approx(0.8 * 64, abs=5)


def test_a_busy_photo_is_taken_whole():
    busy = np.random.default_rng(0).integers(0, 255, (40, 64, 3), np.uint8)
    picture, notes = source_picture(busy, Scene())
    assert (picture == busy).all()
    assert "not plain" in notes[0]


def test_transparency_of_a_photo_is_kept():
    cut = np.zeros((40, 30, 4), np.uint8)
    cut[10:30, 10:20] = (200, 0, 0, 255)
    assert product_cut(cut) is cut
    square = framed(cut, 50, fill=0.5, colour=(255, 255, 255))
    red = np.argwhere(square[..., 1] < 128)
    assert (red.max(axis=0) - red.min(axis=0) + 1).tolist() == [25, 12] or (
        red.max(axis=0) - red.min(axis=0) + 1
    ).tolist() == [25, 13]
    assert product_cut(np.zeros((8, 8, 4), np.uint8)) is None


def test_zoom_of_a_camera_without_perspective():
    picture = np.full((60, 60, 3), 200, np.uint8)
    picture[20:40, 20:40] = 10
    near, far = zoomed(picture, 0.5), zoomed(picture, 2.0)
    assert near.shape == far.shape == picture.shape
    assert (near[..., 0] < 100).sum() == pytest.approx(40 * 40, rel=0.1)
    assert (far[..., 0] < 100).sum() == pytest.approx(10 * 10, rel=0.2)
    assert far[0, 0].tolist() == [200, 200, 200]
    assert zoomed(picture, 1.0) is picture
