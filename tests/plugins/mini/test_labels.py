"""Labels drawn anew: what a network means comes out clean, in its place and its inks, and what is no label is left alone."""

import pytest

torch = pytest.importorskip("torch")
from itertools import product  # noqa: E402

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from prodgen_mini.models.codec import SHEETS  # noqa: E402
from prodgen_mini.models.labels.drawing import labelled  # noqa: E402
from prodgen_mini.models.labels.lines import Line  # noqa: E402
from prodgen_mini.models.labels.motifs import motifs  # noqa: E402
from prodgen_mini.models.labels.ornaments import Ornament  # noqa: E402
from prodgen_mini.models.labels.panels import Panel, ground_of, panel_of  # noqa: E402
from prodgen_mini.models.labels.pictures import Kind, Picture, picture_of  # noqa: E402
from prodgen_mini.models.paint import bare, lay  # noqa: E402

SIZE = 128
NOWHERE = torch.zeros(SIZE, SIZE, dtype=torch.bool)
FLOWER, DIAMOND, DROP = motifs()[6], motifs()[21], motifs()[19]
ORNAMENTS = [
    Ornament("bar"),
    Ornament("sides"),
    Ornament("wave", 3, 0.25),
    Ornament("hills", 2, 0.5),
    Ornament("dots", 5, 0, 1.4),
]


def label(panel=Panel("panel", 0.95), *, line=None, kind=None, ornament=None):
    """A label: panel in ink 1, line in ink 2, picture in inks 3 and 4, ornament in ink 5."""
    sheets = bare(SHEETS, SIZE)
    lay(sheets, 1, panel.cover(SIZE))
    for ink, cover in Picture(kind, (1, 2, 3, 4)).covers(SIZE) if kind else ():
        lay(sheets, ink, cover)
    if ornament is not None:
        lay(sheets, 5, ornament.cover(SIZE))
    if line is not None:
        lay(sheets, 2, line)
    return sheets


