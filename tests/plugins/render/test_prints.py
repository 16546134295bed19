"""Prints and weaves: which words ask for them, and that what is drawn repeats and is in the colours that were asked for."""

from __future__ import annotations

import numpy as np
import pytest
from prodgen_render.looks.look import Look
from prodgen_render.looks.many import MUTED, RAINBOW
from prodgen_render.looks.motifs import draw_motifs
from prodgen_render.looks.prints import PRINTS, draw_print
from prodgen_render.parametric import build_model
from prodgen_render.words.labels import quoted_in
from prodgen_render.words.reading import colours_of, motif_of, pattern_of

from prodgen_sdk.images.colour import to_srgb
from prodgen_sdk.images.pictograms import inks_of
from prodgen_sdk.types import Product

NAVY, PAPER = (31, 47, 85), (246, 243, 236)


def draw(name: str, *, seed: int = 0, repeat: float = 6, size: int = 192) -> np.ndarray:
    return np.asarray(draw_print(name, size, size, NAVY, PAPER, np.random.default_rng(seed), repeat), np.float32)


@pytest.mark.parametrize("name", PRINTS)
def test_a_print_tiles_sideways(name: str) -> None:
    for repeat in (2, 5, 8.4):
        picture = draw(name, repeat=repeat)
        steps = np.abs(np.diff(picture, axis=1)).mean((0, 2))
        seam = np.abs(picture[:, 0] - picture[:, -1]).mean()
        assert seam <= 1.5 * steps.max() + 1


@pytest.mark.parametrize("name", PRINTS)
def test_a_print_shows_its_ground_and_its_marks(name: str) -> None:
    picture = draw(name).reshape(-1, 3)
    ground = (np.abs(picture - NAVY).max(1) < 24).mean()
    assert 0.1 < ground < 0.97
    assert picture.std(0).max() > 5


def test_prints_differ_from_each_other() -> None:
    pictures = [draw(name) for name in PRINTS]
    for number, picture in enumerate(pictures):
        assert all(np.abs(picture - other).mean() > 2 for other in pictures[:number])


def test_scattered_prints_follow_the_random_numbers() -> None:
    for name in ("camouflage", "leopard", "cow", "zebra", "tie-dye", "marbled", "geometric"):
        assert np.array_equal(draw(name, seed=1), draw(name, seed=1))
        assert not np.array_equal(draw(name, seed=1), draw(name, seed=2))


def test_a_dark_ground_has_light_marks() -> None:
    black = np.asarray(draw_print("leopard", 96, 96, (20, 20, 22), PAPER, np.random.default_rng(0), 4), np.float32)
    assert np.percentile(black, 97) > 90


@pytest.mark.parametrize(
    ("title", "attribute", "pattern"),
    [
        ("Leopard print midi dress", "animal", "leopard"),
        ("Zebra print cushion", "animal", "zebra"),
        ("奶牛纹抱枕", "animal", "cow"),
        ("Houndstooth scarf", "checked", "houndstooth"),
        ("Checked shirt", "checked", "checks"),
        ("菱格毛衣", "geometric", "argyle"),
        ("人字纹围巾", "", "herringbone"),
        ("几何图案地毯", "geometric", "geometric"),
        ("Camo hoodie", "camouflage", "camouflage"),
        ("扎染T恤", "tie-dye", "tie-dye"),
        ("Marble print mug", "marbled", "marbled"),
        ("Polka dot dress", "dotted", "dots"),
        ("Printed summer dress", "printed", "floral"),
        ("印花连衣裙", "printed", "floral"),
        ("Patterned rug", "", "geometric"),
        ("Ethnic pattern cushion", "", "geometric"),
        ("Persian rug red", "", "paisley"),
        ("Graphic print T-shirt", "printed", "logo"),
        ("Cat print cushion", "printed", "logo"),
        ("Snake print dress", "printed", "plain"),
        ("Plain dress", "", "plain"),
        ("Summer dress", "", ""),
    ],
)
def test_words_name_a_print(title: str, attribute: str, pattern: str) -> None:
    attributes = {"pattern": attribute} if attribute else {}
    assert pattern_of(Product(sku="p", title=title, category="home/cushion", attributes=attributes)) == pattern


def test_prints_have_colours_that_go_without_saying() -> None:
    def colours(title: str) -> list[str]:
        return [name for name, _ in colours_of(Product(sku="p", title=title, category="apparel/hoodie"))]

    assert colours("Camo hoodie") == ["olive"]
    assert colours("Pink camo hoodie") == ["pink"]
    assert colours("Houndstooth hoodie") == ["white", "black"]


def test_a_sneaker_wears_its_print_between_plain_panels() -> None:
    model = build_model(Product(sku="s", title="Leopard sneakers", category="apparel/sneakers"), 1)
    printed = [part for part in model.parts if part.material.texture is not None]
    assert model.facts["pattern"] == "leopard"
    assert len(printed) == 1
    assert np.ptp(printed[0].vertices[:, 0]) > 0.2


def test_a_garment_wears_its_print() -> None:
    plain, printed = (
        build_model(Product(sku="t", title=title, category="apparel/t-shirt"), 1)
        for title in ("Navy T-shirt", "Navy T-shirt with star print")
    )
    assert printed.facts["pattern"] == "stars"
    assert "fallback" not in printed.facts
    assert printed.parts[0].material.texture is not None
    assert plain.parts[0].material.texture is None or plain.facts["pattern"] == "logo"


