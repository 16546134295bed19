"""Small pictures on labels show what the title names."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from prodgen_mini.artwork import LABEL_WIDTHS, Asked  # noqa: E402
from prodgen_mini.models.codec import SHEETS  # noqa: E402
from prodgen_mini.models.labels.drawing import labelled  # noqa: E402
from prodgen_mini.models.labels.motifs import motifs  # noqa: E402
from prodgen_mini.models.labels.panels import Panel  # noqa: E402
from prodgen_mini.models.labels.pictures import Kind, Picture  # noqa: E402
from prodgen_mini.models.paint import bare, lay  # noqa: E402

from prodgen_sdk.images.pictograms import things  # noqa: E402
from prodgen_sdk.types import ProductAsset  # noqa: E402

SIZE = 128
ASPECT = 0.72


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


def test_with_one_ink_what_stands_beside_is_kept() -> None:
    found = labelled(_label(Kind(motifs()[6], "", ASPECT), (1, 1, 3, 3)), 1, "cherry", ASPECT)
    drawn = _label(Kind(things()["cherry"], "", ASPECT), (1, 1, 3, 3))
    assert torch.minimum(found, drawn).sum(0).mean() > 0.99


def test_what_is_asked_for_knows_title_and_family() -> None:
    sketch = ProductAsset(family="jar", proportions=(), pattern="plain", layout="label")
    asked = Asked.of(sketch, "Strawberry jam")
    assert (asked.subject, asked.aspect) == ("berry", LABEL_WIDTHS["jar"])
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
    for name, width in LABEL_WIDTHS.items():
        areas.clear()
        for seed in range(2):
            item = Product(sku="w", title=name, category=f"{FAMILIES[name].domain}/{name}")
            made = made_up_asset(item, seed)
            model_of(made.product, made.asset, share=0.3)
        assert 0.75 < np.mean(areas) / width < 1.33, name
