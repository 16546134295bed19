"""Which plugins are installed, in what order they come, and which of them the user has turned off."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from prodgen_sdk.config import Config, PluginsConfig
from prodgen_sdk.errors import NotFound, PluginError, in_words, place_of
from prodgen_sdk.registry import Registry
from prodgen_sdk.specs import SPECS

GROUP = "prodgen"
DISABLE_VARIABLE = "PRODGEN_DISABLE_PLUGINS"
BUILT_INS = tuple(f"prodgen-{name}" for name in ("text", "mini", "diffusers", "render", "tryon", "rank", "quality"))


def installed(last: Sequence[str] = ()) -> list[EntryPoint]:
    """The entry points of the group `prodgen`: built-ins, then by distribution, then those named in `last`, in its order."""
    return in_order(entry_points(group=GROUP), last)


def in_order(points: Iterable[EntryPoint], last: Sequence[str]) -> list[EntryPoint]:
    """`points` in the order in which their plugins are registered; see `installed`."""

    def key(point: EntryPoint) -> tuple[int, int, str, str]:
        distribution = owner(point)[0]
        place = last.index(point.name) + 1 if point.name in last else 0
        built_in = BUILT_INS.index(distribution) if distribution in BUILT_INS else len(BUILT_INS)
        return (place, built_in, distribution, point.name)

    return sorted(points, key=key)


def owner(point: EntryPoint) -> tuple[str, str]:
    """The name and version of the distribution that brings an entry point."""
    return (point.dist.name, point.dist.version) if point.dist is not None else ("", "")


def imported(point: EntryPoint) -> object:
    """The plugin of an entry point; raises PluginError, whatever its import raises."""
    try:
        return point.load()
    except (Exception, SystemExit) as error:
        place = place_of(error, point.module.partition(".")[0])
        raise PluginError(f"{point.value} could not be imported: {in_words(error)}{place}") from error


def is_disabled(point: EntryPoint, config: PluginsConfig) -> bool:
    """Whether the configuration or `PRODGEN_DISABLE_PLUGINS` names this entry point, its distribution, or `*`."""
    disabled = {_canonical(name) for name in (*_disabled_for_this_run(), *config.disabled)}
    return "*" in disabled or bool({_canonical(point.name), _canonical(owner(point)[0])} & disabled)


def _disabled_for_this_run() -> list[str]:
    return os.environ.get(DISABLE_VARIABLE, "").replace(",", " ").split()


def unknown_names(config: Config, plugins: Mapping[str, str], registry: Registry) -> list[str]:
    """What a configuration names and nobody brings, a sentence each: plugins (their distributions by name are given) and default components."""
    wrong = []
    for name in config.plugins.model_extra or {}:
        if name not in plugins:
            near = get_close_matches(name, plugins, n=1)
            advice = f"Did you mean [plugins.{near[0]}]?" if near else f"Installed: {', '.join(plugins)}."
            wrong.append(f"[plugins.{name}] is of no installed plugin, and does nothing. {advice}")
    distributions = {"*", *map(_canonical, (*plugins, *plugins.values()))}
    for where, names, known in (
        ("[plugins] order", config.plugins.order, set(plugins)),
        ("[plugins] disabled", map(_canonical, config.plugins.disabled), distributions),
        (DISABLE_VARIABLE, map(_canonical, _disabled_for_this_run()), distributions),
    ):
        for name in names:
            if name not in known:
                near = get_close_matches(name, plugins, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"Installed: {', '.join(plugins)}."
                wrong.append(f"{where}: There is no plugin {name!r}. {advice}")
    for kind in SPECS:
        id = getattr(config.defaults, kind, None)
        if not id or kind not in config.defaults.model_fields_set:
            continue
        try:
            registry.get(kind, id)
        except NotFound as error:
            wrong.append(f"[defaults] {kind}: {error}")
    return wrong


def _canonical(name: str) -> str:
    return name if name == "*" else re.sub(r"[-_.]+", "-", name).lower()
