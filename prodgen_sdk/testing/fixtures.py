"""The pytest plugin of prodgen-sdk, loaded in every pytest run of the environment: it imports nothing until a fixture is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from prodgen_sdk.context import Context
    from prodgen_sdk.host import Host
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import Image, Product

pytest.register_assert_rewrite("prodgen_sdk.testing.contracts")


@pytest.fixture
def product() -> Product:
    """A blue mug."""
    from prodgen_sdk.testing.samples import sample_products

    return sample_products()[0]


@pytest.fixture
def products() -> tuple[Product, ...]:
    """Three products of three domains, in English and Chinese."""
    from prodgen_sdk.testing.samples import sample_products

    return sample_products()


@pytest.fixture
def photo() -> Image:
    """HWC uint8 RGB, 96 pixels square: a ball on white."""
    from prodgen_sdk.testing.samples import sample_photo

    return sample_photo()


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    """A context on the CPU with an empty state folder."""
    from prodgen_sdk.context import Context

    state = tmp_path / "state"
    state.mkdir(exist_ok=True)
    return Context(state=state)


@pytest.fixture
def host_with() -> Callable[..., Host]:
    """`host_with(plugin, ...)`: a strict host on the CPU with exactly these plugins, each under its module's or class's name."""
    from prodgen_sdk.config import Config, RuntimeConfig
    from prodgen_sdk.host import Host

    def build(*plugins: Any) -> Host:
        host = Host(Config(runtime=RuntimeConfig(device="cpu")), strict=True)
        for plugin in plugins:
            host.register(plugin, getattr(plugin, "__name__", type(plugin).__name__))
        return host

    return build


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Studio]:
    """A Studio with a fresh workspace in `tmp_path / "workspace"`, on the fakes alone."""
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.testing.fakes import fake_host

    with Studio.create(tmp_path / "workspace", host=fake_host()) as studio:
        yield studio
