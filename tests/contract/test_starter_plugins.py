"""What `prodgen plugins new` writes passes its own tests, and works once it is installed: one plugin of every kind."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from prodgen_sdk import images
from prodgen_sdk.specs import SPECS
from prodgen_sdk.testing.samples import sample_garment, sample_person, sample_photo
from prodgen_sdk.testing.starter import plugin_files, write_plugin

ACME = Path(__file__).parents[2] / "examples" / "prodgen-acme"
NAMES = {kind: f"my-{kind.replace('_', '-')}" for kind in SPECS}


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> dict[str, Path]:
    """Kind to the folder of a new plugin of it."""
    folder = tmp_path_factory.mktemp("packages")
    for kind, name in NAMES.items():
        write_plugin(name, kind, folder / name)
    return {kind: folder / name for kind, name in NAMES.items()}


@pytest.fixture(scope="module")
def environment(packages, tmp_path_factory) -> dict[str, str]:
    """The environment of a process that has all of them, as editable installs leave it."""
    site = tmp_path_factory.mktemp("site")
    for folder in packages.values():
        project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
        info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        )
        points = "".join(f"{name} = {module}\n" for name, module in project["entry-points"]["prodgen"].items())
        (info / "entry_points.txt").write_text(f"[prodgen]\n{points}")
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    path = os.pathsep.join(map(str, [site, *packages.values()]))
    return clean | {"PYTHONPATH": path, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def run(*command: str, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_their_own_tests_pass(packages, environment):
    options = ("-p", "no:cacheprovider", "-q", "-W", "error", "--import-mode=importlib", "-c", os.devnull)
    out = run(sys.executable, "-m", "pytest", *options, *map(str, packages.values()), env=environment)
    assert " passed" in out
    assert "failed" not in out


def test_they_pass_the_linter(packages):
    options = ("--isolated", "--line-length", "120")
    for folder in packages.values():
        run(sys.executable, "-m", "ruff", "check", *options, "--select", "E4,E7,E9,F,I,UP,B", cwd=folder)
        run(sys.executable, "-m", "ruff", "format", "--check", *options, cwd=folder)


@pytest.mark.slow
def test_they_are_typed(packages):
    modules = [str(folder / f"prodgen_{folder.name.replace('-', '_')}") for folder in packages.values()]
    run(
        sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, *modules, cwd=next(iter(packages.values()))
    )


def test_they_are_found_and_built(environment, tmp_path):
    found = json.loads(run("prodgen", "plugins", "list", "--json", env=environment, cwd=tmp_path))
    known = {plugin["name"]: plugin for plugin in found["plugins"]}
    for name in NAMES.values():
        assert known[name]["status"] == "loaded"
        assert known[name]["distribution"] == f"prodgen-{name}"
    checked = json.loads(run("prodgen", "plugins", "check", "--json", env=environment, cwd=tmp_path))
    assert checked["problems"] == []


@pytest.mark.parametrize("kind", ["generator", "compositor", "evaluator", "trainer", "benchmark"])
def test_the_commands_of_the_readme(kind, packages, environment, tmp_path):
    images.save(sample_photo(), tmp_path / "IMAGE.png")
    images.save(sample_person(576, 384).image, tmp_path / "person.jpg")
    images.save(sample_garment().front, tmp_path / "shirt.jpg")
    _install, use = re.findall(r"```sh\n(.*?)```", (packages[kind] / "README.md").read_text("utf-8"), re.DOTALL)
    out = run("bash", "-ec", use, env=environment, cwd=tmp_path)
    made = {path.name for path in tmp_path.rglob("*")}
    assert made >= {
        "generator": {"front.png", "left.png"},
        "compositor": {"dressed.png"},
        "trainer": {"mean.json"},
    }.get(kind, set())
    said = {"evaluator": "brightness", "benchmark": "hash_1mib_ms", "trainer": "mean"}
    assert said.get(kind, "") in out


def test_a_workspace_runs_on_them_alone(packages, environment, tmp_path):
    sections = [
        re.search(r"```toml\n(.*?)```", (folder / "README.md").read_text("utf-8"), re.DOTALL)
        for folder in packages.values()
    ]
    lines = {line for section in sections if section for line in section[1].splitlines() if "=" in line}
    assert len(lines) == len(SPECS) - 6, "all but those that a command names, and safety checkers"
    others = ["text", "render", "tryon", "rank", "mini", "diffusers", "quality"]
    (tmp_path / "prodgen.toml").write_text(
        "\n".join(
            ["[plugins]", f"disabled = {others}", "[defaults]", 'generator = "my-generator/solid"', *sorted(lines)]
        )
    )
    (tmp_path / "products.jsonl").write_text(
        '{"sku": "mug", "title": "蓝色陶瓷马克杯", "category": "home/mug", "locale": "zh"}\n'
    )
    for command in (
        "catalog add products.jsonl",
        "generate mug --size 64 --profile square",
        "recommend ann -k 1",
        "similar --text 蓝色陶瓷马克杯",
    ):
        out = run("prodgen", *command.split(), env=environment, cwd=tmp_path)
    assert "mug" in out


def test_the_example_is_laid_out_alike():
    own = tomllib.loads((ACME / "pyproject.toml").read_text("utf-8"))
    new = tomllib.loads(plugin_files("acme", "generator")["pyproject.toml"])
    for project in (own["project"], new["project"]):
        for field in ("description", "dependencies", "license"):
            project.pop(field, None)
    assert new == own
