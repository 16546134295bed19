"""Designs as numbers and back, and what reads them."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.types import Finish, ProductAsset

pytest.importorskip("torch")
from prodgen_mini.designs import read_designs, space_of
from prodgen_mini.inks import INKS
from prodgen_mini.space import Space
from prodgen_mini.units import art_of, artwork_of, code_of, from_scores, normal_scores, rgb_of

SPACE = Space(
    {"box": 2, "mug": 4},
    ("ceramic", "paper"),
    ("plain", "stripes"),
    (0.4, 0.0, 0.2, 0.1, 0.0),
    (0.2, 0.3, 0.3, 0.3, 0.1),
)
shares = st.floats(0.03, 0.97)


@given(
    st.lists(shares, min_size=4, max_size=4),
    st.lists(st.floats(0, 1), min_size=5, max_size=5),
    st.lists(st.integers(0, 255), min_size=6, max_size=6),
    st.lists(st.integers(0, 255), min_size=3 * INKS, max_size=3 * INKS),
    st.tuples(st.integers(-64, 63), st.integers(-64, 63)),
)
def test_a_design_comes_back_from_its_vector(proportions, finish, colours, more, pixels):
    palette = np.array(colours, np.float32).reshape(1, 2, 3) / 255
    used = np.ones((1, 4), bool)
    inks, moves = np.array(more, np.float32).reshape(1, INKS, 3) / 255, np.array([pixels], np.float32) / 128
    row = SPACE.vectors(np.array([proportions], np.float32), used, np.array([finish], np.float32), palette, inks, moves)
    (vector,) = row
    assert len(vector) == SPACE.vector
    usual = Finish(metallic=0.5, coat=0.3, sheen=0.3, transmission=0.2)
    sketch = ProductAsset(family="mug", proportions=(0.5,) * 4, material="ceramic", colour="#102030", finish=usual)
    asset = SPACE.asset(sketch, vector, None)
    assert asset.proportions == pytest.approx(proportions, abs=2e-3)
    open_ones = [finish[0], usual.metallic, finish[2], finish[3], usual.transmission]
    assert list(asset.finish.model_dump().values()) == pytest.approx(open_ones, abs=2e-3)
    assert asset.accent == code_of(palette[0, 1])
    assert asset.colour == "#102030"
    assert np.abs(SPACE.main_colour(vector) - palette[0, 0]).max() < 1e-5
    sheets = np.zeros((1, INKS + 1, 128, 128), np.float32)
    sheets[0, 2, 10, 20] = 1
    art = SPACE.artwork(sheets, row, palette[:, 0], np.array([True]))[0]
    place = (10 + pixels[0]) % 128, (20 + pixels[1]) % 128
    assert art[:3, place[0], place[1]] == pytest.approx(inks[0, 1] - palette[0, 0], abs=1e-5)
    still = SPACE.artwork(sheets, row, palette[:, 0], np.array([False]))[0]
    assert still[3, 10, 20] == 1


def test_a_trace_of_glass_or_coat_is_no_part_of_a_material_that_has_none():
    steel = Finish(roughness=0.32, metallic=1.0)
    sketch = ProductAsset(family="mug", proportions=(0.5,) * 4, material="steel", finish=steel)
    palette, inks = np.full((1, 2, 3), 0.5, np.float32), np.full((1, INKS, 3), 0.5, np.float32)
    made = np.array([[0.35, 0.96, 0.02, 0.04, 0.03]], np.float32)
    (vector,) = SPACE.vectors(
        np.full((1, 4), 0.5, np.float32), np.ones((1, 4), bool), made, palette, inks, np.zeros((1, 2), np.float32)
    )
    assert SPACE.asset(sketch, vector, None).finish == steel.model_copy(update={"roughness": 0.35})


@given(st.lists(st.integers(0, 255), min_size=3 * INKS + 6, max_size=3 * INKS + 6))
def test_inks_of_a_pattern_of_two_colours_are_mixtures_of_both(numbers):
    colours = np.array(numbers, np.float32).reshape(1, -1, 3) / 255
    first, second, inks = colours[0, 0], colours[0, 1], colours[:, 2:]
    nowhere, middle = np.zeros((1, 2), np.float32), np.full((1, 4), 0.5, np.float32)
    (vector,) = SPACE.vectors(
        middle, np.ones((1, 4), bool), np.full((1, 5), 0.3, np.float32), colours[:, :2], inks, nowhere
    )
    end = SPACE.vector - 2
    found = SPACE.between(vector, first, second)
    assert np.array_equal(found[: end - 3 * INKS], vector[: end - 3 * INKS])
    mixed = found[end - 3 * INKS : end].reshape(INKS, 3) / np.sqrt(12) + 0.5
    shares = np.linspace(0, 1, 257)[:, None]
    way = first + shares * (second - first)
    for ink, made in zip(inks[0], mixed, strict=True):
        assert np.abs(way - made).max(1).min() < 4e-3  # on the way from one to the other,
        assert np.linalg.norm(made - ink) <= np.linalg.norm(way - ink, axis=1).min() + 1e-4  # where it is nearest


@given(st.integers(0, 2**32 - 1))
def test_artwork_comes_back_from_its_map(seed):
    rng = np.random.default_rng(seed)
    art, ground = rng.integers(0, 256, (1, 128, 128, 4), np.uint8), rng.integers(0, 256, (1, 3), np.uint8)
    assert np.array_equal(artwork_of(art_of(art, ground)[0], ground[0] / np.float32(255)), art[0])


def label(panel, ink, share):
    """A vector with inks in two colours, and sheets of a panel that covers `share`, with a line in the other ink."""
    inks = np.full((1, INKS, 3), 0.5, np.float32)
    inks[0, 0], inks[0, 1] = ink, panel
    empty = np.zeros((1, 4), np.float32)
    palette, moves = np.full((1, 2, 3), 0.5, np.float32), np.zeros((1, 2), np.float32)
    (vector,) = SPACE.vectors(empty + 0.5, empty == 0, np.zeros((1, 5), np.float32), palette, inks, moves)
    sheets = np.zeros((INKS + 1, 20, 20), np.float32)
    sheets[2, : round(20 * share)] = 1
    sheets[:, 3] = np.eye(INKS + 1)[1][:, None]
    sheets[0] = 1 - sheets[1:].sum(0)
    return vector, sheets


def shown(vector, sheets, ground):
    """RGB [20, 20, 3] of what the sheets show in the vector's inks."""
    art = SPACE.artwork(sheets[None], vector[None], ground[None], np.array([False]))[0]
    return art[:3].transpose(1, 2, 0) + ground


