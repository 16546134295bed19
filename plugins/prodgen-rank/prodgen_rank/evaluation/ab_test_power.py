"""How an A/B test that is looked at all the time behaves, by simulation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from prodgen_rank.evaluation.ab_test import MIN_SUCCESSES
from prodgen_sdk.errors import InputError


@dataclass(frozen=True)
class Behaviour:
    """Of many simulated tests: the share that called a difference, and how many users an arm those needed on average.

    `naive` is the share that a fixed-horizon z-test would have called at one of the same looks.
    """

    called: float
    users_when_called: float
    naive: float


def simulate(
    control: float,
    treatment: float,
    users: int,
    *,
    tau: float,
    alpha: float = 0.05,
    looks: int = 100,
    replications: int = 1000,
    seed: int = 0,
) -> Behaviour:
    """Tests of two rates with `users` an arm in the end, looked at after each of `looks` equal parts.

    With equal rates `called` is the type I error under peeking, otherwise the power.
    """
    from scipy.special import ndtri

    if not 1 <= looks <= users:
        raise InputError(f"{users} users an arm cannot be looked at {looks} times.")
    rng = np.random.default_rng(seed)
    steps = np.diff(np.linspace(0, users, looks + 1).astype(int))
    n = np.cumsum(steps).astype(np.float64)
    a, b = (np.cumsum(rng.binomial(steps, rate, (replications, looks)), axis=1) for rate in (control, treatment))
    variance = sum((s / n) * (1 - s / n) / np.maximum(n - 1, 1) for s in (a, b))
    difference = (b - a) / n
    ready = (a + b >= MIN_SUCCESSES) & (variance > 0) & (n >= 2)
    safe = np.where(ready, variance, 1.0)
    both = safe + tau**2
    log_ratio = 0.5 * np.log(safe / both) + difference**2 * tau**2 / (2 * safe * both)
    crossed = ready & (log_ratio >= -np.log(alpha))
    called = crossed.any(axis=1)
    when = n[crossed.argmax(axis=1)]
    naive = (ready & (np.abs(difference) / np.sqrt(safe) >= ndtri(1 - alpha / 2))).any(axis=1)
    return Behaviour(
        float(called.mean()), float(when[called].mean()) if called.any() else float("nan"), float(naive.mean())
    )
