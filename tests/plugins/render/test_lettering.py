import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from prodgen_render.looks.lettering import covers, legible, wrap, write, write_title
from prodgen_render.words.labels import name_on_label

from prodgen_sdk.types import Product


def test_font_covers_english_and_chinese() -> None:
    assert all(covers(c) for c in "Crème brûlée 100% 海盐焦糖 马克杯 T恤 カフェ")
    assert not covers("🙂")
    assert legible("Mug 🙂 杯") == "Mug 杯"


@given(st.text(alphabet="ab 马克杯x", max_size=40), st.integers(1, 4))
def test_wrap_keeps_every_letter(text: str, lines: int) -> None:
    wrapped = wrap(text, lines)
    assert len(wrapped) <= lines
    assert "".join("".join(wrapped).split()) == "".join(text.split())


def test_writing_stays_in_its_box() -> None:
    picture = Image.new("RGB", (200, 100), (255, 255, 255))
    write(picture, ["Morning", "晨光马克杯"], (40, 20, 160, 80), (0, 0, 0))
    dark = np.asarray(picture).min(2) < 128
    assert dark.any()
    assert not dark[:18].any()
    assert not dark[82:].any()
    assert not dark[:, :38].any()
    assert not dark[:, 162:].any()


def test_a_title_has_as_many_lines_as_make_its_letters_largest() -> None:
    def filled(title: str, width: int, height: int) -> tuple[float, float]:
        picture = Image.new("RGB", (400, 400), (255, 255, 255))
        write_title(picture, title, (10, 10, 10 + width, 10 + height), (0, 0, 0))
        rows, columns = np.nonzero(np.asarray(picture)[..., 0] < 128)
        return float(np.ptp(rows)), float(np.ptp(columns))

    assert filled("有机蓝莓果酱", 380, 100)[0] < 80, "one line"
    high, wide = filled("Extra virgin olive oil", 100, 200)
    assert high > 70, "three lines"
    assert 60 < wide < 102


def test_titles_lose_sizes_on_labels() -> None:
    from prodgen_render.looks.look import Look

    look = Look(
        Product(sku="a", title="Olive oil 500 ml (extra virgin)", category="food/bottle"), np.random.default_rng(0)
    )
    assert look.title_words == "Olive oil"


def test_what_a_package_is_of_is_not_on_its_label() -> None:
    assert name_on_label("Strawberry jam 340 g glass jar") == "Strawberry jam"
    assert name_on_label("Honey, wooden box") == "Honey"
    assert name_on_label("Stained glass") == "Stained glass"
