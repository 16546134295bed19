"""Every plugin folder looks like every other, and the workspace installs all of them."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
FOLDERS = sorted((ROOT / "plugins").glob("prodgen-*"))
CORE = tomllib.loads((ROOT / "pyproject.toml").read_text())
each_plugin = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def short_name(folder: Path) -> str:
    return folder.name.removeprefix("prodgen-")


def module(folder: Path) -> str:
    return folder.name.replace("-", "_")


def test_there_are_plugins():
    assert FOLDERS


@each_plugin
def test_folder_holds_the_usual_files(folder):
    for name in ("pyproject.toml", "README.md", f"{module(folder)}/plugin.py", f"{module(folder)}/py.typed"):
        assert (folder / name).is_file(), f"{folder.name} lacks {name}"
    allowed = {"pyproject.toml", "README.md", "MODEL_CARD.md", "LICENSE", "NOTICE", module(folder)}
    assert {path.name for path in folder.iterdir() if not path.name.startswith((".", "__"))} - {
        "dist",
        "build",
    } <= allowed


def topics(project):
    return [classifier for classifier in project["classifiers"] if classifier.startswith("Topic :: ")]


def others(project):
    return [classifier for classifier in project["classifiers"] if classifier not in topics(project)]


def test_every_distribution_asks_for_the_same_versions():
    bounds = {}
    for project in (CORE["project"], *(tomllib.loads((f / "pyproject.toml").read_text())["project"] for f in FOLDERS)):
        extras = (line for lines in project["optional-dependencies"].values() for line in lines)
        for line in (*project["dependencies"], *extras):
            requirement = Requirement(line)
            if requirement.name == project["name"]:  # an extra that takes others
                continue
            bounds.setdefault(requirement.name, set()).add(str(requirement.specifier))
    assert {name: found for name, found in bounds.items() if len(found) > 1} == {}


@each_plugin
def test_pyproject_has_the_usual_shape(folder):
    pyproject = tomllib.loads((folder / "pyproject.toml").read_text())
    project = pyproject["project"]
    assert pyproject["build-system"] == CORE["build-system"]
    assert project["name"] == folder.name
    assert project["version"] == CORE["project"]["version"]
    assert project["requires-python"] == CORE["project"]["requires-python"]
    assert project["license"].startswith("Apache-2.0")
    assert topics(project)
    assert others(project) == others(CORE["project"])
    assert project["readme"] == "README.md"
    assert len(project["description"].split()) > 3, "the description should say what the plugin gives"
    assert "prodgen-sdk>=0.1,<1" in project["dependencies"]
    assert project["entry-points"]["prodgen"] == {short_name(folder): f"{module(folder)}.plugin"}
    assert pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [module(folder)]


@each_plugin
def test_licence_and_works_of_others_are_shipped(folder):
    """A wheel is all that somebody has who installs it: the text of the licence, and a notice of what others made."""
    assert (folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
    named = re.findall(rf"^plugins/{folder.name}/(.+)$", (ROOT / "NOTICE").read_text(), re.MULTILINE)
    notice = (folder / "NOTICE").read_text() if named else ""
    assert all(f"\n{name}\n" in notice for name in named)
    files = tomllib.loads((folder / "pyproject.toml").read_text())["project"]["license-files"]
    assert {"LICENSE", *(["NOTICE"] if named else [])} <= set(files)
    assert all((folder / name).is_file() for name in files)


@each_plugin
def test_readme_is_written(folder):
    text = (folder / "README.md").read_text()
    assert text.startswith(f"# {folder.name}\n")
    headings = [line.removeprefix("## ").lower() for line in text.splitlines() if line.startswith("## ")]
    for topic in ("configuration", "limits"):
        assert any(topic in heading for heading in headings), f"{folder.name}/README.md has no section on {topic}"


@each_plugin
def test_plugin_has_tests(folder):
    assert list((ROOT / "tests" / "plugins" / short_name(folder)).glob("test_*.py"))


@each_plugin
def test_workspace_installs_it(folder):
    extras = CORE["project"]["optional-dependencies"]
    assert [re.sub(r"\[.*\]", "", extra) for extra in extras[short_name(folder)]] == [f"{folder.name}>=0.1,<1"]
    assert short_name(folder) in re.split(r"[\[\],]", extras["all"][0])
    lines = (ROOT / "requirements-dev.txt").read_text().splitlines()
    assert f"-e ./plugins/{folder.name}" in {line.partition("[")[0] for line in lines}
    for contract in CORE["tool"]["importlinter"]["contracts"]:
        if contract["id"] in ("core-knows-no-plugin", "plugins-are-strangers"):
            assert module(folder) in contract.get("forbidden_modules", contract.get("modules"))


def test_top_level_holds_nothing_else():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {name.split("/")[0] for name in names} <= {
        "pyproject.toml", "prodgen_sdk", "plugins", "tests", "docs", "examples", "README.md", "ARCHITECTURE.md",
        "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "NOTICE", "SECURITY.md", "Makefile", "requirements-dev.txt",
        ".pre-commit-config.yaml", ".ci", ".gitignore", "mkdocs.yml",
    }  # fmt: skip
