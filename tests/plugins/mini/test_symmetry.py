"""What nearly repeats or mirrors itself is made to, and what does not is left as it was."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from prodgen_mini.models.codec import SHEETS, enlarged  # noqa: E402
from prodgen_mini.models.symmetry import settled, symmetry_of  # noqa: E402

SIZE = 128
Y, X = np.meshgrid(np.arange(SIZE), np.arange(SIZE), indexing="ij")


def sheets_of(cover):
    """Shares [1, SHEETS, 128, 128] of one ink that covers some places, the ground elsewhere."""
    shares = np.zeros((1, SHEETS, SIZE, SIZE), np.float32)
    shares[0, 1], shares[0, 0] = cover, 1 - np.asarray(cover, np.float32)
    return torch.from_numpy(shares)


def blotted(sheets, share=0.2, seed=0):
    """Sheets in which blots of four pixels, a share of all places, are of the wrong ink."""
    rng = np.random.default_rng(seed)
    wrong = np.kron(rng.random((SIZE // 4, SIZE // 4)) < share, np.ones((4, 4)))
    ink = sheets[0, 1].numpy()
    return sheets_of(np.where(wrong, 1 - ink, ink))


STRIPES = (X // 16) % 2
DOTS = (((X % 32) - 16) ** 2 + ((Y % 32) - 16) ** 2 < 81).astype(float)
BOARD = (X // 16 + Y // 16) % 2


def apart(first, second):
    return float((first - second).abs().sum(1).mean() / 2)


@pytest.mark.parametrize(("cover", "kind"), [(STRIPES, "line"), (DOTS, "dots"), (BOARD, "checks")])
def test_a_clean_pattern_stays_and_a_blotted_one_becomes_clean(cover, kind):
    clean = sheets_of(cover)
    assert apart(settled(clean, kind), clean) < 0.02
    spoilt = blotted(clean)
    assert apart(spoilt, clean) > 0.15
    assert apart(settled(spoilt, kind), clean) < 0.08


def test_stripes_run_on_without_an_end():
    sheets = settled(blotted(sheets_of(STRIPES)), "line")
    assert float((sheets - sheets[..., :1, :]).abs().max()) < 1e-3


def test_a_pattern_without_a_repeat_keeps_its_places():
    rng = np.random.default_rng(3)
    cover = np.zeros((SIZE, SIZE))
    for x, y in rng.integers(10, SIZE - 10, (14, 2)):
        cover[(X - x) ** 2 + (Y - y) ** 2 < 36] = 1
    assert apart(settled(sheets_of(cover), "dots"), sheets_of(cover)) < 0.03


def test_a_label_that_nearly_mirrors_itself_does_so_and_a_lopsided_one_stays():
    emblem = ((X - 63.5) ** 2 + (Y - 30) ** 2 < 300).astype(float)
    bitten = np.where((X > 70) & (Y < 24), 0, emblem)
    made = settled(sheets_of(bitten), "label")
    assert float((made - made.flip(-1)).abs().max()) < 1e-4
    aside = (X < 50).astype(float)
    assert apart(settled(sheets_of(aside), "label"), sheets_of(aside)) < 0.02


def test_shares_add_up_and_only_what_has_a_symmetry_is_touched():
    torch.manual_seed(0)
    sheets = (3 * torch.randn(3, SHEETS, SIZE, SIZE)).softmax(1)
    for kind in ("line", "dots", "checks", "label", "screen", "surface"):
        assert torch.allclose(settled(sheets, kind).sum(1), torch.ones(3, SIZE, SIZE), atol=1e-4)
    assert settled(sheets, None) is sheets
    assert symmetry_of("tile", "floral") is symmetry_of("tile", "speckle") is None
    assert symmetry_of("none", "stripes") is None


def test_a_batch_is_settled_as_its_sheets_are():
    both = torch.cat([blotted(sheets_of(DOTS)), blotted(sheets_of(BOARD), seed=1)])
    alone = torch.cat([settled(one[None], "dots") for one in both])
    assert torch.allclose(settled(both, "dots"), alone, atol=1e-5)


def test_enlarged_sheets_keep_their_shares():
    sheets = settled(sheets_of(DOTS), "dots")
    big = enlarged(sheets, 4)
    assert big.shape[-2:] == (4 * SIZE, 4 * SIZE)
    assert apart(torch.nn.functional.avg_pool2d(big, 4), sheets) < 0.02
    assert torch.equal(enlarged(sheets, 1).argmax(1), sheets.argmax(1))


def test_a_screen_s_large_shapes_stay_softly_and_the_grid_of_the_codec_goes():
    hills = (80 + 10 * np.sin(X / 20) < Y).astype(float)
    grid = np.where(((X % 8 == 0) | (Y % 8 == 0)) & (Y < 60), 1 - hills, hills)
    clean, gridded = (settled(sheets_of(shape), "screen") for shape in (hills, grid))
    assert apart(clean[..., :50, :], sheets_of(hills)[..., :50, :]) < 0.02
    assert apart(clean[..., 110:, :], sheets_of(hills)[..., 110:, :]) < 0.05
    assert float((clean - clean.roll(1, 2))[..., 20:108, :].abs().max()) < 0.05, "no edge"
    ripples = gridded[..., 4:52, 4:124].std((2, 3)).max()
    assert float(ripples) < 0.02


def test_to_choose_by_only_repeats_count():
    spoilt = blotted(sheets_of(DOTS))
    assert apart(settled(spoilt, "dots", roughly=True), sheets_of(DOTS)) < 0.15
    assert settled(spoilt, "label", roughly=True) is spoilt


def test_a_mottled_gradient_is_evened_out_across_and_still_runs_down():
    run = np.clip((Y - 30) / 70, 0, 1)
    mottled = sheets_of((run + 0.15 * np.sin(X / 3) * np.cos(Y / 4)).clip(0, 1))
    even = settled(mottled, "surface")
    assert float(even[0, 1].std(1).max()) < 0.02 < float(mottled[0, 1].std(1).max())
    assert apart(even, sheets_of(run)) < 0.02