def test_a_shirt_has_no_print_that_nobody_asked_for_and_what_a_title_quotes_is_printed() -> None:
    for seed in range(4):
        plain = build_model(Product(sku="p", title="White T-shirt", category="apparel/t-shirt"), seed)
        assert all(part.material.texture is None for part in plain.parts)
        quoted = build_model(Product(sku="p", title='T-shirt "Hello Sun"', category="apparel/t-shirt"), seed)
        assert quoted.facts["pattern"] == "logo"
        assert any(part.material.texture is not None for part in quoted.parts)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ('Cushion 18" x 18"', ""),
        ('Curtain 52" W x 84" L, 2 panels', ""),
        ('Towel 30"x60" white', ""),
        ('Rug 5½" x 8"', ""),
        ('Dress 5\'6" fit "midi"', "midi"),
        ('T恤"你好"', "你好"),
        ("马克杯「加油」", "加油"),
    ],
)
def test_inches_are_no_quotation(title: str, said: str) -> None:
    assert quoted_in(title) == said


def of(title: str, category: str) -> Product:
    return Product(sku="m", title=title, category=category)


@pytest.mark.parametrize(
    ("title", "shown", "pattern"),
    [
        ("Lemon print sundress", "lemon", "motif"),
        ("Hawaiian shirt with pineapple print", "pineapple", "motif"),
        ("草莓印花连衣裙", "berry", "motif"),
        ("仙人掌图案浴帘", "cactus", "motif"),
        ("Cat print T-shirt", "cat", "logo"),
        ("All-over cherry print T-shirt", "cherry", "motif"),
        ("Bee print umbrella", "bee", "motif"),
        ("White mug with cat", "cat", "logo"),
        ("樱桃手机壳", "cherry", "motif"),
        ("Mug with lemon tea", "", ""),
        ("Printed summer dress", "", "floral"),
        ("Rose print dress", "", "floral"),
        ("Lemon yellow dress", "", ""),
        ("Cat food", "", ""),
    ],
)
def test_a_print_shows_what_the_title_says(title: str, shown: str, pattern: str) -> None:
    item = of(title, "apparel/other")
    assert (motif_of(item), pattern_of(item)) == (shown, pattern)


@pytest.mark.parametrize(
    ("title", "pattern"),
    [
        ("No logo cap", ""),
        ("Logo-free hoodie", ""),
        ("Dress without flowers", ""),
        ("Mug, no dots", ""),
        ("无印花T恤", ""),
        ("没有条纹的衬衫", ""),
        ("Non-slip striped socks", "stripes"),
        ("No-iron checked shirt", "checks"),
        ("无袖碎花连衣裙", "floral"),
    ],
)
def test_what_is_said_not_to_be_there_is_no_pattern(title: str, pattern: str) -> None:
    assert pattern_of(of(title, "apparel/other")) == pattern


@pytest.mark.parametrize(
    ("title", "colours"), [("Cushion, not blue", []), ("Red mug, no black", ["red"]), ("Sugar-free red cola", ["red"])]
)
def test_what_is_said_not_to_be_there_is_no_colour(title: str, colours: list[str]) -> None:
    assert [name for name, _ in colours_of(of(title, "home/other"))] == colours


def test_a_print_of_things_tiles_in_their_own_inks_or_in_others_where_those_would_not_be_seen() -> None:
    picture = np.asarray(draw_motifs("cherry", 192, 96, PAPER, NAVY, 4), np.float32)
    steps = np.abs(np.diff(picture, axis=1)).mean((0, 2))
    assert np.abs(picture[:, 0] - picture[:, -1]).mean() <= 1.5 * steps.max() + 1
    red, green = inks_of("cherry", PAPER, NAVY)
    assert red[0] > 2 * red[1]
    assert green[1] > max(green[0], green[2])
    assert inks_of("cherry", red, PAPER)[0] == PAPER


@pytest.mark.parametrize(
    ("title", "inks"),
    [("Rainbow striped scarf", RAINBOW), ("彩虹条纹T恤", RAINBOW), ("Multicolour striped scarf", MUTED)],
)
def test_many_colours_are_many(title: str, inks: tuple[tuple[int, int, int], ...]) -> None:
    model = build_model(of(title, "apparel/scarf"), 1)
    assert (model.facts["colour"], model.facts["pattern"]) == ("multicolour", "stripes")
    cloth = next(part.material.texture for part in model.parts if part.material.texture is not None)
    seen = 255 * to_srgb(cloth.pixels.reshape(-1, 3)[::97])
    assert all((np.abs(seen - ink).max(1) < 6).any() for ink in inks)


@pytest.mark.parametrize(
    ("title", "along"), [("Breton top", 0), ("海魂衫", 0), ("Horizontal striped top", 0), ("Pinstripe stripes top", 1)]
)
def test_stripes_go_as_the_title_says(title: str, along: int) -> None:
    for seed in range(4):
        look = Look(Product(sku="t", title=title, category="apparel/t-shirt"), np.random.default_rng(seed))
        picture = np.asarray(look.surface((0.5, 0.5), (240, 240, 240), 0.05), float)
        changes = [np.abs(np.diff(picture, axis=axis)).mean() for axis in (0, 1)]
        assert int(np.argmax(changes)) == along


def test_what_describes_a_print_is_no_thing_in_it() -> None:
    said = {
        t: pattern_of(Product(sku="d", title=t, category="apparel/dress"))
        for t in ("Orange floral print dress", "Lemon print dress")
    }
    assert list(said.values()) == ["floral", "motif"]


def test_a_pattern_of_the_shade_is_on_the_shade_of_a_lamp() -> None:
    """Where the words do not say so, it is on the foot."""

    def lit_print(title: str) -> bool:
        parts = build_model(of(title, "home/lamp"), 1).parts
        return any(part.material.glow is not None and part.material.texture is not None for part in parts)

    assert lit_print("Table lamp with floral shade")
    assert not lit_print("Floral ceramic table lamp")
