"""What plugins registered: kind -> id -> spec, factory and owner. Nothing is loaded here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from prodgen_sdk.errors import NotFound, PluginError
from prodgen_sdk.specs import API_VERSION, SPECS, Kind, Spec

PROVIDERS = {
    "text/": "prodgen-text",
    "mini/": "prodgen-mini[torch]",
    "gan/": "prodgen-mini[torch]",
    "vae/": "prodgen-mini[torch]",
    "diffusion/": "prodgen-mini[torch]",
    "diffusers/": "prodgen-diffusers[torch]",
    "render/": "prodgen-render",
    "tryon/": "prodgen-tryon[headless]",
    "body/": "prodgen-tryon[headless]",
    "image/": "prodgen-rank",
    "index/": "prodgen-rank",
    "rank/": "prodgen-rank",
    "policy/": "prodgen-rank",
    "quality/": "prodgen-quality",
    "safety/": "prodgen-quality",
    "finish/": "prodgen-quality",
}
"""Which distribution brings the built-in ids: an unknown id names the `pip install` that adds it, and no other may claim one."""

_RESERVED = PROVIDERS | {"core/": "prodgen-sdk", "catalogue/": "prodgen-sdk"}


@dataclass(frozen=True)
class Entry:
    """One registered component and who registered it."""

    spec: Spec
    factory: str | Callable[..., Any]
    plugin: str
    distribution: str
    version: str


class Registry:
    """Components by kind and id. A plugin's components are added together or not at all.

    Attributes:
        left_out: distributions that are installed and of which nothing is registered, each with a sentence that says why.
    """

    def __init__(self) -> None:
        self.left_out: dict[str, str] = {}
        self._entries: dict[Kind, dict[str, Entry]] = {kind: {} for kind in SPECS}

    def add(self, entries: list[Entry]) -> None:
        """Adds all entries of one plugin.

        Raises:
            PluginError: an id is taken, registered twice, or under a name that a built-in distribution keeps for itself, or a
                spec is of another API version; nothing was added.
        """
        fresh: set[tuple[str, str]] = set()
        for entry in entries:
            spec = entry.spec
            if spec.api_version != API_VERSION:
                raise PluginError(
                    f"{spec.id} was written for API version {spec.api_version}; this SDK has {API_VERSION}.",
                    component=spec.id,
                    hint=f"Install a version of {entry.distribution or entry.plugin} for API version {API_VERSION}.",
                )
            name = f"{spec.id.partition('/')[0]}/"
            keeper = kept_for(name)
            # What is registered by hand belongs to the application itself.
            if keeper and entry.distribution not in ("", keeper):
                raise PluginError(
                    f"{spec.id} is under {name}, which is kept for {keeper}.",
                    component=spec.id,
                    hint=f"Begin the ids of {entry.distribution} with the name of its plugin: {entry.plugin}/",
                )
            other = self._entries[spec.kind].get(spec.id)
            if other is not None or (spec.kind, spec.id) in fresh:
                owner = f"{other.plugin} ({other.distribution})" if other is not None else "the same plugin"
                raise PluginError(
                    f"The {spec.kind} id {spec.id!r} is already registered by {owner}.",
                    component=spec.id,
                    hint="Switch one of the two off: [plugins] disabled." if other is not None else "",
                )
            fresh.add((spec.kind, spec.id))
        for entry in entries:
            self._entries[entry.spec.kind][entry.spec.id] = entry

    def get(self, kind: Kind, id: str) -> Entry:
        """The entry of one id; raises NotFound with its neighbours and the `pip install` that would add it."""
        entry = self._entries[kind].get(id)
        if entry is None:
            what = kind.replace("_", " ")
            provider = next((name for prefix, name in PROVIDERS.items() if id.startswith(prefix)), "")
            if why := self.left_out.get(_distribution(provider)):
                raise NotFound(f"There is no {what} {id!r}.", hint=why)
            install = repr(provider) if "[" in provider else provider
            hint = f"Run: pip install {install}" if provider in self.absent() else ""
            raise NotFound.of(
                what,
                id,
                self.ids(kind),
                hint=hint or f"Installed: {', '.join(self.ids(kind)) or 'none'}.",
                listed=not hint,
            )
        return entry

    def knows(self, kind: Kind, id: str) -> bool:
        """Whether a component of this kind and id is registered."""
        return id in self._entries[kind]

    def ids(self, kind: Kind, pattern: str = "*") -> list[str]:
        """The ids of a kind that match a glob such as `render/*`, sorted."""
        return sorted(id for id in self._entries[kind] if fnmatchcase(id, pattern))

    def absent(self) -> list[str]:
        """Built-in distributions that are not installed, as `pip install` takes them."""
        installed = {entry.distribution for entry in self} | self.left_out.keys()
        return sorted({name for name in PROVIDERS.values() if _distribution(name) not in installed})

    def find(self, id: str) -> list[Entry]:
        """Every entry with this id, of any kind."""
        return [entry for entry in self if entry.spec.id == id]

    def __iter__(self) -> Iterator[Entry]:
        for entries in self._entries.values():
            yield from entries.values()


def kept_for(prefix: str) -> str:
    """The built-in distribution that keeps ids with this prefix for itself; empty where anyone may take them.

    >>> kept_for("text/"), kept_for("acme/")
    ('prodgen-text', '')
    """
    return _distribution(_RESERVED.get(prefix, ""))


def _distribution(requirement: str) -> str:
    """The name in what `pip install` takes, without extras."""
    return requirement.partition("[")[0]
