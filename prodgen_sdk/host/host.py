"""`Host`: a set of plugins and the components that they bring."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from prodgen_sdk import __version__, runtime
from prodgen_sdk.config import Config
from prodgen_sdk.context import Context, no_products
from prodgen_sdk.errors import ConfigError, MissingDependency, ProdgenError
from prodgen_sdk.host import building, discovery
from prodgen_sdk.host.plugins import Plugins
from prodgen_sdk.host.registration import PluginRecord
from prodgen_sdk.parts import close_all
from prodgen_sdk.registry import Entry
from prodgen_sdk.specs import Kind, Spec
from prodgen_sdk.types import Product

_T = TypeVar("_T")
logger = logging.getLogger(__name__)


class Host:
    """A set of plugins. An instance, never a module global: two hosts do not share anything.

    Args:
        config: `[plugins]` orders and disables plugins and holds their sections; `[defaults]` names components.
        strict: raise an ExceptionGroup of all plugin failures instead of going on without them.
        state: the folder under which components keep durable state, or None.
        folder: what paths in plugins' sections are relative to, as the folder of a workspace is; None: the process's.

    >>> from prodgen_sdk.testing.fakes import FakePlugin
    >>> host = Host()
    >>> host.register(FakePlugin(), "fake").status
    'loaded'
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        strict: bool = False,
        state: Path | None = None,
        folder: Path | None = None,
    ) -> None:
        self.config = config or Config()
        self.strict = strict
        self._plugins = Plugins(self.config.plugins, folder)
        self.registry = self._plugins.registry
        self.commands = self._plugins.commands
        self.models = self._plugins.models
        self.state = state
        self.products: Callable[[Iterable[str]], Mapping[str, Product]] = no_products
        self._components: dict[tuple[Kind, str], Any] = {}
        self._contexts: dict[tuple[Kind, str], tuple[Config, Path | None, Context]] = {}
        self._left_out: set[tuple[Kind, str]] = set()
        self._lock = threading.RLock()

    @classmethod
    def discover(
        cls,
        config: Config | None = None,
        *,
        strict: bool = False,
        state: Path | None = None,
        folder: Path | None = None,
    ) -> Host:
        """A host with every installed plugin of the entry-point group `prodgen`.

        Raises:
            ExceptionGroup: with `strict`, of everything that went wrong.

        >>> first = Host.discover().plugins[0]
        >>> first.name, first.status
        ('core', 'loaded')
        """
        host = cls(config, strict=strict, state=state, folder=folder)
        host.register(import_module("prodgen_sdk.plugin"), "core", distribution="prodgen-sdk", version=__version__)
        host._plugins.load_installed()
        for sentence in host.unknown_names():
            logger.warning(sentence)
        if strict and (failures := host._plugins.failures):
            raise ExceptionGroup(f"{len(failures)} plugins failed", failures)
        return host

    def unknown_names(self) -> list[str]:
        """Sentences on what the configuration names and no installed plugin brings: plugins' sections and default components."""
        plugins = {record.name: record.distribution for record in self.plugins}
        return discovery.unknown_names(self.config, plugins, self.registry)

    @property
    def plugins(self) -> tuple[PluginRecord, ...]:
        """All plugins in order, the failed and disabled ones included."""
        return tuple(self._plugins.records)

    def register(self, plugin: object, name: str, *, distribution: str = "", version: str = "") -> PluginRecord:
        """Adds one plugin (a module or an object with hook implementations); a failure is recorded and isolated.

        Raises:
            PluginError: with `strict`.
        """
        record = self._plugins.register(plugin, name, distribution, version)
        if self.strict and record.status == "failed":
            raise self._plugins.failures[-1]
        return record

    def entry(self, kind: Kind, id: str | None = None) -> Entry:
        """The registered entry of an id; None takes the configured default.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> entry = fake_host().entry("generator")
        >>> entry.plugin, entry.spec.id
        ('fake', 'fake/solid')
        """
        return self.registry.get(kind, id or self.default(kind))

    def default(self, kind: Kind) -> str:
        """The configured default of a kind, or the only component that a plugin brings of it."""
        configured = getattr(self.config.defaults, kind, "") or ""
        if kind in self.config.defaults.model_fields_set:
            return configured
        if self.registry.knows(kind, configured):
            return configured
        ids = [id for id in self.registry.ids(kind) if not id.startswith("catalogue/")]
        return ids[0] if len(ids) == 1 else configured

    def get(self, kind: Kind, id: str | None = None) -> Any:
        """A component, built on first use and wrapped by the host; None takes the configured default.

        Raises:
            NotFound: the id is unknown.
            MissingDependency: what its spec needs is not here.
            PluginError: its factory failed.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> from prodgen_sdk.types import GenerationRequest, Product, View
        >>> mug = Product(sku="mug-1", title="Blue mug", category="home/mug")
        >>> generator = fake_host().get("generator", "fake/solid")
        >>> ((picture,),) = generator.generate([GenerationRequest(product=mug, views=(View(),), size=64)])
        >>> picture.image.shape
        (64, 64, 3)
        """
        from prodgen_sdk import bound

        key = (kind, id or self.default(kind))
        known = self._components.get(key)
        if known is not None:
            return known
        entry = self.entry(*key)
        with self._lock:
            if key not in self._components:
                self._components[key] = bound.bind(self._build(entry), entry, self)
            return self._components[key]

    def replicas(self, kind: Kind, id: str | None = None) -> list[Any]:
        """A component once for each of `runtime.devices`, where it uses torch and several are configured; else that of `get`.

        Raises as `get` does.
        """
        from prodgen_sdk import bound

        entry = self.entry(kind, id)
        devices = self.config.runtime.devices
        if not building.uses_torch(entry) or len(devices) < 2:
            return [self.get(kind, id)]
        found = [self.get(kind, id)]
        with self._lock:
            for place, name in enumerate(devices[1:], 1):
                key = (kind, f"{entry.spec.id} {place}")
                if key not in self._components:
                    device = runtime.resolve_device(name)
                    self._components[key] = bound.bind(self._build(entry, device), entry, self, device)
                found.append(self._components[key])
        return found

    def built(self, kind: Kind) -> list[Any]:
        """The components of a kind that are in memory."""
        with self._lock:
            return [component for (other, _), component in self._components.items() if other == kind]

    def all(self, kind: Kind, ids: Sequence[str] | None = None) -> list[Any]:
        """The named components of a kind, or every one that can run here.

        Of the latter, one that lacks its configuration is left out with a warning: who installs a plugin may not use all of it.

        Raises:
            ProdgenError: a named one cannot be had, as `get` says; of the others, a factory failed.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> [evaluator.id for evaluator in fake_host().all("evaluator")]
        ['fake/brightness']
        """
        if ids is not None:
            return [self.get(kind, id) for id in ids]
        found = []
        for id in self.registry.ids(kind):
            if self.missing(self.registry.get(kind, id).spec):
                continue
            try:
                found.append(self.get(kind, id))
            except (ConfigError, MissingDependency) as error:
                self._leave_out(kind, id, error)
        return found

    def _leave_out(self, kind: Kind, id: str, error: ProdgenError) -> None:
        with self._lock:
            told = (kind, id) in self._left_out
            self._left_out.add((kind, id))
        if not told:
            logger.warning("%s is left out: %s", id, error)

    def bind_state(self, state: Path) -> None:
        """Names the folder of durable state; raises ConfigError if this host already has another one."""
        with self._lock:
            if self.state is not None and self.state != state:
                raise ConfigError("This host already serves another workspace.", hint="Make a host for each workspace.")
            self.state = state

    def missing(self, spec: Spec) -> str:
        """What a component needs that is not here, in one sentence; empty if nothing is missing.

        >>> from prodgen_sdk.specs import GeneratorSpec, Needs
        >>> needs = Needs(modules=("acme_net",))
        >>> Host().missing(GeneratorSpec(id="acme/paint", summary="Paints", modes=("text",), needs=needs))
        'acme/paint needs the Python package acme_net.'
        """
        return building.missing(spec, self.models_folder)

    def context(self, entry: Entry | None = None, **overrides: Any) -> Context:
        """A context for one call, with this host's device, models and lookup.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> context = fake_host().context(progress=lambda done, total, what: print(f"{done} of {total} {what}"))
        >>> context.progress(1, 8, "views")
        1 of 8 views
        """
        key = (entry.spec.kind, entry.spec.id) if entry is not None else None
        known = self._contexts.get(key) if key is not None else None
        # Only what a context was made of says whether it is still right: both are set from outside.
        if known is None or known[0] is not self.config or known[1] is not self.state:
            known = (self.config, self.state, self._context(entry))
            if key is not None:
                self._contexts[key] = known
        return replace(known[2], **overrides) if overrides else known[2]

    def _context(self, entry: Entry | None) -> Context:
        device, dtype = building.device_and_dtype(entry, self.config.runtime)
        state = None
        if entry is not None and self.state is not None:
            state = self.state / entry.spec.id.replace("/", "-")
        return Context(
            device=device,
            dtype=dtype,
            logger=logging.getLogger(f"prodgen_sdk.plugin.{entry.plugin}" if entry else "prodgen_sdk.plugin"),
            state=state,
            models_folder=self.models_folder,
            find=self.get,
            known=self.registry.ids,
            # Asked for by name at every call: a context outlives the recommender that is opened later.
            find_products=lambda skus: self.products(skus),
        )

    def configuration(self, plugin: str) -> str:
        """Digest of a plugin's validated configuration; secrets are not part of it."""
        return self._plugins.hooks.digest(plugin)

    def models_folder(self, name: str) -> Path:
        """Where the files of a pulled model lie; raises MissingDependency with the command that fetches them."""
        return runtime.models_folder(name, self.config.models.folder)

    def chain(
        self, hook: str, value: _T, argument: str, *, fault: Callable[[_T, _T], str] | None = None, **others: Any
    ) -> _T:
        """Passes `value` through every implementation of a hook, in plugin order; None leaves it as it is.

        Args:
            fault: see `Hooks.chain`.

        Raises:
            PluginError: an implementation raised something that is not one of our errors, or did wrong.
        """
        return self._plugins.hooks.chain(hook, value, argument, fault=fault, **others)

    def notify(self, hook: str, **arguments: Any) -> None:
        """Tells every implementation of a hook; one that raises is logged and the others are still told."""
        self._plugins.hooks.notify(hook, **arguments)

    def close(self) -> None:
        """Closes every component that has a `close` method, then raises an ExceptionGroup of what failed."""
        with self._lock:
            components = list(self._components.values())
            self._components.clear()
        close_all(components, "Some components could not be closed.")

    def _build(self, entry: Entry, device: str | None = None) -> Any:
        # What is missing is said before a context looks for a device, which imports torch.
        building.require(entry.spec, self.missing(entry.spec))
        context = self.context(entry) if device is None else self.context(entry, device=device)
        return building.build(entry, self._plugins.hooks.configs.get(entry.plugin), context)
