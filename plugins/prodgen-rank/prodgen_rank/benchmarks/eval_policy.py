"""`prodgen eval policy`: what variant policies are worth, from a log that another policy made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.benchmarks import eval_policy_open_bandit
from prodgen_rank.benchmarks.options import check_names, real
from prodgen_rank.evaluation import off_policy_policies, off_policy_report
from prodgen_rank.evaluation.diagnostics import Refused, diagnose
from prodgen_rank.evaluation.off_policy import evaluate
from prodgen_rank.evaluation.off_policy_log import Decision, halves, join, logged, usable, users_of
from prodgen_rank.evaluation.off_policy_model import cross_fit_rates
from prodgen_rank.evaluation.off_policy_report import Finding
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.events import read_events
from prodgen_sdk.interfaces import Benchmark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodgen_rank.config import Config

    Floats = NDArray[np.floating[Any]]

_LOG_OPTIONS = ("data", "out", "format", "policy", "replay", "attribution_minutes", "until")
_OPEN_BANDIT_OPTIONS = ("data", "out", "format", "campaign", "prior", "draws", "seed")
_FEWEST_REPLAYED = 100
_BARE = "Judged as it chooses for a user of whom nothing is known, by the ids of what is offered; "


class PolicyEvaluation(Benchmark):
    """Values of policies with intervals, the weights that they rest on, and refusals.

    Options:
        data: the event log as JSON Lines; a workspace's own if left out.
        policy: ids of policy components to value too, with commas between.
        replay=1: also lets each of these run through the whole log from nothing, learning as it goes.
        attribution_minutes (30): how long after an impression an answer still belongs to it.
        until: ISO time that it is now; impressions whose window is still open are left out.
        format=open-bandit: `data` is the folder of the Open Bandit Dataset instead; then campaign (all, which is all three; men;
            women), prior (prior_bts.yaml), draws (100000) and seed (12345).
        out: a folder for a report with plots.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        kind = str(options.get("format", "log"))
        if kind not in ("log", "open-bandit"):
            raise InputError(f"There is no format {kind!r}.", hint="There are log and open-bandit.")
        known = _LOG_OPTIONS if kind == "log" else _OPEN_BANDIT_OPTIONS
        check_names(options, known)
        if not options.get("data"):
            raise InputError("There is no log to evaluate on.", hint="Give --data PATH, or run it in a workspace.")
        figures: dict[str, Any] = {}
        if kind == "open-bandit":
            found = eval_policy_open_bandit.findings(options, ctx)
            about = "Open Bandit Dataset; the value on policy is that of the policy's own log."
        else:
            decisions, figures = _decisions(options)
            found = self._of_log(decisions, options, ctx)
            about = f"{len(decisions)} impressions of {figures['users']} users; intervals take users as drawn, not impressions."
            if options.get("replay"):
                for id in _ids(options):
                    figures |= self._replayed(id, decisions, ctx)
        figures |= off_policy_report.figures_of(found)
        if options.get("out"):
            figures |= off_policy_report.write(found, Path(str(options["out"])), about)
        return figures

    def _of_log(self, decisions: list[Decision], options: Mapping[str, Any], ctx: Context) -> list[Finding]:
        earlier, later = halves(decisions)
        history = off_policy_policies.best_by_history
        found = [
            _as_logged("logged", "what was shown", decisions),
            _finding("uniform", "any variant", decisions, off_policy_policies.uniform(decisions)),
            _finding("first", "always the first variant", decisions, off_policy_policies.first(decisions)),
        ]
        if earlier:
            found += [
                _as_logged("logged_later", "what was shown, later half", later),
                _finding(
                    "best_by_history",
                    "the best variant of the earlier half, on the later",
                    later,
                    history(earlier, later),
                ),
            ]
        return found + [self._of_component(id, earlier, later, ctx) for id in _ids(options)]

    def _of_component(self, id: str, earlier: list[Decision], later: list[Decision], ctx: Context) -> Finding:
        policy, note = self._fresh(id), "it learnt from the earlier half and is valued on the later."
        if policy is not None:
            policy.update([d.feedback for d in earlier], Context())
        else:
            policy = ctx.lookup("policy", id)
            note = "it is taken as it is now: what it learnt from these very rows makes it look better than it is."
        name = _key(id)
        distributions = off_policy_policies.of_component(policy, later, ctx)
        if distributions is None:
            weights = np.zeros(len(later))
            reason = f"{id} did not show its probabilities within the requests that it was asked."
            refused = Refused(reason, "Give it a higher floor of exploration.", diagnose(weights, weights + 1, weights))
            return Finding(name, id, refused, np.zeros(0))
        return _finding(name, id, later, distributions, _BARE + note)

    def _replayed(self, id: str, decisions: list[Decision], ctx: Context) -> dict[str, Any]:
        policy, name = self._fresh(id), _key(id)
        if policy is None:
            return {f"{name}_replay_refused": f"{id} cannot be made anew here, so it would replay what it has learnt."}
        in_time = sorted(decisions, key=lambda d: d.feedback.at)
        found = off_policy_policies.replay_component(policy, in_time, ctx)
        figures: dict[str, Any] = {f"{name}_replay_rows": len(found.rewards)}
        if len(found.rewards) < _FEWEST_REPLAYED:
            reason = f"{len(found.rewards)} rows of {found.rows} are left (at least {_FEWEST_REPLAYED} are needed)."
            return figures | {f"{name}_replay_refused": reason}
        low, high = found.interval
        return figures | {f"{name}_replay": found.value, f"{name}_replay_low": low, f"{name}_replay_high": high}

    def _fresh(self, id: str) -> Any:
        """A policy of this distribution that has learnt nothing; None for one of another."""
        from prodgen_rank.plugin import register_policies

        places: dict[str, Any] = {}
        register_policies(lambda spec, factory: places.update({spec.id: factory}))
        if id not in places:
            return None
        module, _, name = str(places[id]).partition(":")
        return getattr(import_module(module), name)(self._config, Context())


