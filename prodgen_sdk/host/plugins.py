"""The plugins of a host: each is taken in whole, or left out and recorded with what was wrong."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint
from pathlib import Path

from prodgen_sdk.config import PluginsConfig
from prodgen_sdk.errors import PluginError, ProdgenError, in_words, place_of
from prodgen_sdk.host import discovery
from prodgen_sdk.host.hooks import Hooks
from prodgen_sdk.host.registration import Command, PluginRecord, PullableModel, collect, merged
from prodgen_sdk.registry import Registry

logger = logging.getLogger(__name__)


class Plugins:
    """What plugins there are, and what they registered. Nothing that a plugin does gets out as an exception.

    Args:
        config: orders and disables plugins, and holds their sections.
        folder: what paths in plugins' sections are relative to; None: the folder of the process.

    Attributes:
        records: one of each plugin in order, the failed and disabled ones included.
        failures: the errors of those that failed.
    """

    def __init__(self, config: PluginsConfig, folder: Path | None = None) -> None:
        self._config = config
        self.hooks = Hooks(folder)
        self.registry = Registry()
        self.commands: dict[str, Command] = {}
        self.models: dict[str, PullableModel] = {}
        self.records: list[PluginRecord] = []
        self.failures: list[ProdgenError] = []

    def load_installed(self) -> None:
        """Imports and registers every installed plugin that is not disabled."""
        for point in discovery.installed(self._config.order):
            if discovery.is_disabled(point, self._config):
                self.records.append(PluginRecord(point.name, *discovery.owner(point), "disabled"))
                self.registry.left_out[discovery.owner(point)[0]] = f"The plugin {point.name} is disabled."
            else:
                self._load(point)

    def register(self, plugin: object, name: str, distribution: str, version: str) -> PluginRecord:
        """Takes in one plugin (a module or an object with hook implementations), and says what became of it."""
        known = self.hooks.holds(plugin, name)
        try:
            if known:
                raise PluginError(f"A plugin named {name!r}, or the same plugin, is already registered.")
            self.hooks.add(plugin, name, self._config.section(name))
            found = collect(plugin, self.hooks, name, distribution, version)
            clash = next((c.name for c in found.commands if c.name in self.commands), None)
            if clash is not None:
                raise PluginError(f"The name {clash!r} is already registered by another plugin.")
            models = merged(self.models, found.models)
            self.registry.add(found.entries)
        except Exception as error:
            if not known and self.hooks.holds(plugin, name):
                self.hooks.remove(plugin, name)
            logger.debug("plugin %s could not be registered:", name, exc_info=True)
            if not isinstance(error, ProdgenError):
                module = getattr(plugin, "__name__", type(plugin).__module__)
                error = PluginError(f"{in_words(error)}{place_of(error, module.partition('.')[0])}")
            return self._fail(name, distribution, version, error)
        self.commands.update((command.name, command) for command in found.commands)
        self.models.update(models)
        record = PluginRecord(name, distribution, version, "loaded", "", tuple(e.spec.id for e in found.entries))
        self.records.append(record)
        return record

    def _load(self, point: EntryPoint) -> PluginRecord:
        distribution, version = discovery.owner(point)
        # One that failed keeps its name: its section of the configuration is not another's to read.
        taken = next((r for r in self.records if r.name == point.name and r.status != "disabled"), None)
        if taken is not None:
            held = f"The entry-point name {point.name!r} is taken by {taken.distribution} {taken.version}."
            hint = f"Uninstall one of them, or switch it off: [plugins] disabled = [{distribution!r}]."
            return self._fail(point.name, distribution, version, PluginError(held, hint=hint))
        try:
            plugin = discovery.imported(point)
        except PluginError as error:
            logger.debug("plugin %s could not be imported:", point.name, exc_info=True)
            return self._fail(point.name, distribution, version, error)
        return self.register(plugin, point.name, distribution, version)

    def _fail(self, name: str, distribution: str, version: str, error: ProdgenError) -> PluginRecord:
        record = PluginRecord(name, distribution, version, "failed", str(error))
        self.records.append(record)
        self.failures.append(error)
        self.registry.left_out[distribution] = f"The plugin {name} is left out: {error}"
        logger.warning("plugin %s is left out: %s", name, error)
        return record
