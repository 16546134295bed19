import pytest
from prodgen_tryon import plugin

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.testing.contracts import BenchmarkContract, BodyParserContract, CompositorContract
from prodgen_sdk.types import TryOnRequest


class TestWarp(CompositorContract):
    plugin = plugin
    id = "tryon/warp"
    config = {"body_parser": "body/drawn"}  # noqa: RUF012

    @pytest.fixture
    def host(self, drawn, section, tmp_path):
        type(self).companions = (drawn.Plugin(),)
        return CompositorContract.host.__wrapped__(self, section, tmp_path)

    @pytest.fixture
    def ctx(self, host, entry):
        return CompositorContract.ctx.__wrapped__(self, host, entry)

    @pytest.fixture
    def requests(self, drawn):
        return tuple(
            TryOnRequest(person=drawn.photo(size), garments=(drawn.top(),), seed=3) for size in ((400, 300), (320, 240))
        )
