"""Models by name, made from plain settings, so that a file can say which model its arrays belong to."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from inspect import signature
from typing import Any

from prodgen_rank.models.base import PreferenceModel
from prodgen_rank.models.recency import Recency
from prodgen_sdk.errors import ConfigError, MissingDependency, NotFound

MODELS: Mapping[str, str] = {
    "popular": "prodgen_rank.models.popularity:Popularity",
    "item-knn": "prodgen_rank.models.neighbours:ItemKnn",
    "ease": "prodgen_rank.models.ease:Ease",
    "ials": "prodgen_rank.models.ials:Ials",
    "transitions": "prodgen_rank.models.transitions:Transitions",
    "sequence": "prodgen_rank.models.sequence:SequenceModel",
    "visual": "prodgen_rank.models.visual:Visual",
    "blend": "prodgen_rank.models.blend:Blend",
}
"""Where each model's class is; none is loaded before it is asked for."""

EXTRAS: Mapping[str, str] = {"sequence": "torch"}
"""The optional package that a model needs."""


def make(name: str, settings: Mapping[str, Any] | None = None) -> PreferenceModel:
    """A model that is not fitted yet.

    Args:
        settings: arguments of its constructor, as JSON or TOML hold them; `recency` may be a table.

    Raises:
        NotFound: there is no such model.
        MissingDependency: what it needs is not installed.
        ConfigError: a setting is unknown or out of its range.

    >>> make("ease", {"l2": 10, "recency": {"step": 0.5}}).recency.step
    0.5
    """
    if name not in MODELS:
        raise NotFound.of("model", name, MODELS)
    module, _, attribute = MODELS[name].partition(":")
    try:
        made = getattr(import_module(module), attribute)
    except ImportError as error:
        extra = EXTRAS.get(name, "")
        raise MissingDependency(
            f"The model {name!r} needs {extra or error.name}, which is not installed.",
            hint=f"Run: pip install 'prodgen-rank[{extra}]'" if extra else "",
        ) from error
    given = dict(settings or {})
    known = list(signature(made).parameters)
    for unknown in sorted(given.keys() - known):
        raise ConfigError(f"{name} has no setting {unknown!r}.", hint=f"It has {', '.join(known) or 'none'}.")
    try:
        if "recency" in given and not isinstance(given["recency"], Recency):
            given["recency"] = Recency(**given["recency"])
        model = made(**given)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{name} cannot be made with {dict(settings or {})} ({error}).") from error
    assert isinstance(model, PreferenceModel)
    return model


def available(name: str) -> bool:
    """Whether what a model needs is installed."""
    from importlib.util import find_spec

    return name not in EXTRAS or find_spec(EXTRAS[name]) is not None
