"""The wheels of the workspace, built and tried in a clean environment. Run by `make check-packaging`."""

import os
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/pyproject.toml"))

pytestmark = pytest.mark.packaging


def run(*command: str | Path, **options) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=1200, **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def wheels() -> dict[str, Path]:
    """Distribution name to its wheel, freshly built into dist/."""
    shutil.rmtree(DIST, ignore_errors=True)
    for folder in (ROOT, *PLUGINS, *EXAMPLES):
        run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", DIST, folder)
    return {path.name.split("-")[0].replace("_", "-"): path for path in sorted(DIST.glob("*.whl"))}


@pytest.fixture(scope="session")
def clean_python(wheels, tmp_path_factory) -> Path:
    """The interpreter of a new environment that holds `prodgen-sdk[all]` and the example, installed from dist/."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    examples = [path.name for path in EXAMPLES]
    run(python, "-m", "pip", "install", "--quiet", "--find-links", DIST, "prodgen-sdk[all]", *examples)
    return python


def elsewhere(tmp_path: Path) -> dict:
    """Options of a process that sees nothing of the checkout."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PRODGEN"))}
    return {"cwd": tmp_path, "env": environment | {"NO_COLOR": "1"}}


def test_every_distribution_has_a_wheel(wheels):
    assert set(wheels) == {"prodgen-sdk", *(path.name for path in (*PLUGINS, *EXAMPLES))}


@pytest.mark.parametrize("folder", [ROOT, *PLUGINS, *EXAMPLES], ids=lambda folder: folder.name)
def test_wheel_holds_every_file_of_its_package(wheels, folder):
    name = "prodgen-sdk" if folder == ROOT else folder.name
    package = folder / name.replace("-", "_")
    paths = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    files = {str(path.relative_to(folder)) for path in paths}
    with zipfile.ZipFile(wheels[name]) as wheel:
        packed = set(wheel.namelist())
    assert f"{package.name}/py.typed" in packed
    assert files <= packed
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    for licence in project.get("license-files", ()):
        assert any(name.endswith(f".dist-info/licenses/{licence}") for name in packed)
    assert {entry.split("/")[0] for entry in packed} == {
        package.name,
        next(e.split("/")[0] for e in packed if ".dist-info/" in e),
    }


def test_core_wheel_holds_its_data(wheels):
    with zipfile.ZipFile(wheels["prodgen-sdk"]) as wheel:
        packed = wheel.namelist()
    assert any("store/migrations/" in name for name in packed)


def test_all_installs_every_plugin(clean_python, tmp_path):
    script = "from importlib.metadata import entry_points; print(*sorted(e.dist.name for e in entry_points(group='prodgen')))"
    assert run(clean_python, "-c", script, **elsewhere(tmp_path)).split() == sorted(
        path.name for path in (*PLUGINS, *EXAMPLES)
    )
    assert "No broken requirements" in run(clean_python, "-m", "pip", "check")


def test_plugins_are_healthy_in_a_clean_environment(clean_python, tmp_path):
    run(clean_python.parent / "prodgen", "plugins", "check", **elsewhere(tmp_path))


def test_import_stays_light_in_a_clean_environment(clean_python, tmp_path):
    script = (
        "import sys, prodgen_sdk; print(*sorted({'numpy', 'PIL', 'torch', 'sqlalchemy', 'typer'} & set(sys.modules)))"
    )
    assert run(clean_python, "-c", script, **elsewhere(tmp_path)).split() == []


def test_a_picture_is_made_in_a_clean_environment(clean_python, tmp_path):
    product = tmp_path / "mug.json"
    product.write_text(
        '{"sku": "mug-1", "title": "Blue mug", "category": "home/mug", "attributes": {"colour": "blue"}}'
    )
    command = [
        clean_python.parent / "prodgen",
        "generate",
        product,
        "--views",
        "front",
        "--size",
        "64",
        "--out",
        tmp_path / "out",
    ]
    run(*command, **elsewhere(tmp_path))
    assert (tmp_path / "out" / "mug-1" / "front.png").stat().st_size > 500


def test_tryon_works_with_the_other_build_of_opencv(wheels, tmp_path):
    folder = tmp_path / "opencv"
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--find-links", DIST, "prodgen-tryon[opencv]")
    found = run(python, "-m", "pip", "list", "--format=freeze")
    assert "opencv-python==" in found
    assert "opencv-python-headless" not in found
    loads = subprocess.run([python, "-c", "import cv2"], capture_output=True, text=True, **elsewhere(tmp_path))
    if "libGL" in loads.stderr or "libgthread" in loads.stderr:
        pytest.skip("opencv-python needs libGL, which this machine lacks")
    script = (
        "import numpy as np\n"
        "from prodgen_tryon.garment.cutout import cut_out\n"
        "photo = np.full((120, 100, 3), 255, np.uint8)\n"
        "photo[20:100, 20:80] = (20, 60, 160)\n"
        "print(cut_out(photo))\n"
    )
    run(python, "-c", script, **elsewhere(tmp_path))
