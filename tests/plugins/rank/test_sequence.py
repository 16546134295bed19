import time

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from prodgen_rank.models.interactions import History, Interactions  # noqa: E402
from prodgen_rank.models.sequence import SequenceModel, without_repeats  # noqa: E402
from prodgen_rank.models.sequence_network import Network, sampled_softmax  # noqa: E402
from prodgen_rank.models.sequence_training import hold_back, spectral  # noqa: E402

from prodgen_sdk.context import Context  # noqa: E402
from prodgen_sdk.errors import Cancelled  # noqa: E402

N_ITEMS = 30
SMALL = {
    "dimension": 16,
    "batch": 16,
    "negatives": 8,
    "max_epochs": 3,
    "dropout": 0.2,
    "reach": 8,
    "learning_rate": 0.01,
}


def history(*items):
    n = len(items)
    return History(np.asarray(items, np.int32), np.ones(n, np.float32), np.arange(n, dtype=np.float64))


def cycles(n_users=250, seed=0):
    """After product i comes i + 1 or i + 2; product 0 is slipped in everywhere, so that it is by far the most popular."""
    rng = np.random.default_rng(seed)
    known = []
    for _ in range(n_users):
        at, walked = rng.integers(1, N_ITEMS), []
        for _ in range(rng.integers(4, 9)):
            walked.append(int(at))
            at = 1 + (at - 1 + rng.integers(1, 3)) % (N_ITEMS - 1)
        walked.insert(rng.integers(len(walked)), 0)
        known.append(walked)
    return known


def of(known, n_items=N_ITEMS):
    rows = [(user, item, place) for user, each in enumerate(known) for place, item in enumerate(each)]
    users, items, times = zip(*rows, strict=True) if rows else ((), (), ())
    return Interactions.of(users, items, times, [f"p{code}" for code in range(n_items)], len(known))


@pytest.fixture(scope="module")
def fitted():
    return SequenceModel(**SMALL).fit(of(cycles()), Context())


def test_it_learns_a_pattern_that_popularity_does_not_know(fitted):
    asked = cycles(60, seed=1)
    scores = fitted.scores([history(*each[:-1]) for each in asked], 0.0)
    popular = np.bincount(np.concatenate(cycles()), minlength=N_ITEMS)

    def hits(ranked):
        return np.mean([each[-1] in row for each, row in zip(asked, ranked, strict=True)])

    assert hits(np.argsort(-scores, axis=1)[:, :4]) > 0.6
    assert hits(np.tile(np.argsort(-popular)[:4], (60, 1))) < 0.3


def test_the_same_seed_learns_the_same_and_leaves_the_global_generator_alone():
    data = of(cycles(40))
    before = torch.random.get_rng_state()
    first, again, other = (
        SequenceModel(**SMALL | {"max_epochs": 1, "seed": seed}).fit(data, Context()) for seed in (1, 1, 2)
    )
    assert torch.equal(before, torch.random.get_rng_state())
    asked = [history(3, 4, 5)]
    np.testing.assert_array_equal(first.scores(asked, 0.0), again.scores(asked, 0.0))
    assert not np.array_equal(first.scores(asked, 0.0), other.scores(asked, 0.0))


def test_restored_it_says_the_same(fitted):
    asked = [history(1, 2), history(), history(*range(20))]
    arrays = {name: np.array(each) for name, each in fitted.arrays().items()}
    other = SequenceModel(**SMALL).restore(arrays)
    np.testing.assert_array_equal(fitted.scores(asked, 0.0), other.scores(asked, 0.0))


def network():
    torch.manual_seed(0)
    made = Network(N_ITEMS, dimension=16, layers=2, heads=2, reach=8, dropout=0.5, sharpness=8.0).eval()
    for block in made.blocks:
        torch.nn.init.normal_(block.distance)
    return made


def test_what_comes_later_changes_nothing_before_it():
    codes = torch.randint(N_ITEMS, (4, 8))
    changed = codes.clone()
    changed[:, 5:] = (changed[:, 5:] + 1) % N_ITEMS
    told, other = network()(codes), network()(changed)
    torch.testing.assert_close(told[:, :5], other[:, :5])
    assert not torch.allclose(told[:, 5:], other[:, 5:])


def test_padding_and_company_change_nothing(fitted):
    asked = [history(1, 2), history(4, 5, 6, 7, 8), history(), history(9)]
    together = fitted.scores(asked, 0.0)
    alone = np.concatenate([fitted.scores([each], 0.0) for each in asked])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_only_the_last_products_within_reach_matter(fitted):
    near = tuple(range(10, 18))
    first, second = fitted.scores([history(1, 2, *near), history(5, *near)], 0.0)
    np.testing.assert_allclose(first, second, atol=1e-5)


