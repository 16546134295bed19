"""The hook implementations of the registered plugins: checked when a plugin comes, called in plugin order."""

from __future__ import annotations

import inspect
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar, cast

import pluggy
from pydantic import BaseModel

from prodgen_sdk import hookspecs
from prodgen_sdk.config import validate
from prodgen_sdk.errors import ConfigError, PluginError, ProdgenError, in_words, place_of
from prodgen_sdk.runtime import canonical_digest

_T = TypeVar("_T")
logger = logging.getLogger(__name__)


class Hooks:
    """Plugins with their hook implementations and their validated sections of the configuration.

    Args:
        folder: what paths in these sections are relative to; None: the folder of the process.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.configs: dict[str, BaseModel | None] = {}
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    def holds(self, plugin: object, name: str) -> bool:
        """Whether this plugin, or another of its name, is in here."""
        return self._manager.has_plugin(name) or self._manager.is_registered(plugin)

    def add(self, plugin: object, name: str, section: Mapping[str, Any]) -> None:
        """Takes in a plugin and reads its section of the configuration; what fails leaves it out.

        Raises:
            PluginError: a hook is misspelt, async or a wrapper.
            ConfigError: the section is not what the plugin's model allows.
        """
        try:
            self._manager.register(plugin, name)
        except pluggy.PluginValidationError as error:
            raise _wrong_arguments(error) from error
        try:
            self._check(plugin)
            self.configs[name] = self._validated(plugin, name, section)
        except BaseException:
            self.remove(plugin, name)
            raise

    def remove(self, plugin: object, name: str) -> None:
        """Forgets a plugin that `add` took in."""
        self._manager.unregister(plugin)
        self.configs.pop(name, None)

    def of(self, plugin: object, hook: str, **arguments: Any) -> list[Any]:
        """Calls a hook of one plugin alone."""
        implementations = getattr(self._manager.hook, hook).get_hookimpls()
        return [_call(i, arguments) for i in implementations if i.plugin is plugin]

    def chain(
        self, hook: str, value: _T, argument: str, *, fault: Callable[[_T, _T], str] | None = None, **others: Any
    ) -> _T:
        """Passes `value` through every implementation of a hook, in plugin order; None leaves it as it is.

        Args:
            fault: what an implementation did wrong in making its answer (first) of what it was given (second); empty if nothing.

        Raises:
            PluginError: an implementation raised something that is not one of our errors, or did wrong.
        """
        for implementation in self._in_order(hook):
            try:
                changed = _call(implementation, self._with_config(implementation, {argument: value, **others}))
            except ProdgenError:
                raise
            except (Exception, SystemExit) as error:
                place = _place(error, implementation)
                raise PluginError(f"{implementation.plugin_name}.{hook} failed: {in_words(error)}{place}") from error
            if changed is None:
                continue
            expected = type(value) if isinstance(value, BaseModel) else Sequence
            if not isinstance(changed, expected):
                raise PluginError(
                    f"{implementation.plugin_name}.{hook} returned a {type(changed).__name__} instead of a {expected.__name__}."
                )
            if fault is not None and changed is not value and (found := fault(cast(_T, changed), value)):
                raise PluginError(f"{implementation.plugin_name}.{hook} {found}")
            value = cast(_T, changed)
        return value

    def notify(self, hook: str, **arguments: Any) -> None:
        """Tells every implementation of a hook; one that raises is logged and the others are still told."""
        for implementation in self._in_order(hook):
            try:
                _call(implementation, self._with_config(implementation, arguments))
            except (Exception, SystemExit) as error:
                # What the error says may be a person's words: its kind and its place must do.
                where = _place(error, implementation)
                logger.warning("%s.%s failed: %s%s", implementation.plugin_name, hook, type(error).__name__, where)
                logger.debug("where it failed:", exc_info=True)

    def digest(self, name: str) -> str:
        """Of a plugin's validated configuration. Secrets are not part of it, nor is the place of a workspace with its files."""
        config = self.configs.get(name)
        dumped = config.model_dump(mode="json", context={"folder": self._folder}) if config is not None else None
        return canonical_digest(dumped)

    def _check(self, plugin: object) -> None:
        known = {name for name in dir(self._manager.hook) if not name.startswith("_")}
        marked = {caller.name for caller in self._manager.get_hookcallers(plugin) or ()}
        unmarked = sorted(name for name in known - marked if _is_own_function(plugin, name))
        if unmarked:
            hint = "Write @hookimpl of prodgen_sdk.hookspecs above it."
            raise PluginError(f"{unmarked[0]} has the name of a hook and is not marked as one.", hint=hint)
        for caller in self._manager.get_hookcallers(plugin) or ():
            implementation = next(i for i in caller.get_hookimpls() if i.plugin is plugin)
            if not caller.has_spec():
                near = get_close_matches(caller.name, [n for n in known if hasattr(hookspecs, n)], n=1)
                hint = f"Did you mean {near[0]}?" if near else "See the list of hooks in the documentation."
                raise PluginError(f"There is no hook {caller.name!r}.", hint=hint)
            if implementation.wrapper or implementation.hookwrapper:
                raise PluginError(
                    f"{caller.name} is a wrapper; prodgen has no wrapper hooks.", hint="Drop wrapper=True."
                )
            if inspect.iscoroutinefunction(implementation.function):
                raise PluginError(f"{caller.name} is async; hooks are synchronous.", hint="Drop the async.")
        self._manager.check_pending()

    def _validated(self, plugin: object, name: str, section: Mapping[str, Any]) -> BaseModel | None:
        model = next((m for m in self.of(plugin, "config_model") if m is not None), None)
        if model is None:
            if section:
                raise ConfigError(f"The plugin {name!r} takes no configuration.", hint=f"Remove [plugins.{name}].")
            return None
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise PluginError(
                f"config_model returned {model!r}, which is no pydantic model.",
                hint="Return a class derived from pydantic.BaseModel.",
            )
        return validate(model, section, where=f"[plugins.{name}]", folder=self._folder)

    def _with_config(self, implementation: pluggy.HookImpl, arguments: dict[str, Any]) -> dict[str, Any]:
        return {**arguments, "config": self.configs.get(implementation.plugin_name)}

    def _in_order(self, hook: str) -> list[pluggy.HookImpl]:
        implementations = getattr(self._manager.hook, hook).get_hookimpls()
        registered = {id(plugin): place for place, (_, plugin) in enumerate(self._manager.list_name_plugin())}
        return sorted(implementations, key=lambda i: (i.trylast - i.tryfirst, registered.get(id(i.plugin), 0)))


def _is_own_function(plugin: object, name: str) -> bool:
    """Whether a module defines a function of this name itself."""
    if not inspect.ismodule(plugin):
        return False
    function = vars(plugin).get(name)
    return inspect.isfunction(function) and function.__module__ == plugin.__name__


def _wrong_arguments(error: pluggy.PluginValidationError) -> PluginError:
    """What pluggy says of a hook with arguments that it does not have, in a sentence."""
    said = re.search(r"for hook '(\w+)'(?:.*\n)*?Argument\(s\) \{(.+?)\} are declared", str(error))
    specified = getattr(hookspecs, said[1], None) if said is not None else None
    if said is None or specified is None:
        return PluginError(in_words(error))
    known = ", ".join(inspect.signature(specified).parameters)
    return PluginError(f"{said[1]} takes no argument {said[2]}.", hint=f"It may name any of: {known}.")


def _place(error: BaseException, implementation: pluggy.HookImpl) -> str:
    return place_of(error, implementation.function.__module__.partition(".")[0])


def _call(implementation: pluggy.HookImpl, arguments: dict[str, Any]) -> Any:
    return implementation.function(*(arguments[name] for name in implementation.argnames))
