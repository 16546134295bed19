"""The example plugin passes its own tests from its own folder, and works once it is installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from prodgen_sdk import images

ACME = Path(__file__).parents[2] / "examples" / "prodgen-acme"


PRODGEN = ("-c", "from prodgen_sdk.cli import main; main()")


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, *command], cwd=cwd, env=clean | environment, capture_output=True, text=True, timeout=300
    )


def test_its_own_tests_pass_in_its_own_folder() -> None:
    done = run("-m", "pytest", "-p", "no:cacheprovider", "-W", "error", cwd=ACME)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def installed(tmp_path: Path) -> str:
    """A folder for `PYTHONPATH` in which the package is installed, as an editable install would."""
    site = tmp_path / "site"
    info = site / "prodgen_acme-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: prodgen-acme\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[prodgen]\nacme = prodgen_acme.plugin\n")
    return os.pathsep.join([str(site), str(ACME)])


def test_the_command_of_its_readme(installed: str, tmp_path: Path) -> None:
    (tmp_path / "tray.json").write_text('{"sku": "tray-1", "title": "Walnut tray, brown", "category": "home/tray"}')
    options = ("--generator", "acme/swatch", "--views", "front,left,right", "--size", "128", "--out", "swatches")
    done = run(*PRODGEN, "generate", "tray.json", *options, cwd=tmp_path, PYTHONPATH=installed)
    assert done.returncode == 0, done.stdout + done.stderr
    for view in ("front", "left", "right"):
        assert images.load(tmp_path / "swatches" / "tray-1" / f"{view}.png").shape == (128, 128, 3)


def test_it_is_listed(installed: str, tmp_path: Path) -> None:
    done = run(*PRODGEN, "plugins", "list", "--json", cwd=tmp_path, PYTHONPATH=installed)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "acme/swatch" in json.dumps(json.loads(done.stdout))
