"""Views are drawn beside each other: in order, no further ahead than needed, and the same whatever the number of threads."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from prodgen_render.parametric import build_model
from prodgen_render.rendering import views as rendering
from prodgen_render.rendering.threads import in_order, usable

from prodgen_sdk.types import Product, View


def test_answers_come_in_order_though_later_ones_are_ready_first():
    second_done = threading.Event()

    def work(item: int) -> int:
        if item == 0:
            assert second_done.wait(10)
        if item == 1:
            second_done.set()
        return item

    assert list(in_order(work, range(5), threads=2)) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("threads", [1, 2])
def test_items_are_taken_no_further_ahead_than_keeps_the_threads_busy(threads):
    taken = []

    def items():
        for number in range(20):
            taken.append(number)
            yield number

    answers = in_order(lambda item: item, items(), threads)
    next(answers)
    assert len(taken) <= threads + 1


def test_a_fault_stops_what_was_not_begun():
    begun = []

    def work(item: int) -> int:
        begun.append(item)
        if item == 1:
            raise ValueError("broken")
        return item

    with pytest.raises(ValueError, match="broken"):
        list(in_order(work, range(50), threads=2))
    assert len(begun) < 10


def test_threads_are_as_many_as_the_environment_allows(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert usable() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    assert usable() >= 1


def test_pictures_do_not_depend_on_the_number_of_threads(monkeypatch):
    model = build_model(Product(sku="m", title="Glass jar", category="food/jar"), 1)
    views = [View(azimuth=azimuth, elevation=15) for azimuth in (0, 40, 200)]
    made = []
    for threads in (1, 3):
        monkeypatch.setattr(rendering, "usable", lambda threads=threads: threads)
        begun = []
        made.append(rendering.render(model, views, size=96, before_each=begun.append))
        assert begun == [0, 1, 2]
    for one, other in zip(*made, strict=True):
        assert one.view == other.view
        assert np.array_equal(one.image, other.image)
