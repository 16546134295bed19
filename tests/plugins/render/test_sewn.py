"""Bags, shoes, rugs and what else is sewn or hung together: nothing floats, and straps go where they belong."""

import numpy as np
import pytest
from prodgen_render.families.collars import lying
from prodgen_render.families.garment_kit import bound_edges
from prodgen_render.families.sewn import Pouch, belt, ring, sheet, stitches
from prodgen_render.families.torso import Torso
from prodgen_render.looks.look import Look
from prodgen_render.model import Material, Part
from prodgen_render.parametric import build_model
from prodgen_render.shapes.geometry import rounded_rectangle
from prodgen_render.shapes.triangles import grid_faces
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from prodgen_sdk.types import Product

LEATHER = Material("leather")


def built(title: str, category: str, seed: int = 1) -> tuple[Part, ...]:
    return build_model(Product(sku="s", title=title, category=category), seed).parts


def pieces(parts: tuple[Part, ...], gap: float) -> int:
    """How many groups of parts there are that are further than `gap` metres from each other."""
    trees = [cKDTree(_dense(part)) for part in parts]
    near = [(i, j) for i, a in enumerate(trees) for j, b in enumerate(trees[:i]) if a.count_neighbors(b, gap)]
    rows, columns = np.array(near).T
    return int(connected_components(coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(parts),) * 2))[0])


def _dense(part: Part) -> np.ndarray:
    """Corners and middles of its triangles and of their sides."""
    a, b, c = (part.vertices[part.faces[:, k]] for k in range(3))
    return np.concatenate([part.vertices, (a + b) / 2, (b + c) / 2, (c + a) / 2, (a + b + c) / 3])


def open_edges(parts: list[Part]) -> int:
    """Edges that belong to one triangle only, where corners at one place are one."""
    corners = np.concatenate([part.vertices for part in parts])
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    faces = np.concatenate([part.faces + offset for part, offset in zip(parts, offsets, strict=True)])
    _, same = np.unique(np.round(corners / 1e-5).astype(int), axis=0, return_inverse=True)
    faces = same.reshape(-1)[faces]
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), 1)
    return int((np.unique(edges, axis=0, return_counts=True)[1] % 2).sum())


