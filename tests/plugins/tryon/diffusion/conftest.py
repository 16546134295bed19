import pytest
from prodgen_tryon import plugin
from prodgen_tryon.diffusion import tiny as _tiny

from prodgen_sdk.context import Context


@pytest.fixture(scope="session")
def tiny():
    """The builders of tiny checkpoints."""
    return _tiny


@pytest.fixture(scope="session", autouse=True)
def _one_thread():
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def weights(tmp_path_factory):
    """Folders of tiny weights by name, each built once. Shared: copy one before changing a file."""
    made = {}

    def folder(name):
        if name not in made:
            made[name] = getattr(_tiny, name)(tmp_path_factory.mktemp(name))
        return made[name]

    return folder


SMALL = {"width": 32, "height": 48, "steps": 2}


@pytest.fixture
def sections(weights):
    """The configuration of each component over tiny weights, as TOML would give it."""

    def section(name, **changes):
        if name == "catvton":
            folder = weights("catvton")
            given = {
                "base": {"model": str(folder / "base")}, "attention": {"model": str(folder / "attention")},
                "vae": {"model": str(folder / "vae")}, **SMALL,
            }  # fmt: skip
        elif name == "flux_fill":
            folder = weights("flux_fill")
            given = {
                "base": {"model": str(folder / "base")},
                "transformer": {"model": str(folder / "transformer")},
                **SMALL,
            }
        elif name in ("hf_inpaint", "hybrid"):
            given = {"base": {"model": str(weights("inpaint"))}, **SMALL}
        elif name == "vitpose":
            given = {"model": str(weights("vitpose")), "base": "body/drawn"}
        else:
            given = {"model": str(weights("segformer")), "pose": "body/drawn", "edge": 64}
        return {name: {**given, **changes}}

    return section


@pytest.fixture
def configured(sections):
    """The plugin's validated configuration with one section over tiny weights."""

    def config(name, *, top=None, **changes):
        settings = {
            "body_parser": "body/drawn",
            "accept_noncommercial": True,
            **(top or {}),
            **sections(name, **changes),
        }
        return plugin.config_model()(**settings)

    return config


@pytest.fixture
def ctx(parser):
    return Context(find=lambda kind, id: parser)
