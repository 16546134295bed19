"""`diffusers/text` and `diffusers/image` on tiny checkpoints of the true architectures, loaded from their folders."""

import numpy as np
import pytest

pytest.importorskip("diffusers")

from prodgen_diffusers.background import BackgroundGenerator
from prodgen_diffusers.config import Config
from prodgen_diffusers.image import ImageGenerator
from prodgen_diffusers.pictures.backdrop import cut_out
from prodgen_diffusers.text import TextGenerator

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.testing.samples import sample_photo, sample_products
from prodgen_sdk.types import GenerationRequest, Scene, parse_views

KLEIN = {"text_encoder_out_layers": [1, 2, 3], "max_sequence_length": 64}
FAMILIES = {
    "sd15": {},
    "sdxl": {},
    "sd3": {},
    "flux": {"size": 32},
    "flux2_klein": {"size": 64, "arguments": KLEIN},
    "z_image": {"size": 32},
    "qwen_image": {"size": 32},
    "flux_kontext": {"size": 32},
    "sana": {"size": 32},
    "sana_sprint": {"size": 32},
}


def asked(place=0, **changes):
    fields = {"views": parse_views("front,right"), "size": 48, "seed": 5, "scene": Scene(style="on a table")}
    return GenerationRequest(product=sample_products()[place], **{**fields, **changes})


@pytest.mark.parametrize("family", FAMILIES)
def test_text_to_image(family, tiny, tmp_path):
    section = {"model": str(getattr(tiny, family)(tmp_path)), "steps": 2, **FAMILIES[family]}
    generator = TextGenerator(Config.model_validate({"text": section}), Context())
    batch = [asked(0), asked(1, negative="text")]
    together = generator.generate(batch, Context())
    assert [[picture.view for picture in pictures] for pictures in together] == [list(r.views) for r in batch]
    (alone,) = generator.generate([batch[1]], Context())
    for one, other in zip(together[1], alone, strict=True):
        assert np.abs(one.image.astype(int) - other.image).max() <= 1
    assert together[0][0].image.shape == (48, 48, 3)
    assert together[0][0].facts["painted_px"] == FAMILIES[family].get("size", 64 if family == "sdxl" else 32)
    assert together[0][0].image.std() > 1
    takes_negative = family not in (
        "flux",
        "flux_kontext",
        "flux2_klein",
        "sana_sprint",
    )  # without `true_cfg_scale` FLUX.1 hears none
    assert ("notes" in together[1][0].facts) != takes_negative


def test_sana_sprint_in_a_single_step(tiny, tmp_path):
    section = {"model": str(tiny.sana_sprint(tmp_path)), "steps": 1, **FAMILIES["sana_sprint"]}
    generator = TextGenerator(Config.model_validate({"text": section}), Context())
    ((picture, _),) = generator.generate([asked()], Context())
    assert picture.image.std() > 1


@pytest.mark.parametrize("family", ["flux", "flux2_klein", "qwen_image", "sd3", "sana_sprint"])
def test_image_to_image(family, tiny, tmp_path):
    steps = 2 if family == "sana_sprint" else 4
    section = {"model": str(getattr(tiny, family)(tmp_path)), "steps": steps, "strength": 0.5, **FAMILIES[family]}
    generator = ImageGenerator(Config.model_validate({"image": section}), Context())
    red, blue = sample_photo((200, 20, 20)), sample_photo((20, 20, 200))
    batch = [asked(references={"front": photo}) for photo in (red, blue)]
    first, second = generator.generate(batch, Context())
    assert np.abs(first[0].image.astype(int) - second[0].image).max() > 0, "the photo counts"
    (alone,) = generator.generate(batch[1:], Context())
    assert np.abs(second[1].image.astype(int) - alone[1].image).max() <= 1


@pytest.mark.parametrize("family", ["flux", "flux_kontext", "flux2_klein", "qwen_image", "sd3", "z_image"])
def test_a_background_around_a_product(family, tiny, tmp_path):
    section = {"model": str(getattr(tiny, family)(tmp_path)), "steps": 2, **FAMILIES[family]}
    generator = BackgroundGenerator(Config.model_validate({"background": section}), Context())
    photo = sample_photo((200, 20, 20), size=64)
    ((picture,),) = generator.generate(
        [asked(views=parse_views("front"), size=64, references={"front": photo})], Context()
    )
    inside = cut_out(photo).alpha >= 1
    assert (picture.image[inside] == photo[inside]).all()
    assert picture.image[:8].std() > 1


def test_an_image_generator_needs_a_photo(sd15):
    section = {"model": str(sd15), "steps": 2}
    generator = ImageGenerator(Config.model_validate({"image": section}), Context())
    with pytest.raises(InputError, match="mug-1 has none"):
        generator.generate([asked()], Context())


def test_without_a_section_the_error_shows_one():
    with pytest.raises(ConfigError, match="no checkpoint") as caught:
        TextGenerator(Config(), Context())
    assert "[plugins.diffusers.text]" in caught.value.hint


def test_digest_names_weights_and_options_but_not_the_batch(sd15, tiny, tmp_path):
    def made(folder, **options):
        return TextGenerator(Config.model_validate({"text": {"model": str(folder), "steps": 1, **options}}), Context())

    other = tiny.sd15(tmp_path, seed=1)
    assert made(sd15).digest == made(sd15, batch=2).digest != made(other).digest
    assert made(sd15).depends_on == made(sd15, batch=2).depends_on != made(sd15, guidance=2.0).depends_on
