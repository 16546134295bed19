import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def made_up():
    """The module that draws a tiny data set; test folders are no packages."""
    spec = importlib.util.spec_from_file_location("made_up_data", Path(__file__).with_name("made_up_data.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def dataset(made_up, tmp_path_factory):
    return made_up.write_dataset(tmp_path_factory.mktemp("data") / "set")
