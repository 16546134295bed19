"""`prodgen eval policy` and `prodgen eval ab` on made-up logs whose truth is known."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from prodgen_rank.benchmarks.eval_ab import AbEvaluation
from prodgen_rank.benchmarks.eval_policy import PolicyEvaluation
from prodgen_rank.config import Config, PolicyConfig
from prodgen_rank.evaluation.off_policy_report import ESTIMATES, REPORT, WEIGHTS
from prodgen_rank.evaluation.open_bandit import read_prior, thompson_distribution
from prodgen_rank.policies.epsilon import EpsilonGreedy

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Candidate, CandidateVariant, Event, Feedback, RecommendationContext, UserProfile

NOW = datetime(2026, 3, 1, tzinfo=UTC)
# Variants a, b, c and d of each product; the first is mediocre, c is the best.
RATES = dict(zip("abcd", (0.10, 0.05, 0.30, 0.15), strict=True))
UNIFORM, BEST, FIRST = float(np.mean(list(RATES.values()))), 0.30, 0.10


def made_log(requests: int = 1000, epsilon: float = 1.0, seed: int = 0) -> list[Event]:
    """What a policy that does not learn while it logs showed of three products, and who clicked."""
    policy, ctx = EpsilonGreedy(Config(policy=PolicyConfig(epsilon=epsilon)), Context()), Context()
    candidates = [
        Candidate(sku=sku, variants=tuple(CandidateVariant(id=f"{sku}-{v}", score=1.0) for v in RATES))
        for sku in ("mug", "lamp", "shoe")
    ]
    if epsilon < 1:
        # It believes that a is the best variant.
        for candidate in candidates:
            told = {"user": "u", "sku": candidate.sku, "variant": candidate.variants[0].id, "reward": 1.0, "at": NOW}
            policy.update([Feedback(**told)] * 20, ctx)
    rng, events = np.random.default_rng(seed), []
    for number in range(requests):
        at, user = NOW + timedelta(minutes=number), f"u{number % 300}"
        context = RecommendationContext(at=at, request_id=f"r{seed}-{number}")
        choices = policy.choose(UserProfile(user=user), candidates, context, ctx)
        for position, (candidate, choice) in enumerate(zip(candidates, choices, strict=True)):
            same = {"user": user, "sku": candidate.sku, "variant": choice.variant, "request_id": context.request_id}
            events.append(
                Event(
                    id=f"i{seed}-{number}-{position}",
                    type="impression",
                    at=at,
                    position=position,
                    propensity=choice.propensity,
                    policy=f"policy/epsilon@{policy.version}",
                    offered=tuple(v.id for v in candidate.variants),
                    **same,
                )
            )
            if rng.random() < RATES[choice.variant[-1]]:
                events.append(
                    Event(id=f"c{seed}-{number}-{position}", type="click", at=at + timedelta(seconds=5), **same)
                )
    return events


def save(path: Path, events: list[Event]) -> str:
    path.write_text("".join(event.model_dump_json(exclude_defaults=True) + "\n" for event in events), "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> str:
    return save(tmp_path_factory.mktemp("log") / "events.jsonl", made_log())


def evaluate(**options):
    return PolicyEvaluation(None, Context()).run(options, Context())


def test_policies_have_the_value_that_they_have(log: str, tmp_path: Path) -> None:
    figures = json.loads(json.dumps(evaluate(data=log, policy="policy/epsilon", out=str(tmp_path)), allow_nan=False))
    truths = {"logged": UNIFORM, "uniform": UNIFORM, "first": FIRST, "best_by_history": BEST}
    # The fresh policy learns from the earlier half that c is best, and keeps its floor of 10 %.
    truths["policy_epsilon"] = 0.9 * BEST + 0.1 * UNIFORM
    for name, truth in truths.items():
        for estimate in ("ipw", "snips"):
            low, high = figures[f"{name}_{estimate}_low"], figures[f"{name}_{estimate}_high"]
            slack = 0.3 * (high - low)  # an interval of 95 % may miss by a little
            assert low - slack <= truth <= high + slack, (name, estimate, low, truth, high)
    assert figures["logged_ess"] == pytest.approx(3000)
    assert figures["uniform_ess"] == pytest.approx(3000)
    assert figures["first_zero_weight_share"] == pytest.approx(0.75, abs=0.035)
    assert figures["best_by_history_gain_low"] > 0.05
    assert figures["first_gain_high"] < 0
    assert figures["logged_gain"] == pytest.approx(0, abs=1e-12)
    assert abs(figures["best_by_history_dr"] - BEST) < 0.06
    assert (figures["impressions"], figures["users"]) == (3000, 300)
    text = (tmp_path / REPORT).read_text("utf-8")
    assert "| always the first variant | snips |" in text
    pytest.importorskip("matplotlib")
    assert (tmp_path / ESTIMATES).read_bytes()[:4] == (tmp_path / WEIGHTS).read_bytes()[:4] == b"\x89PNG"


def test_replay_lets_a_policy_learn_along_the_log(log: str) -> None:
    figures = evaluate(data=log, policy="policy/epsilon", replay=1)
    # A uniform log of four variants keeps a quarter of the rows; the learner starts like chance and ends near the best.
    assert figures["policy_epsilon_replay_rows"] == pytest.approx(750, abs=120)
    assert UNIFORM < figures["policy_epsilon_replay"] < BEST + 0.03
    assert (
        figures["policy_epsilon_replay_low"] < figures["policy_epsilon_replay"] < figures["policy_epsilon_replay_high"]
    )


def test_a_log_that_explores_little_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    data = save(tmp_path / "greedy.jsonl", made_log(200, epsilon=0.004))
    figures = evaluate(data=data, out=str(tmp_path / "out"))
    assert "uniform_snips" not in figures
    assert "uniform_refused" in figures
    assert figures["uniform_what_to_do"].startswith("Log with more exploration")
    text = (tmp_path / "out" / REPORT).read_text("utf-8")
    assert "## Refused" in text
    assert "png" not in text
    assert "prodgen-rank[plots]" in figures["plots"]
    assert figures["logged_snips"] == pytest.approx(figures["rewarded"] / figures["impressions"])


def test_what_cannot_be_evaluated_says_why(log: str, tmp_path: Path) -> None:
    bare = tmp_path / "bare.jsonl"
    lines = [json.loads(line) for line in Path(log).read_text("utf-8").splitlines()]
    bare.write_text("\n".join(json.dumps(line | {"propensity": None}) for line in lines), "utf-8")
    for options, message in (
        ({}, "no log to evaluate on"),
        ({"data": log, "format": "csv"}, "no format"),
        ({"data": log, "campagne": "all"}, "Unknown option"),
        ({"data": log, "until": "tomorrow"}, "no ISO time"),
        (
            {"data": log, "until": "2020-01-01"},
            r"still open to answers, and none is older than 30 minutes.*attribution",
        ),
        ({"data": str(bare)}, "none says with what probability"),
        ({"data": log, "attribution_minutes": 0}, "must be a number above 0"),
        ({"data": str(tmp_path), "format": "open-bandit"}, "no logs of the Open Bandit"),
        ({"data": str(tmp_path), "format": "open-bandit", "campaign": "kids"}, "no campaign"),
    ):
        with pytest.raises(InputError, match=message):
            evaluate(**options)


@pytest.fixture(scope="module")
def open_bandit(tmp_path_factory) -> Path:
    """Logs in the shape of the Open Bandit Dataset, of six items of which the first is the best."""
    folder, rng = tmp_path_factory.mktemp("obd"), np.random.default_rng(0)
    alpha, beta, rates = (
        np.asarray([40.0, 10, 5, 5, 2, 2]),
        np.full(6, 100.0),
        np.asarray([0.3, 0.1, 0.1, 0.05, 0.05, 0]),
    )
    bts = thompson_distribution(alpha, beta, draws=50_000, seed=1)
    lines = ["men:", "  alpha:", *(f"    - {a}" for a in alpha), "  beta:", *(f"    - {b}" for b in beta)]
    (folder / "prior_bts.yaml").write_text("\n".join(lines), "utf-8")
    for policy, shares in (("random", np.full((6, 3), 1 / 6)), ("bts", bts)):
        place = folder / policy / "men"
        place.mkdir(parents=True)
        with (place / "item_context.csv").open("w", newline="") as stream:
            table = csv.writer(stream)
            table.writerow(["", "item_id", "item_feature_0", "item_feature_1", "item_feature_2"])
            table.writerows([i, i, i / 10, "x" if i < 2 else "y", "z"] for i in range(6))
        with (place / "men.csv").open("w", newline="") as stream:
            table = csv.writer(stream)
            table.writerow(["", "timestamp", "item_id", "position", "click", "propensity_score", "user_feature_0"])
            for row in range(3000):
                position = int(rng.integers(3))
                item = int(rng.choice(6, p=shares[:, position]))
                click = int(rng.random() < rates[item])
                table.writerow([row, row, item, position + 1, click, shares[item, position], f"f{row % 3}"])
    return folder


def test_open_bandit_both_ways(open_bandit: Path) -> None:
    figures = evaluate(data=str(open_bandit), format="open-bandit", campaign="men", draws=20_000)
    low, high = figures["men_bts_snips_low"], figures["men_bts_snips_high"]
    assert figures["men_bts_on_policy_low"] < high
    assert low < figures["men_bts_on_policy_high"]
    assert figures["men_bts_mean_weight"] == pytest.approx(1, abs=0.1)
    assert figures["men_bts_dr"] == pytest.approx(figures["men_bts_snips"], abs=0.02)
    # Thompson sampling hardly ever showed the last items first: the other way there is nothing to weigh.
    assert "men_random_refused" in figures


def test_thompson_distribution_is_the_one_of_sorted_draws() -> None:
    alpha, beta = np.asarray([3.0, 2.0, 5.0, 1.0]), np.asarray([9.0, 9.0, 30.0, 2.0])
    found = thompson_distribution(alpha, beta, draws=25_000, seed=3)
    assert found.sum(axis=0) == pytest.approx([1, 1, 1])
    rng, counts = np.random.RandomState(3), np.zeros((4, 3))
    for _ in range(25_000):
        for position, item in enumerate(rng.beta(alpha, beta).argsort()[::-1][:3]):
            counts[item, position] += 1
    assert found == pytest.approx(counts / 25_000)
    two = thompson_distribution(np.asarray([2.0, 1.0]), np.asarray([1.0, 1.0]), positions=1, draws=100_000)
    assert two[0, 0] == pytest.approx(2 / 3, abs=0.006)  # P(Beta(2, 1) > Beta(1, 1))


def test_priors_are_read(open_bandit: Path) -> None:
    alpha, beta = read_prior(open_bandit / "prior_bts.yaml", "men")
    assert alpha[:2] == pytest.approx([40, 10])
    assert len(alpha) == len(beta) == 6
    with pytest.raises(InputError, match="no priors"):
        read_prior(open_bandit / "prior_bts.yaml", "women")


def test_ab_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "test.csv"

    def ask(rows, **options):
        path.write_text("arm,n,successes\n" + "\n".join(rows) + "\n", "utf-8")
        given = {"data": str(path), "effect": 0.02, "replications": 200, **options}
        return AbEvaluation(None, Context()).run(given, Context())

    better = ask(["a,1000,50", "b,1010,80", "a,6000,300", "b,5990,450"])
    assert better["significant"]
    assert better["difference_low"] > 0
    assert (better["control"], better["treatment"], better["looks"]) == ("a", "b", 2)
    assert better["type_1_error_simulated"] <= 0.06
    assert better["power_simulated"] > 0.8
    assert json.dumps(better, allow_nan=False)
    same = ask(["a,6000,300", "b,5990,301"])
    assert not same["significant"]
    assert same["difference_low"] < 0 < same["difference_high"]
    crooked = ask(["a,6000,300", "b,5400,450"])
    assert "refused" in crooked
    assert "difference" not in crooked
    for name, value in (
        ("effect", "big"), ("effect", -0.01), ("effect", float("inf")), ("alpha", 0), ("share", 50), ("power", 1),
        ("replications", 0), ("replications", 10.5),
    ):  # fmt: skip
        with pytest.raises(InputError, match=f"{name} is .*; it must be a"):
            ask(["a,6000,300", "b,5990,301"], **{name: value})
    assert "refused" not in ask(["a,6000,300", "b,2000,120"], share=0.75)
    for rows, message in (
        (["a,100,5"], "Which arms"),
        (["a,100,5", "b,100,500"], "no table"),
        (["a,100,5", "a,90,5", "b,100,5"], "no table"),
        (["a,100,5", "a,190,5", "b,100,5"], "2 looks"),
        (["a,x,5"], "no table"),
    ):
        with pytest.raises(InputError, match=message):
            ask(rows)


def test_ab_from_the_log(tmp_path: Path) -> None:
    """Each user sees one policy: a uniform one, or one that shows the best variant."""
    events = []
    for event in made_log(900):
        arm = "policy/good" if int(event.user[1:]) % 2 else "policy/plain"
        if event.type == "impression":
            events.append(event.model_copy(update={"policy": f"{arm}@{event.id}"}))
        elif arm == "policy/good" or event.id.endswith("0"):
            events.append(event)
    mixed = events[0].model_copy(update={"id": "x", "policy": "policy/good@2"})
    data = save(tmp_path / "events.jsonl", [*events, mixed])
    given = {"data": data, "control": "policy/plain", "effect": 0.2, "replications": 200}
    figures = AbEvaluation(None, Context()).run(given, Context())
    assert (figures["users"], figures["users_in_several_arms"]) == (300, 1)
    assert (figures["control_users"], figures["treatment_users"]) == (149, 150)
    assert figures["treatment_rate"] > figures["control_rate"]
    assert figures["significant"]


def test_from_the_command_line(log: str) -> None:
    from typer.testing import CliRunner

    from prodgen_sdk.cli import app

    told = CliRunner().invoke(app, ["eval", "policy", "--data", log, "--json"])
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["impressions"] == 3000


@pytest.mark.skipif(importlib.util.find_spec("obp") is None, reason="the Open Bandit logs come with the package obp")
def test_published_values_of_the_open_bandit_logs() -> None:
    folder = Path(importlib.util.find_spec("obp").submodule_search_locations[0])
    figures = evaluate(data=str(folder), format="open-bandit", campaign="women")
    assert figures["women_bts_ipw"] == pytest.approx(0.006813, abs=2e-5)
    assert figures["women_bts_snips"] == pytest.approx(0.006811, abs=2e-5)
    assert figures["women_bts_dr"] == pytest.approx(0.006855, abs=2e-4)
    assert figures["women_random_ess"] == pytest.approx(2.1, abs=0.05)
    assert "women_random_refused" in figures
    assert "women_random_ipw" not in figures
