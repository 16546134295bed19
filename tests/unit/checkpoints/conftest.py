import json
import struct

import pytest


def safetensors(numbers=2):
    """The bytes of a file with one tensor of so many float32 numbers."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [numbers], "data_offsets": [0, 4 * numbers]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(range(4 * numbers))


@pytest.fixture
def weights():
    return safetensors()


@pytest.fixture
def weights_of_size():
    """The function that gives the bytes of a file with one tensor of so many numbers."""
    return safetensors


@pytest.fixture
def checkpoint(tmp_path):
    """A folder as save_pretrained of a pipeline writes it, in small."""
    folder = tmp_path / "model"
    for name, content in {
        "model_index.json": b'{"_class_name": "StableDiffusionPipeline", "vae": ["diffusers", "AutoencoderKL"]}',
        "vae/config.json": b'{"_class_name": "AutoencoderKL"}',
        "vae/model.safetensors": safetensors(),
        "scheduler/scheduler_config.json": b"{}",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
