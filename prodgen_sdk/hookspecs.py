"""The hooks that a plugin may implement.

Registration hooks get a `register` callback that is bound to the plugin: call it once per component, with a spec and a
factory (a dotted path `module:attribute`, or a callable). Nothing heavy may load here.

Extension hooks are called once per request. Those that return a value are chained in plugin order: each gets the result of
the one before, and returns None to leave it as it is. An exception in a `before_` hook or in `filter_candidates` stops the
request; an exception anywhere else is logged and the request goes on. `config` is the plugin's own validated configuration,
None if it declares none. An implementation names only the arguments that it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pluggy

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic import BaseModel

    from prodgen_sdk import specs
    from prodgen_sdk.types import (
        Candidate,
        Event,
        Generated,
        GenerationRequest,
        Product,
        Recommendation,
        RecommendationContext,
        Refusal,
        TryOn,
        TryOnRequest,
        UserProfile,
    )

PROJECT = "prodgen"
_F = TypeVar("_F", bound=Callable[..., Any])
_spec = pluggy.HookspecMarker(PROJECT)
_impl = pluggy.HookimplMarker(PROJECT)


def hookspec(function: _F) -> _F:
    return _spec(function)


def hookimpl(function: _F) -> _F:
    """Marks a function of a plugin as an implementation of the hook of the same name.

    >>> @hookimpl
    ... def before_generation(request):
    ...     return request.model_copy(update={"negative": "people"})
    """
    return _impl(function)


class Register(Protocol):
    """Adds one component: its spec, and a factory called as `factory(config, ctx)`."""

    def __call__(self, spec: specs.Spec, factory: str | Callable[..., Any]) -> None: ...


class RegisterCommand(Protocol):
    """Adds one command: its name, its help line, and the dotted path of a Typer app or function."""

    def __call__(self, name: str, help: str, target: str) -> None: ...


class RegisterModel(Protocol):
    """Adds one downloadable model: its name, what it is, and `pull(folder: Path) -> None` or its dotted path."""

    def __call__(self, name: str, summary: str, pull: str | Callable[[Path], None]) -> None: ...


@hookspec
def config_model() -> type[BaseModel] | None:
    """The pydantic model of the plugin's section `[plugins.<name>]` in prodgen.toml."""


@hookspec
def register_describers(register: Register) -> None:
    """Register components that find attributes in a product's words and write a prompt per view, with a `DescriberSpec`."""


@hookspec
def register_text_encoders(register: Register) -> None:
    """Register components that turn words into vectors, with a `TextEncoderSpec`."""


@hookspec
def register_image_encoders(register: Register) -> None:
    """Register components that turn images into vectors, with an `ImageEncoderSpec`."""


@hookspec
def register_generators(register: Register) -> None:
    """Register components that make images of a product, with a `GeneratorSpec`."""


@hookspec
def register_renderers(register: Register) -> None:
    """Register components that draw products from their assets, with a `RendererSpec`."""


@hookspec
def register_compositors(register: Register) -> None:
    """Register components that dress a person's photo, with a `CompositorSpec`."""


@hookspec
def register_body_parsers(register: Register) -> None:
    """Register components that find pose and parts of a person, with a `BodyParserSpec`."""


@hookspec
def register_indexes(register: Register) -> None:
    """Register vector indexes over approved variants, with an `IndexSpec`."""


@hookspec
def register_rankers(register: Register) -> None:
    """Register components that order products for a user, with a `RankerSpec`."""


@hookspec
def register_policies(register: Register) -> None:
    """Register components that choose the variant to show, with a `PolicySpec`."""


@hookspec
def register_evaluators(register: Register) -> None:
    """Register components that measure images, with an `EvaluatorSpec`."""


@hookspec
def register_safety_checkers(register: Register) -> None:
    """Register components that screen words and images, with a `SafetySpec`."""


@hookspec
def register_finishers(register: Register) -> None:
    """Register components that prepare images for a channel, with a `FinisherSpec`."""


@hookspec
def register_trainers(register: Register) -> None:
    """Register what `prodgen train` can run, with a `TrainerSpec`."""


@hookspec
def register_benchmarks(register: Register) -> None:
    """Register what `prodgen bench` can run, with a `BenchmarkSpec`."""


@hookspec
def register_models(register: RegisterModel, config: BaseModel | None) -> None:
    """Register model files that `prodgen models pull` can download, such as those that the plugin's configuration names."""


@hookspec
def register_commands(register: RegisterCommand) -> None:
    """Register the plugin's own commands under `prodgen`."""


@hookspec
def before_generation(request: GenerationRequest, config: BaseModel | None) -> GenerationRequest | None:
    """Change or veto (raise `Refused`) a request before it reaches a generator."""


@hookspec
def after_generation(request: GenerationRequest, pictures: Sequence[Generated], config: BaseModel | None) -> None:
    """Called with the images that a generator made."""


@hookspec
def on_generation_error(request: GenerationRequest, error: Exception, config: BaseModel | None) -> None:
    """Called if a generator failed."""


@hookspec
def before_try_on(request: TryOnRequest, config: BaseModel | None) -> TryOnRequest | None:
    """Change or veto (raise `Refused`) a try-on. The photo is private: do not keep it."""


@hookspec
def after_try_on(request: TryOnRequest, result: TryOn | Refusal, config: BaseModel | None) -> None:
    """Called with what a compositor made. The photo is private: do not keep it."""


@hookspec
def filter_candidates(
    user: UserProfile,
    candidates: Sequence[Candidate],
    context: RecommendationContext,
    products: Callable[[Iterable[str]], Mapping[str, Product]],
    config: BaseModel | None,
) -> Sequence[Candidate] | None:
    """Drop or reorder candidates, or drop some of their variants, before they are ranked; nothing may be added or repeated.

    `products(skus)` returns those of the products that the catalogue knows, with price, stock and attributes, like `Context.products`.
    """


@hookspec
def after_recommendation(
    user: UserProfile,
    recommendations: Sequence[Recommendation],
    context: RecommendationContext,
    config: BaseModel | None,
) -> None:
    """Called with the recommendations of a request."""


@hookspec
def on_event(event: Event, config: BaseModel | None) -> None:
    """Called with each event that is recorded for the first time."""
