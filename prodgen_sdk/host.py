"""The plugin host: finds, orders, disables, isolates and reports plugins, and builds their components on first use."""

from __future__ import annotations

import inspect
import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import pluggy
from pydantic import BaseModel

from prodgen_sdk import __version__, hookspecs, runtime
from prodgen_sdk.config import Config, validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency, PluginError, ProdgenError, in_words
from prodgen_sdk.registry import Entry, Registry
from prodgen_sdk.specs import SPECS, Kind, Spec, registration_hook

GROUP = "prodgen"
DISABLE_VARIABLE = "PRODGEN_DISABLE_PLUGINS"
BUILT_INS = tuple(f"prodgen-{name}" for name in ("text", "mini", "diffusers", "render", "tryon", "rank", "quality"))
_T = TypeVar("_T")
logger = logging.getLogger(__name__)


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


def _shared(known: PullableModel | None, model: PullableModel) -> PullableModel:
    """A model as one or two plugins want it; only what comes from one hub repository can be of two. Raises PluginError."""
    if known is None:
        return model
    from prodgen_sdk.checkpoints.pulling import HubPull

    if not (isinstance(known.pull, HubPull) and isinstance(model.pull, HubPull)):
        raise PluginError(f"The name {model.name!r} is already registered by another plugin.")
    return replace(known, pull=known.pull.joined(model.pull), plugin=f"{known.plugin}, {model.plugin}")


@dataclass
class _Collected:
    entries: list[Entry] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    models: list[PullableModel] = field(default_factory=list)


