"""Parts that are made once and closed together."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from prodgen_sdk.errors import InputError
from prodgen_sdk.parts import Parts


class Part:
    def __init__(self, name, closed, *, fails=False):
        self.name, self.closed, self.fails = name, closed, fails

    def close(self):
        self.closed.append(self.name)
        if self.fails:
            raise OSError(f"{self.name} is stuck")


def test_a_part_is_made_once_from_many_threads():
    made, together = [], threading.Barrier(8)
    parts = Parts("shop")

    def make():
        made.append(1)
        return Part("till", [])

    def ask(_):
        together.wait()
        return parts.get("till", make)

    with ThreadPoolExecutor(8) as pool:
        assert len({id(part) for part in pool.map(ask, range(8))}) == 1
    assert made == [1]


def test_who_needs_another_part_is_closed_before_it_and_more_after_all():
    closed = []
    parts = Parts("shop")
    parts.get("clerk", lambda: (parts.get("till", lambda: Part("till", closed)), Part("clerk", closed))[1])
    parts.close(Part("building", closed))
    parts.close(Part("building", closed))
    assert closed == ["clerk", "till", "building"]
    with pytest.raises(InputError, match="The shop is closed"):
        parts.get("till", lambda: Part("till", closed))


def test_what_cannot_be_closed_does_not_keep_the_rest_open():
    closed = []
    parts = Parts("shop")
    for name in ("a", "b", "c"):
        parts.get(name, lambda name=name: Part(name, closed, fails=name != "b"))
    with pytest.raises(ExceptionGroup) as raised:
        parts.close()
    assert closed == ["c", "b", "a"]
    assert [str(error) for error in raised.value.exceptions] == ["c is stuck", "a is stuck"]
