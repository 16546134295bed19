"""Schedulers in place of a checkpoint's own, checked before weights load."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from prodgen_diffusers.config import Pipeline
from prodgen_sdk.errors import ConfigError

_SEEDLESS = ("DPMSolverSDEScheduler", "CosineDPMSolverMultistepScheduler")
_SPACINGS = ("linspace", "leading", "trailing")


def check(config: Pipeline, own: Any, settings: Mapping[str, Any], what: str) -> None:
    """Refuses a scheduler, or an option of it, that does not fit.

    Args:
        own: the class of the checkpoint's scheduler.
        settings: what the checkpoint's folder says of it.
        what: the component and its pipeline, for messages.

    Raises:
        ConfigError: there is no such scheduler or option, or it is for models that were trained otherwise.
    """
    import diffusers

    cls = getattr(diffusers, config.scheduler, None) if config.scheduler else own
    if (name := getattr(cls, "__name__", "")) in _SEEDLESS:
        raise ConfigError(
            f"{what}: {name} draws noise that no request's seed rules.",
            hint='Take DPMSolverMultistepScheduler with {algorithm_type = "sde-dpmsolver++"}.',
        )
    if not (isinstance(cls, type) and issubclass(cls, diffusers.SchedulerMixin)):
        near = " or ".join(_like(config.scheduler))
        raise ConfigError(
            f"{what}: diffusers has no scheduler {config.scheduler!r}.", hint=f"Did you mean {near}?" if near else ""
        )
    fields = inspect.signature(cls).parameters
    kept = {name: value for name, value in {**settings, **config.scheduler_options}.items() if name in fields}
    if own is not None and _flows(cls, kept) != _flows(own, settings):
        kind = "flow matching" if _flows(own, settings) else "noise prediction"
        raise ConfigError(
            f"{what}: {cls.__name__} does not fit a model that was trained for {kind} ({own.__name__}).",
            hint="Take a scheduler of the same kind.",
        )
    unknown = next((option for option in config.scheduler_options if option not in fields), None)
    if unknown is not None:
        raise ConfigError(
            f"{what}: {cls.__name__} has no option {unknown!r}.",
            hint=f"It has {', '.join(fields)}.",
        )
    for option, value in config.scheduler_options.items():
        _check_value(option, value, fields[option].annotation, f"{what}: `{option}` of {cls.__name__}")


def replaced(pipe: Any, config: Pipeline, component: str) -> Any:
    """The scheduler that is asked for, with what the pipeline's own one is set to; raises ConfigError where that is not possible."""
    import diffusers

    own = pipe.scheduler
    cls = getattr(diffusers, config.scheduler) if config.scheduler else type(own)
    try:
        return cls.from_config(own.config, **config.scheduler_options)
    except (TypeError, ValueError, KeyError, NotImplementedError, RuntimeError) as error:
        said = next(iter(str(error).splitlines()), type(error).__name__)
        raise ConfigError(
            f"{component}: {cls.__name__} refuses the settings of {type(own).__name__}: {said}",
            hint="Take another scheduler, or set its `scheduler_options`.",
        ) from error


def _check_value(option: str, value: Any, annotation: Any, what: str) -> None:
    """Refuses what diffusers would refuse at the first image, or take without a word."""
    allowed = get_args(annotation) if get_origin(annotation) is Literal else ()
    if option == "timestep_spacing":  # some schedulers declare a str
        allowed = allowed or _SPACINGS
    if allowed:
        near = get_close_matches(str(value), allowed, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"It is one of {', '.join(map(repr, allowed))}."
        if value not in allowed:
            raise ConfigError(f"{what} is {value!r}.", hint=hint)
    elif (
        annotation in (int, float, bool, str)
        and type(value) is not annotation
        and (annotation, type(value)) != (float, int)
    ):
        raise ConfigError(f"{what} is {value!r}.", hint=f"Give a value of the type {annotation.__name__}.")


def _like(wanted: str) -> list[str]:
    """Up to three classes of diffusers: those whose names begin so, as short names of schedulers do, or else the one that comes nearest."""
    import diffusers

    known = [name for name in dir(diffusers) if name.endswith("Scheduler") and name not in _SEEDLESS]
    beginning = [name for name in known if name.lower().startswith(wanted.lower())]
    return beginning[:3] or get_close_matches(wanted, known, n=1, cutoff=0.4)


def _flows(scheduler: Any, settings: Mapping[str, Any]) -> bool:
    """Whether a scheduler of these settings is one of flow matching, as DPM-Solver is in SANA's checkpoints."""
    return str(scheduler.__name__).startswith(("FlowMatch", "SCM")) or bool(settings.get("use_flow_sigmas"))