class Host:
    """A set of plugins. An instance, never a module global: two hosts do not share anything.

    Args:
        config: `[plugins]` orders and disables plugins and holds their sections; `[defaults]` names components.
        strict: raise an ExceptionGroup of all plugin failures instead of going on without them.
        state: the folder under which components keep durable state, or None.

    >>> from prodgen_sdk.testing.fakes import FakePlugin
    >>> host = Host()
    >>> host.register(FakePlugin(), "fake").status
    'loaded'
    """

    def __init__(self, config: Config | None = None, *, strict: bool = False, state: Path | None = None) -> None:
        self.config = config or Config()
        self.strict = strict
        self.registry = Registry()
        self.state = state
        self.commands: dict[str, Command] = {}
        self.models: dict[str, PullableModel] = {}
        self._records: list[PluginRecord] = []
        self._failures: list[Exception] = []
        self._configs: dict[str, BaseModel | None] = {}
        self._components: dict[tuple[Kind, str], Any] = {}
        self._contexts: dict[tuple[Kind, str], tuple[Config, Path | None, Context]] = {}
        self._lock = threading.RLock()
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)

    @classmethod
    def discover(cls, config: Config | None = None, *, strict: bool = False, state: Path | None = None) -> Host:
        """A host with every installed plugin of the entry-point group `prodgen`.

        Raises:
            ExceptionGroup: with `strict`, of everything that went wrong.
        """
        host = cls(config, strict=strict, state=state)
        disabled = _disabled(host.config)
        host.register(import_module("prodgen_sdk.plugin"), "core", distribution="prodgen-sdk", version=__version__)
        for point in _in_order(entry_points(group=GROUP), host.config.plugins.order):
            name, version = _owner(point)
            if "*" in disabled or {_canonical(point.name), _canonical(name)} & disabled:
                host._records.append(PluginRecord(point.name, name, version, "disabled"))
            else:
                host._load(point, name, version)
        if strict and host._failures:
            raise ExceptionGroup(f"{len(host._failures)} plugins failed", host._failures)
        return host

    @property
    def plugins(self) -> tuple[PluginRecord, ...]:
        """All plugins in order, the failed and disabled ones included."""
        return tuple(self._records)

    def register(self, plugin: object, name: str, *, distribution: str = "", version: str = "") -> PluginRecord:
        """Adds one plugin (a module or an object with hook implementations); a failure is recorded and isolated.

        Raises:
            PluginError: with `strict`.
        """
        record = self._register(plugin, name, distribution, version)
        if self.strict and record.status == "failed":
            raise self._failures[-1]
        return record

    def entry(self, kind: Kind, id: str | None = None) -> Entry:
        """The registered entry of an id; None takes the configured default."""
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
        if not _uses_torch(entry) or len(devices) < 2:
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
        """The named components of a kind, or every one whose needs are met."""
        if ids is not None:
            return [self.get(kind, id) for id in ids]
        return [
            self.get(kind, id) for id in self.registry.ids(kind) if not self.missing(self.registry.get(kind, id).spec)
        ]

    def bind_state(self, state: Path) -> None:
        """Names the folder of durable state; raises ConfigError if this host already has another one."""
        with self._lock:
            if self.state is not None and self.state != state:
                raise ConfigError("This host already serves another workspace.", hint="Make a host for each workspace.")
            self.state = state

    def missing(self, spec: Spec) -> str:
        """What a component needs that is not here, in one sentence; empty if nothing is missing."""
        absent = [module for module in spec.needs.modules if not _is_installed(module)]
        if absent:
            return f"{spec.id} needs the Python package {', '.join(absent)}."
        if spec.needs.device == "cuda" and not runtime.resolve_device("auto").startswith("cuda"):
            return f"{spec.id} needs a CUDA device."
        for name in spec.needs.models:
            try:
                self.models_folder(name)
            except MissingDependency as error:
                return f"{spec.id}: {error}"
        return ""

    def context(self, entry: Entry | None = None, **overrides: Any) -> Context:
        """A context for one call, with this host's device, models and lookup."""
        key = (entry.spec.kind, entry.spec.id) if entry is not None else None
        known = self._contexts.get(key) if key is not None else None
        # Only what a context was made of says whether it is still right: both are set from outside.
        if known is None or known[0] is not self.config or known[1] is not self.state:
            known = (self.config, self.state, self._context(entry))
            if key is not None:
                self._contexts[key] = known
        return replace(known[2], **overrides) if overrides else known[2]

    def _context(self, entry: Entry | None) -> Context:
        # Looking for a GPU imports torch, which takes seconds: it is done for components that use torch.
        uses_torch = entry is not None and _uses_torch(entry)
        wanted = self.config.runtime
        first = wanted.devices[0] if wanted.devices else wanted.device
        device = runtime.resolve_device(first) if uses_torch else "cpu"
        state = None
        if entry is not None and self.state is not None:
            state = self.state / entry.spec.id.replace("/", "-")
        return Context(
            device=device,
            dtype=runtime.resolve_dtype(wanted.dtype, device) if uses_torch else "float32",
            logger=logging.getLogger(f"prodgen_sdk.plugin.{entry.plugin}" if entry else "prodgen_sdk.plugin"),
            state=state,
            models_folder=self.models_folder,
            find=self.get,
            known=self.registry.ids,
        )

    def configuration(self, plugin: str) -> str:
        """Digest of a plugin's validated configuration; secrets are not part of it."""
        config = self._configs.get(plugin)
        return runtime.canonical_digest(config.model_dump(mode="json") if config is not None else None)

    def models_folder(self, name: str) -> Path:
        """Where the files of a pulled model lie; raises MissingDependency with the command that fetches them."""
        return runtime.models_folder(name, self.config.models.folder)

    def chain(self, hook: str, value: _T, argument: str, **others: Any) -> _T:
        """Passes `value` through every implementation of a hook, in plugin order; None leaves it as it is.

        Raises:
            PluginError: an implementation raised something that is not one of our errors.
        """
        for implementation in self._implementations(hook):
            try:
                changed = _call(implementation, self._with_config(implementation, {argument: value, **others}))
            except ProdgenError:
                raise
            except Exception as error:
                raise PluginError(f"{implementation.plugin_name}.{hook} failed: {in_words(error)}") from error
            if changed is None:
                continue
            expected = type(value) if isinstance(value, BaseModel) else Sequence
            if not isinstance(changed, expected):
                raise PluginError(
                    f"{implementation.plugin_name}.{hook} returned a {type(changed).__name__} instead of a {expected.__name__}."
                )
            value = cast(_T, changed)
        return value

    def notify(self, hook: str, **arguments: Any) -> None:
        """Tells every implementation of a hook; one that raises is logged and the others are still told."""
        for implementation in self._implementations(hook):
            try:
                _call(implementation, self._with_config(implementation, arguments))
            except Exception as error:
                logger.warning("%s.%s failed: %s", implementation.plugin_name, hook, type(error).__name__)

    def close(self) -> None:
        """Closes every component that has a `close` method, then raises an ExceptionGroup of what failed."""
        errors: list[Exception] = []
        with self._lock:
            for component in self._components.values():
                try:
                    component.close()
                except Exception as error:
                    errors.append(error)
            self._components.clear()
        if errors:
            raise ExceptionGroup(f"{len(errors)} components could not be closed", errors)

    def _load(self, point: EntryPoint, distribution: str, version: str) -> None:
        taken = next((r for r in self._records if r.name == point.name and r.status == "loaded"), None)
        if taken is not None:
            self._fail(
                point.name,
                distribution,
                version,
                PluginError(f"The entry-point name {point.name!r} is taken by {taken.distribution} {taken.version}."),
            )
            return
        try:
            plugin = point.load()
        except (Exception, SystemExit) as error:
            self._fail(
                point.name,
                distribution,
                version,
                PluginError(f"{point.value} could not be imported: {in_words(error)}"),
            )
            return
        self._register(plugin, point.name, distribution, version)

    def _register(self, plugin: object, name: str, distribution: str, version: str) -> PluginRecord:
        taken = self._manager.has_plugin(name) or self._manager.is_registered(plugin)
        try:
            if taken:
                raise PluginError(f"A plugin named {name!r}, or the same plugin, is already registered.")
            collected = self._collect(plugin, name, distribution, version)
            clash = next((c.name for c in collected.commands if c.name in self.commands), None)
            if clash is not None:
                raise PluginError(f"The name {clash!r} is already registered by another plugin.")
            models = {model.name: _shared(self.models.get(model.name), model) for model in collected.models}
            self.registry.add(collected.entries)
        except Exception as error:
            if not taken and self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
                self._configs.pop(name, None)
            known = error if isinstance(error, ProdgenError) else PluginError(in_words(error))
            return self._fail(name, distribution, version, known)
        self.commands.update((command.name, command) for command in collected.commands)
        self.models.update(models)
        record = PluginRecord(name, distribution, version, "loaded", "", tuple(e.spec.id for e in collected.entries))
        self._records.append(record)
        return record

    def _collect(self, plugin: object, name: str, distribution: str, version: str) -> _Collected:
        self._manager.register(plugin, name)
        self._check_hooks(plugin)
        collected = _Collected()

        def register(kind: Kind) -> Callable[..., None]:
            def add(spec: Spec, factory: str | Callable[..., Any]) -> None:
                if not isinstance(spec, SPECS[kind]):
                    raise PluginError(
                        f"{registration_hook(kind)} wants a {SPECS[kind].__name__}, not {type(spec).__name__}."
                    )
                collected.entries.append(Entry(spec, factory, name, distribution, version))

            return add

        def add_command(name_: str, help_: str, target: str) -> None:
            collected.commands.append(Command(name_, help_, target, name))

        def add_model(name_: str, summary: str, pull: str | Callable[[Path], None]) -> None:
            collected.models.append(PullableModel(name_, summary, pull, name))

        self._configs[name] = self._read_section(plugin, name)
        for kind in SPECS:
            self._call_own(plugin, registration_hook(kind), register=register(kind))
        self._call_own(plugin, "register_commands", register=lambda name, help, target: add_command(name, help, target))
        self._call_own(
            plugin,
            "register_models",
            register=lambda name, summary, pull: add_model(name, summary, pull),
            config=self._configs[name],
        )
        return collected

    def _check_hooks(self, plugin: object) -> None:
        known = {name for name in dir(self._manager.hook) if not name.startswith("_")}
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

    def _read_section(self, plugin: object, name: str) -> BaseModel | None:
        model = next((m for m in self._call_own(plugin, "config_model") if m is not None), None)
        section = self.config.plugins.section(name)
        if model is None:
            if section:
                raise ConfigError(f"The plugin {name!r} takes no configuration.", hint=f"Remove [plugins.{name}].")
            return None
        return validate(cast(type[BaseModel], model), section, where=f"[plugins.{name}]")

    def _call_own(self, plugin: object, hook: str, **arguments: Any) -> list[Any]:
        implementations = getattr(self._manager.hook, hook).get_hookimpls()
        return [_call(i, arguments) for i in implementations if i.plugin is plugin]

    def _fail(self, name: str, distribution: str, version: str, error: ProdgenError) -> PluginRecord:
        record = PluginRecord(name, distribution, version, "failed", str(error))
        self._records.append(record)
        self._failures.append(error)
        logger.warning("plugin %s is left out: %s", name, error)
        return record

    def _with_config(self, implementation: pluggy.HookImpl, arguments: dict[str, Any]) -> dict[str, Any]:
        return {**arguments, "config": self._configs.get(implementation.plugin_name)}

    def _implementations(self, hook: str) -> list[pluggy.HookImpl]:
        implementations = getattr(self._manager.hook, hook).get_hookimpls()
        registered = {id(plugin): place for place, (_, plugin) in enumerate(self._manager.list_name_plugin())}
        return sorted(implementations, key=lambda i: (i.trylast - i.tryfirst, registered.get(id(i.plugin), 0)))

    def _build(self, entry: Entry, device: str | None = None) -> Any:
        if reason := self.missing(entry.spec):
            raise MissingDependency(reason, hint=entry.spec.needs.install and f"Run: {entry.spec.needs.install}")
        context = self.context(entry) if device is None else self.context(entry, device=device)
        if context.state is not None:
            context.state.mkdir(parents=True, exist_ok=True)
        try:
            factory = load_dotted(entry.factory) if isinstance(entry.factory, str) else entry.factory
            return factory(self._configs.get(entry.plugin), context)
        except ProdgenError:
            raise
        except Exception as error:
            raise PluginError(
                f"{entry.spec.id} could not be built: {in_words(error)}", component=entry.spec.id
            ) from error


