"""Estimators against known truth, against each other, and against the reference implementation where it is installed."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_rank.evaluation.diagnostics import Diagnostics, Limits, Refused, diagnose, refusal
from prodgen_rank.evaluation.off_policy import (
    Evaluation,
    Logged,
    dm,
    dr,
    evaluate,
    ipw,
    sndr,
    snips,
    switch_dr,
)
from prodgen_rank.evaluation.off_policy_model import cross_fit_logistic, cross_fit_rates, fit_logistic, fold_of, sigmoid

from prodgen_sdk.errors import InputError

CONTEXTS, ACTIONS = 4, 5


def world(seed: int = 0):
    """P(reward | context, action), the logging policy and another one, each [contexts, actions]."""
    rng = np.random.default_rng(seed)
    rates = rng.uniform(0.02, 0.6, (CONTEXTS, ACTIONS))
    logging = rng.dirichlet(np.full(ACTIONS, 2.0), CONTEXTS) * 0.75 + 0.25 / ACTIONS
    other = rng.dirichlet(np.full(ACTIONS, 0.7), CONTEXTS)
    return rates, logging, other


def sample(rates, logging, other, n: int, rng, predictions=None, binary: bool = True) -> Logged:
    context = rng.integers(0, CONTEXTS, n)
    action = (rng.random(n)[:, None] > np.cumsum(logging[context], axis=1)).sum(axis=1).clip(0, ACTIONS - 1)
    mean = rates[context, action]
    reward = (rng.random(n) < mean).astype(float) if binary else mean
    model = None if predictions is None else predictions[context]
    return Logged.of(reward, logging[context, action], action, other[context], model)


def logs(min_size: int = 1, max_size: int = 12):
    row = st.tuples(st.floats(0, 1), st.floats(0.01, 1), st.floats(0.001, 1), st.floats(0, 1), st.floats(0, 1))
    return st.lists(row, min_size=min_size, max_size=max_size).map(lambda rows: Logged(*np.asarray(rows).T))


@pytest.mark.parametrize("name", ["ipw", "snips", "dr", "sndr", "ipw_clipped_high", "dr_wrong_propensities"])
def test_the_mean_over_many_logs_is_the_truth(name: str) -> None:
    rates, logging, other = world()
    truth, rng = float((other * rates).sum(axis=1).mean()), np.random.default_rng(1)
    noisy = np.clip(rates + rng.normal(0, 0.2, rates.shape), 0, 1)
    estimates = []
    for _ in range(1500):
        if name == "dr_wrong_propensities":
            log = sample(rates, logging, other, 400, rng, rates)
            log = Logged(log.reward, np.sqrt(log.pscore), log.pi_e, log.predicted, log.expected)
        else:
            log = sample(rates, logging, other, 400, rng, noisy)
        rows = {"ipw": ipw, "snips": snips, "dr": dr, "sndr": sndr, "dr_wrong_propensities": dr}.get(
            name, lambda log: ipw(log, 1e6)
        )(log)
        estimates.append(rows.mean())
    error = np.std(estimates, ddof=1) / len(estimates) ** 0.5
    # Self-normalisation has a bias of order 1 / n.
    assert abs(np.mean(estimates) - truth) < 4 * error + (0.002 if name in ("snips", "sndr") else 0)
    assert error < 0.002


def test_ipw_with_wrong_propensities_and_dm_with_a_wrong_model_are_off() -> None:
    rates, logging, other = world()
    truth = float((other * rates).sum(axis=1).mean())
    log = sample(rates, logging, other, 50_000, np.random.default_rng(2), np.full_like(rates, 0.3))
    assert abs(ipw(Logged(log.reward, np.sqrt(log.pscore), log.pi_e)).mean() - truth) > 0.02
    assert dm(log).mean() == pytest.approx(0.3)
    assert abs(dr(log).mean() - truth) < 0.02


def test_the_spread_of_rows_is_the_spread_of_estimates() -> None:
    rates, logging, other = world(3)
    rng, predictions = np.random.default_rng(3), np.full((CONTEXTS, ACTIONS), 0.25)
    drawn = [sample(rates, logging, other, 500, rng, predictions) for _ in range(800)]
    for estimator in (ipw, snips, dr, sndr, lambda log: switch_dr(log, 1.5)):
        rows = [estimator(log) for log in drawn]
        claimed = np.mean([r.std(ddof=1) / len(r) ** 0.5 for r in rows])
        assert claimed == pytest.approx(np.std([r.mean() for r in rows]), rel=0.1)


@given(logs(2), st.floats(0.1, 10))
def test_snips_does_not_care_about_the_scale_of_weights(log: Logged, factor: float) -> None:
    scaled = Logged(log.reward, log.pscore * factor, log.pi_e)
    assert snips(scaled).mean() == pytest.approx(snips(log).mean())
    assert ipw(scaled).mean() == pytest.approx(ipw(log).mean() / factor)
    assert log.reward.min() - 1e-9 <= snips(log).mean() <= log.reward.max() + 1e-9


@given(logs())
def test_the_logging_policy_is_worth_its_mean_reward(log: Logged) -> None:
    own = Logged(log.reward, log.pscore, log.pscore)
    assert ipw(own) == pytest.approx(log.reward)
    assert snips(own).mean() == pytest.approx(log.reward.mean())
    assert diagnose(own.pi_e, own.pscore, own.reward).ess == pytest.approx(len(log.reward))


@given(logs())
def test_doubly_robust_at_its_ends(log: Logged) -> None:
    never = Logged(log.reward, log.pscore, np.zeros_like(log.pi_e), log.predicted, log.expected)
    assert dr(never) == pytest.approx(dm(never))
    assert switch_dr(log, 0.0) == pytest.approx(dm(log))
    assert switch_dr(log, np.inf) == pytest.approx(dr(log))
    assert dr(log, clip=0.0) == pytest.approx(dm(log))
    no_model = Logged(log.reward, log.pscore, log.pi_e, np.zeros_like(log.reward), np.zeros_like(log.reward))
    assert dr(no_model) == pytest.approx(ipw(log))
    assert sndr(no_model).mean() == pytest.approx(snips(log).mean())
    exact = Logged(log.reward, log.pscore, log.pi_e, log.reward, log.expected)
    assert dr(exact) == pytest.approx(exact.expected)


@given(logs(), st.floats(0, 5))
def test_clipping_only_takes_away(log: Logged, clip: float) -> None:
    assert (ipw(log, clip) <= ipw(log) + 1e-12).all()
    assert (ipw(log, clip) <= clip * log.reward + 1e-12).all()


@given(st.lists(st.floats(0.001, 100), min_size=1, max_size=40))
def test_effective_sample_size_is_between_one_and_all(weights) -> None:
    w = np.asarray(weights) / 1000
    found = diagnose(w, np.full(len(w), 0.5), np.ones(len(w)))
    assert 1 - 1e-9 <= found.ess <= len(w) + 1e-9
    assert found.effective_clicks == pytest.approx(found.ess)
    equal = diagnose(np.full(len(w), 0.25), np.full(len(w), 0.5), np.ones(len(w)))
    assert (equal.ess, equal.mean, equal.max) == pytest.approx((len(w), 0.5, 0.5))


def test_refusals_each_with_their_reason() -> None:
    rng = np.random.default_rng(0)
    uniform, reward = np.full(5000, 0.25), (rng.random(5000) < 0.1).astype(float)
    matches = (rng.random(5000) < 0.25).astype(float)
    assert refusal(diagnose(matches, uniform, reward)) is None
    gaps = uniform.copy()
    gaps[:3] = np.nan
    one = np.full(5000, 0.25)
    one_pscore = np.where(np.arange(5000) == 7, 1e-7, 0.25)
    cases = {
        "3 of 5000 rows have no propensity": (matches, gaps),
        "no overlap": (np.zeros(5000), uniform),
        r"worth 1\.0 of": (one, one_pscore),
        "mean weight is 0.25": (uniform, np.ones(5000)),
        "mean weight is 2.00": (np.full(5000, 0.5), uniform),
    }
    for reason, (pi_e, pscore) in cases.items():
        answer = evaluate(Logged(reward, pscore, pi_e))
        assert isinstance(answer, Refused)
        assert re.search(reason, answer.reason), answer.reason
        assert answer.what_to_do
        assert answer.diagnostics.n == 5000
    lax = Limits(min_ess=0, max_weight_share=1, mean_tolerance=np.inf)
    assert refusal(diagnose(one, one_pscore, reward), lax) is None
    heavy = np.where(np.arange(5000) == 7, 0.25 / 400, 0.25)
    assert "One row carries 7%" in refusal(diagnose(one, heavy, reward)).reason


def test_more_exploration_turns_a_refusal_into_an_answer() -> None:
    """A log that shows one variant 999 times in 1000 cannot value another; one with a floor of 10 % can."""
    rates, rng = np.tile([0.1, 0.3], (CONTEXTS, 1)), np.random.default_rng(5)

    def ask(floor: float) -> Evaluation | Refused:
        action = (rng.random(5000) < floor).astype(int)
        pscore = np.where(action == 1, floor, 1 - floor)
        reward = (rng.random(5000) < rates[0, action]).astype(float)
        return evaluate(Logged(reward, pscore, (action == 1).astype(float)))

    assert isinstance(ask(0.001), Refused)
    answer = ask(0.1)
    assert isinstance(answer, Evaluation)
    assert answer.estimates["snips"].low < 0.3 < answer.estimates["snips"].high
    assert answer.estimates["gain"].low > 0.1


def test_no_clicks_give_no_empty_interval() -> None:
    n = 1000
    answer = evaluate(Logged(np.zeros(n), np.full(n, 0.5), np.tile([1.0, 0.0], n // 2)))
    assert isinstance(answer, Evaluation)
    for name in ("ipw", "snips"):
        found = answer.estimates[name]
        assert (found.value, found.low) == (0.0, 0.0)
        assert 3.5 / 500 < found.high < 4 / 500
        assert found.method == "clopper-pearson"
    assert "gain" not in answer.estimates


@pytest.mark.parametrize(("rate", "n", "least"), [(0.004, 3000, 0.92), (0.5, 600, 0.87)])
def test_intervals_cover_the_truth(rate: float, n: int, least: float) -> None:
    """Uniform log of six variants, a peaked policy; few clicks in the first case, many in the second."""
    rng, other = np.random.default_rng(6), np.asarray([0.6, 0.2, 0.1, 0.05, 0.03, 0.02])
    rates = rate * np.asarray([1.5, 1.0, 0.5, 1.0, 1.0, 1.0])
    truth, covered, runs = float(other @ rates), {"ipw": 0, "snips": 0}, 50
    methods = set()
    for _ in range(runs):
        action = rng.integers(0, 6, n)
        answer = evaluate(Logged((rng.random(n) < rates[action]) * 1.0, np.full(n, 1 / 6), other[action]))
        for name in covered:
            found = answer.estimates[name]
            covered[name] += found.low <= truth <= found.high
            methods.add(found.method)
    assert methods == {"clopper-pearson" if rate < 0.1 else "bootstrap"}
    assert min(covered.values()) / runs >= least


def test_shapes_and_ranges_are_checked() -> None:
    with pytest.raises(InputError, match="shapes"):
        Logged(np.zeros(3), np.ones(2), np.zeros(3))
    with pytest.raises(InputError, match="no rows"):
        Logged(np.zeros(0), np.zeros(0), np.zeros(0))
    with pytest.raises(InputError, match="between 0 and 1"):
        Logged(np.zeros(2), np.ones(2), np.asarray([0.5, 1.5]))
    with pytest.raises(InputError, match="reward model"):
        dr(Logged(np.zeros(2), np.ones(2), np.ones(2)))
    with pytest.raises(InputError, match="All weights are 0"):
        snips(Logged(np.zeros(2), np.ones(2), np.zeros(2)))


def test_figures_are_flat_json() -> None:
    import json

    rates, logging, other = world()
    answer = evaluate(sample(rates, logging, other, 3000, np.random.default_rng(7), rates))
    figures = json.loads(json.dumps(answer.figures(), allow_nan=False))
    assert {"ipw", "snips_low", "dr_high", "dm", "ess", "mean_weight", "max_weight", "weight_p99.9"} <= set(figures)
    assert "dm_low" not in figures
    assert isinstance(answer.diagnostics, Diagnostics)


def test_logistic_regression_against_a_plain_minimiser() -> None:
    from scipy.optimize import minimize

    rng = np.random.default_rng(8)
    x = rng.normal(size=(300, 4))
    y = (rng.random(300) < sigmoid(x @ [1.0, -2.0, 0.0, 0.5] - 1)).astype(float)

    def loss(w):
        odds = x @ w[:4] + w[4]
        return np.logaddexp(0, odds).sum() - y @ odds + 0.5 * 2.0 * (w[:4] ** 2).sum()

    plain = minimize(loss, np.zeros(5), method="BFGS", options={"gtol": 1e-8}).x
    assert fit_logistic(x, y, penalty=2.0) == pytest.approx(plain, abs=1e-4)
    assert np.isfinite(fit_logistic(x, np.zeros(300))).all()
    assert sigmoid(fit_logistic(x, np.zeros(300))[-1]) < 0.01


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(2, 5))
def test_clusters_stay_in_one_fold(clusters, folds) -> None:
    fold = fold_of(np.asarray(clusters), folds, 0)
    assert all(len({f for f, c in zip(fold, clusters, strict=True) if c == name}) == 1 for name in clusters)
    assert fold.min() >= 0
    assert fold.max() < folds


def test_no_row_is_predicted_by_a_model_that_saw_it() -> None:
    """Rewards that are pure noise cannot be predicted; a model that saw them would seem to."""
    rng = np.random.default_rng(9)
    reward = (rng.random(400) < 0.5).astype(float)
    action = np.arange(400) % 100
    own = cross_fit_logistic(np.zeros((400, 1)), np.eye(100), action, reward, folds=4, penalty=0.01)
    seen = own[np.arange(400), action]
    assert np.corrcoef(seen, reward)[0, 1] < 0.15
    rates = cross_fit_rates([tuple("ab")] * 400, ["a"] * 400, reward, np.arange(400), folds=400, prior_rows=1e-12)
    left_out = np.asarray([(reward.sum() - r) / 399 for r in reward])
    assert np.asarray([q[0] for q in rates]) == pytest.approx(left_out)


def test_equal_to_the_reference_implementation() -> None:
    pytest.importorskip("sklearn")
    ope = pytest.importorskip("obp.ope", exc_type=ImportError)
    rates, logging, other = world(10)
    rng, n = np.random.default_rng(10), 2000
    context = rng.integers(0, CONTEXTS, n)
    action = (rng.random(n)[:, None] > np.cumsum(logging[context], axis=1)).sum(axis=1).clip(0, ACTIONS - 1)
    reward = (rng.random(n) < rates[context, action]).astype(float)
    pscore, predictions = logging[context, action], np.clip(rates[context] + 0.1, 0, 1)
    log = Logged.of(reward, pscore, action, other[context], predictions)
    given = {"reward": reward, "action": action, "pscore": pscore, "action_dist": other[context][:, :, None]}
    model = {"estimated_rewards_by_reg_model": predictions[:, :, None]}
    pairs = [
        (ope.InverseProbabilityWeighting().estimate_policy_value(**given), ipw(log)),
        (ope.SelfNormalizedInverseProbabilityWeighting().estimate_policy_value(**given), snips(log)),
        (ope.DirectMethod().estimate_policy_value(**given, **model), dm(log)),
        (ope.DoublyRobust().estimate_policy_value(**given, **model), dr(log)),
        (ope.SwitchDoublyRobust(tau=1.5).estimate_policy_value(**given, **model), switch_dr(log, 1.5)),
    ]
    for reference, rows in pairs:
        assert rows.mean() == pytest.approx(reference, rel=1e-9)


def test_clicks_that_happen_to_count_little_are_not_taken_for_many() -> None:
    """Hundred clicks, none of them in the few rows that would count most: these might have had some as well."""
    pi_e, pscore = np.repeat([0.3, 0.2], [5940, 60]), np.repeat([0.6, 0.01], [5940, 60])
    reward = (np.arange(6000) < 100).astype(float)
    found = diagnose(pi_e, pscore, reward)
    assert found.clicks == 100
    assert found.effective_clicks == pytest.approx(found.ess * snips(Logged(reward, pscore, pi_e)).mean())
    assert found.effective_clicks < 50
    assert diagnose(pscore, pscore, reward).effective_clicks == pytest.approx(100)
