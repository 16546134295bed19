"""What goes wrong on a device alone, seen without one: see `pretended.py`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("diffusers")
pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("pretended.py")


def ran(*paths):
    done = subprocess.run([sys.executable, "-W", "ignore", SCRIPT, *paths], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def looked_at(found):
    for name, figures in found.items():
        assert figures["apart"] <= 8, name  # of 255: bfloat16 rounds, and attention sums in another order
        assert figures["steps"] == [[0, 0]] * 2, f"{name}: copies and waits between steps"


def test_views_are_sampled_on_the_device():
    looked_at(ran("mv_adapter"))


def test_every_path_on_the_device():
    looked_at(ran("text", "image", "background", "control"))
    assert ran("angles")["angles"]["apart"] <= 8  # one call a picture, whose words are read between the steps
