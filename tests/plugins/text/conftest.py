import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("prodgen_text_checkpoints", Path(__file__).with_name("checkpoints.py"))
checkpoints = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(checkpoints)


@pytest.fixture(scope="session")
def bert(tmp_path_factory):
    return checkpoints.save_bert(tmp_path_factory.mktemp("bert"))


@pytest.fixture(scope="session")
def left_padded_bert(tmp_path_factory):
    return checkpoints.save_bert(tmp_path_factory.mktemp("bert-left"), side="left")


@pytest.fixture(scope="session")
def clip(tmp_path_factory):
    return checkpoints.save_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="session")
def plain_clip(tmp_path_factory):
    return checkpoints.save_clip(tmp_path_factory.mktemp("plain-clip"), projection=False)
