"""A cache keeps what is used, is bounded, and never keeps what was loaded while it was told to forget."""

from __future__ import annotations

import pytest

from prodgen_sdk.cache import Cache


def squares(keys: list[int]) -> dict[int, int]:
    return {key: key * key for key in keys if key >= 0}


def never(keys: list[int]) -> dict[int, int]:
    raise AssertionError(keys)


def test_what_is_used_again_and_again_stays_and_the_rest_goes() -> None:
    cache = Cache[int, int](10)
    for key in range(100):
        assert cache.get_many([0, key], squares) == {0: 0, key: key * key}
        assert len(cache) <= 10
    assert cache.get_many([0, *range(95, 100)], never) == {key: key * key for key in (0, *range(95, 100))}
    assert cache.get(50) is None


def test_only_what_is_missing_is_loaded_and_the_unknown_is_left_out() -> None:
    cache = Cache[int, int](10)
    cache.put(1, 7)
    asked: list[list[int]] = []

    def load(keys: list[int]) -> dict[int, int]:
        asked.append(keys)
        return squares(keys)

    assert list(cache.get_many([3, 1, -1, 3], load).items()) == [(3, 9), (1, 7)]
    assert asked == [[3, -1]]
    assert cache.get_many([1, 3], never) == {1: 7, 3: 9}


@pytest.mark.parametrize("forget", [lambda cache: cache.drop([2]), lambda cache: cache.clear()])
def test_what_was_loaded_while_it_forgot_is_not_kept(forget) -> None:
    cache = Cache[int, int](4)

    def load(keys: list[int]) -> dict[int, int]:
        forget(cache)
        return squares(keys)

    assert cache.get_many([2], load) == {2: 4}
    assert cache.get(2) is None


def test_what_is_dropped_is_gone_from_both_generations() -> None:
    cache = Cache[int, int](4)
    for key in range(4):
        cache.put(key, key)
    cache.drop(range(4))
    assert (len(cache), cache.get(0), cache.get(3)) == (0, None, None)
    cache.put(0, 1)
    cache.put(0, 2)
    assert (cache.get(0), len(cache)) == (2, 1)
