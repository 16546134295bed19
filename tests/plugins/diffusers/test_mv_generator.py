"""`diffusers/mv-adapter` on a tiny SDXL with random weights in the released layout, loaded from files as a user would."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from prodgen_diffusers import plugin
from prodgen_diffusers.config import Config
from prodgen_diffusers.mv_adapter.generator import MultiViewGenerator, reference_picture
from prodgen_diffusers.tiny import sdxl as tiny_sdxl

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, ConfigError, InputError
from prodgen_sdk.testing.contracts import GeneratorContract
from prodgen_sdk.types import GenerationRequest, Product, Scene, View

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]  # diffusers and numpy 2
MUG = Product(sku="mug-1", title="Blue mug", category="home/mug")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("mv")
    tiny_sdxl.sdxl(made / "sdxl")
    tiny_sdxl.multi_view(made / "i2mv.safetensors", reference=True)
    tiny_sdxl.multi_view(made / "t2mv.safetensors", reference=False)
    return made


@pytest.fixture(scope="module")
def options(folder) -> dict[str, Any]:
    return {
        "model": str(folder / "sdxl"),
        "image_weights": {"model": str(folder), "file": "i2mv.safetensors"},
        "text_weights": {"model": str(folder / "t2mv.safetensors")},
        "azimuths": [0, 90, 270],
        "steps": 1,
        "size": 64,
        "batch": 6,
    }


@pytest.fixture(scope="module")
def generator(options):
    return MultiViewGenerator(Config.model_validate({"mv_adapter": options}), Context())


def photo():
    picture = np.full((64, 64, 3), 250, np.uint8)
    picture[16:56, 8:32] = (30, 60, 160)
    return picture


def request(**fields):
    fields = {"views": (View(), View(azimuth=90)), "references": {"front": photo()}, "size": 48, "seed": 4} | fields
    return GenerationRequest(product=fields.pop("product", MUG), **fields)


class TestMultiView(GeneratorContract):
    plugin = plugin
    id = "diffusers/mv-adapter"

    @pytest.fixture
    def section(self, options) -> Mapping[str, Any]:
        # The contract's requests ask for views all around; with two of them painted all are "near".
        return {"mv_adapter": options | {"most_degrees": 180}}

    @pytest.fixture
    def component(self, generator, monkeypatch):
        monkeypatch.setattr(generator, "config", generator.config.model_copy(update={"most_degrees": 180.0}))
        return generator


def test_wanted_views_are_those_that_were_painted(generator):
    views = (View(azimuth=270), View(azimuth=100, elevation=5), View(distance=0.5))
    ((left, right, near),) = generator.generate([request(views=views)], Context())
    assert left.facts["pose"] == "left"
    assert left.facts["prompt"] == "Blue mug, high quality"
    assert (right.facts["pose"], right.facts["pose_off_degrees"]) == ("right", pytest.approx(11.2, abs=0.1))
    assert not any("Painted as" in warning for warning in left.warnings)
    assert near.facts["pose_zoom"] == 0.5
    ((again,),) = generator.generate([request(views=views[:1])], Context())
    assert (again.image == left.image).all()


def test_views_far_from_all_painted_ones_are_refused_or_noted(generator):
    with pytest.raises(InputError, match=r"back .*mv_adapter\.azimuths"):
        generator.generate([request(views=(View(azimuth=180),))], Context())
    ((off,),) = generator.generate([request(views=(View(azimuth=42, elevation=10),))], Context())
    assert "Painted as front, 43 degrees from the view az42_el10_d1" in off.warnings[0]


def test_photos_and_words_go_together_in_one_batch(generator):
    words = request(references={})
    seen = []
    ctx = Context(progress=lambda done, total, what: seen.append((done, total)))
    together = generator.generate([request(), words, request(seed=5)], ctx)
    assert seen[-1] == (3, 3)
    assert all(0 <= done <= total for done, total in seen)
    for one, made in zip((request(), words, request(seed=5)), together, strict=True):
        (alone,) = generator.generate([one], Context())
        for mine, other in zip(alone, made, strict=True):
            assert np.abs(mine.image.astype(int) - other.image).max() <= 1
    assert (together[0][0].image != together[1][0].image).any()


def test_the_scene_is_put_behind(generator):
    red = Scene(background="colour", colour="#cc0000")
    ((made, _),) = generator.generate([request(scene=red)], Context())
    assert made.image[0, 0].tolist() == [0xCC, 0, 0]
    ((clear, _),) = generator.generate([request(scene=Scene(background="transparent"))], Context())
    assert clear.image.shape == (48, 48, 4)


def test_titles_in_chinese_are_described_in_english(generator):
    class Describer:
        def describe(self, products, views, locale, ctx):
            from prodgen_sdk.types import Description, ViewPrompt

            return [Description(prompts=tuple(ViewPrompt(view=v, text="blue ceramic mug", locale="en") for v in views))]

    mug = MUG.model_copy(update={"title": "蓝色马克杯"})
    ctx = Context(find=lambda kind, id: Describer())
    ((made, _),) = generator.generate([request(product=mug)], ctx)
    assert made.facts["prompt"] == "blue ceramic mug, high quality"


def test_it_can_be_cancelled_between_steps(generator):
    with pytest.raises(Cancelled):
        generator.generate([request()], Context(cancelled=lambda: True))


def test_few_step_schedulers(options):
    few = options | {"scheduler": "LCMScheduler", "steps": 2, "guidance": 1.0}
    generator = MultiViewGenerator(Config.model_validate({"mv_adapter": few}), Context())
    ((made, _),) = generator.generate([request()], Context())
    assert made.facts["scheduler"] == "LCMScheduler"
    scheduler = generator.loaded.pipe.scheduler
    assert len(scheduler.config.trained_betas) == 1000  # shifted


def test_a_vae_of_its_own(generator, options, tmp_path):
    tiny_sdxl.vae(seed=9).save_pretrained(tmp_path / "vae")
    config = Config.model_validate({"mv_adapter": options | {"vae": {"model": str(tmp_path / "vae")}}})
    ((made, _),) = MultiViewGenerator(config, Context()).generate([request()], Context())
    ((usual, _),) = generator.generate([request()], Context())
    assert (made.image != usual.image).any()


def test_what_does_not_fit_is_refused_with_what_to_do(options, folder, sd15):
    def build(**changes):
        return MultiViewGenerator(Config.model_validate({"mv_adapter": options | changes}), Context())

    with pytest.raises(ConfigError, match=r"t2mv\.safetensors do not fit MV-Adapter for image to views"):
        build(image_weights={"model": str(folder / "t2mv.safetensors")})
    with pytest.raises(ConfigError, match="no weights of the adapter"):
        build(image_weights=None, text_weights=None)
    with pytest.raises(ConfigError, match="cannot be offloaded by group"):
        build(offload="group")
    with pytest.raises(ConfigError, match="no multiple of 32"):
        build(size=100)
    with pytest.raises(ConfigError, match="named twice"):
        build(azimuths=[0, 360])
    with pytest.raises(ConfigError, match="StableDiffusionPipeline is no SDXL checkpoint"):
        build(model=str(sd15))
    photos_only = build(text_weights=None)
    with pytest.raises(InputError, match="weights for photos only"):
        photos_only.generate([request(references={})], Context())


def test_the_reference_is_centred_on_grey():
    picture, notes = reference_picture(photo(), 64)
    assert notes == ()
    assert picture[1, 1].tolist() == [128, 128, 128]
    product = np.argwhere(np.abs(picture.astype(int) - (30, 60, 160)).max(axis=2) < 20)
    assert (product.max(axis=0) + product.min(axis=0) + 1) / 2 == pytest.approx([32, 32], abs=1)
    busy = np.random.default_rng(0).integers(0, 255, (40, 64, 3), np.uint8)
    whole, notes = reference_picture(busy, 64)
    assert "could not be cut out" in notes[0]
    assert whole[2, 30].tolist() == [128, 128, 128]
    assert whole[32, 1].tolist() != [128, 128, 128]
