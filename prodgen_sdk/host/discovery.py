"""Which plugins are installed, in what order they come, and which of them the user has turned off."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from importlib.metadata import EntryPoint, entry_points

from prodgen_sdk.config import PluginsConfig

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


def is_disabled(point: EntryPoint, config: PluginsConfig) -> bool:
    """Whether the configuration or `PRODGEN_DISABLE_PLUGINS` names this entry point, its distribution, or `*`."""
    named = os.environ.get(DISABLE_VARIABLE, "").replace(",", " ").split()
    disabled = {_canonical(name) for name in (*named, *config.disabled)}
    return "*" in disabled or bool({_canonical(point.name), _canonical(owner(point)[0])} & disabled)


def _canonical(name: str) -> str:
    return name if name == "*" else re.sub(r"[-_.]+", "-", name).lower()
