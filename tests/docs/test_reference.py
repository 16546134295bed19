"""The reference says what the code says, and every hook is documented and tested."""

import ast
import importlib
import inspect
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from prodgen_sdk import errors, hookspecs

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


sys.path.insert(0, str(ROOT / "docs"))
generator = importlib.import_module("generate")
sys.path.remove(str(ROOT / "docs"))
HOOKS = generator.hook_functions()


@pytest.mark.parametrize("name", generator.PAGES)
def test_generated_page_is_up_to_date(name):
    assert (REFERENCE / name).read_text("utf-8") == generator.PAGES[name](), "Run: python docs/generate.py"


def test_every_option_and_argument_is_explained():
    assert re.findall(r"^\|[^|]+\| *\|.*", (REFERENCE / "cli.md").read_text("utf-8"), re.MULTILINE) == []


def test_every_hook_is_found():
    source = ast.parse(inspect.getsource(hookspecs))
    decorated = {
        node.name
        for node in source.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Name) and d.id == "hookspec" for d in node.decorator_list)
    }
    assert set(HOOKS) == decorated


@pytest.mark.parametrize("name", HOOKS)
def test_hook_is_documented_with_its_signature(name):
    section = (REFERENCE / "hooks.md").read_text("utf-8").partition(f"### `{name}`\n")[2].partition("\n### ")[0]
    flat = " ".join(section.split()).replace("( ", "(").replace(", )", ")")
    expected = " ".join(f"{name}{inspect.signature(HOOKS[name])}".replace("'", "").split())
    assert expected in flat
    assert inspect.getdoc(HOOKS[name]).splitlines()[0] in section


@cache
def hooks_in_tests() -> dict[str, set[tuple[str, ...]]]:
    """Hook name to the argument lists with which hook implementations in the tests take it."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for path in (ROOT / "tests").rglob("*.py"):
        source = path.read_text("utf-8")
        for node in ast.walk(ast.parse(source)) if "hookimpl" in source else ():
            if isinstance(node, ast.FunctionDef) and any(
                ast.unparse(d).split("(")[0].endswith("hookimpl") for d in node.decorator_list
            ):
                found.setdefault(node.name, set()).add(tuple(a.arg for a in node.args.args if a.arg != "self"))
    return found


@pytest.mark.parametrize("name", HOOKS)
def test_hook_is_implemented_by_a_test_with_its_whole_signature(name):
    assert tuple(inspect.signature(HOOKS[name]).parameters) in hooks_in_tests().get(name, set())


def error_classes() -> list[type]:
    return [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.ProdgenError)
    ]


@pytest.mark.parametrize("error", error_classes(), ids=lambda error: error.__name__)
def test_error_is_documented_with_its_exit_code(error):
    rows = [line for line in (REFERENCE / "errors.md").read_text("utf-8").splitlines() if f"`{error.__name__}`" in line]
    assert any(f"| {error.exit_code} |" in row for row in rows)


def test_architecture_shows_the_layers_that_are_checked():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "core-layers")
    assert "\n".join(["```text", *layers, "```"]) in (ROOT / "ARCHITECTURE.md").read_text("utf-8")


def test_architecture_names_every_module_of_the_core():
    folders = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## Dependencies")[0]
    modules = [path.name for path in (ROOT / "prodgen_sdk").glob("[a-z]*.py")]
    packages = [f"{path.parent.name}/" for path in (ROOT / "prodgen_sdk").glob("*/__init__.py")]
    assert [name for name in (*modules, *packages) if name not in folders] == []


def test_every_page_is_in_the_navigation():
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    named = set(re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.M))
    assert pages == named
