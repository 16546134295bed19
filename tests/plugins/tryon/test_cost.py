"""What a second try-on must not cost again, and how much memory it takes: in counts, which are the same on every machine."""

import tracemalloc
from collections import Counter

import pytest
from prodgen_tryon.body import person
from prodgen_tryon.garment import piece as garment
from prodgen_tryon.picture import shading, underlay
from prodgen_tryon.picture.skin import neck

from prodgen_sdk.types import Fit, Garment, PersonPhoto, TryOn, TryOnRequest

FRAMES = 17  # float32 pictures of the working size that dressing allocates at once, at most; 13.7 when this was written


@pytest.fixture
def counted(monkeypatch):
    """Counts what depends on the photo alone, and the cut-out, which depends on the garment alone."""
    calls = Counter()

    def watch(module, name):
        made = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, **k: (calls.update([name]), made(*a, **k))[1])

    for module, name in (
        (person, "parse_parts"), (person, "measure"), (person, "to_lab"), (underlay, "fill"),
        (underlay, "bare_arm"), (shading, "clusters"), (neck, "spread"), (garment, "cut_out"), (garment, "top_shape"),
    ):  # fmt: skip
        watch(module, name)
    return calls


def dress(compositor, ctx, photo, front):
    request = TryOnRequest(person=PersonPhoto(image=photo), garments=(Garment(front=front, category="top"),), fit=Fit())
    (answer,) = compositor.compose([request], ctx)
    assert isinstance(answer, TryOn)
    return answer


def test_the_next_garment_costs_nothing_that_depends_on_the_photo_alone(compositor, ctx, drawn, counted):
    photo, top, other = drawn.person(), drawn.top().front, drawn.top(colour=(40, 60, 170)).front
    dress(compositor, ctx, photo, top)
    first = counted.copy()
    assert min(first.values()) >= 1
    assert len(first) == 9
    dress(compositor, ctx, photo, other)
    assert counted - first == {"cut_out": 1, "top_shape": 1}


def test_a_garment_is_cut_out_once_for_all_people(compositor, ctx, drawn, counted):
    top = drawn.top().front
    dress(compositor, ctx, drawn.person(), top)
    dress(compositor, ctx, drawn.person(seed=1), top)
    assert counted["cut_out"] == counted["top_shape"] == 1
    assert counted["parse_parts"] == 2


def test_memory_is_a_few_pictures(compositor, ctx, drawn):
    photo = drawn.person(size=(1024, 768))
    top, other = (drawn.top(colour=colour).front for colour in ((180, 40, 45), (40, 60, 170)))
    dress(compositor, ctx, photo, top)
    working = compositor._people._items.copy().popitem()[1].value.image
    tracemalloc.start()
    try:
        dress(compositor, ctx, photo, other)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < FRAMES * working.size * 4, peak / working.size / 4
