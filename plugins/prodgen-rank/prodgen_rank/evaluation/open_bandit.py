"""The Open Bandit Dataset (Saito et al., 2020): logs of a fashion shop, made by a uniform policy and by Thompson sampling.

Its folder holds `random/` and `bts/`, each with `all/`, `men/` and `women/`, each with the log and `item_context.csv`. The
package `obp` ships a sample of 10,000 rows a log.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_sdk.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Ints = NDArray[np.integer[Any]]

CAMPAIGNS = ("all", "men", "women")
POSITIONS = 3
_DRAWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Campaign:
    """One log of a campaign with k items.

    Args:
        action: [n], item number.
        position: [n], 0 to 2: left, centre, right.
        reward: [n], 1 for a click.
        pscore: [n], probability of the item at its position.
        user: [n, u], one-hot user features.
        items: [k, i], one column a value of a category of the item, and its one numeric feature. No column tells single
            items apart: a log of some forty clicks cannot say more of eighty items.
    """

    action: Ints
    position: Ints
    reward: Floats
    pscore: Floats
    user: Floats
    items: Floats


def read_campaign(folder: Path, policy: str, campaign: str) -> Campaign:
    """Reads one log.

    Args:
        folder: the dataset's.
        policy: `random` or `bts`.

    Raises:
        InputError: a file is missing, or no such log.
    """
    place = folder / policy / campaign
    rows, items = _rows(place / f"{campaign}.csv"), _rows(place / "item_context.csv")
    try:
        users = sorted(name for name in rows[0] if name.startswith("user_feature"))
        kinds = [name for name in items[0] if name.startswith("item_feature_") and name != "item_feature_0"]
        numeric = np.asarray([[float(row["item_feature_0"])] for row in items])
        categories = [_one_hot([row[kind] for row in items]) for kind in kinds]
        position = np.asarray([int(row["position"]) for row in rows]) - 1
        found = Campaign(
            action=np.asarray([int(row["item_id"]) for row in rows]),
            position=position,
            reward=np.asarray([float(row["click"]) for row in rows]),
            pscore=np.asarray([float(row["propensity_score"]) for row in rows]),
            user=np.column_stack([_one_hot([row[name] for row in rows]) for name in users]),
            items=np.column_stack([*categories, numeric]),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise InputError(f"{place} holds no log of the Open Bandit Dataset ({error!r}).") from None
    if found.action.max() >= len(items) or found.position.min() < 0 or found.position.max() >= POSITIONS:
        raise InputError(f"{place}: an item or position is out of range.")
    return found


def read_prior(path: Path, campaign: str) -> tuple[Floats, Floats]:
    """Alpha and beta, [k] each, of the Beta priors that the shop's Thompson sampler started with (`prior_bts.yaml`)."""
    found: dict[str, dict[str, list[float]]] = {}
    values: dict[str, list[float]] = {}
    numbers: list[float] = []
    try:
        for line in path.read_text("utf-8").splitlines():
            text = line.strip()
            if text.startswith("- "):
                numbers.append(float(text[2:]))
            elif line[:1] not in (" ", "", "#"):
                values = found.setdefault(text.rstrip(":"), {})
            elif text:
                numbers = values.setdefault(text.rstrip(":"), [])
        return np.asarray(found[campaign]["alpha"]), np.asarray(found[campaign]["beta"])
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{path} holds no priors of the campaign {campaign!r} ({error!r}).",
            hint="Give the file prior_bts.yaml of the package obp with -o prior=FILE.",
        ) from None


def thompson_distribution(
    alpha: Floats, beta: Floats, *, positions: int = POSITIONS, draws: int = 100_000, seed: int = 12345
) -> Floats:
    """P(item at position), [k, positions], when items are sorted by a draw from each one's Beta distribution.

    By simulation, as `obp` does it: the same seed gives the same draws and so the same distribution.
    """
    # The published figures come from this generator; a newer one would draw other numbers.
    rng, counts, done = np.random.RandomState(seed), np.zeros((len(alpha), positions)), 0
    while done < draws:
        n = min(_DRAWS_AT_ONCE, draws - done)
        drawn = rng.beta(alpha, beta, size=(n, len(alpha)))
        best = np.argsort(drawn, axis=1)[:, ::-1][:, :positions]
        for position in range(positions):
            counts[:, position] += np.bincount(best[:, position], minlength=len(alpha))
        done += n
    return np.asarray(counts / draws)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path} cannot be read ({error}).", hint="--data is the folder that holds random/ and bts/."
        ) from None


def _one_hot(values: list[str]) -> Floats:
    names, places = np.unique(values, return_inverse=True)
    return np.eye(len(names))[places]
