import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from prodgen_render.looks.lettering import covers, legible, wrap, write
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
