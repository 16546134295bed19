"""The Open Bandit logs: Thompson sampling valued from the uniform log, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.benchmarks.options import whole
from prodgen_rank.evaluation.off_policy import Logged, evaluate
from prodgen_rank.evaluation.off_policy_model import cross_fit_logistic
from prodgen_rank.evaluation.off_policy_report import Finding, on_policy_value
from prodgen_rank.evaluation.open_bandit import (
    CAMPAIGNS,
    POSITIONS,
    Campaign,
    read_campaign,
    read_prior,
    thompson_distribution,
)
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

_FOLDS = 3


def findings(options: Mapping[str, Any], ctx: Context) -> list[Finding]:
    """Both directions of the campaigns asked for."""
    asked = str(options.get("campaign", "all"))
    if asked not in CAMPAIGNS:
        raise InputError(f"There is no campaign {asked!r}.", hint=f"There are {', '.join(CAMPAIGNS)}.")
    # The campaign of the name "all" is asked for together with the other two.
    names = CAMPAIGNS if asked == "all" else (asked,)
    folder = _folder(Path(str(options["data"])))
    prior = Path(str(options.get("prior", ""))) if options.get("prior") else _prior_beside(folder)
    draws, seed = whole(options, "draws", 100_000), whole(options, "seed", 12345, least=0)
    found: list[Finding] = []
    for step, name in enumerate(names):
        ctx.check()
        ctx.progress(step, len(names), name)
        found += _of_campaign(folder, prior, name, draws, seed)
    return found


def _of_campaign(folder: Path, prior: Path, name: str, draws: int, seed: int) -> Iterator[Finding]:
    by_random, by_bts = (read_campaign(folder, policy, name) for policy in ("random", "bts"))
    items = len(by_random.items)
    thompson = thompson_distribution(*read_prior(prior, name), draws=draws, seed=seed)
    if len(thompson) != items:
        raise InputError(f"{prior} has priors of {len(thompson)} items for {name}, the log has {items}.")
    uniform = np.full((items, POSITIONS), 1 / items)
    yield _finding(f"{name}_bts", f"{name}: Thompson sampling, from the uniform log", by_random, thompson, by_bts)
    yield _finding(f"{name}_random", f"{name}: uniform, from the log of Thompson sampling", by_bts, uniform, by_random)


def _finding(name: str, title: str, log: Campaign, distribution: Floats, own: Campaign) -> Finding:
    context = np.column_stack([log.user, np.eye(POSITIONS)[log.position]])
    predictions = cross_fit_logistic(context, log.items, log.action, log.reward, folds=_FOLDS)
    logged = Logged.of(log.reward, log.pscore, log.action, distribution[:, log.position].T, predictions)
    return Finding(name, title, evaluate(logged), logged.weights, on_policy_value(own.reward))


def _folder(given: Path) -> Path:
    for folder in (given, given / "dataset" / "obd", given / "obd"):
        if (folder / "random").is_dir():
            return folder
    raise InputError(f"{given} holds no logs of the Open Bandit Dataset.", hint="It has the folders random/ and bts/.")


def _prior_beside(folder: Path) -> Path:
    name = "prior_bts.yaml"
    for path in (folder / name, folder.parents[1] / "policy" / "conf" / name):
        if path.is_file():
            return path
    raise InputError(
        f"The priors of the shop's Thompson sampler are not beside {folder}.",
        hint="Give the file prior_bts.yaml of the package obp with -o prior=FILE.",
    )
