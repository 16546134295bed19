"""Small pictures on labels show what the title names."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from prodgen_mini.artwork import HABITS, LABEL_WIDTHS, Artist, Asked  # noqa: E402
from prodgen_mini.inks import INKS  # noqa: E402
from prodgen_mini.models.codec import SHEETS  # noqa: E402
from prodgen_mini.models.labels.drawing import labelled  # noqa: E402
from prodgen_mini.models.labels.motifs import foods, motifs  # noqa: E402
from prodgen_mini.models.labels.panels import Panel  # noqa: E402
from prodgen_mini.models.labels.pictures import Kind, Picture  # noqa: E402
from prodgen_mini.models.paint import bare, lay  # noqa: E402
from prodgen_mini.units import scaled  # noqa: E402
from prodgen_mini.weights import load_codec  # noqa: E402

from prodgen_sdk.images.pictograms import in_one_ink, things  # noqa: E402
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
@pytest.mark.parametrize("subject", ["anchor", "cat", "flower"])
def test_a_label_shows_the_subject_in_the_inks_and_the_place_of_what_was_there(back: str, subject: str) -> None:
    flower = motifs()[6]
    found = labelled(_label(Kind(flower, back, 0.65)), 1, subject, ASPECT)
    wanted = _label(Kind(things()[subject], back, ASPECT))
    assert torch.minimum(found, wanted).sum(0).mean() > 0.99
    untold = labelled(_label(Kind(flower, back, 0.65)))
    assert torch.minimum(untold, wanted).sum(0).mean() < 0.985


@pytest.mark.parametrize("back", ["", "disc", "square"])
@pytest.mark.parametrize("subject", ["fish", "bean", "berry"])
def test_what_is_known_by_its_colours_has_sheets_of_its_own(back: str, subject: str) -> None:
    found = labelled(_label(Kind(motifs()[6], back, 0.65)), 1, subject, ASPECT)
    wanted = torch.cat([_label(Kind(things()[subject], back, ASPECT)), torch.zeros(2, SIZE, SIZE)])
    wanted[-2:], wanted[3:5] = wanted[3:5].clone(), 0
    assert found.shape == wanted.shape
    assert torch.minimum(found, wanted).sum(0).mean() > 0.99


@pytest.mark.parametrize("ground", [(0.97, 0.95, 0.92), (0.75, 0.17, 0.2), (0.25, 0.54, 0.33), (0.05, 0.05, 0.06)])
def test_a_strawberry_is_red_or_else_dark_or_light(ground: tuple[float, float, float]) -> None:
    around = np.array(ground, np.float32)
    space = load_codec()[1]
    vector = np.zeros(space.vector, np.float32)
    vector[space.inks] = scaled(np.tile(around, INKS))
    shares = labelled(_label(Kind(motifs()[6], "", ASPECT)), 1, "berry", ASPECT).numpy()
    asked = Asked("label", "plain", around, own=around, subject="berry")
    art = Artist(space, HABITS["diffusion"], None).ink(asked, vector, shares)[1][:3] + around[:, None, None]
    seen = art[:, shares[SHEETS] > 0.99].T
    is_red = np.abs(seen - np.array((190, 45, 50)) / 255).max() < 0.01
    assert is_red == (ground[1] in (0.95, 0.05))
    assert is_red or np.ptp(seen.mean(0)) < 0.06


def test_a_label_without_a_picture_gets_that_of_a_thing_with_colours_alone() -> None:
    plain = bare(SHEETS, SIZE)
    lay(plain, 1, Panel("panel", ASPECT).cover(SIZE))
    assert torch.equal(labelled(plain, 1, "cat", ASPECT), labelled(plain))
    fish = labelled(plain, 1, "fish", ASPECT)
    assert fish[SHEETS:].sum() > 0
    assert torch.allclose(fish.sum(0), torch.ones(SIZE, SIZE))


def test_with_one_ink_what_stands_beside_is_kept() -> None:
    found = labelled(_label(Kind(motifs()[6], "", ASPECT), (1, 1, 3, 3)), 1, "rocket", ASPECT)
    drawn = _label(Kind(in_one_ink(things()["rocket"]), "", ASPECT), (1, 1, 3, 1))
    assert torch.minimum(found, drawn).sum(0).mean() > 0.99


def test_beauty_has_no_fruit_where_its_title_names_none() -> None:
    fruit, ear = (motif for motif, is_food in zip(motifs(), foods(), strict=True) if is_food and len(motif) in (2, 10))
    for motif in (fruit, ear):
        label = _label(Kind(motif, "", ASPECT))
        assert torch.minimum(labelled(label), label).sum(0).mean() > 0.99
        assert torch.minimum(labelled(label, inedible=True), label).sum(0).mean() < 0.995


def test_what_is_asked_for_knows_title_and_family() -> None:
    sketch = ProductAsset(family="jar", proportions=(), pattern="plain", layout="label")
    asked = Asked.of(sketch, "Strawberry jam")
    assert (asked.subject, asked.aspect) == ("berry", LABEL_WIDTHS["jar"])
    assert Asked.of(sketch.model_copy(update={"family": "new"})).aspect == 0
    paper = Asked.of(sketch.model_copy(update={"ground": "#ffffff", "colour": "#ff0000"}))
    assert paper.ground.tolist() == [1, 1, 1]
    assert paper.own.tolist() == [1, 0, 0]


def test_widths_are_those_that_the_renderer_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("prodgen_render")
    from prodgen_render.asset.generator import model_of
    from prodgen_render.asset.look import AssetLook
    from prodgen_render.asset.made_up import made_up_asset
    from prodgen_render.families import FAMILIES
    from prodgen_render.families.traits import traits_of

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
        printed_on = np.mean(areas) if areas else traits_of(name).aspect["label"]
        assert 0.75 < printed_on / width < 1.33, name
