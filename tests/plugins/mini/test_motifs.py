"""Dots and flowers: what a network drew many times, each a little wrong, is printed once and clean."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch")
from prodgen_mini.models.codec import SHEETS  # noqa: E402
from prodgen_mini.models.dots import dotted  # noqa: E402
from prodgen_mini.models.flowers import KINDS, flower_bank, flowered, printed  # noqa: E402
from prodgen_mini.models.lattice import Lattice, found, motifs  # noqa: E402
from prodgen_mini.models.paint import bare, ellipses, lay  # noqa: E402

LATTICES = [Lattice(2, False), Lattice(5, False), Lattice(2, True), Lattice(4, True), Lattice(6, True)]
SIZE = 128


def sheets_of(*inks):
    """Sheets with inks (number, cover) over each other."""
    sheets = bare(SHEETS, SIZE)
    for ink, cover in inks:
        lay(sheets, ink, cover)
    return sheets


def dots(lattice, radius, *, at=(0.25, 0.25), oval=1.0, hole=0.0, uneven=0.0, second=1.0):
    """Dots as a network draws them: ovals of uneven size, about where they belong."""
    noise = torch.Generator().manual_seed(3)
    points, turns = lattice.points() + torch.tensor(at) * lattice.step, lattice.turns()
    radii = torch.where(turns, second, 1.0) * radius * lattice.step
    radii = radii * (1 + uneven * torch.randn(len(points), generator=noise))
    points = points + uneven * 0.2 * lattice.step * torch.randn(points.shape, generator=noise)
    angle = torch.zeros(len(points))
    return ellipses(SIZE, points, radii * oval**0.5, radii / oval**0.5, angle, hole=hole)


def soft(cover, blur=2):
    kernel = torch.ones(1, 1, 2 * blur + 1, 2 * blur + 1) / (2 * blur + 1) ** 2
    return torch.nn.functional.conv2d(torch.nn.functional.pad(cover[None, None], (blur,) * 4, "circular"), kernel)[0, 0]


def apart(a, b):
    """Share of what is drawn that differs."""
    return float((a - b).abs().sum() / torch.maximum(a, b).sum())


def test_ellipses_have_their_area_and_come_in_at_the_opposite_edge():
    one = torch.tensor
    cover = ellipses(200, one([[0.0, 0.5]]), one([0.2]), one([0.1]), one([math.pi / 2]))
    assert float(cover.mean()) == pytest.approx(math.pi * 0.02, rel=0.02)
    assert cover[0, 100] == cover[199, 100] == cover[35, 100] == cover[165, 100] == 1
    assert cover[0, 125] == cover[100, 100] == 0
    ring = ellipses(200, one([[0.5, 0.5]]), one([0.2]), one([0.2]), hole=0.5)
    assert float(ring.mean()) == pytest.approx(math.pi * 0.04 * 0.75, rel=0.02)
    assert not ellipses(20, torch.zeros(0, 2), torch.zeros(0), torch.zeros(0)).any()


@pytest.mark.parametrize("lattice", LATTICES, ids=str)
def test_a_lattice_is_found_wherever_it_begins(lattice):
    for at in ((0.0, 0.0), (0.4, 0.9)):
        seen, first, sure = found(dots(lattice, 0.3, at=at), tuple(LATTICES))
        assert seen == lattice
        assert sure > 0.78
        nearest = ((seen.points() + torch.tensor(at) * seen.step - first + 0.5) % 1 - 0.5).norm(dim=1).min()
        assert float(nearest) < 0.06 * seen.step


def test_motifs_take_turns():
    lattice = Lattice(4, True)
    mean = motifs(dots(lattice, 0.3, at=(0, 0), second=0.5)[None], lattice, torch.zeros(2), 1, 24)
    areas = mean.mean((1, 2, 3))
    assert areas.tolist() == pytest.approx([math.pi * 0.09, math.pi * 0.09 / 4], rel=0.1)


@pytest.mark.parametrize("lattice", LATTICES, ids=str)
def test_uneven_ovals_become_discs_of_their_area_in_their_ink(lattice):
    drawn = dots(lattice, 0.27, at=(0.6, 0.1), oval=1.5, uneven=0.1)
    clean = dotted(sheets_of((3, drawn)))
    assert apart(clean[3], dots(lattice, 0.27)) < 0.15, "they begin a quarter step from the corner"
    assert torch.allclose(clean[0] + clean[3], torch.ones(SIZE, SIZE))


def test_rings_stay_rings_and_sizes_that_take_turns_do_so():
    lattice = Lattice(4, False)
    assert apart(dotted(sheets_of((1, dots(lattice, 0.33, hole=0.55))))[1], dots(lattice, 0.33, hole=0.55)) < 0.12
    two = dots(lattice, 0.33, second=0.55, oval=1.3)
    assert apart(dotted(sheets_of((1, two)))[1], dots(lattice, 0.33, second=0.55)) < 0.12
    staggered = Lattice(6, True)
    turn = (0.25 + 1, 0.25 + 0.5)  # which of the two begins is not what the lattice says
    clean = dotted(sheets_of((1, dots(staggered, 0.33, at=turn, second=0.55))))
    areas = motifs(clean[1:2], staggered, torch.tensor([0.25, 0.25]) / 6, 1, 24).mean((1, 2, 3))
    assert float(areas.min() / areas.max()) == pytest.approx(0.3, abs=0.06)


def test_what_stands_on_no_lattice_is_left_alone():
    noise = torch.Generator().manual_seed(5)
    confetti = ellipses(SIZE, torch.rand(24, 2, generator=noise), torch.full((24,), 0.04), torch.full((24,), 0.04))
    assert dotted(sheets_of((1, confetti))) is None
    assert dotted(bare(SHEETS, SIZE)) is None


def flower_sheets(number, lattice, *, petal=1, leaf=2, heart=3, blur=0):
    bank, inks = flower_bank(), []
    for role, ink in enumerate((leaf, petal, heart)):
        parts = [part for part in bank.parts[number] if part[0] == role]
        if parts and ink:
            cover = printed(parts, lattice.points(), lattice.step, SIZE)
            inks.append((ink, soft(cover, blur) if blur else cover))
    return sheets_of(*inks)


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=lambda kind: "{}-{}".format(*KINDS[kind]))
def test_a_flower_is_known_by_what_is_left_of_it(kind):
    number = int((flower_bank().kinds == kind).nonzero()[20])
    lattice = Lattice(4, True)
    true = flower_sheets(number, lattice)
    clean = flowered(flower_sheets(number, lattice, blur=1).roll((9, 30), (1, 2)))
    for ink in (1, 2, 3):
        if true[ink].any():
            assert apart(clean[ink], true[ink]) < 0.35, "drawn in its ink, from the corner on"
        else:
            assert not clean[ink].any()


def test_flowers_take_turns_and_leaves_that_are_missing_come_last_and_below():
    lattice = Lattice(2, True)
    numbers = [int((flower_bank().kinds == kind).nonzero()[20]) for kind in (4, 4)]
    points, turns = lattice.points(), lattice.turns()
    petals = [[part for part in flower_bank().parts[number] if part[0] == 1] for number in numbers]
    drawn = sheets_of(
        *(
            (ink, printed(parts, points[mine], lattice.step, SIZE))
            for ink, parts, mine in zip((1, 2), petals, (~turns, turns), strict=True)
        )
    )
    clean = flowered(drawn)
    assert apart(clean[1], drawn[1]) < 0.35
    assert apart(clean[2], drawn[2]) < 0.35
    assert not clean[3:-1].any()
    assert 0.02 < float(clean[-1].mean()) < 0.3
    petals = (drawn[1] + drawn[2]).clamp(max=1)
    assert float((clean[-1] * petals).sum() / clean[-1].sum()) < 0.25


@pytest.mark.parametrize("ground", [(0.75, 0.15, 0.17), (0.25, 0.54, 0.33), (0.95, 0.93, 0.9), (0.05, 0.05, 0.06)])
def test_leaves_are_green_and_seen_on_any_ground(ground):
    from prodgen_mini.weights import load_codec

    ground, space = np.array(ground, np.float32), load_codec()[1]
    vector = space.leaved(np.zeros(space.vector, np.float32), ground)
    sheets = np.zeros((1, SHEETS, 4, 4), np.float32)
    sheets[:, -1] = 1
    art = space.artwork(sheets, vector[None], ground[None], np.array([False]))[0, :3, 0, 0] + ground
    assert np.abs(art - ground).max() > 0.1
    assert art[1] > max(art[0], art[2]) - 0.05


def test_flowers_not_leaves_are_printed_in_the_second_colour():
    from prodgen_mini.artwork import HABITS, Artist, Asked
    from prodgen_mini.weights import load_codec

    space = load_codec()[1]
    white, blue = np.array((0.97, 0.95, 0.93), np.float32), np.array((0.2, 0.4, 0.7), np.float32)
    shares = bare(SHEETS, 4)
    lay(shares, 1, torch.tensor([1.0, 0, 0, 0]))
    lay(shares, SHEETS - 1, torch.tensor([0, 1.0, 0, 0]))
    art = Artist(space, HABITS["diffusion"], None).ink(
        Asked("tile", "floral", blue, white), np.zeros(space.vector, np.float32), shares.numpy()
    )[1]
    petal, leaf = (art[:3, 0, at] + blue for at in (0, 1))
    assert np.allclose(petal, white, atol=1e-3)
    assert leaf[1] > leaf[[0, 2]].max()


def test_bare_sheets_stay_bare_and_a_single_ink_is_enough():
    assert torch.equal(flowered(bare(SHEETS, SIZE)), bare(SHEETS, SIZE))
    blots = sheets_of((4, soft(dots(Lattice(4, True), 0.3, uneven=0.3), 3)))
    clean = flowered(blots)
    assert 0.02 < float(clean[4].mean()) < 0.5
    assert torch.allclose(clean.sum(0), torch.ones(SIZE, SIZE))


@pytest.mark.parametrize("clean", [dotted, flowered])
def test_they_are_drawn_as_finely_as_is_asked_for(clean):
    sheets = sheets_of((1, dots(Lattice(4, True), 0.3)))
    fine = clean(sheets, 4)
    assert fine.shape == (SHEETS, 4 * SIZE, 4 * SIZE)
    assert float((torch.nn.functional.avg_pool2d(fine, 4) - clean(sheets)).abs().mean()) < 0.01


@pytest.mark.parametrize("pattern", ["dots", "floral", "stripes"])
def test_dots_and_flowers_begin_in_the_corner_and_stripes_where_the_network_says(pattern):
    from prodgen_mini.artwork import HABITS, Artist, Asked
    from prodgen_mini.weights import load_codec

    space = load_codec()[1]
    artist, asked = Artist(space, HABITS["diffusion"], None), Asked("tile", pattern)
    logits = sheets_of((1, dots(Lattice(4, True), 0.3)))[None].clamp(min=1e-4).log()
    shares = artist.draw(asked, logits, torch.Generator()).numpy()
    vector = torch.zeros(space.vector).numpy()
    moved = vector.copy()
    moved[-2:] = 0.5
    first, second = (artist.ink(asked, one, shares)[1] for one in (vector, moved))
    assert (first == second).all() == (pattern != "stripes")


def test_of_several_labels_shapes_that_are_drawn_too_seldom_are_taken_more_often():
    from prodgen_mini.artwork import Artist, Asked, Habits
    from prodgen_mini.models.labels.panels import Panel
    from prodgen_mini.weights import load_codec

    space, asked = load_codec()[1], Asked("label", "plain")
    covers = [Panel("panel").cover(SIZE), Panel("split").cover(SIZE), Panel("panel").cover(SIZE)]
    labels = torch.stack([sheets_of((1, cover)) for cover in covers]).clamp(min=1e-4).log()
    vectors, noise = torch.zeros(3, space.vector), torch.Generator().manual_seed(0)

    def taken(habits):
        artist = Artist(space, habits, None)
        return np.bincount([artist.choose(asked, labels, vectors, noise) for _ in range(200)], minlength=3) / 200

    assert np.allclose(taken(Habits(0.3, {"split": 4.0})), np.array([1, 4, 1]) / 6, atol=0.12)
    assert taken(Habits(0.3)).tolist() == [1, 0, 0], "where no shape weighs more the first is taken"