@pytest.mark.parametrize(
    ("title", "category", "gap"),
    [
        ("Red leather handbag", "apparel/bag", 0.003),
        ("Black crossbody bag", "apparel/bag", 0.003),
        ("Silver clutch", "apparel/bag", 0.003),
        ("Grey backpack", "apparel/backpack", 0.004),
        ("Brown leather sandals", "apparel/shoes", 0.003),
        ("White slides", "apparel/shoes", 0.003),
        ("Blue flip flops", "apparel/shoes", 0.003),
        ("Brown ankle boots", "apparel/boots", 0.004),
        ("Silk tie", "apparel/tie", 0.004),
        ("Grey rug", "home/rug", 0.012),
        ("Bananas", "food/fruit", 0.006),
        ("Gold necklace", "apparel/necklace", 0.002),
        ("Brown belt", "apparel/belt", 0.003),
        ("Wireless mouse", "electronics/mouse", 0.002),
        ("Green sofa", "home/sofa", 0.02),
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_everything_hangs_together(title: str, category: str, gap: float, seed: int) -> None:
    assert pieces(built(title, category, seed), gap) == 1


@pytest.mark.parametrize("slack", [0.0, 0.004])
def test_a_pouch_is_closed_and_full(slack: float) -> None:
    pouch = Pouch(rounded_rectangle(0.3, 0.2, 0.05), 0.1, 0.02, 0.015, dent=0.01, slack=slack)
    parts = pouch.parts(LEATHER, (0.3, 0.2))
    # What is left open is the pinhole in the middle of each panel.
    assert open_edges(parts) <= 2 * len(pouch.outline)
    assert pouch.front(0.0, 0.0) < pouch.front(0.12, 0.07) - 0.01
    for part in parts:
        middle = np.array([0, 0, 0], np.float32)
        outwards = ((part.vertices - middle) * part.normals).sum(1)
        assert (outwards > -1e-3).mean() > 0.97


def test_a_sheet_is_as_thick_as_is_said_and_closed() -> None:
    x, z = np.meshgrid(np.linspace(0, 0.2, 9), np.linspace(0, 0.1, 7))
    part = sheet(np.stack([x, 0 * x, z], -1), 0.004, LEATHER, (0.1, 0.1))
    assert np.ptp(part.vertices[:, 1]) == pytest.approx(0.004, rel=1e-3)
    # At each of its four corners a flat triangle without an area is left out.
    assert open_edges([part]) == 12
    assert part.uv_metres == (0.1, 0.1)


def test_a_belt_is_as_wide_as_is_said_whichever_way_it_runs() -> None:
    path = np.stack([np.linspace(0, 0.3, 12), np.zeros(12), 0.1 * np.linspace(0, 1, 12) ** 2], -1)
    part = belt(path, (0, 1, 0), 0.02, 0.002, LEATHER)
    assert np.ptp(part.vertices[:, 1]) == pytest.approx(0.02, rel=1e-3)


def test_stitches_are_many_and_dive_between() -> None:
    seam = stitches([(0.0, 0, 0), (0.2, 0, 0)], LEATHER)
    high = np.hypot(seam.vertices[:, 1], seam.vertices[:, 2])
    assert high.max() > 4 * high.min()
    assert len(seam.faces) > 40 * 10
    assert np.ptp(ring(0.03, 0.02, 0.002, LEATHER).vertices, axis=0) == pytest.approx([0.034, 0.004, 0.024], rel=0.05)


@pytest.mark.parametrize("title", ["Brown sandals", "Black slides", "Red flip flops"])
def test_straps_go_into_the_sole(title: str) -> None:
    bed, *rest = built(title, "apparel/shoes")
    high = float(np.median(bed.vertices[:, 2]))
    straps = [
        part for part in rest if part.vertices[:, 2].max() > high + 0.02 and np.ptp(part.vertices, axis=0).max() > 0.06
    ]
    straps = [
        part for part in straps if part.material.name in ("leather", "rubber") and part.vertices[:, 2].min() < 0.07
    ]
    assert straps
    sole = bed.vertices
    for part in straps:
        low = part.vertices[part.vertices[:, 2] < high]
        assert len(low), "they go below the footbed"
        for x, y, _ in low[::7]:
            beside = np.abs(sole[:, 0] - x) < 0.006
            assert np.abs(y) < np.abs(sole[beside, 1]).max() + 0.001, "and do not come out at its sides"


@pytest.mark.parametrize("title", ["Brown ankle boots", "Rain boots", "Black combat boots"])
def test_boots_stand_on_heel_and_ball(title: str) -> None:
    points = np.concatenate([part.vertices for part in built(title, "apparel/boots")])
    heel, ball = points[points[:, 0] > 0.08], points[(points[:, 0] > -0.09) & (points[:, 0] < -0.05)]
    assert heel[:, 2].min() == pytest.approx(ball[:, 2].min(), abs=0.002)
    toe = points[points[:, 0] < points[:, 0].min() + 0.01]
    assert toe[:, 2].min() > ball[:, 2].min() + 0.003


def test_a_rug_lies_and_leans_and_only_a_straight_one_has_fringe() -> None:
    straight, round_rug = built("Grey rug", "home/rug"), built("Grey round rug", "home/rug")
    assert len(straight) > 50 > len(round_rug)
    for parts in (straight, round_rug):
        points = np.concatenate([part.vertices for part in parts])
        assert -0.03 < points[:, 2].min() < 0.02
    assert (straight[0].vertices[:, 2] < 0.03).mean() > 0.15, "its end lies on the floor"
    plain = straight[0].material.texture
    assert plain is not None
    assert plain.pixels.std() > 0.01, "it has a border"


def test_a_slim_tie_is_slim_and_every_tie_has_a_dimple() -> None:
    wide, slim = (built(title, "apparel/tie")[0].vertices for title in ("Navy tie", "Slim navy tie"))
    assert np.ptp(slim[:, 0]) < 0.8 * np.ptp(wide[:, 0])
    near = wide[(wide[:, 2] > wide[:, 2].max() - 0.06) & (wide[:, 2] < wide[:, 2].max() - 0.04)]
    middle = near[np.abs(near[:, 0]) < 0.003][:, 1].min()
    beside = near[(np.abs(near[:, 0]) > 0.010) & (np.abs(near[:, 0]) < 0.016)][:, 1].min()
    assert middle > beside + 0.002, "further back in the middle"


def test_five_bananas_have_five_sides() -> None:
    parts = built("Bananas", "food/fruit")
    fruit = [part for part in parts if part.colours is not None and len(part.faces) > 2000]
    assert len(fruit) == 5
    for part in fruit:
        section = part.vertices.reshape(-1, 31, 3)[24, :-1]
        reach = np.linalg.norm(section - section.mean(0), axis=1)
        power = np.abs(np.fft.rfft(reach - reach.mean()))
        assert int(power.argmax()) == 5


def test_a_chain_closes() -> None:
    chain = built("Silver necklace", "apparel/necklace")[0].vertices
    around = np.sort(np.arctan2(chain[:, 0] - chain[:, 0].mean(), chain[:, 2] - chain[:, 2].mean()))
    assert np.diff(np.append(around, around[0] + 2 * np.pi)).max() < 0.1


def test_patterns_of_a_sofa_have_one_scale() -> None:
    parts = built("Blue striped sofa", "home/sofa")
    for part in parts:
        if part.material.texture is None or part.material.name in ("wood", "walnut"):
            continue
        a, b, c = (part.faces[:, k] for k in range(3))
        u, v = part.uv[b] - part.uv[a], part.uv[c] - part.uv[a]
        on_cloth = 0.5 * np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() * 0.7 * 0.7
        p, q = part.vertices[b] - part.vertices[a], part.vertices[c] - part.vertices[a]
        area = 0.5 * np.linalg.norm(np.cross(p, q), axis=1).sum()
        assert 0.5 < on_cloth / area < 1.6


def test_the_leaf_of_a_collar_lies_on_the_body() -> None:
    look = Look(Product(sku="s", title="Shirt", category="apparel/shirt"), np.random.default_rng(1))
    torso = Torso.of(look, sleeve=0.59, neck=(0.095, 0.056, 0.018))
    edge = torso.neckline()
    away = edge[:, :2] / np.linalg.norm(edge[:, :2], axis=1, keepdims=True)
    starts = edge + np.array([0, 0, 0.03])
    leaf = lying(torso, starts, away, np.full(len(edge), 0.05), float(edge[:, 2].max()))
    last = leaf[:, -1].astype(np.float32)
    assert torso.field(last).max() < 0.008
    assert (leaf[:, -1, 2] < starts[:, 2] - 0.02).all()
    assert (np.hypot(*leaf[:, -1, :2].T) > np.hypot(*edge[:, :2].T)).mean() > 0.95


def test_cloth_that_ends_is_bound() -> None:
    steps = np.linspace(0, 1, 30, dtype=np.float32)
    u, v = np.meshgrid(steps, steps)
    left = Part(*_sheet(np.stack([u * 0.5, 0 * u, v], -1)), LEATHER)
    right = Part(*_sheet(np.stack([0.5 + u * 0.5, 0 * u, v], -1)), LEATHER)
    (binding,) = bound_edges([left, right], 0.002, left.material)
    low, high = binding.vertices.min(0), binding.vertices.max(0)
    assert low == pytest.approx([0, 0, 0], abs=0.02)
    assert high == pytest.approx([1, 0, 1], abs=0.02)
    inside = (np.abs(binding.vertices[:, [0, 2]] - 0.5) < 0.4).all(1)
    assert not inside.any()  # where the two halves meet, cloth goes on


def _sheet(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows, columns = points.shape[:2]
    flat = points.reshape(-1, 3).astype(np.float32)
    return flat, grid_faces(rows, columns), np.tile(np.float32([0, -1, 0]), (len(flat), 1)), flat[:, [0, 2]]


def test_a_mascara_shows_its_brush_and_an_eyeliner_is_closed() -> None:
    opened, closed = (
        build_model(Product(sku="m", title=title, category="beauty/mascara"), 1)
        for title in ("Mascara", "Eyeliner pen")
    )
    wide, narrow = (np.ptp(np.concatenate([part.vertices for part in model.parts])[:, 0]) for model in (opened, closed))
    assert wide > 1.8 * narrow
    assert len(opened.parts) > len(closed.parts)
