"""Artwork: it lies over the ground, tiles, leaves room for words, differs by seed, and survives being enlarged."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from prodgen_render.asset.art import TILES, accents_for, draw_artwork, quiet_accents
from prodgen_render.asset.canvas import Canvas
from prodgen_render.asset.labels import WORDS
from prodgen_render.asset.look import AssetLook, enlarged
from prodgen_render.families.traits import traits_of

from prodgen_sdk.types import Product, ProductAsset

PLACES = [
    *(("tile", pattern) for pattern in sorted(TILES)),
    ("surface", "gradient"), ("label", "plain"), ("label", "logo"), ("screen", "plain"), ("none", "plain"),
]  # fmt: skip
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def drawn(layout, pattern, seed, colour=(47, 98, 173), domain="food", aspect=1.0):
    rng = np.random.default_rng(seed)
    return draw_artwork(layout, pattern, colour, accents_for(colour, rng), domain, rng, aspect)


@pytest.mark.parametrize(("layout", "pattern"), PLACES)
@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10_000), colour=COLOURS, domain=st.sampled_from(["food", "beauty", "apparel", "electronics"])
)
def test_without_art_there_is_the_ground(layout, pattern, seed, colour, domain):
    art, style = drawn(layout, pattern, seed, colour, domain, aspect=0.7)
    assert art.shape == (128, 128, 4)
    assert art.dtype == np.uint8
    assert style
    bare = art[..., 3] == 0
    assert (art[bare][:, :3] == colour).all()
    assert bare.all() == (layout == "none")


@pytest.mark.parametrize("pattern", sorted(TILES))
@pytest.mark.parametrize("seed", range(6))
def test_tiles_fit_together(pattern, seed):
    """Across the joint there is no more of a step than there is inside."""
    art, _ = drawn("tile", pattern, seed)
    chart = art[..., :3].astype(float)
    for axis in (0, 1):
        steps = np.abs(np.diff(chart, axis=axis)).mean((2, 1 - axis))
        joint = np.abs(np.take(chart, 0, axis) - np.take(chart, -1, axis)).mean()
        assert joint <= steps.max() * 1.25 + 2


@pytest.mark.parametrize("domain", ["food", "beauty", "apparel"])
def test_words_have_quiet_ground(domain):
    low, high = (round(share * 128) for share in WORDS)
    noise = [
        drawn("label", "plain", seed, domain=domain)[0][low:high, 13:115, :3].std((0, 1)).max() for seed in range(40)
    ]
    assert np.mean(noise) < 12


@pytest.mark.parametrize(("layout", "pattern"), PLACES[:-1])
def test_seeds_differ(layout, pattern):
    sheets = [drawn(layout, pattern, seed)[0] for seed in range(12)]
    assert len({sheet.tobytes() for sheet in sheets}) == 12
    assert len({drawn(layout, pattern, seed)[1] for seed in range(40)}) >= 2
    assert np.array_equal(sheets[3], drawn(layout, pattern, 3)[0])


@settings(max_examples=20, deadline=None)
@given(COLOURS)
def test_accents_stand_out(colour):
    accents = accents_for(colour, np.random.default_rng(0))
    assert len(accents) == 3
    assert all(np.linalg.norm(np.subtract(accent, colour)) > 110 for accent in accents)


@settings(max_examples=40, deadline=None)
@given(COLOURS, st.integers(0, 10_000))
def test_quiet_accents_differ_from_each_other_and_from_the_colour(colour, seed):
    accents = quiet_accents(colour, np.random.default_rng(seed))
    assert len(accents) == 3
    shown = [colour, *accents]
    apart = [np.linalg.norm(np.subtract(a, b)) for k, a in enumerate(shown) for b in shown[:k]]
    assert min(apart) > 24


def test_quiet_accents_seldom_bring_in_another_hue():
    """Of a saturated colour: what is neither its own tint or shade nor near to grey."""

    def hue(colour):
        low, high = min(colour), max(colour)
        return (
            None
            if high - low < 40
            else np.degrees(np.arctan2(np.sqrt(3) * (colour[1] - colour[2]), 2 * colour[0] - colour[1] - colour[2]))
        )

    own = hue((195, 39, 43))
    found = [hue(quiet_accents((195, 39, 43), np.random.default_rng(seed), 1)[0]) for seed in range(300)]
    other = np.mean([each is not None and abs((each - own + 180) % 360 - 180) > 30 for each in found])
    loud = np.mean(
        [hue(accents_for((195, 39, 43), np.random.default_rng(seed), 1)[0]) is not None for seed in range(300)]
    )
    assert 0.05 < other < 0.25
    assert loud > 0.5


@pytest.mark.parametrize("pattern", sorted(TILES))
def test_the_named_colour_is_what_shows_most(pattern):
    """No second colour covers as much as the bare ground, but for the fields of a chess board."""
    ground, most = [], []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        accents = accents_for((47, 98, 173), rng)
        art, _ = draw_artwork("tile", pattern, (47, 98, 173), accents, "home", rng)
        shares = [(art[..., :3] == colour).all(2).mean() for colour in ((47, 98, 173), *accents)]
        ground.append(shares[0])
        most.append(max(shares[1:]))
    assert (np.array(ground) > np.array(most) - 0.07).all()
    assert np.mean(ground) > 1.3 * np.mean(most)


def test_an_ellipse_wraps_and_covers_its_area():
    for x, y in ((0.5, 0.5), (0.99, 0.02)):
        canvas = Canvas((0, 0, 0))
        canvas.ellipse(x, y, 0.2, 0.1, 0.7, (255, 255, 255))
        assert canvas.art.mean() == pytest.approx(np.pi * 0.2 * 0.1, rel=0.01)


def test_enlarging_keeps_flat_colours_and_sharpens_edges():
    art = np.zeros((128, 128, 4), np.uint8)
    art[:, :64] = (200, 40, 40, 255)
    art[:, 64:] = (20, 60, 160, 0)
    big = enlarged(art, 512, 512)
    assert (big[:, 100] == (200, 40, 40, 255)).all()
    assert (big[:, 400] == (20, 60, 160, 0)).all()
    between = (big[256, :, 3] > 13) & (big[256, :, 3] < 242)
    smooth = np.asarray(Image.fromarray(art[..., 3]).resize((512, 512), Image.Resampling.BICUBIC))[256]
    assert between.sum() < ((smooth > 13) & (smooth < 242)).sum()


@pytest.mark.parametrize(("layout", "pattern"), PLACES[:-1])
def test_a_chart_of_128_pixels_is_nearly_as_good_as_one_of_512(layout, pattern):
    """What the size of the artwork costs: mean PSNR against the same drawing at four times the size."""
    figures = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        accents = accents_for((47, 98, 173), rng)
        state = rng.bit_generator.state
        small, _ = draw_artwork(layout, pattern, (47, 98, 173), accents, "food", rng)
        rng.bit_generator.state = state
        large, _ = draw_artwork(layout, pattern, (47, 98, 173), accents, "food", rng, size=512)
        shown = enlarged(small, 512, 512, wrapped=layout == "tile")
        error = (shown[..., :3] - large[..., :3].astype(float)) ** 2
        figures.append(10 * np.log10(255**2 / max(error.mean(), 1e-3)))
    assert np.mean(figures) > 23


def test_bare_ground_is_exactly_the_surface_whatever_a_network_says():
    art = np.zeros((128, 128, 4), np.uint8)
    art[..., :3] = np.random.default_rng(0).integers(30, 70, (128, 128, 3))
    art[..., 3] = 9
    asset = ProductAsset(family="tin", proportions=(), artwork=art, layout="label", colour="#336699")
    picture = Image.new("RGB", (300, 300), (51, 102, 153))
    AssetLook.print(look_without_draws(asset), picture, (20, 20, 280, 280), (51, 102, 153), "", None, True, "Name")
    pixels = np.asarray(picture)
    assert (pixels[30:120] == (51, 102, 153)).all()
    assert (pixels[130:230] != (51, 102, 153)).any(), "the title is missing"


def look_without_draws(asset):
    return AssetLook.of(Product(sku="x", title="Green tea", category="food/tin"), asset, ())


def test_words_read_on_any_artwork():
    """On noise the words get a plate; ink and ground differ."""
    art = np.random.default_rng(1).integers(0, 256, (128, 128, 4), dtype=np.uint8)
    art[..., 3] = 255
    asset = ProductAsset(family="tin", proportions=(), artwork=art, layout="label", colour="#336699")
    picture = Image.new("RGB", (300, 300), (51, 102, 153))
    look_without_draws(asset).print(picture, (0, 0, 300, 300), (51, 102, 153), "", None, True, "Name")
    grey = np.asarray(picture.convert("L"), float)
    assert grey[140:240, 40:260].std() < grey[10:100, 40:260].std() * 1.5
    assert np.ptp(np.percentile(grey[140:240, 40:260], [2, 98])) > 90


def test_a_print_without_words_is_its_picture_large_and_round():
    """A disc above the place for words becomes a large one in the middle, however wide the print is."""
    y, x = (np.mgrid[0:256, 0:256] + 0.5) / 256
    disc = np.hypot((x - 0.5) * traits_of("tshirt").aspect["label"], y - 0.21) < 0.15
    art = np.full((256, 256, 4), 255, np.uint8) * disc[..., None].astype(np.uint8)
    asset = ProductAsset(family="tshirt", proportions=(), artwork=art, layout="label", colour="#000000")
    look = AssetLook.of(Product(sku="x", title="T-shirt", category="apparel/t-shirt"), asset, ())
    picture = Image.new("RGB", (500, 300), (0, 0, 0))
    look.print(picture, (50, 50, 450, 250), (0, 0, 0), "", None, True, "")
    rows, columns = np.nonzero(np.asarray(picture)[..., 0] > 128)
    assert [np.ptp(rows), np.ptp(columns)] == pytest.approx([142, 142], abs=4)
    assert [rows.mean(), columns.mean()] == pytest.approx([150, 250], abs=2)
