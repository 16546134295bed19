"""Wrappers that the host puts around every component.

A wrapper checks what goes in and what comes out against the contract, splits batches, halves them when memory runs out,
and turns whatever a plugin raises into a PluginError that names the component. Plugins stay simple; callers
can trust what they get.
"""

from __future__ import annotations

import inspect
from abc import ABC
from typing import TYPE_CHECKING, Any

from prodgen_sdk import interfaces
from prodgen_sdk.bound.component import Bound
from prodgen_sdk.bound.encoders import BoundImageEncoder, BoundTextEncoder
from prodgen_sdk.bound.jobs import BoundBenchmark, BoundTrainer
from prodgen_sdk.bound.memory import is_out_of_memory
from prodgen_sdk.bound.people import BoundBodyParser, BoundCompositor
from prodgen_sdk.bound.pictures import BoundDescriber, BoundGenerator, BoundRenderer
from prodgen_sdk.bound.quality import BoundEvaluator, BoundFinisher, BoundSafetyChecker
from prodgen_sdk.bound.recommendation import BoundIndex, BoundPolicy, BoundRanker
from prodgen_sdk.errors import PluginError

if TYPE_CHECKING:
    from prodgen_sdk.host import Host
    from prodgen_sdk.registry import Entry

__all__ = [
    "Bound",
    "BoundBenchmark",
    "BoundBodyParser",
    "BoundCompositor",
    "BoundDescriber",
    "BoundEvaluator",
    "BoundFinisher",
    "BoundGenerator",
    "BoundImageEncoder",
    "BoundIndex",
    "BoundPolicy",
    "BoundRanker",
    "BoundRenderer",
    "BoundSafetyChecker",
    "BoundTextEncoder",
    "BoundTrainer",
    "bind",
    "is_out_of_memory",
]

_BOUND: dict[str, tuple[type[ABC], type[Bound[Any]]]] = {
    "describer": (interfaces.Describer, BoundDescriber),
    "text_encoder": (interfaces.TextEncoder, BoundTextEncoder),
    "image_encoder": (interfaces.ImageEncoder, BoundImageEncoder),
    "generator": (interfaces.Generator, BoundGenerator),
    "renderer": (interfaces.Renderer, BoundRenderer),
    "compositor": (interfaces.Compositor, BoundCompositor),
    "body_parser": (interfaces.BodyParser, BoundBodyParser),
    "index": (interfaces.VectorIndex, BoundIndex),
    "ranker": (interfaces.Ranker, BoundRanker),
    "policy": (interfaces.VariantPolicy, BoundPolicy),
    "evaluator": (interfaces.Evaluator, BoundEvaluator),
    "safety_checker": (interfaces.SafetyChecker, BoundSafetyChecker),
    "finisher": (interfaces.Finisher, BoundFinisher),
    "trainer": (interfaces.Trainer, BoundTrainer),
    "benchmark": (interfaces.Benchmark, BoundBenchmark),
}


def bind(component: Any, entry: Entry, host: Host, device: str | None = None) -> Bound[Any]:
    """The wrapper for a component of its kind, built for a device; raises PluginError if it is not of the interface, or async."""
    interface, wrapper = _BOUND[entry.spec.kind]
    if not isinstance(component, interface):
        raise PluginError(
            f"The factory of {entry.spec.id} returned a {type(component).__name__}, which is no {interface.__name__}.",
            component=entry.spec.id,
            hint=f"Derive it from prodgen_sdk.interfaces.{interface.__name__}.",
        )
    for method in sorted(interface.__abstractmethods__):
        if inspect.iscoroutinefunction(getattr(type(component), method)):
            raise PluginError(
                f"{entry.spec.id}: {method} is async. Components are synchronous; the host does the waiting.",
                component=entry.spec.id,
                hint="Drop the async.",
            )
    return wrapper(component, entry, host, device)
