"""The fixtures, strategies and fakes that authors get."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.specs import SPECS, PolicySpec
from prodgen_sdk.testing import strategies as st
from prodgen_sdk.testing.fakes import FakePlugin, fake_host, plugin_of
from prodgen_sdk.testing.fakes.people import OutlineBodyParser
from prodgen_sdk.testing.fakes.shop import BruteForceIndex, UniformPolicy
from prodgen_sdk.testing.samples import sample_person
from prodgen_sdk.types import LANDMARKS, Filter, Upsert, parse_views


def test_the_pytest_plugin_is_light() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import prodgen_sdk.testing.fixtures;"
        "heavy = {'numpy', 'PIL', 'torch', 'pydantic', 'pluggy.x', 'hypothesis', 'sqlalchemy'};"
        "print(sorted(heavy & (set(sys.modules) - before)), len([m for m in set(sys.modules) - before if m.startswith('prodgen')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[] 3", done.stderr


def test_fixtures(product, products, photo, ctx, host_with) -> None:
    assert product == products[0]
    assert images.check(photo).shape == (96, 96, 3)
    assert ctx.state.is_dir()
    host = host_with(FakePlugin())
    assert [record.status for record in host.plugins] == ["loaded"]


def test_a_fake_of_every_kind() -> None:
    host = fake_host()
    for kind in SPECS:
        ids = host.registry.ids(kind)
        assert ids, kind
        for id in ids:
            assert host.get(kind, id).spec.id == id


def test_a_studio_runs_on_fakes_alone(workspace, products) -> None:
    workspace.add_products(products)
    made = workspace.generate([p.sku for p in products], views="orbit4", size=64)
    assert len(made.variants) == 12, (made.refused, made.failed)
    workspace.sync()
    shown = workspace.recommend("ann", 3)
    assert {item.sku for item in shown} == {product.sku for product in products}
    person = sample_person()
    dressed = workspace.try_on(person, np.full((40, 40, 3), 90, np.uint8), category="top")
    assert dressed.image.shape == person.image.shape


def test_the_fake_body_parser_finds_the_limbs_of_the_sample_person(ctx) -> None:
    person = sample_person(576, 384)
    shirt = (person.image == (90, 110, 100)).all(axis=2)
    (body,) = OutlineBodyParser(None, ctx).parse([person], ctx)
    at = {name: (int(x), int(y)) for name, (x, y, _) in zip(LANDMARKS, body.landmarks, strict=True)}
    for name in ("left_shoulder", "right_shoulder"):
        assert shirt[at[name][1], at[name][0]], name
    assert at["left_shoulder"][0] > at["right_shoulder"][0]  # the person's own left
    assert at["nose"][1] < at["left_shoulder"][1] < at["left_hip"][1] < at["left_knee"][1] < at["left_ankle"][1]
    assert abs(at["left_hip"][1] - np.flatnonzero(shirt.any(axis=1))[-1]) < 10


def test_plugin_of_one_component() -> None:
    host = fake_host(plugin_of(PolicySpec(id="mine/uniform", summary="Every variant alike."), UniformPolicy))
    assert host.get("policy", "mine/uniform").component.version == "uniform-1"


@given(st.products())
def test_products_survive_json(product) -> None:
    assert type(product).model_validate_json(product.model_dump_json()) == product


@given(st.views())
def test_views_can_be_read_back(view) -> None:
    if view.name:
        assert parse_views(view.slug) == (view,)
    assert 0 <= view.azimuth < 360


@given(st.images())
def test_images_are_images(image) -> None:
    images.check(image)


@given(st.scenes(), st.events())
def test_scenes_and_events_survive_json(scene, event) -> None:
    for value in (scene, event):
        assert type(value).model_validate_json(value.model_dump_json()) == value


@settings(max_examples=50)
@given(st.filters(), st.facets(), st.vectors())
def test_the_index_agrees_with_the_filter(eligible: Filter, facets, vector) -> None:
    index = BruteForceIndex(None, Context())
    index.apply([Upsert(variant="p0-v0", sku="p0", vector=vector, facets=facets)], 1, Context())
    (found,) = index.search(vector[None], 5, eligible, Context())
    assert bool(found) == eligible.allows("p0", facets)


@pytest.mark.parametrize("name", ["contracts", "fakes", "fixtures", "samples", "strategies"])
def test_every_module_has_a_docstring(name: str) -> None:
    from importlib import import_module

    assert (import_module(f"prodgen_sdk.testing.{name}").__doc__ or "").strip()


def test_what_keeps_every_test_of_a_contract_from_running_is_said_once(tmp_path) -> None:
    (tmp_path / "test_misspelt.py").write_text(
        "from prodgen_sdk import hookimpl\n"
        "from prodgen_sdk.testing.contracts import FinisherContract\n\n"
        "class Plugin:\n"
        "    @hookimpl\n"
        "    def register_finisher(self, register): ...\n\n"
        "class TestMine(FinisherContract):\n"
        "    plugin, id = Plugin(), 'mine/finish'\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:xdist", "-p", "no:cacheprovider", "--tb=line"]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path)
    assert ", 1 error" in done.stdout
    assert (
        "as the first test says: There is no hook 'register_finisher'. Did you mean register_finishers?" in done.stdout
    )


def test_a_contract_says_whose_components_are_there(tmp_path) -> None:
    (tmp_path / "test_mine.py").write_text(
        "from prodgen_sdk.interfaces import Compositor\n"
        "from prodgen_sdk.specs import CompositorSpec\n"
        "from prodgen_sdk.testing.contracts import CompositorContract\n"
        "from prodgen_sdk.testing.fakes import FakePlugin, plugin_of\n"
        "class Mine(Compositor):\n"
        "    def __init__(self, config, ctx):\n"
        "        self._parser = ctx.lookup('body_parser')\n"
        "    def compose(self, batch, ctx):\n"
        "        return []\n"
        "class TestMine(CompositorContract):\n"
        "    plugin = plugin_of(CompositorSpec(id='mine/one', summary='One.', categories=('top',)), Mine)\n"
        "    id = 'mine/one'\n"
        "class TestWithCompanions(TestMine):\n"
        "    companions = (FakePlugin(),)\n"
    )
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--tb=line",
        "-k",
        "implements",
        str(tmp_path),
    ]
    done = subprocess.run(run, capture_output=True, text=True, cwd=tmp_path)
    assert "1 passed" in done.stdout, done.stdout
    assert "Name in `companions` the plugins" in done.stdout
    assert "pip install" not in done.stdout