def _uses_torch(entry: Entry) -> bool:
    return "torch" in entry.spec.needs.modules


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # the parent package is not there, or is no package
        return False


def load_dotted(path: str) -> Any:
    """The object that `module:attribute` names; raises PluginError if it is not there."""
    module, _, attribute = path.partition(":")
    try:
        target: Any = import_module(module)
        for part in attribute.split("."):
            target = getattr(target, part)
        return target
    except (ImportError, AttributeError) as error:
        raise PluginError(f"{path} could not be loaded: {error}.") from error


def _call(implementation: pluggy.HookImpl, arguments: dict[str, Any]) -> Any:
    return implementation.function(*(arguments[name] for name in implementation.argnames))


def _disabled(config: Config) -> set[str]:
    named = os.environ.get(DISABLE_VARIABLE, "").replace(",", " ").split()
    return {_canonical(name) for name in (*named, *config.plugins.disabled)}


def _canonical(name: str) -> str:
    return name if name == "*" else re.sub(r"[-_.]+", "-", name).lower()


def _owner(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist is not None else ("", "")


def _in_order(points: Iterable[EntryPoint], last: Sequence[str]) -> list[EntryPoint]:
    def key(point: EntryPoint) -> tuple[int, int, str, str]:
        distribution = _owner(point)[0]
        place = last.index(point.name) + 1 if point.name in last else 0
        built_in = BUILT_INS.index(distribution) if distribution in BUILT_INS else len(BUILT_INS)
        return (place, built_in, distribution, point.name)

    return sorted(points, key=key)
