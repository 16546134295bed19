import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location(
    "prodgen_mini_designs_for_tests", Path(__file__).with_name("designs_for_tests.py")
)
designs_for_tests = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(designs_for_tests)

TINY = {
    "codec": {"steps": 4, "batch": 4, "width": 8, "channels": 6},
    "vae": {"steps": 3, "batch": 8, "width": 8, "code": 8},
    "gan": {"steps": 3, "batch": 8, "width": 8, "noise": 8},
    "diffusion": {
        "steps": 3,
        "batch": 8,
        "width": 32,
        "depth": 1,
        "heads": 2,
        "learning_rate": 0.05,
        "warmup": 0,
    },
    "reranker": {"steps": 3, "batch": 8, "designs": 16},
}


@pytest.fixture(scope="session")
def designs(tmp_path_factory):
    """The folder of a small data set of designs."""
    pytest.importorskip("torch")
    return designs_for_tests.write_designs(tmp_path_factory.mktemp("designs") / "set")


@pytest.fixture(scope="session")
def trained(designs, tmp_path_factory):
    """Tiny weights of all four parts, by name, trained for a few steps as a user would train them."""
    from prodgen_mini.training import codec, diffusion, gan, vae

    from prodgen_sdk.context import Context

    folder = tmp_path_factory.mktemp("trained")
    classes = {
        "codec": codec.CodecTrainer,
        "vae": vae.VaeTrainer,
        "gan": gan.GanTrainer,
        "diffusion": diffusion.DiffusionTrainer,
    }
    found = {}
    for part, trainer in classes.items():
        options = TINY[part] | ({} if part == "codec" else {"codec": str(found["codec"])})
        options |= {"vae": str(found["vae"])} if part == "diffusion" else {}
        found[part] = trainer(None, Context()).train(options, designs, folder / part, Context()).checkpoint
    return found


@pytest.fixture
def tiny():
    """Options of tiny runs, by part."""
    return {part: dict(options) for part, options in TINY.items()}


@pytest.fixture(scope="session")
def write_designs():
    """Draws a data set of designs into a folder: `write_designs(folder, products)`."""
    return designs_for_tests.write_designs


@pytest.fixture(scope="session")
def draw_artwork():
    """Draws one artwork uint8 [128, 128, 4]: `draw_artwork(rng, layout, base, accent)`."""
    return designs_for_tests.artwork
