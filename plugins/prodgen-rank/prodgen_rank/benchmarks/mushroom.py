"""The mushroom game: to eat or not to eat, by 22 traits, with rewards that teach only what was tried.

Edible mushrooms give 5, poisonous ones 5 or -35 with equal chance, leaving it 0. Regret is counted in expected rewards and divided by that of
tossing a coin. Rules and settings: Riquelme et al., Deep Bayesian Bandits Showdown, ICLR 2018; Wang et al., A Hybrid Bandit Model
with Visual Priors, WWW 2021, who report 2.37 % for LinTS. All seeds run side by side; the players of one seed meet the same mushrooms with the
same luck.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from prodgen_rank.policies.linear import Moments, Posterior, Prior, fit
from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.intp]

GOOD, BAD = 5.0, -35.0
STRENGTH, SHAPE, RATE = 0.25, 6.0, 6.0
"""The prior of the paper's LinTS."""
_LATEST = 50
WARM = 500
"""Mushrooms eaten at random before the game by the player with a prior, none of which it meets again."""


@dataclass(frozen=True)
class Table:
    """The mushrooms: which traits each has, as places of ones in a row of `width` with a constant [n, traits]; whether one may eat it."""

    ones: Places
    width: int
    edible: NDArray[np.bool_]


@dataclass(frozen=True)
class Game:
    """What each seed meets: mushrooms [seeds, steps], and whether a poisonous one would harm [seeds, steps]."""

    table: Table
    met: Places
    harms: NDArray[np.bool_]

    def regret(self, eaten: NDArray[np.bool_]) -> Floats:
        """Expected reward lost by each seed [seeds]."""
        edible = self.table.edible[self.met]
        lost: Floats = np.where(edible, GOOD * ~eaten, -(GOOD + BAD) / 2 * eaten).sum(axis=1)
        return lost

    def rewards(self, step: int) -> Floats:
        """What eating would give at a step [seeds]."""
        return np.where(self.table.edible[self.met[:, step]] | ~self.harms[:, step], GOOD, BAD)


def read_table(path: Path) -> Table:
    """Reads `agaricus-lepiota.data` of the UCI repository (also called mushroom.data).

    Raises:
        InputError: it is not that table.
    """
    try:
        rows = [line.split(",") for line in path.read_text("utf-8").split()]
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.", hint="Give the UCI mushroom table with --data.") from None
    if not rows or any(len(row) != 23 or row[0] not in ("e", "p") for row in rows):
        raise InputError(f"{path} is not the UCI mushroom table.", hint="Its rows are e or p and 22 letters.")
    columns = list(zip(*rows, strict=True))[1:]
    names = {
        name: place for place, name in enumerate(sorted({(c, v) for c, column in enumerate(columns) for v in column}))
    }
    ones = [[*(names[c, row[c + 1]] for c in range(22)), len(names)] for row in rows]
    return Table(np.asarray(ones), len(names) + 1, np.asarray([row[0] == "e" for row in rows]))


def draw_game(table: Table, seeds: int, steps: int, *, first: int = 0) -> tuple[Game, Places]:
    """A game for each seed, and `WARM` mushrooms each that are of other rows of the table [seeds, WARM]."""
    met, harms, kept = [], [], []
    for seed in range(first, first + seeds):
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(table.edible))
        kept.append(order[:WARM])
        met.append(rng.choice(order[WARM:], steps))
        harms.append(rng.random(steps) < 0.5)
    return Game(table, np.stack(met), np.stack(harms)), np.stack(kept)


