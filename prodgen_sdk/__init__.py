"""Product images, virtual try-on and personalised recommendation, as a small core with plugins.

The names below are the public API; they load on first use, so that importing the package costs little.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prodgen_sdk.aio import AsyncStudio
    from prodgen_sdk.config import Config
    from prodgen_sdk.context import Context
    from prodgen_sdk.errors import (
        Busy,
        Cancelled,
        ConfigError,
        DeadlineExceeded,
        InputError,
        InvalidCatalogue,
        InvalidImage,
        MissingDependency,
        NotFound,
        OutsideWorkspace,
        PartlyDone,
        PluginError,
        ProdgenError,
        Refused,
        StoreError,
    )
    from prodgen_sdk.hookspecs import hookimpl
    from prodgen_sdk.host import Host, PluginRecord
    from prodgen_sdk.pipeline.produce import Picture
    from prodgen_sdk.pipeline.run import GenerationResult
    from prodgen_sdk.serving.health import Health
    from prodgen_sdk.serving.recording import Recorded
    from prodgen_sdk.serving.similar import Similar
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import (
        Event,
        Filter,
        Fit,
        Garment,
        Media,
        PersonPhoto,
        Product,
        Recommendation,
        Refusal,
        Scene,
        Trace,
        TryOn,
        Variant,
        View,
    )

__version__ = "0.1.0"

_ERRORS = (
    "Busy", "Cancelled", "ConfigError", "DeadlineExceeded", "InputError", "InvalidCatalogue", "InvalidImage",
    "MissingDependency", "NotFound", "OutsideWorkspace", "PartlyDone", "PluginError", "ProdgenError", "Refused", "StoreError",
)  # fmt: skip
_TYPES = (
    "Event", "Filter", "Fit", "Garment", "Media", "PersonPhoto", "Product", "Recommendation", "Refusal", "Scene", "Trace", "TryOn",
    "Variant", "View",
)  # fmt: skip
_MODULES = {
    **dict.fromkeys(_ERRORS, "errors"),
    **dict.fromkeys(_TYPES, "types"),
    "AsyncStudio": "aio",
    "Config": "config",
    "Context": "context",
    "GenerationResult": "pipeline.run",
    "Health": "serving.health",
    "Host": "host",
    "Picture": "pipeline.produce",
    "PluginRecord": "host",
    "Recorded": "serving.recording",
    "Similar": "serving.similar",
    "Studio": "studio",
    "hookimpl": "hookspecs",
}

__all__ = [
    "AsyncStudio",
    "Busy",
    "Cancelled",
    "Config",
    "ConfigError",
    "Context",
    "DeadlineExceeded",
    "Event",
    "Filter",
    "Fit",
    "Garment",
    "GenerationResult",
    "Health",
    "Host",
    "InputError",
    "InvalidCatalogue",
    "InvalidImage",
    "Media",
    "MissingDependency",
    "NotFound",
    "OutsideWorkspace",
    "PartlyDone",
    "PersonPhoto",
    "Picture",
    "PluginError",
    "PluginRecord",
    "ProdgenError",
    "Product",
    "Recommendation",
    "Recorded",
    "Refusal",
    "Refused",
    "Scene",
    "Similar",
    "StoreError",
    "Studio",
    "Trace",
    "TryOn",
    "Variant",
    "View",
    "__version__",
    "hookimpl",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
