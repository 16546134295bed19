"""Making one component: what it lacks here, the device it runs on, and the call of its factory."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from prodgen_sdk import runtime
from prodgen_sdk.config import RuntimeConfig
from prodgen_sdk.context import Context
from prodgen_sdk.errors import MissingDependency, PluginError, ProdgenError, in_words, place_of
from prodgen_sdk.registry import Entry
from prodgen_sdk.specs import Spec


def missing(spec: Spec, models_folder: Callable[[str], Path]) -> str:
    """What a component needs that is not here, in one sentence; empty if nothing is missing."""
    absent = [module for module in spec.needs.modules if not is_installed(module)]
    if absent:
        return f"{spec.id} needs the Python package{'s' * (len(absent) > 1)} {', '.join(absent)}."
    if spec.needs.device == "cuda" and not runtime.resolve_device("auto").startswith("cuda"):
        return f"{spec.id} needs a CUDA device."
    for name in spec.needs.models:
        try:
            models_folder(name)
        except MissingDependency as error:
            return f"{spec.id}: {error}"
    return ""


def require(spec: Spec, lacks: str) -> None:
    """Raises MissingDependency for what `missing` found, with the command that installs the packages if it is those."""
    if lacks:
        here = all(map(is_installed, spec.needs.modules))
        raise MissingDependency(lacks, hint="" if here or not spec.needs.install else f"Run: {spec.needs.install}")


def is_installed(module: str) -> bool:
    """Whether a module can be found, without importing it."""
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # the parent package is not there, or is no package
        return False


def uses_torch(entry: Entry) -> bool:
    """Whether a component declares that it needs torch."""
    return "torch" in entry.spec.needs.modules


def device_and_dtype(entry: Entry | None, wanted: RuntimeConfig) -> tuple[str, str]:
    """Where a component runs, and with which numbers."""
    # Looking for a GPU imports torch, which takes seconds: it is done for components that use torch.
    if entry is None or not uses_torch(entry):
        return "cpu", "float32"
    device = runtime.resolve_device(wanted.devices[0] if wanted.devices else wanted.device)
    return device, runtime.resolve_dtype(wanted.dtype, device)


def build(entry: Entry, config: BaseModel | None, context: Context) -> Any:
    """Calls a component's factory with its plugin's configuration; raises PluginError if it fails or cannot be loaded."""
    if context.state is not None:
        context.state.mkdir(parents=True, exist_ok=True)
    try:
        factory = load_dotted(entry.factory) if isinstance(entry.factory, str) else entry.factory
        return factory(config, context)
    except ProdgenError:
        raise
    except Exception as error:
        place = place_of(error, _module_of(entry.factory).partition(".")[0])
        message = f"{entry.spec.id} could not be built: {in_words(error)}{place}"
        # A TypeError that never came into the plugin's own code is of the call itself.
        hint = "A factory is called as factory(config, ctx)." if isinstance(error, TypeError) and not place else ""
        raise PluginError(message, component=entry.spec.id, hint=hint) from error


def _module_of(factory: str | Callable[..., Any]) -> str:
    return factory if isinstance(factory, str) else str(getattr(factory, "__module__", ""))


def load_dotted(path: str) -> Any:
    """The object that `module:attribute` names; raises PluginError if it is not there."""
    module, _, attribute = path.partition(":")
    if not module or not attribute:
        raise PluginError(
            f"{path!r} names no object.", hint="Write module:attribute, such as prodgen_acme.swatch:Swatch."
        )
    try:
        target: Any = import_module(module)
        for part in attribute.split("."):
            target = getattr(target, part)
        return target
    except (ImportError, AttributeError) as error:
        raise PluginError(f"{path} could not be loaded: {error}.") from error
