"""A tiny working component of every kind, with numpy alone: no model, no download, milliseconds.

They keep the contracts like any other component, so a Studio runs on `FakePlugin` without a single built-in plugin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.testing.fakes.plugin import FakePlugin, plugin_of

if TYPE_CHECKING:
    from prodgen_sdk.config import Config
    from prodgen_sdk.host import Host

__all__ = ["FakePlugin", "fake_host", "plugin_of"]


def fake_host(*plugins: object, config: Config | None = None) -> Host:
    """A strict host (on the CPU) with the fakes and, after them, these plugins; nothing that is installed is looked at.

    >>> fake_host().registry.ids("generator")
    ['fake/solid']
    """
    from prodgen_sdk.config import Config, RuntimeConfig
    from prodgen_sdk.host import Host

    host = Host(config or Config(runtime=RuntimeConfig(device="cpu")), strict=True)
    host.register(FakePlugin(), "fake")
    for plugin in plugins:
        host.register(plugin, getattr(plugin, "__name__", type(plugin).__name__))
    return host
