"""What one plugin registers: components, commands and models that can be pulled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from prodgen_sdk.errors import PluginError
from prodgen_sdk.host.hooks import Hooks
from prodgen_sdk.registry import Entry
from prodgen_sdk.specs import SPECS, Kind, Spec, registration_hook


@dataclass(frozen=True)
class PluginRecord:
    """What became of one plugin: failures are data, never an exception through the host."""

    name: str
    distribution: str = ""
    version: str = ""
    status: Literal["loaded", "disabled", "failed"] = "loaded"
    error: str = ""
    components: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command that a plugin adds to `prodgen`."""

    name: str
    help: str
    target: str
    plugin: str


@dataclass(frozen=True)
class PullableModel:
    """A model that `prodgen models pull` can fetch."""

    name: str
    summary: str
    pull: str | Callable[[Path], None]
    plugin: str


@dataclass
class Registered:
    """All that one plugin has registered."""

    entries: list[Entry] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    models: list[PullableModel] = field(default_factory=list)


def collect(plugin: object, hooks: Hooks, name: str, distribution: str, version: str) -> Registered:
    """Calls the registration hooks of a plugin that `hooks` holds; raises PluginError where a spec is of another kind."""
    found, owner = Registered(), name

    def register(kind: Kind) -> Callable[..., None]:
        def add(spec: Spec, factory: str | Callable[..., Any]) -> None:
            if not isinstance(spec, SPECS[kind]):
                raise PluginError(
                    f"{registration_hook(kind)} wants a {SPECS[kind].__name__}, not {type(spec).__name__}."
                )
            found.entries.append(Entry(spec, factory, owner, distribution, version))

        return add

    def register_command(name: str, help: str, target: str) -> None:
        found.commands.append(Command(name, help, target, owner))

    def register_model(name: str, summary: str, pull: str | Callable[[Path], None]) -> None:
        found.models.append(PullableModel(name, summary, pull, owner))

    for kind in SPECS:
        hooks.of(plugin, registration_hook(kind), register=register(kind))
    hooks.of(plugin, "register_commands", register=register_command)
    hooks.of(plugin, "register_models", register=register_model, config=hooks.configs[owner])
    return found


def merged(known: Mapping[str, PullableModel], new: list[PullableModel]) -> dict[str, PullableModel]:
    """`new` by name, each joined with the one of its name in `known`; raises PluginError where they are not of one hub repository."""
    return {model.name: _joined(known.get(model.name), model) for model in new}


def _joined(known: PullableModel | None, model: PullableModel) -> PullableModel:
    if known is None:
        return model
    from prodgen_sdk.checkpoints.pulling import HubPull

    if not (isinstance(known.pull, HubPull) and isinstance(model.pull, HubPull)):
        raise PluginError(f"The name {model.name!r} is already registered by another plugin.")
    return replace(known, pull=known.pull.joined(model.pull), plugin=f"{known.plugin}, {model.plugin}")