def torn(sheets, share=0.6, seed=0):
    """What a network makes of it: edges blurred and eaten by noise of a few pixels."""
    noise = torch.randn(1, SHEETS, SIZE // 4, SIZE // 4, generator=torch.Generator().manual_seed(seed))
    noise = torch.nn.functional.interpolate(noise, size=(SIZE, SIZE), mode="bilinear")[0]
    blurred = torch.nn.functional.avg_pool2d(sheets[None], 5, 1, 2, count_include_pad=False)[0]
    return (8 * blurred + share * 8 * noise * (blurred * (1 - blurred)).sqrt()).softmax(0)


def agreement(first, second):
    return float(torch.minimum(first, second).sum(0).mean())


@pytest.mark.parametrize("panel", [Panel("panel", 0.95), Panel("oval", 0.8), Panel("arch", 0.7), Panel("split")])
@pytest.mark.parametrize("ornament", ORNAMENTS, ids=lambda ornament: ornament.kind)
def test_a_torn_label_is_mended(panel, ornament):
    true = label(panel, kind=Kind(DIAMOND, "", 0.95), ornament=ornament)
    seen = torn(true)
    clean = labelled(seen)
    assert 1 - agreement(clean, true) < (1 - agreement(seen, true)) / 2, "mended, not as it was"


@pytest.mark.parametrize(("shape", "aspect"), [("panel", 0.95), ("panel", 1.4), ("oval", 0.8), ("arch", 0.7)])
def test_a_dashed_line_is_closed_and_stays_where_it_was(shape, aspect):
    line = Line(Panel(shape, aspect), 2, NOWHERE).cover(SIZE)
    pieces = torch.rand(22, 22, generator=torch.Generator().manual_seed(0)) > 0.35
    dashes = line * torch.kron(pieces.float(), torch.ones(6, 6))[:SIZE, :SIZE]
    clean = labelled(label(Panel(shape, aspect), line=dashes))
    close = torch.nn.functional.max_pool2d(clean[2:3], 3, 1, 1)[0]
    assert float((close * line).sum() / line.sum()) > 0.95
    assert 0.6 < float(clean[2].sum() / line.sum()) < 1.4


def test_the_rest_of_a_line_is_taken_away():
    line = Line(Panel("panel", 0.95), 2, NOWHERE).cover(SIZE)
    pieces = torch.rand(22, 22, generator=torch.Generator().manual_seed(2)) > 0.8
    rest = line * torch.kron(pieces.float(), torch.ones(6, 6))[:SIZE, :SIZE]
    assert rest.sum() > 20
    assert not labelled(label(line=rest))[2].any()


@pytest.mark.parametrize("back", ["", "disc", "square"])
@pytest.mark.parametrize("motif", motifs(), ids=range(len(motifs())))
def test_every_picture_is_known_by_what_is_left_of_it(motif, back):
    kind = Kind(motif, back, 0.95)
    found = picture_of(torn(label(kind=kind)), 1)
    assert found.kind.back == back
    true, drawn = (label(kind=None) for _ in range(2))
    for sheets, picture in ((true, Picture(kind, (1, 2, 3, 4))), (drawn, found)):
        for ink, cover in picture.covers(SIZE):
            lay(sheets, ink, cover)
    top = slice(0, round(0.42 * SIZE))
    assert agreement(true[:, top], drawn[:, top]) > 0.95


def test_a_blot_becomes_a_picture_of_one_ink_where_it_was():
    down, across = torch.meshgrid(torch.arange(SIZE), torch.arange(SIZE), indexing="ij")
    blot = (torch.hypot((across - 64.0) / 14, (down - 28.0) / 20) < 1).float()
    blotted = label()
    lay(blotted, 3, blot)
    clean = labelled(blotted)
    assert float((clean[3] * blot).sum() / blot.sum()) > 0.6
    assert not clean[4:].any()


def test_nothing_is_put_where_nothing_is():
    plain = label()
    assert torch.equal(labelled(plain), plain)


def test_words_stand_on_one_ink():
    specked = label(kind=Kind(DROP, "", 0.95))
    lay(specked, 4, torch.nn.functional.pad(torch.ones(3, 4), (40, 84, 60, 65)))
    assert not labelled(specked)[4, 54:107].any()


@pytest.mark.parametrize("finer", [1, 2, 4])
def test_the_same_label_at_any_size(finer):
    seen = torn(label(Panel("arch", 0.95), kind=Kind(FLOWER, "", 0.95), ornament=Ornament("dots", 5, 0, 0.95)))
    fine = labelled(seen, finer)
    assert fine.shape == (SHEETS, SIZE * finer, SIZE * finer)
    small = torch.nn.functional.avg_pool2d(fine[None], finer)[0]
    assert agreement(small, labelled(seen)) > 0.99


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), sharp=st.floats(0.1, 20))
def test_whatever_comes_shares_add_up_to_one_or_it_is_no_label(seed, sharp):
    coarse = torch.randn(1, SHEETS, 8, 8, generator=torch.Generator().manual_seed(seed))
    shares = (sharp * torch.nn.functional.interpolate(coarse, size=(SIZE, SIZE), mode="bilinear")[0]).softmax(0)
    clean = labelled(shares)
    assert clean is None or torch.allclose(clean.sum(0), torch.ones(SIZE, SIZE), atol=1e-4)


def test_checks_are_no_label():
    cells = (torch.arange(SIZE) // 8)[:, None] + torch.arange(SIZE) // 8
    sheets = torch.stack([(cells % SHEETS == ink).float() for ink in range(SHEETS)])
    assert labelled(sheets) is None


def test_what_is_blottedis_not_changed():
    seen = torn(label(Panel("oval", 0.8), kind=Kind(DIAMOND, "disc", 0.8), ornament=Ornament("bar")))
    before = seen.clone()
    labelled(seen)
    assert torch.equal(seen, before)


def test_panels_are_told_apart_from_the_whole():
    for shape, outside in product(("panel", "oval", "arch", "split"), (0,)):
        sheets = label(Panel(shape, 0.95))
        assert ground_of(sheets) == 1
        assert panel_of(sheets, 1)[0].shape == shape
        assert panel_of(sheets, 1)[1] == outside
    whole = bare(SHEETS, SIZE)
    assert panel_of(whole, 0) == (Panel("whole"), 0)


@pytest.mark.parametrize("kind", ["wave", "hills"])
def test_waves_are_as_long_on_a_wide_label_as_on_a_square_one(kind):
    def ups(ornament):
        edge = ornament.cover(SIZE).sum(0)
        return int(((edge[1:-1] > edge[:-2]) & (edge[1:-1] >= edge[2:])).sum())

    square, wide = (Ornament(kind, 3, 0.3).on(aspect) for aspect in (1.0, 3.0))
    assert ups(wide) / ups(square) == pytest.approx(3, abs=0.5)
    assert Ornament(kind, 3).on(0.5).repeats == 3, "a narrow label keeps what was drawn"
