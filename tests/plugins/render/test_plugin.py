import subprocess
import sys

from prodgen_render import plugin
from prodgen_render.parametric import ParametricGenerator

from prodgen_sdk.context import Context
from prodgen_sdk.types import GenerationRequest, Product, View


def test_registers_its_ids() -> None:
    found: list[str] = []
    plugin.register_generators(lambda spec, factory: found.append(spec.id))
    plugin.register_renderers(lambda spec, factory: found.append(spec.id))
    plugin.register_benchmarks(lambda spec, factory: found.append(spec.measures))
    plugin.register_commands(lambda name, help, target: found.append(target))
    assert found == [
        "render/parametric", "render/mesh", "render/photo", "render/asset", "generate", "photo", "prodgen_render.cli:app",
    ]  # fmt: skip
    assert plugin.config_model().__name__ == "Config"


def test_discovery_loads_nothing_heavy() -> None:
    code = "import sys, prodgen_render.plugin, prodgen_render.cli; print([m for m in ('numpy', 'PIL', 'trimesh', 'embreex') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_progress_and_cancelling() -> None:
    import pytest

    from prodgen_sdk.errors import Cancelled

    seen: list[tuple[int, int]] = []
    request = GenerationRequest(
        product=Product(sku="a", title="Mug", category="home/mug"), views=(View(), View(azimuth=90)), size=32
    )
    ParametricGenerator(None, Context()).generate(
        [request], Context(progress=lambda done, total, what: seen.append((done, total)))
    )
    assert seen == [(0, 2), (0, 2), (1, 2), (2, 2)]  # before the model is made, too
    with pytest.raises(Cancelled):
        ParametricGenerator(None, Context()).generate([request], Context(cancelled=lambda: True))