def _ids(options: Mapping[str, Any]) -> list[str]:
    return [part.strip() for part in str(options.get("policy", "")).split(",") if part.strip()]


def _key(id: str) -> str:
    return id.replace("/", "_").replace("-", "_")


def _decisions(options: Mapping[str, Any]) -> tuple[list[Decision], dict[str, Any]]:
    path = Path(str(options["data"]))
    rows = list(read_events(path))
    minutes = real(options, "attribution_minutes", 30)
    events, window = [row.event for row in rows if row.event is not None], timedelta(minutes=minutes)
    joined = join(events, window=window, until=_time(options.get("until")))
    decisions = usable(joined)
    if not decisions:
        waiting = len(join(events, window=window)) - len(joined)
        if waiting and not joined:
            raise InputError(
                f"{waiting} impressions in {path} are still open to answers, and none is older than {minutes:g} minutes.",
                hint="Wait, or shorten the window: -o attribution_minutes=5.",
            )
        raise InputError(
            f"Of {len(joined)} impressions in {path} none says with what probability it was made, and among what.",
            hint="Impressions that Studio.recommend logs say both; answers have the attribution window to come in.",
        )
    figures = {
        "impressions": len(decisions),
        "impressions_left_out": len(joined) - len(decisions),
        "lines_rejected": sum(row.event is None for row in rows),
        "users": len({d.feedback.user for d in decisions}),
        "rewarded": sum(d.feedback.reward > 0 for d in decisions),
    }
    return decisions, figures


def _time(given: Any) -> datetime:
    if given in (None, ""):
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(str(given))
    except ValueError:
        raise InputError(f"until={given!r} is no ISO time, such as 2026-03-01T12:00.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _as_logged(name: str, title: str, decisions: Sequence[Decision]) -> Finding:
    """The logging policy itself: every weight is 1, and every estimate the mean."""
    log = logged(decisions, [np.full(len(d.offered), d.feedback.propensity) for d in decisions])
    return Finding(name, title, evaluate(log), log.weights)


def _finding(
    name: str, title: str, decisions: Sequence[Decision], distributions: Sequence[Floats], note: str = ""
) -> Finding:
    reward = np.asarray([d.feedback.reward for d in decisions])
    predictions = cross_fit_rates(
        [d.offered for d in decisions], [d.feedback.variant for d in decisions], reward, users_of(decisions)
    )
    log = logged(decisions, distributions, predictions)
    return Finding(name, title, evaluate(log), log.weights, note=note)
