import pytest
from prodgen_text import plugin
from prodgen_text.config import TextConfig

from prodgen_sdk.testing.contracts import DescriberContract, TextEncoderContract


class TestHash(TextEncoderContract):
    plugin = plugin
    id = "text/hash"


class TestDescribe(DescriberContract):
    plugin = plugin
    id = "text/describe"


class TestHf(TextEncoderContract):
    plugin = plugin
    id = "text/hf"

    @pytest.fixture
    def component(self, bert, ctx):
        from prodgen_text.encoders.hf import HfEncoder

        return HfEncoder(TextConfig.model_validate({"hf": {"model": str(bert)}}), ctx)

    @pytest.fixture
    def make_component(self, bert, ctx):
        from prodgen_text.encoders.hf import HfEncoder

        return lambda: HfEncoder(TextConfig.model_validate({"hf": {"model": str(bert)}}), ctx)
