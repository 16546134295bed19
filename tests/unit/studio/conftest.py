"""A studio on the fakes: empty, and with products, pictures and an index."""

import pytest

from prodgen_sdk import (
    Product,
    Studio,
    plugin,
)
from prodgen_sdk.testing.fakes import fake_host


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
