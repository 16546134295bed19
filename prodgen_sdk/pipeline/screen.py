"""Screening of words and images. It fails closed: what could not be checked is never passed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from prodgen_sdk.bound import BoundSafetyChecker
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ProdgenError, place_of
from prodgen_sdk.host import Host
from prodgen_sdk.interfaces import ScreenItem
from prodgen_sdk.specs import SafetySpec
from prodgen_sdk.types import Screening, Verdict

Modality = Literal["text", "image"]
_STRICTNESS = {"pass": 0, "review": 1, "block": 2}
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class NotReady:
    """Stands for a checker that should have looked, but cannot: whatever it checks goes to review."""

    id: str
    checks: tuple[Modality, ...]
    reason: str


Checker = BoundSafetyChecker | NotReady


def checkers_of(host: Host, ids: Sequence[str] | None) -> list[Checker]:
    """The named checkers, or all that are registered; one that is unknown, lacks something or cannot be built is NotReady."""
    found: list[Checker] = []
    for id in host.registry.ids("safety_checker") if ids is None else ids:
        try:
            found.append(host.get("safety_checker", id))
        except ProdgenError as error:
            entry = next((e for e in host.registry.find(id) if isinstance(e.spec, SafetySpec)), None)
            checks = (
                entry.spec.checks if entry is not None and isinstance(entry.spec, SafetySpec) else ("text", "image")
            )
            found.append(NotReady(id, checks, str(error)))
    return found


def screen(
    items: Sequence[ScreenItem],
    checkers: Sequence[Checker],
    *,
    required: Sequence[Modality] = ("text",),
    ctx: Context | None = None,
) -> list[Screening]:
    """The strictest verdict on each item.

    A checker that raises, or that answers out of its contract, means `review` for every item it should have checked; so does a
    required modality that no checker looked at.
    """
    verdicts: list[list[Verdict]] = [[] for _ in items]
    covered: list[set[Modality]] = [set() for _ in items]
    for checker in checkers:
        checks = set(checker.checks)
        places = [place for place, item in enumerate(items) if checks & _modalities(item)]
        if not places:
            continue
        answers = _check(checker, [items[place] for place in places], ctx)
        for place, verdict in zip(places, answers, strict=True):
            verdicts[place].append(verdict)
            covered[place] |= checks
    for item, found, seen in zip(items, verdicts, covered, strict=True):
        for modality in sorted((set(required) & _modalities(item)) - seen):
            found.append(Verdict(outcome="review", reasons=(f"no checker of {modality} is installed",)))
    return [combine(found) for found in verdicts]


def combine(verdicts: Sequence[Verdict]) -> Screening:
    """The strictest of several verdicts; none at all is a pass."""
    outcome = max((v.outcome for v in verdicts), key=_STRICTNESS.__getitem__, default="pass")
    return Screening(outcome=outcome, verdicts=tuple(verdicts))


def _modalities(item: ScreenItem) -> set[Modality]:
    modalities: set[Modality] = {"text"} if item.text.strip() else set()
    return modalities | {"image"} if item.image is not None else modalities


def _told(error: Exception, checker: BoundSafetyChecker) -> str:
    """What a log may say: how the contract was broken, but of what a checker itself raises, which may quote what it screened, kind and place."""
    if error.__cause__ is None:
        return str(error)
    package = type(checker.component).__module__.partition(".")[0]
    return f"{type(error.__cause__).__name__}{place_of(error.__cause__, package)}"


def _check(checker: Checker, items: list[ScreenItem], ctx: Context | None) -> list[Verdict]:
    if isinstance(checker, NotReady):
        waiting = Verdict(
            outcome="review", reasons=(f"{checker.id} is not ready: {checker.reason}",), checker=checker.id
        )
        return [waiting] * len(items)
    try:
        return checker.check(items, ctx)
    except Exception as error:
        logger.warning("the safety checker %s failed: %s", checker.id, _told(error, checker))
        logger.debug("where it failed:", exc_info=True)
        broken = Verdict(outcome="review", reasons=(f"{checker.id} could not check it",), checker=checker.id)
        return [broken] * len(items)
