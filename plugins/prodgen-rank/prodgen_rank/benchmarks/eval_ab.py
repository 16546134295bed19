"""`prodgen eval ab`: whether an A/B test may be read, and what it says at whatever time one looks."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_rank.benchmarks.options import check_names, real, whole
from prodgen_rank.evaluation.ab_test import Arm, Refused, read, sample_size
from prodgen_rank.evaluation.ab_test_power import simulate
from prodgen_rank.evaluation.off_policy_log import Decision, join
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.events import read_events
from prodgen_sdk.interfaces import Benchmark

if TYPE_CHECKING:
    from prodgen_rank.config import Config

Looks = list[tuple[Arm, Arm]]
_OPTIONS = (
    "data", "control", "treatment", "share", "effect", "alpha", "power", "looks", "attribution_minutes", "replications",
)  # fmt: skip
_DEFAULT_EFFECT = 0.1


class AbEvaluation(Benchmark):
    """Sample ratio first, then an always-valid comparison of two arms, and how the test behaves.

    Options:
        data: a CSV with columns `arm`, `n`, `successes`, one row an arm and look, each with all users so far; or an event log
            as JSON Lines, in which a user's arm is the policy (its id, without the version) that chose for them and a
            success is a user who answered. A workspace's own log if left out.
        control, treatment: names of the arms; with two arms only, the first by name is the control.
        share: planned share of users in the control, of these two (0.5).
        effect: absolute difference worth finding, above 0; a tenth of the control's rate at the first look with ten successes if
            left out.
        alpha (0.05), power (0.8), looks at a log (20), attribution_minutes (30), replications of the simulation (1000).
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        check_names(options, _OPTIONS)
        if not options.get("data"):
            raise InputError(
                "There is no test to evaluate.", hint="Give --data FILE.csv or a log, or run it in a workspace."
            )
        path = Path(str(options["data"]))
        alpha, share = real(options, "alpha", 0.05, below=1), real(options, "share", 0.5, below=1)
        arms, figures = _from_csv(path) if path.suffix.lower() == ".csv" else _from_log(path, options)
        control, treatment = _names(arms, options)
        looks = _paired(arms[control], arms[treatment])
        last = looks[-1]
        figures |= {"control": control, "treatment": treatment, "looks": len(looks), "alpha": alpha}
        for name, arm in (("control", last[0]), ("treatment", last[1])):
            figures |= {f"{name}_users": arm.n, f"{name}_rate": arm.mean}
        effect, looks = _effect(looks, options)
        figures["effect_expected"] = effect
        found = read(looks, tau=effect, shares=(share, 1 - share), alpha=alpha)
        if isinstance(found, Refused):
            return figures | {
                "refused": found.reason,
                "what_to_do": found.what_to_do,
                "sample_ratio_p": found.ratio.p,
                "sample_ratio_method": found.ratio.method,
            }
        figures |= {"difference": found.difference, "p_always_valid": found.p, "significant": found.significant}
        if found.high < float("inf"):
            figures |= {"difference_low": found.low, "difference_high": found.high}
        return figures | _behaviour(last[0], effect, len(looks), alpha, options)


def _from_csv(path: Path) -> tuple[dict[str, list[Arm]], dict[str, Any]]:
    arms: dict[str, list[Arm]] = defaultdict(list)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                n, successes = int(row["n"]), float(row["successes"])
                before = arms[row["arm"]][-1] if arms[row["arm"]] else Arm(0, 0.0, 0.0)
                if not (0 <= successes <= n and n >= before.n and successes >= before.total):
                    raise ValueError(f"arm {row['arm']}: {successes:g} of {n} after {before.total:g} of {before.n}")
                arms[row["arm"]].append(Arm.of_rate(n, successes))
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}).") from None
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} is no table of an A/B test ({error}).",
            hint="It has the columns arm, n, successes; a later row of an arm counts all users so far.",
        ) from None
    return dict(arms), {}


