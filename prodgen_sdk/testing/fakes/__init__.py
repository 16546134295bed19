"""A tiny working component of every kind, with numpy alone: no model, no download, milliseconds.

They keep the contracts like any other component, so a Studio runs on `FakePlugin` without a single built-in plugin.
"""

from prodgen_sdk.testing.fakes.plugin import FakePlugin

__all__ = ["FakePlugin"]
