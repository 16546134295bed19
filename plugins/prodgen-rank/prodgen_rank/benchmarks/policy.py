"""`prodgen bench policy`: what variant policies earn, and what they cost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.benchmarks import mushroom
from prodgen_rank.benchmarks.options import check_names, whole
from prodgen_rank.benchmarks.simulator import START, Setting, Shop, ShopIndex, Traffic, draw_traffic, open_shop
from prodgen_rank.config import Config
from prodgen_rank.policies.epsilon import EpsilonGreedy
from prodgen_rank.policies.lints import LinearThompson
from prodgen_rank.policies.linucb import LinearUCB
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Benchmark, VariantPolicy
from prodgen_sdk.types import Candidate, Choice, Feedback, RecommendationContext

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Factory = Callable[[Config | None, Context], VariantPolicy]
POLICIES: Mapping[str, Factory] = {"lints": LinearThompson, "linucb": LinearUCB, "epsilon": EpsilonGreedy}
PRODUCTS = 10
_PUBLISHED_LINTS = 2.37


class PolicyBenchmark(Benchmark):
    """Options by task (`task=latency` by default).

    latency: `requests` (2000); choose of 10 products x 8 variants, and update, on a shop of the simulator.
    simulator: `seeds` (20), `steps` impressions (25000), `batch` impressions between updates (150), `first` seed (0); with `out`, the
    curves as a picture and as JSON.
    mushroom: `data`, the UCI table; `seeds` (50), `steps` (50000), `first` seed (0).
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config

    def run(self, options: Mapping[str, Any], ctx: Context) -> dict[str, Any]:
        tasks: dict[str, Callable[[dict[str, Any], Context], dict[str, Any]]] = {
            "latency": self._latency,
            "simulator": self._simulator,
            "mushroom": self._mushroom,
        }
        task = str(options.get("task", "latency"))
        if task not in tasks:
            raise InputError(f"There is no task {task!r}.", hint=f"Give -o task=ONE of {', '.join(tasks)}.")
        return tasks[task]({name: value for name, value in options.items() if name != "task"}, ctx)

    def _latency(self, options: dict[str, Any], ctx: Context) -> dict[str, Any]:
        numbers = _numbers(options, requests=2000)
        shop = open_shop(0, Setting(users=200))
        figures: dict[str, Any] = {"products": PRODUCTS, "variants": 8, **numbers}
        traffic = draw_traffic(shop, 0, numbers["requests"] + 100)
        for name, factory in POLICIES.items():
            with tempfile.TemporaryDirectory(prefix="prodgen-bench-") as folder:
                inner = Context(state=Path(folder), find=lambda kind, id: ShopIndex(shop))
                policy = factory(self._config, inner)
                feedback = [item for r in range(100) for item in _ask(policy, shop, traffic, r, inner)[1]]
                started = time.perf_counter()
                policy.update(feedback, inner)
                figures[f"{name}_update_1000_ms"] = (time.perf_counter() - started) * 1000
                waits = [_ask(policy, shop, traffic, r, inner)[2] * 1000 for r in range(100, len(traffic.users))]
                ctx.check()
            steady = waits[min(50, len(waits) // 2) :]
            figures[f"{name}_choose_p50_ms"] = float(np.percentile(steady, 50))
            figures[f"{name}_choose_p99_ms"] = float(np.percentile(steady, 99))
        return figures

    def _simulator(self, options: dict[str, Any], ctx: Context) -> dict[str, Any]:
        out = options.pop("out", None)
        numbers = _numbers(options, seeds=20, steps=25_000, batch=150, first=0)
        requests, every = numbers["steps"] // PRODUCTS, max(1, numbers["batch"] // PRODUCTS)
        earned: dict[str, list[Floats]] = {}
        for place, seed in enumerate(range(numbers["first"], numbers["first"] + numbers["seeds"])):
            shop = open_shop(seed)
            traffic = draw_traffic(shop, seed, requests, PRODUCTS)
            offered = shop.clicks[shop.segments[traffic.users][:, None], traffic.products]
            single = shop.best_single()[traffic.products][..., None]
            earned.setdefault("oracle", []).append(offered.max(axis=2))
            earned.setdefault("uniform", []).append(offered.mean(axis=2))
            earned.setdefault("best_single", []).append(np.take_along_axis(offered, single, axis=2)[..., 0])
            for step, (name, factory) in enumerate(POLICIES.items()):
                ctx.check()
                ctx.progress(place * len(POLICIES) + step, numbers["seeds"] * len(POLICIES), f"seed {seed}, {name}")
                earned.setdefault(name, []).append(play(factory(self._config, Context()), shop, traffic, every))
        shares = {name: np.stack(values) for name, values in earned.items()}
        figures: dict[str, Any] = {**numbers, "oracle_clicks_per_impression": float(shares["oracle"].mean())}
        for name in ("uniform", "best_single", *POLICIES):
            for part, kept in (("", slice(None)), ("_last_fifth", slice(requests * 4 // 5, None))):
                of_oracle = shares[name][:, kept].sum((1, 2)) / shares["oracle"][:, kept].sum((1, 2))
                figures |= _interval(f"{name}_of_oracle{part}_pct", 100 * of_oracle)
        if out is not None:
            _write_curves(Path(str(out)), shares)
        return figures

    def _mushroom(self, options: dict[str, Any], ctx: Context) -> dict[str, Any]:
        data = options.pop("data", None)
        if data is None:
            raise InputError(
                "The mushroom table is missing.", hint="Give the UCI mushroom table: --data agaricus-lepiota.data"
            )
        numbers = _numbers(options, seeds=50, steps=50_000, first=0)
        table = mushroom.read_table(Path(str(data)))
        game, kept = mushroom.draw_game(table, numbers["seeds"], numbers["steps"], first=numbers["first"])
        prior, cost = mushroom.prior_of_log(table, kept, numbers["first"])
        coin = mushroom.coin(game)
        plain = mushroom.plain_prior(table, numbers["seeds"])
        players: dict[str, Callable[[], Any]] = {
            "lints": lambda: mushroom.thompson(game, plain, 1),
            "reference": lambda: mushroom.reference(game, 2),
            "hybrid": lambda: mushroom.thompson(game, prior, 3),
        }
        regret: dict[str, Floats] = {}
        figures: dict[str, Any] = {**numbers, "published_lints_regret_pct": _PUBLISHED_LINTS}
        for place, (name, player) in enumerate(players.items()):
            ctx.check()
            ctx.progress(place, len(players), name)
            started = time.perf_counter()
            regret[name] = 100 * game.regret(player()) / coin
            figures |= _interval(f"{name}_regret_pct", regret[name])
            figures[f"{name}_s"] = time.perf_counter() - started
        figures |= _interval("log_of_the_prior_pct", 100 * cost / coin)
        figures |= _interval("lints_minus_reference_pct", regret["lints"] - regret["reference"])
        figures |= _interval("hybrid_minus_lints_pct", regret["hybrid"] - regret["lints"])
        paid = regret["hybrid"] + 100 * cost / coin
        figures |= _interval("hybrid_with_its_log_minus_lints_pct", paid - regret["lints"])
        return figures


def play(policy: VariantPolicy, shop: Shop, traffic: Traffic, every: int) -> Floats:
    """The click probability of each picture shown [requests, products]; the policy is told what came of them every so many requests."""
    ctx = Context(find=lambda kind, id: ShopIndex(shop))
    earned, waiting = np.zeros(traffic.products.shape), list[Feedback]()
    for request in range(len(traffic.users)):
        earned[request], feedback, _ = _ask(policy, shop, traffic, request, ctx)
        waiting += feedback
        if (request + 1) % every == 0:
            policy.update(waiting, ctx)
            waiting = []
    return earned


def _ask(
    policy: VariantPolicy, shop: Shop, traffic: Traffic, request: int, ctx: Context
) -> tuple[Floats, list[Feedback], float]:
    """One request as the host makes it: click probabilities of what was shown, feedback, and seconds that the choice took."""
    user, products = int(traffic.users[request]), traffic.products[request]
    candidates = shop.candidates(user, products.tolist())
    at = START + timedelta(minutes=request)
    context = RecommendationContext(at=at, request_id=f"r{request}", facts={"device": shop.devices[user]})
    started = time.perf_counter()
    choices = policy.choose(shop.profiles[user], candidates, context, ctx)
    seconds = time.perf_counter() - started
    shown = [int(choice.variant.split("-")[1]) for choice in choices]
    clicks = shop.clicks[shop.segments[user], products, shown]
    rewards = (traffic.luck[request] < clicks).astype(float)
    pairs = zip(candidates, choices, rewards.tolist(), strict=True)
    return clicks, [_feedback(f"u{user}", *pair, context) for pair in pairs], seconds


def _feedback(
    user: str, candidate: Candidate, choice: Choice, reward: float, context: RecommendationContext
) -> Feedback:
    shown = next(variant for variant in candidate.variants if variant.id == choice.variant)
    return Feedback(
        user=user,
        sku=candidate.sku,
        variant=choice.variant,
        view=shown.view,
        propensity=choice.propensity,
        reward=reward,
        at=context.at,
        offered=tuple(variant.id for variant in candidate.variants),
        memo=choice.memo,
    )


def _interval(name: str, values: Floats) -> dict[str, float]:
    """Mean and 95 % interval over seeds, by Student's t (normal from 30 seeds)."""
    from scipy.stats import t

    n, mean = len(values), float(values.mean())
    if n < 2:
        return {name: mean}
    half = float(t.ppf(0.975, n - 1) * values.std(ddof=1) / n**0.5)
    return {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}


def _write_curves(out: Path, shares: Mapping[str, Floats]) -> None:
    """`policy-simulator.json`, and where matplotlib is installed `policy-simulator.png`: share of the oracle's clicks by impression."""
    import json

    out.mkdir(parents=True, exist_ok=True)
    width = max(1, shares["oracle"].shape[1] // 50)
    points = shares["oracle"].shape[1] // width

    def binned(values: Floats) -> Floats:
        sums: Floats = values[:, : points * width].reshape(len(values), points, -1).sum(axis=2)
        return sums

    curves = {name: binned(values) / binned(shares["oracle"]) for name, values in shares.items() if name != "oracle"}
    at = [(point + 1) * width * PRODUCTS for point in range(points)]
    lines = {name: curve.mean(axis=0).round(5).tolist() for name, curve in curves.items()}
    (out / "policy-simulator.json").write_text(json.dumps({"impressions": at, **lines}), "utf-8")
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for name, curve in curves.items():
        (line,) = axes.plot(at, 100 * curve.mean(axis=0), label=name.replace("_", " "))
        error = 1.96 * 100 * curve.std(axis=0) / len(curve) ** 0.5
        middle = 100 * curve.mean(axis=0)
        axes.fill_between(at, middle - error, middle + error, color=line.get_color(), alpha=0.2, linewidth=0)
    axes.axhline(95, color="grey", linewidth=0.8, linestyle=":")
    axes.set(xlabel="impressions", ylabel="% of the oracle's clicks", title=f"Mean of {len(curves['uniform'])} shops")
    axes.legend(loc="lower right")
    figure.savefig(out / "policy-simulator.png", dpi=120)


def _numbers(options: Mapping[str, Any], **defaults: int) -> dict[str, int]:
    check_names(options, defaults)
    return {name: whole(options, name, default, int(name != "first")) for name, default in defaults.items()}