@pytest.mark.parametrize(
    ("panel", "share", "same"),
    [((0.3, 0.2, 0.5), 0.8, True), ((0.95, 0.9, 0.9), 0.8, False), ((0.3, 0.2, 0.5), 0.2, False)],
)
def test_a_panel_that_comes_near_the_product_s_colour_has_it(panel, share, same):
    own, line = np.array([0.2, 0.1, 0.6], np.float32), (0.25, 0.1, 0.6)
    vector, sheets = label(panel, line, share)
    changed = SPACE.panelled(vector, sheets, own, 0.42)
    picture = shown(changed, sheets, own)
    assert np.allclose(picture[0, 0], own if same else panel, atol=1e-5)
    assert np.allclose(picture[3, 0], line, atol=1e-5), "what stands on the panel stays, however near it comes"
    assert np.allclose(picture[-1, 0], own, atol=1e-5)
    assert (changed == vector).all() == (not same)
    assert np.array_equal(SPACE.panelled(changed, sheets, own, 0.42), changed)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_scores_are_quantiles(values):
    shares = np.array(values, np.float32)
    assert np.abs(from_scores(normal_scores(shares)) - shares.clip(0.02, 0.98)).max() < 1e-4
    assert np.isfinite(normal_scores(shares)).all()


def test_what_the_words_fix_stays_and_what_the_space_does_not_know_is_blank():
    stranger = ProductAsset(family="kite", proportions=(0.5,) * 7, material="silk", pattern="zigzag", layout="tile")
    condition = SPACE.condition_of(stranger)
    assert len(condition) == SPACE.condition
    assert not condition[:6].any()
    asset = SPACE.asset(stranger, np.zeros(SPACE.vector, np.float32), None)
    assert asset.proportions == (0.5,) * 7
    assert asset.colour is None
    known = SPACE.condition_of(ProductAsset(family="mug", material="paper", pattern="stripes", colour="#ff0000"))
    assert known[[1, 3, 5]].all()
    assert known[-2:].tolist() == [1, 0]
    assert not known[-5:-2].any()


def test_colours_are_codes_and_back():
    assert code_of(np.array(rgb_of("#12ab0f"), np.float32)) == "#12ab0f"
    assert rgb_of(None) == (0.5, 0.5, 0.5)


def test_a_space_is_kept_as_json():
    assert Space.of(json.loads(json.dumps(SPACE.facts()))) == SPACE
    with pytest.raises(ConfigError):
        Space.of({"families": {}})


def test_a_data_set_is_read_by_split(designs):
    found = read_designs(designs)
    parts = {name: read_designs(designs, splits=(name,)) for name in ("train", "val", "test")}
    assert len(found) == 48 == sum(len(part) for part in parts.values())
    assert set(found.column("family")) == {"mug", "box", "chair"}
    assert not found.take(found.column("layout") == "none").has_art.any()
    space = space_of(parts["train"])
    assert space.families == {"box": 2, "chair": 5, "mug": 4}
    row = int(np.flatnonzero(found.column("family") == "mug")[0])
    vector, art = found.vectors(space)[row], found.art()[row]
    assert vector.shape == (space.vector,)
    ground = found.ground[row] / np.float32(255)
    assert np.array_equal(artwork_of(art, ground), found.artwork[row])
    asset = found.asset(row)
    sheets = found.separated.sheets[row : row + 1] / np.float32(255)
    drawn = space.artwork(sheets, vector[None], ground[None], found.repeats[row : row + 1])[0]
    assert np.abs(drawn - art).max() < 0.02
    again = space.asset(asset, vector, None)
    assert again.proportions == pytest.approx([float(np.clip(p, 0.02, 0.98)) for p in asset.proportions], abs=2e-3)
    assert len(read_designs(designs, limit=5)) == 5


def test_ground_without_a_named_colour_is_what_bare_artwork_shows(designs):
    found = read_designs(designs)
    for row in np.flatnonzero(~found.palette_used[:, 0]):
        assert np.array_equal(found.ground[row], found.palette[row, 0])


def test_what_is_no_data_set_is_named(tmp_path):
    with pytest.raises(InputError, match="no data set of designs"):
        read_designs(tmp_path)
    (tmp_path / "dataset.json").write_text('{"kind": "pictures"}')
    with pytest.raises(InputError, match="pictures"):
        read_designs(tmp_path)
