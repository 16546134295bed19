"""The plugin host: finds, orders, disables, isolates and reports plugins, and builds their components on first use.

`discovery` says which installed plugins there are, and in what order; `plugins` takes them in, and `registration` reads what one
of them registers; `hooks` keeps and calls hook implementations; `building` makes a component and says what it lacks.
`Host` is what others use.
"""

from __future__ import annotations

from prodgen_sdk.host.building import load_dotted
from prodgen_sdk.host.discovery import GROUP
from prodgen_sdk.host.host import Host
from prodgen_sdk.host.registration import Command, PluginRecord, PullableModel

__all__ = ["GROUP", "Command", "Host", "PluginRecord", "PullableModel", "load_dotted"]