def test_no_history_is_answered_by_popularity(fitted):
    scores = fitted.scores([history()], 0.0)[0]
    assert scores.argmax() == 0
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("itself", [False, True])
def test_sampled_softmax_with_all_others_drawn_is_the_full_one(itself):
    made = network()
    told, wanted, products = made(torch.tensor([[3, 1, 4]]))[0], torch.tensor([1, 4, 9]), made.products()
    for row in range(3):
        full = torch.nn.functional.cross_entropy(told[row] @ products.T, wanted[row])
        others = torch.tensor([code for code in range(N_ITEMS) if itself or code != wanted[row]])
        sampled = sampled_softmax(told[row : row + 1], wanted[row : row + 1], products, others, N_ITEMS)
        torch.testing.assert_close(sampled, full)


def test_a_draw_of_what_came_does_not_count():
    made = network()
    told, wanted, products = made(torch.tensor([[3, 1]]))[0], torch.tensor([1, 4]), made.products()
    with_it = sampled_softmax(told[:1], wanted[:1], products, torch.tensor([7, 1]), N_ITEMS)
    logits = told[0] @ products[torch.tensor([1, 7])].T
    logits[1] += np.log((N_ITEMS - 1) / 2)
    torch.testing.assert_close(with_it, torch.nn.functional.cross_entropy(logits, torch.tensor(0)))


def test_it_starts_with_neighbours_near_each_other():
    start = spectral(cycles(), N_ITEMS, 8, np.random.default_rng(0), Context())
    np.testing.assert_allclose(np.linalg.norm(start, axis=1), 1, rtol=1e-5)
    near = np.mean([start[code] @ start[code + 1] for code in range(1, N_ITEMS - 1)])
    far = np.mean([start[code] @ start[1 + (code + 13) % (N_ITEMS - 1)] for code in range(1, N_ITEMS - 1)])
    assert near > far + 0.3
    assert spectral(cycles(), N_ITEMS, N_ITEMS, np.random.default_rng(0), Context()) is None


def test_what_is_held_back_is_not_learnt_from():
    known = [np.asarray(each, np.int32) for each in cycles(40)] + [np.asarray([1, 2], np.int32)]
    kept, asked = hold_back(known, 3, np.random.default_rng(0))
    assert len(asked) == 3
    assert len(kept) == len(known)
    assert sum(len(each) for each in kept) == sum(len(each) for each in known) - 3
    for each in asked:
        assert any(np.array_equal(each[:-1], other) for other in kept)
    assert len(hold_back(known, 1000, np.random.default_rng(0))[1]) == 4


def test_runs_of_the_same_product_are_one_step():
    assert without_repeats(np.asarray([3, 3, 1, 3, 3], np.int32)).tolist() == [3, 1, 3]
    assert without_repeats(np.zeros(0, np.int32)).tolist() == []


def test_it_stops_when_told(fitted):
    with pytest.raises(Cancelled):
        SequenceModel(**SMALL).fit(of(cycles(40)), Context(cancelled=lambda: True))


def test_it_keeps_to_its_budget_and_tells_how_far_it_is():
    told = []
    started = time.monotonic()
    model = SequenceModel(**SMALL | {"max_epochs": 10_000, "patience": 10_000, "budget_minutes": 0.01})
    model.fit(of(cycles()), Context(progress=lambda done, total, what: told.append(done)))
    assert time.monotonic() - started < 10
    assert told == list(range(1, len(told) + 1))
    assert 0 < len(told) < 10_000


def test_it_stops_when_the_ranking_no_longer_improves():
    told = []
    model = SequenceModel(**SMALL | {"max_epochs": 200, "patience": 1})
    model.fit(of(cycles(40)), Context(progress=lambda done, total, what: told.append(done)))
    assert told[-1] < 200


@pytest.mark.parametrize("known", [[], [[3]], [[1, 2]], [[4, 4, 4], [2]]])
def test_next_to_nothing_to_learn_from(known):
    model = SequenceModel(**SMALL | {"max_epochs": 1}).fit(of(known), Context())
    scores = model.scores([history(1), history()], 0.0)
    assert scores.shape == (2, N_ITEMS)
    assert np.isfinite(scores).all()


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_on_a_gpu():
    model = SequenceModel(**SMALL).fit(of(cycles()), Context(device="cuda:0"))
    restored = SequenceModel(**SMALL).restore(model.arrays())
    np.testing.assert_allclose(model.scores([history(1, 2)], 0.0), restored.scores([history(1, 2)], 0.0), atol=1e-3)
