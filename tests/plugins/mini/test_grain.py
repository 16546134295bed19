"""Speckles: spots by chance, in the inks that a network gives."""

import pytest

torch = pytest.importorskip("torch")
from prodgen_mini.models.codec import SHEETS  # noqa: E402
from prodgen_mini.models.grain import speckled  # noqa: E402


def mist(*covers):
    """Shares [SHEETS, 128, 128] of inks that lie everywhere alike."""
    inks = torch.tensor([*covers, *[0.0] * (SHEETS - 1 - len(covers))])
    return torch.cat([1 - inks.sum()[None], inks])[:, None, None].expand(SHEETS, 128, 128)


def spots(seed=1, finer=1, covers=(0.04, 0.03, 0.001)):
    return speckled(mist(*covers), torch.Generator().manual_seed(seed), finer)


def test_spots_are_clean_and_in_the_inks_that_were_given():
    sheets = spots(finer=4)
    assert sheets.shape == (SHEETS, 512, 512)
    assert torch.allclose(sheets.sum(0), torch.ones(512, 512), atol=1e-5)
    covers = sheets.mean((1, 2))
    assert 0.005 < 1 - covers[0] < 0.2
    assert covers[1] > 0.3 * covers[2] > 0
    assert covers[3:].max() < 1e-3, "a trace of an ink is a network's noise"
    assert float(((sheets[0] > 0.01) & (sheets[0] < 0.99)).float().mean()) < 0.05


def test_noise_decides_where_they_lie_and_not_how_finely_they_are_drawn():
    assert torch.equal(spots(), spots())
    assert not torch.equal(spots(1), spots(2))
    coarse = torch.nn.functional.avg_pool2d(spots(finer=4), 4)
    assert float((coarse - spots()).abs().mean()) < 0.01


def test_spots_fit_together_at_the_edges():
    """What leaves at one side comes in at the other: no edge is barer than the middle."""
    cover = torch.stack([1 - spots(seed)[0] for seed in range(40)]).mean(0)
    assert float(cover[:, [0, -1]].mean()) > 0.6 * float(cover.mean())


def test_bare_sheets_get_spots_too():
    assert float(1 - spots(covers=()).mean((1, 2))[0]) > 0.005
