import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location(
    "prodgen_rank_vision_checkpoints", Path(__file__).with_name("vision_checkpoints.py")
)
vision_checkpoints = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(vision_checkpoints)


@pytest.fixture(scope="session")
def vision_checkpoint(tmp_path_factory):
    """The folder of a tiny checkpoint of a kind, made once: `vision_checkpoint("clip")`."""
    made = {}

    def of(kind: str) -> Path:
        if kind not in made:
            made[kind] = vision_checkpoints.save(kind, tmp_path_factory.mktemp(kind))
        return made[kind]

    return of
