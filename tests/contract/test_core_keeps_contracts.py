"""The contracts pass on what the core itself registers."""

import pytest

from prodgen_sdk import plugin
from prodgen_sdk.testing.contracts import BenchmarkContract, GeneratorContract
from prodgen_sdk.testing.fakes import FakePlugin
from prodgen_sdk.testing.samples import sample_photo
from prodgen_sdk.types import GenerationRequest, Media, Product, View


class TestPhotos(GeneratorContract):
    plugin = plugin
    id = "catalogue/photo"

    @pytest.fixture
    def requests(self):
        back = Media(role="back", uri="back.png")
        product = Product(
            sku="mug", title="Mug", category="home/mug", media=(Media(role="front", uri="front.png"), back)
        )
        photos = {"front": sample_photo(size=64), "back": sample_photo((120, 30, 30), size=64)}
        return [
            GenerationRequest(
                product=product, views=(View(), View(azimuth=180)), size=size, references=photos, seed=size
            )
            for size in (64, 96)
        ]


class TestOverhead(BenchmarkContract):
    plugin = plugin
    id = "core/overhead"

    @pytest.fixture
    def options(self):
        return {"n": 2}


class TestBatching(BenchmarkContract):
    plugin = plugin
    companions = (FakePlugin(),)
    id = "core/batching"

    @pytest.fixture
    def options(self):
        return {"generator": "fake/solid", "n": 3, "rounds": 1}
