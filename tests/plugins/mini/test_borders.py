"""Labels put right: borders are whole or not there, and words stand on one ink."""

import pytest

torch = pytest.importorskip("torch")
from prodgen_mini.models.borders import _line, bordered  # noqa: E402
from prodgen_mini.models.codec import SHEETS  # noqa: E402
from prodgen_mini.models.paint import bare, lay  # noqa: E402

SIZE = 128
SHAPES = [("panel", 0.6), ("panel", 1.4), ("oval", 0.8), ("arch", 0.7)]


def label(*inks, panel=1):
    """A label on a panel, with inks (number, cover) over it."""
    sheets = bare(SHEETS, SIZE)
    lay(sheets, panel, torch.ones(SIZE, SIZE))
    for ink, cover in inks:
        lay(sheets, ink, cover)
    return sheets


def dashed(line, open_=0.35, seed=0):
    """A line of which a share is missing, in pieces of six pixels."""
    pieces = torch.rand(22, 22, generator=torch.Generator().manual_seed(seed)) > open_
    return line * torch.kron(pieces.float(), torch.ones(6, 6))[:SIZE, :SIZE]


def box(top, bottom, left, right):
    cover = torch.zeros(SIZE, SIZE)
    cover[top:bottom, left:right] = 1
    return cover


ICON = box(20, 36, 54, 74)


@pytest.mark.parametrize(("shape", "aspect"), SHAPES)
def test_a_dashed_border_is_closed_and_stays_where_it_was(shape, aspect):
    true = _line(shape, aspect, SIZE)
    clean = bordered(label((2, dashed(true)), (3, ICON)))
    close = torch.nn.functional.max_pool2d(clean[2:3], 3, 1, 1)[0]
    assert float((close * true).sum() / true.sum()) > 0.95
    assert 0.6 < float(clean[2].sum() / true.sum()) < 1.4
    assert torch.allclose(clean[3], ICON), "the small picture is kept"
    assert torch.allclose(clean.sum(0), torch.ones(SIZE, SIZE), atol=1e-5)


def test_the_rest_of_a_border_is_taken_away():
    rest = dashed(_line("panel", 0.8, SIZE), 0.75, seed=2)
    assert rest.any()
    assert float(bordered(label((2, rest), (3, ICON)))[2].sum()) < 0.2 * float(rest.sum())


@pytest.mark.parametrize(
    "ornament",
    [box(115, 120, 8, 120), box(4, 124, 4, 8) + box(4, 124, 120, 124), box(110, 128, 0, 128), torch.zeros(SIZE, SIZE)],
    ids=["bar", "sides", "hills", "none"],
)
def test_ornaments_stay(ornament):
    given = label((2, ornament), (3, ICON))
    assert torch.allclose(bordered(given), given)


def test_words_stand_on_one_ink():
    specks = box(60, 63, 40, 44) + box(80, 82, 90, 92)
    assert torch.allclose(bordered(label((4, specks), (3, ICON))), label((3, ICON)))
    halves = label((4, box(54, 108, 0, 64)))
    assert torch.allclose(bordered(halves), halves), "what is no speck is left"
