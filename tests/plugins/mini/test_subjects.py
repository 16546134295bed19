"""Small pictures on labels show what the title names."""

import numpy as np
import pytest
from prodgen_mini.models.labels.subjects import _THINGS, _WARES, WIDTHS, subject_of

torch = pytest.importorskip("torch")
from prodgen_mini.artwork import Asked  # noqa: E402
from prodgen_mini.models.codec import SHEETS  # noqa: E402
from prodgen_mini.models.labels.drawing import labelled  # noqa: E402
from prodgen_mini.models.labels.motifs import motifs  # noqa: E402
from prodgen_mini.models.labels.outlines import FIRST, SECOND, in_one_ink  # noqa: E402
from prodgen_mini.models.labels.panels import Panel  # noqa: E402
from prodgen_mini.models.labels.pictures import Kind, Picture  # noqa: E402
from prodgen_mini.models.labels.things import things  # noqa: E402
from prodgen_mini.models.paint import bare, lay  # noqa: E402

from prodgen_sdk.types import ProductAsset  # noqa: E402

SIZE = 128
ASPECT = 0.72


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("Green tea", "tea"),
        ("绿茶", "tea"),
        ("Strawberry jam", "berry"),
        ("蓝莓果酱", "cherry"),
        ("Tuna in olive oil", "fish"),
        ("金枪鱼罐头", "fish"),
        ("Olive oil", "olive"),
        ("橄榄油", "olive"),
        ("Dark roast coffee beans 500 g", "bean"),
        ("拿铁咖啡", "bean"),
        ("Hyaluronic face serum", "drop"),
        ("保湿精华液", "drop"),
        ("Orange juice", "citrus"),
        ("Apricot juice", "apple"),
        ("Shampoo", "bubbles"),
        ("Rosemary shampoo", "sprig"),
        ("薰衣草沐浴露", "lavender"),
        ("Cherry blossom hand cream", "flower"),
        ("Night cream", "moon"),
        ("防晒霜 SPF50", "sun"),
        ("Oat flakes", "ear"),
        ("Honey", "honeycomb"),
    ],
)
def test_the_words_choose(title: str, subject: str) -> None:
    assert subject_of(title) == subject


@pytest.mark.parametrize("title", ["", "Red tin", "Rose gold jar", "Steak", "Teal cup", "🙂", "ticket office"])
def test_words_that_name_no_such_thing_leave_the_choice_to_the_network(title: str) -> None:
    assert subject_of(title) == ""


def test_a_long_title_is_read_at_once() -> None:
    assert subject_of("a" * 10_000) == ""
    assert subject_of("Tuna " + "x, " * 5_000) == "fish"


def test_every_subject_can_be_drawn_and_is_seen_whole() -> None:
    assert {name for name, _ in (*_THINGS, *_WARES)} <= set(things())
    for name, motif in things().items():
        for _, points in motif:
            assert np.abs(points).max() < 1.06, name


def _label(kind: Kind, inks: tuple[int, int, int, int] = (1, 2, 3, 4)) -> torch.Tensor:
    sheets = bare(SHEETS, SIZE)
    lay(sheets, 1, Panel("panel", ASPECT).cover(SIZE))
    for ink, cover in Picture(kind, inks).covers(SIZE):
        lay(sheets, ink, cover)
    return sheets


@pytest.mark.parametrize("back", ["", "disc", "square"])
@pytest.mark.parametrize("subject", ["fish", "bean", "lavender"])
def test_a_label_shows_the_subject_in_the_inks_and_the_place_of_what_was_there(back: str, subject: str) -> None:
    flower = motifs()[6]
    found = labelled(_label(Kind(flower, back, 0.65)), 1, subject, ASPECT)
    wanted = _label(Kind(things()[subject], back, ASPECT))
    assert torch.minimum(found, wanted).sum(0).mean() > 0.99
    untold = labelled(_label(Kind(flower, back, 0.65)))
    assert torch.minimum(untold, wanted).sum(0).mean() < 0.985


def test_a_label_without_a_picture_stays_without() -> None:
    plain = bare(SHEETS, SIZE)
    lay(plain, 1, Panel("panel", ASPECT).cover(SIZE))
    assert torch.equal(labelled(plain, 1, "fish", ASPECT), labelled(plain))


def test_with_one_ink_details_are_cut_out_and_what_stands_beside_is_kept() -> None:
    fish, cherry = in_one_ink(things()["fish"]), in_one_ink(things()["cherry"])
    assert {ink for ink, _ in cherry} == {FIRST}
    assert {ink for ink, _ in fish} == {FIRST, SECOND}
    found = labelled(_label(Kind(motifs()[6], "", ASPECT), (1, 1, 3, 3)), 1, "cherry", ASPECT)
    drawn = _label(Kind(things()["cherry"], "", ASPECT), (1, 1, 3, 3))
    assert torch.minimum(found, drawn).sum(0).mean() > 0.99


def test_what_is_asked_for_knows_title_and_family() -> None:
    sketch = ProductAsset(family="jar", proportions=(), pattern="plain", layout="label")
    asked = Asked.of(sketch, "Strawberry jam")
    assert (asked.subject, asked.aspect) == ("berry", WIDTHS["jar"])
    assert Asked.of(sketch.model_copy(update={"family": "new"})).aspect == 0


def test_widths_are_those_that_the_renderer_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("prodgen_render")
    from prodgen_render.asset.generator import model_of
    from prodgen_render.asset.look import AssetLook
    from prodgen_render.asset.made_up import made_up_asset
    from prodgen_render.families import FAMILIES

    from prodgen_sdk.types import Product

    areas: list[float] = []
    printed = AssetLook.print

    def noting(self, picture, area, base, style, ink, art, words):
        if art:
            areas.append((area[2] - area[0]) / (area[3] - area[1]))
        printed(self, picture, area, base, style, ink, art, words)

    monkeypatch.setattr(AssetLook, "print", noting)
    for name, width in WIDTHS.items():
        areas.clear()
        for seed in range(2):
            item = Product(sku="w", title=name, category=f"{FAMILIES[name].domain}/{name}")
            made = made_up_asset(item, seed)
            model_of(made.product, made.asset, share=0.3)
        assert 0.75 < np.mean(areas) / width < 1.33, name
