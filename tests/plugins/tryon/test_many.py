"""Many garments on one person, through a Studio: one analysis, the pixels of single try-ons."""

import numpy as np

from prodgen_sdk.types import Garment, Refusal, TryOn


def test_the_person_is_analysed_once_and_each_look_is_as_if_alone(studio, drawn, monkeypatch):
    parser = studio.host.get("body_parser", "body/drawn").component
    seen, look_at = [], parser._one
    monkeypatch.setattr(parser, "_one", lambda image: (seen.append(image.shape), look_at(image))[1])
    photo, trousers = drawn.person(), drawn.garment(drawn.trousers(), colour=(30, 140, 60))[0]
    blank = Garment(front=np.full((300, 300, 3), 240, np.uint8))
    looks = [
        drawn.top(),
        blank,
        [drawn.top(colour=(40, 60, 170)), Garment(front=trousers, category="trousers")],
        Garment(front=trousers, category="trousers"),
    ]
    answers = studio.try_on_many(photo, looks, compositor="tryon/warp")
    assert seen.count(photo.shape) == 1
    assert [type(answer) for answer in answers] == [TryOn, Refusal, TryOn, TryOn]
    assert answers[1].code == "garment-not-cut-out"
    for look, answer in zip(looks, answers, strict=True):
        alone = studio.try_on(photo, look, compositor="tryon/warp")
        if isinstance(answer, Refusal):
            assert alone == answer
            continue
        assert (alone.image == answer.image).all()
        assert (alone.edit_mask == answer.edit_mask).all()
        assert (alone.confidence, alone.warnings, alone.facts) == (answer.confidence, answer.warnings, answer.facts)


def test_nothing_of_the_person_stays_after_it(studio, drawn):
    studio.try_on_many(drawn.person(), [drawn.top(), drawn.top(colour=(40, 60, 170))], compositor="tryon/warp")
    assert not studio.host.get("compositor", "tryon/warp").component._people._items
