import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("prodgen_diffusers_tiny", Path(__file__).with_name("tiny.py"))
_tiny = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_tiny)


@pytest.fixture(scope="session")
def tiny():
    """The builders of tiny checkpoints."""
    return _tiny


@pytest.fixture(scope="session")
def sd15(tmp_path_factory):
    """A folder with a tiny Stable Diffusion 1.5. Shared: copy it before changing a file."""
    return _tiny.sd15(tmp_path_factory.mktemp("sd15"))


@pytest.fixture(scope="session")
def sdxl(tmp_path_factory):
    """A folder with a tiny Stable Diffusion XL. Shared: copy it before changing a file."""
    return _tiny.sdxl(tmp_path_factory.mktemp("sdxl"))
