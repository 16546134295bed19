"""A studio on the fakes: empty, and with products, images and an index."""

import numpy as np
import pytest

from prodgen_sdk import (
    Product,
    Studio,
    plugin,
)
from prodgen_sdk.interfaces import SafetyChecker
from prodgen_sdk.specs import GeneratorSpec, SafetySpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.pictures import SolidGenerator


@pytest.fixture
def mugs():
    """`mugs(number)`: so many products; those of even number have the tag `even`."""
    return _mugs


def _mugs(number):
    return [
        Product(
            sku=f"mug-{n}",
            title=f"Mug number {n}",
            category="home/mug",
            price=10 + n,
            tags=("even",) if n % 2 == 0 else (),
        )
        for n in range(number)
    ]


@pytest.fixture
def studio(tmp_path):
    with Studio.create(tmp_path / "shop", host=fake_host(plugin)) as studio:
        yield studio


@pytest.fixture
def stocked(studio):
    studio.add_products(_mugs(6))
    studio.generate([f"mug-{n}" for n in range(6)], views="orbit4", size=32)
    return studio


@pytest.fixture
def generator():
    """`generator(change, **spec)`: a plugin whose images are changed by a function."""
    return _generator


def _generator(change=lambda pictures, batch, ctx: pictures, **spec):
    class Mine(SolidGenerator):
        def __init__(self, config, ctx):
            self.config = config

        def generate(self, batch, ctx):
            return change(super().generate(batch, ctx), batch, ctx)

    fields = {"id": "mine/gen", "summary": "x", "modes": ("text",), "min_size": 32} | spec
    return plugin_of(GeneratorSpec(**fields), Mine)


@pytest.fixture
def checker():
    """`checker(answer, **spec)`: a plugin that screens by a function."""
    return _checker


def _checker(answer, **spec):
    class Mine(SafetyChecker):
        def check(self, items, ctx):
            return answer(items)

    return plugin_of(SafetySpec(id="mine/check", summary="x", **spec), lambda config, ctx: Mine())


@pytest.fixture
def dressed():
    """`dressed()`: a person's photo and a garment's."""
    return _dressed


def _dressed():
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    garment = np.full((60, 60, 3), 255, np.uint8)
    garment[10:50, 10:50] = (20, 40, 200)
    return person, garment
