"""The contracts of prodgen_sdk.testing on what this plugin registers, with tiny checkpoints loaded from a folder."""

import pytest

pytest.importorskip("diffusers")

from prodgen_diffusers import plugin
from prodgen_diffusers.background import BackgroundGenerator
from prodgen_diffusers.config import Config
from prodgen_diffusers.image import ImageGenerator
from prodgen_diffusers.text import TextGenerator

from prodgen_sdk.context import Context
from prodgen_sdk.testing.contracts import GeneratorContract
from prodgen_sdk.testing.samples import sample_photo
from prodgen_sdk.types import GenerationRequest, parse_views


@pytest.fixture(scope="module")
def text(sd15):
    return TextGenerator(Config.model_validate({"text": {"model": str(sd15), "steps": 2, "batch": 4}}), Context())


@pytest.fixture(scope="module")
def image(sdxl):
    return ImageGenerator(
        Config.model_validate({"image": {"model": str(sdxl), "steps": 3, "strength": 0.7, "batch": 4}}), Context()
    )


@pytest.fixture(scope="module")
def background(sd15):
    return BackgroundGenerator(Config.model_validate({"background": {"model": str(sd15), "steps": 2}}), Context())


class TestText(GeneratorContract):
    plugin = plugin
    id = "diffusers/text"
    size = 64

    @pytest.fixture
    def component(self, text):
        return text


class TestImage(GeneratorContract):
    plugin = plugin
    id = "diffusers/image"

    size = 64

    @pytest.fixture
    def component(self, image):
        return image


class TestBackground(GeneratorContract):
    plugin = plugin
    id = "diffusers/background"

    @pytest.fixture
    def component(self, background):
        return background

    @pytest.fixture
    def requests(self, products, tmp_path) -> list[GenerationRequest]:
        """It keeps the product's pixels, so that it shows views of which there are photos."""
        photos = {"front": sample_photo(), "back": sample_photo((150, 60, 40))}
        views = parse_views("front,back")
        return [
            GenerationRequest(product=product, views=views, size=96, seed=7 + place, references=photos)
            for place, product in enumerate(products)
        ]