def thompson(game: Game, prior: Prior, seed: int) -> NDArray[np.bool_]:
    """Linear Thompson sampling by the core of `policy/lints`: what is eaten [seeds, steps].

    One regression of leaving and one of eating, fitted again whenever 2 % more was seen, every 50 steps at the latest.

    Args:
        prior: of leaving and of eating: mean [seeds, 2, d].
    """
    (seeds, steps), table = game.met.shape, game.table
    rng = np.random.default_rng(seed)
    moments = Moments.none(table.width, seeds, 2)
    posterior = fit(moments, prior)
    eaten = np.zeros(game.met.shape, bool)
    start = 0
    while start < steps:
        stop = min(steps, start + min(_LATEST, max(1, start // 50)))
        x = _dense(table, game.met[:, start:stop])
        leave, eat = np.moveaxis(_drawn(posterior, x, rng), 1, 0)
        eaten[:, start:stop] = chosen = eat > leave
        rewards = np.stack([game.rewards(step) for step in range(start, stop)], axis=1)
        moments = moments.plus(_moments(x, chosen, rewards))
        posterior = fit(moments, prior)
        start = stop
    return eaten


def plain_prior(table: Table, seeds: int) -> Prior:
    """The one of the paper: mean 0, strength 0.25 along each axis."""
    wide = (seeds, 2, table.width)
    return Prior(np.zeros(wide), np.full(wide, STRENGTH), np.full(wide[:2], SHAPE), np.full(wide[:2], RATE))


def prior_of_log(table: Table, kept: Places, first: int = 0) -> tuple[Prior, Floats]:
    """What a log of mushrooms [seeds, n], of which a coin said whether to eat them, tells of theta; and what it cost [seeds].

    The noise's variance is not taken over: in the log, where poisonous mushrooms are eaten, it is many times what it is for a player who
    leaves them, who would then explore far too long.
    """
    plain = plain_prior(table, len(kept))
    rng = np.random.default_rng([first, 3])
    log = Game(table, kept, rng.random(kept.shape) < 0.5)
    eaten = rng.random(kept.shape) < 0.5
    rewards = np.stack([log.rewards(step) for step in range(kept.shape[1])], axis=1)
    moments = _moments(_dense(table, kept), eaten, rewards)
    prior = replace(plain, mean=fit(moments, plain).mean, strength=plain.matrix() + moments.gram)
    return prior, log.regret(eaten)


def reference(game: Game, seed: int) -> NDArray[np.bool_]:
    """LinTS by the book, as a check: its covariance is updated after every step (recursive least squares), nothing is shared.

    For one mushroom at a time, x . theta is drawn from its own normal distribution, which is the same as drawing theta.
    """
    seeds, steps = game.met.shape
    rng, table, every = np.random.default_rng(seed), game.table, np.arange(seeds)
    covariance = np.broadcast_to(np.eye(table.width) / STRENGTH, (2, seeds, table.width, table.width)).copy()
    mean = np.zeros((2, seeds, table.width))
    shape, rate = np.full((2, seeds), SHAPE), np.full((2, seeds), RATE)
    eaten = np.zeros((seeds, steps), bool)
    for step in range(steps):
        ones = table.ones[game.met[:, step]]
        towards = covariance[:, every[:, None], ones].sum(axis=2)
        unsure = np.take_along_axis(towards, np.broadcast_to(ones, (2, *ones.shape)), axis=2).sum(axis=2)
        expected = np.take_along_axis(mean, np.broadcast_to(ones, (2, *ones.shape)), axis=2).sum(axis=2)
        noise = np.sqrt(rate / rng.standard_gamma(shape) * unsure)
        leave, eat = expected + noise * rng.standard_normal((2, seeds))
        eaten[:, step] = eat > leave
        action = eaten[:, step].astype(int)
        missed = np.where(eaten[:, step], game.rewards(step), 0.0) - expected[action, every]
        gain = towards[action, every] / (1 + unsure[action, every])[:, None]
        mean[action, every] += gain * missed[:, None]
        covariance[action, every] -= gain[:, :, None] * towards[action, every][:, None]
        shape[action, every] += 0.5
        rate[action, every] += missed**2 / (1 + unsure[action, every]) / 2
    return eaten


def coin(game: Game) -> Floats:
    """The expected regret of tossing a coin [seeds]."""
    edible = game.table.edible[game.met]
    lost: Floats = np.where(edible, GOOD / 2, -(GOOD + BAD) / 4).sum(axis=1)
    return lost


def _dense(table: Table, met: Places) -> Floats:
    x = np.zeros((*met.shape, table.width))
    np.put_along_axis(x, table.ones[met], 1.0, axis=-1)
    return x


def _moments(x: Floats, eaten: NDArray[np.bool_], rewards: Floats) -> Moments:
    """Of leaving, which gives 0, and of eating [seeds, 2]."""
    weights = np.stack([~eaten, eaten], axis=1).astype(np.float64)
    y = np.stack([np.zeros_like(rewards), rewards], axis=1)
    return Moments.of(np.broadcast_to(x[:, None], (len(x), 2, *x.shape[1:])), y, weights)


def _drawn(posterior: Posterior, x: Floats, rng: np.random.Generator) -> Floats:
    """What each action brings in a draw of its own for each mushroom [seeds, 2, n], for x [seeds, n, d]."""
    deviation = np.sqrt(posterior.draw_variance(rng, x.shape[1]))
    towards = x[:, None] @ posterior.factor
    noise = (towards * rng.standard_normal(towards.shape)).sum(-1) * np.moveaxis(deviation, 0, -1)
    drawn: Floats = (x[:, None] @ posterior.mean[..., None])[..., 0] + noise
    return drawn