def _from_log(path: Path, options: Mapping[str, Any]) -> tuple[dict[str, list[Arm]], dict[str, Any]]:
    """Users enter a look when they are first seen; whoever saw two policies is in no arm."""
    minutes = real(options, "attribution_minutes", 30)
    events = (row.event for row in read_events(path) if row.event is not None)
    decisions = [d for d in join(events, window=timedelta(minutes=minutes)) if d.policy]
    seen: dict[str, set[str]] = defaultdict(set)
    for d in decisions:
        seen[d.feedback.user].add(_arm(d))
    several = sum(len(policies) > 1 for policies in seen.values())
    figures: dict[str, Any] = {"users": len(seen), "users_in_several_arms": several}
    own = sorted((d for d in decisions if len(seen[d.feedback.user]) == 1), key=lambda d: d.feedback.at)
    names = sorted({_arm(d) for d in own})
    looks, arms = whole(options, "looks", 20), {name: list[Arm]() for name in names}
    users: dict[str, set[str]] = {name: set() for name in names}
    winners: dict[str, set[str]] = {name: set() for name in names}
    for number, d in enumerate(own, 1):
        users[_arm(d)].add(d.feedback.user)
        if d.feedback.reward > 0:
            winners[_arm(d)].add(d.feedback.user)
        if number * looks // len(own) > (number - 1) * looks // len(own):
            for name in names:
                arms[name].append(Arm.of_rate(len(users[name]), len(winners[name])))
    return arms, figures


def _arm(decision: Decision) -> str:
    return decision.policy.partition("@")[0]


def _names(arms: Mapping[str, Sequence[Arm]], options: Mapping[str, Any]) -> tuple[str, str]:
    known = sorted(arms)
    control = str(options.get("control", known[0] if known else ""))
    others = [name for name in known if name != control]
    treatment = str(options.get("treatment", others[0] if len(others) == 1 else ""))
    if control not in arms or treatment not in arms or control == treatment:
        raise InputError(
            f"Which arms? There are {', '.join(known) or 'none'}.", hint="Name two: -o control=NAME -o treatment=NAME."
        )
    return control, treatment


def _paired(control: Sequence[Arm], treatment: Sequence[Arm]) -> Looks:
    if len(control) != len(treatment):
        raise InputError(f"The control has {len(control)} looks, the treatment {len(treatment)}.")
    return list(zip(control, treatment, strict=True))


def _effect(looks: Looks, options: Mapping[str, Any]) -> tuple[float, Looks]:
    """The effect to look for, and the looks that may be compared with it."""
    if "effect" in options:
        return real(options, "effect", 0, below=1), looks
    for place, (control, _) in enumerate(looks):
        if control.total >= 10:
            # It was chosen from this look: all but the last look wait until after it.
            return _DEFAULT_EFFECT * control.mean, looks[min(place + 1, len(looks) - 1) :]
    raise InputError("The control has fewer than ten successes.", hint="Say what to look for: -o effect=0.005.")


def _behaviour(
    control: Arm, effect: float, looks: int, alpha: float, options: Mapping[str, Any]
) -> dict[str, float | int]:
    """The test on made-up users with the control's rate: how often it errs, and how often it finds the effect."""
    found: dict[str, float | int] = {}
    base = control.mean
    if not 0 < base < 1 - effect:
        return found
    power, replications = real(options, "power", 0.8, below=1), whole(options, "replications", 1000)
    found["users_an_arm_needed_for_one_look"] = needed = sample_size(base, effect, alpha=alpha, power=power)
    for name, rate in (("type_1_error", base), ("power", base + effect)):
        behaviour = simulate(
            base,
            rate,
            control.n,
            tau=effect,
            alpha=alpha,
            looks=min(looks, control.n),
            replications=replications,
        )
        found |= {f"{name}_simulated": behaviour.called, f"{name}_of_naive_peeking": behaviour.naive}
    found["power_simulated_at_twice_needed"] = simulate(
        base, base + effect, 2 * needed, tau=effect, alpha=alpha, looks=min(100, 2 * needed), replications=replications
    ).called
    return found
