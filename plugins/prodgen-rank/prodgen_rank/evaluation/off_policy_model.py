"""Reward models for the direct method and doubly robust estimates, cross-fitted: no row is predicted by a model that saw it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.integer[Any]]


def fit_logistic(features: Floats, reward: Floats, penalty: float = 1.0, steps: int = 50) -> Floats:
    """Logistic regression by Newton's method; the intercept, last of the coefficients [d + 1], is not penalised.

    Minimises `penalty / 2 * |w|^2 - sum of log likelihoods`.

    Args:
        features: [n, d].
        reward: [n], 0 to 1.
        penalty: above 0, so that a solution exists.
    """
    design = np.column_stack([features, np.ones(len(features))])
    # Without a single click, or with nothing else, the free intercept would run away.
    reward = np.clip(reward, 0.5 / len(reward), 1 - 0.5 / len(reward)) if reward.min() == reward.max() else reward
    ridge = np.full(design.shape[1], penalty)
    ridge[-1] = 0.0
    rate = float(reward.mean())
    coefficients = np.zeros(design.shape[1])
    coefficients[-1] = np.log(rate / (1 - rate))
    loss = _loss(design, reward, ridge, coefficients)
    for _ in range(steps):
        mean = sigmoid(design @ coefficients)
        gradient = design.T @ (mean - reward) + ridge * coefficients
        curvature = (design * (mean * (1 - mean))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while (after := _loss(design, reward, ridge, coefficients - size * step)) > loss and size > 1e-6:
            size /= 2
        coefficients = coefficients - size * step
        if loss - after < 1e-10 * (1 + abs(loss)):
            break
        loss = after
    return coefficients


def cross_fit_logistic(
    context: Floats,
    actions: Floats,
    action: Ints,
    reward: Floats,
    *,
    folds: int = 5,
    penalty: float = 1.0,
    seed: int = 0,
    clusters: Ints | None = None,
) -> Floats:
    """Predicted reward [n, k] of each of k actions in each row's context, additive on the scale of log odds.

    Args:
        context: [n, c], such as one-hot features of the user and the position.
        actions: [k, d], features of each action.
        action: [n], number of the logged action.
        clusters: [n]; rows with the same number fall into the same fold.
    """
    fold = fold_of(np.arange(len(action)) if clusters is None else clusters, folds, seed)
    predictions = np.empty((len(action), len(actions)))
    for held in range(folds):
        here, rest = fold == held, fold != held
        if not here.any():
            continue
        weights = fit_logistic(np.column_stack([context[rest], actions[action[rest]]]), reward[rest], penalty)
        of_context = context[here] @ weights[: context.shape[1]] + weights[-1]
        of_action = actions @ weights[context.shape[1] : -1]
        predictions[here] = sigmoid(of_context[:, None] + of_action)
    return predictions


def cross_fit_rates(
    offered: Sequence[Sequence[str]],
    action: Sequence[str],
    reward: Floats,
    clusters: Ints,
    *,
    folds: int = 5,
    prior_rows: float = 20.0,
    seed: int = 0,
) -> list[Floats]:
    """Of each row the predicted reward of all that was offered: a variant's rate, shrunk to the rate of all.

    Args:
        offered: per row the ids that could have been taken, `action` among them.
        clusters: [n]; rows with the same number fall into the same fold.
        prior_rows: how many rows the rate of all is worth; above 0.
    """
    ids = {name: number for number, name in enumerate(sorted({name for names in offered for name in names}))}
    taken = np.asarray([ids[name] for name in action])
    fold = fold_of(clusters, folds, seed)
    rates = np.empty((folds, len(ids)))
    for held in range(folds):
        rest = fold != held
        overall = float(reward[rest].mean()) if rest.any() else float(reward.mean())
        earned = np.bincount(taken[rest], weights=reward[rest], minlength=len(ids))
        shown = np.bincount(taken[rest], minlength=len(ids))
        rates[held] = (earned + overall * prior_rows) / (shown + prior_rows)
    return [rates[fold[row], [ids[name] for name in names]] for row, names in enumerate(offered)]


def fold_of(clusters: Ints, folds: int, seed: int) -> Ints:
    """A fold for each row [n], 0 to folds - 1, the same for rows of one cluster; folds hold equally many clusters, or nearly."""
    if folds < 2:
        raise InputError(f"{folds} folds: cross-fitting needs at least 2.")
    names, places = np.unique(clusters, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names)) % folds
    return np.asarray(order[places])


def sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def _loss(design: Floats, reward: Floats, ridge: Floats, coefficients: Floats) -> float:
    odds = design @ coefficients
    return float((np.logaddexp(0, odds) - reward * odds).sum() + 0.5 * (ridge * coefficients**2).sum())
