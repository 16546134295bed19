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


class TestBenchmark(BenchmarkContract):
    plugin = plugin
    id = "tryon/pairs"
    config = {"body_parser": "body/drawn"}  # noqa: RUF012

    @pytest.fixture
    def host(self, drawn, section, tmp_path, seeming_models):
        type(self).companions = (drawn.Plugin(),)
        return BenchmarkContract.host.__wrapped__(self, section, tmp_path)

    @pytest.fixture
    def ctx(self, host, entry):
        return BenchmarkContract.ctx.__wrapped__(self, host, entry)

    @pytest.fixture
    def options(self, drawn, tmp_path):
        for name, colour in (("one", (180, 40, 45)), ("two", (40, 60, 170))):
            images.save(drawn.person(shirt=colour), tmp_path / "pairs" / name / "person.png")
            images.save(drawn.garment(drawn.tee(), colour=colour)[0], tmp_path / "pairs" / name / "garment.png")
        return {"pairs": str(tmp_path / "pairs"), "height": 400, "times": 0}

    def test_likeness_beats_the_floors(self, component, options, ctx):
        figures = component.run(options | {"times": 1}, ctx)
        assert figures["pairs"] == 2
        assert figures["refused"] == 0
        assert figures["first_s"] > 0
        assert figures["de_region"] < figures["grey_de_region"]
        assert figures["changed_outside_mask_px"] == 0
        assert (
            figures["de_region_over_floor_low"]
            <= figures["de_region_over_floor"]
            <= figures["de_region_over_floor_high"]
        )
        assert {"ssim_1024px", "paste_ms_ssim", "gradient_corr_better_than_floors", "chroma_shift"} <= figures.keys()
        assert figures["chroma_shift"] < 4


class TestClipBenchmark(TestBenchmark):
    id = "tryon/clips"

    @pytest.fixture
    def options(self, drawn, tmp_path):
        images.save(drawn.person(), tmp_path / "pairs" / "one" / "person.png")
        images.save(drawn.garment(drawn.tee())[0], tmp_path / "pairs" / "one" / "garment.png")
        return {"pairs": str(tmp_path / "pairs"), "height": 360, "n": 1, "frames": 2}

    def test_likeness_beats_the_floors(self, component, options, ctx):
        figures = component.run(options, ctx)
        assert figures["changed_outside_mask_px"] == 0
        assert figures["refused_frames"] == 0
        assert figures["flicker_steady"] <= figures["flicker_each"]


class TestLitert(BodyParserContract):
    plugin = plugin
    id = "body/litert"

    @pytest.fixture
    def ctx(self, pose_models):
        return Context(models_folder=lambda name: pose_models)

    @pytest.fixture
    def photos(self, drawn):
        return (drawn.photo((800, 600)), drawn.photo((400, 300)))
