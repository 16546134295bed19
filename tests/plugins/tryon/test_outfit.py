"""Sizes, layers, tucking and orientation as a caller sees them: in the pixels, through the compositor and the Studio."""

import numpy as np
import pytest

from prodgen_sdk import images
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Fit, Garment, PersonPhoto, Product, Refusal, TryOn, TryOnRequest

RED, GREEN, BLUE = (180, 40, 45), (30, 140, 60), (40, 60, 170)


def dress(compositor, ctx, person, *garments, height_cm=175, **fit):
    request = TryOnRequest(
        person=PersonPhoto(image=person, height_cm=height_cm), garments=garments, fit=Fit(**fit)
    )  # fmt: skip
    result = compositor.compose([request], ctx)[0]
    assert isinstance(result, TryOn), result
    return result


def colour(result, y, x):
    """Which of the three colours a pixel has: the name of its largest channel."""
    return "rgb"[int(result.image[y, x].astype(int).argmax())]


def garment(drawn, outline, colour, category, **more):
    return Garment(front=drawn.garment(outline, colour=colour)[0], category=category, **more)


def test_sizes_are_seen(compositor, ctx, drawn):
    photo, areas, rows = drawn.person(), [], []
    for chest, length in ((90, 60), (120, 60), (120, 80)):
        measured = {"chest": chest, "length": length}
        result = dress(compositor, ctx, photo, garment(drawn, drawn.tee(), RED, "top", measurements_cm=measured))
        cloth = result.layers[0].image[..., 3] > 128
        areas.append(int(cloth.sum()))
        rows.append(int(np.flatnonzero(cloth[:, 140:160].any(1)).max()))
    assert areas[0] * 1.1 < areas[1] < areas[2]
    assert abs(rows[1] - rows[0]) <= 2
    # 20 cm at the scale of the figure, of 350 pixels and 175 cm
    assert rows[2] - rows[1] == pytest.approx(40, abs=8)


def test_the_same_cloth_is_smaller_on_a_taller_person(compositor, ctx, drawn):
    tee = garment(drawn, drawn.tee(), RED, "top", measurements_cm={"chest": 110, "length": 70})
    small, tall = (dress(compositor, ctx, drawn.person(), tee, height_cm=h) for h in (160, 195))
    assert small.layers[0].image[..., 3].sum() > 1.1 * tall.layers[0].image[..., 3].sum()
    assert "assumed" not in " ".join(small.warnings)


def test_bad_sizes_are_bad_input(compositor, ctx, drawn):
    top = garment(drawn, drawn.tee(), RED, "top", measurements_cm={"chest": 100, "length": 30})
    with pytest.raises(InputError, match="contradict the garment's photo"):
        dress(compositor, ctx, drawn.person(), top)
    with pytest.raises(InputError, match="size big is not known"):
        dress(compositor, ctx, drawn.person(), drawn.top(), size="big")


def test_true_layers(compositor, ctx, drawn):
    tee = garment(drawn, drawn.tee(length=1.1), RED, "top")
    jeans = garment(drawn, drawn.trousers(), GREEN, "trousers")
    coat = garment(drawn, drawn.tee(1.3, 1.1), BLUE, "outerwear", closure="open")
    photo = drawn.person()
    both = dress(compositor, ctx, photo, tee, jeans)
    over = dress(compositor, ctx, photo, jeans, tee)
    assert colour(both, 205, 150) == "g"  # tucked in: the waistband is seen
    assert colour(over, 205, 150) == "r"
    assert colour(dress(compositor, ctx, photo, tee, jeans, tuck="out"), 205, 150) == "r"
    assert colour(dress(compositor, ctx, photo, jeans, tee, tuck="in"), 212, 150) == "g"
    full = dress(compositor, ctx, photo, tee, jeans, coat)
    assert colour(full, 150, 125) == "b"
    assert colour(full, 205, 122) == "b"  # the coat hides the waistband
    assert colour(full, 160, 150) == "r"  # and is open over the top
    assert colour(full, 206, 150) == "g"
    assert [layer.name for layer in full.layers] == ["0-top", "1-trousers", "2-outerwear"]
    closed = dress(compositor, ctx, photo, tee, jeans, coat.model_copy(update={"closure": "closed"}))
    assert colour(closed, 190, 150) == "b"


def test_the_side_that_faces_the_camera_is_shown(studio, drawn):
    front, back = drawn.garment(drawn.tee())[0], drawn.garment(drawn.tee(), colour=GREEN)[0]
    parser = studio.host.get("body_parser", "body/drawn").component
    for seen_from_behind in (False, True):
        parser.back = seen_from_behind
        # Another photo each time, since a Studio forgets a photo at once but a parser of drawings knows no backs.
        photo = drawn.person(seed=int(seen_from_behind))
        both = studio.try_on(photo, Garment(front=front, back=back, category="top"), compositor="tryon/warp")
        assert isinstance(both, TryOn), both
        assert colour(both, 160, 150) == ("g" if seen_from_behind else "r")
        assert both.facts["facing"] == ("back" if seen_from_behind else "front")
    alone = studio.try_on(photo, Garment(front=front, category="top"), compositor="tryon/warp")
    assert isinstance(alone, Refusal)
    assert alone.code == "back-view"
    assert "back" in alone.what_to_do


def test_a_products_measurements_are_used(studio, drawn, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    images.save(drawn.garment(drawn.tee())[0], tmp_path / "tee.png")
    photo, media = drawn.person(), [{"role": "front", "uri": "tee.png"}]
    areas = []
    for chest in (90, 130):
        product = Product(
            sku="tee-1", title="A tee", category="apparel/tops/t-shirt", media=media,
            attributes={"M:chest_cm": chest, "length_cm": 70},
        )  # fmt: skip
        result = studio.try_on(photo, product, fit=Fit(size="M"), height_cm=175, compositor="tryon/warp")
        assert isinstance(result, TryOn), result
        areas.append(result.layers[0].image[..., 3].sum())
    assert areas[1] > 1.1 * areas[0]
