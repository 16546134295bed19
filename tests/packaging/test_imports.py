"""What an import may load, and what the top-level package promises."""

import importlib
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import prodgen_sdk

ROOT = Path(__file__).parents[2]
HEAVY = {
    "PIL", "ai_edge_litert", "alembic", "cv2", "faiss", "fsspec", "jieba", "numpy", "pyarrow", "rich", "scipy", "skimage",
    "sqlalchemy", "torch", "transformers", "trimesh", "typer",
}  # fmt: skip
ALLOWED = {
    "prodgen_sdk",
    "pluggy",
    "pydantic",
    "pydantic_core",
    "annotated_types",
    "typing_extensions",
    "typing_inspection",
}


def modules_after(code: str) -> set[str]:
    """Top-level modules that running `code` in a fresh process adds to those of an idle interpreter."""
    script = f"import sys; before = set(sys.modules); {code}; print(*sorted({{m.split('.')[0] for m in set(sys.modules) - before}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def plugin_modules() -> list[str]:
    folders = sorted((ROOT / "plugins").glob("prodgen-*/pyproject.toml"))
    return [
        module
        for path in folders
        for module in tomllib.loads(path.read_text())["project"]["entry-points"]["prodgen"].values()
    ]


def test_import_loads_only_pluggy_and_pydantic():
    loaded = modules_after("import prodgen_sdk") - set(sys.stdlib_module_names)
    assert {name for name in loaded if not name.startswith("_")} <= ALLOWED


@pytest.mark.parametrize(
    "module",
    [
        *("prodgen_sdk.types", "prodgen_sdk.interfaces", "prodgen_sdk.specs", "prodgen_sdk.hookspecs"),
        *("prodgen_sdk.checkpoints.finding", "prodgen_sdk.checkpoints.loading", "prodgen_sdk.checkpoints.pulling"),
        "prodgen_sdk.checkpoints.pipelines",
    ],
)
def test_the_boundary_loads_nothing_heavy(module):
    assert not modules_after(f"import {module}") & HEAVY


@pytest.mark.parametrize("module", plugin_modules())
def test_discovering_a_plugin_loads_nothing_heavy(module):
    assert not modules_after(f"import {module}") & HEAVY


def test_registering_all_plugins_loads_nothing_heavy():
    """What every `prodgen` command and every server waits for at its start."""
    assert not modules_after("from prodgen_sdk.host import Host; Host.discover()") & HEAVY


def test_every_public_name_resolves():
    for name in prodgen_sdk.__all__:
        assert getattr(prodgen_sdk, name) is not None


def test_public_names_are_sorted_unique_and_listed():
    assert list(prodgen_sdk.__all__) == sorted(set(prodgen_sdk.__all__))
    assert set(prodgen_sdk.__all__) <= set(dir(prodgen_sdk))


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no_such_name"):
        prodgen_sdk.no_such_name  # noqa: B018


@pytest.mark.parametrize("module", ["prodgen_sdk.types"])
def test_all_of_a_namespace_package_is_complete(module):
    namespace = importlib.import_module(module)
    public = {
        name
        for name, value in vars(namespace).items()
        if not name.startswith("_") and getattr(value, "__module__", module).startswith(module)
    }
    submodules = {name for name in public if isinstance(getattr(namespace, name), type(sys))}
    assert public - submodules - {"Any"} <= set(namespace.__all__)


def test_a_local_store_loads_neither_object_stores_nor_the_dialect_of_another_database(tmp_path):
    with prodgen_sdk.Studio.create(tmp_path) as studio:
        assert not list(studio.products())  # the database is made now, by alembic
    loaded = "[m for m in ('fsspec', 'sqlalchemy.dialects.postgresql', 'alembic') if m in sys.modules]"
    code = (
        f"import sys; from prodgen_sdk import Studio; list(Studio.open({str(tmp_path)!r}).products()); print({loaded})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
