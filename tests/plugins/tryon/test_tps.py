import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_tryon.picture.tps import ThinPlate, warp

points = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=4, max_size=25, unique=True).map(
    lambda pairs: np.array(pairs, float) * 7
)


@settings(max_examples=60, deadline=None)
@given(source=points, seed=st.integers(0, 1000))
def test_control_points_are_interpolated(source, seed):
    if np.linalg.matrix_rank(source - source[0]) < 2:
        return
    target = source + np.random.default_rng(seed).normal(0, 20, source.shape)
    assert np.allclose(ThinPlate(source, target)(source), target, atol=1e-3)


@settings(max_examples=30, deadline=None)
@given(source=points, a=st.floats(0.5, 2), b=st.floats(-0.5, 0.5), shift=st.floats(-100, 100))
def test_affine_maps_are_exact_everywhere(source, a, b, shift):
    if np.linalg.matrix_rank(source - source[0]) < 2:
        return
    matrix = np.array([[a, b], [-b, a]])
    spline = ThinPlate(source, source @ matrix + shift, stiffness=1e-3)
    anywhere = np.array([[3.0, 200.0], [-50.0, 17.0]])
    assert np.allclose(spline(anywhere), anywhere @ matrix + shift, atol=1e-2)


def test_the_identity_returns_the_picture():
    picture = np.random.default_rng(0).random((60, 80, 4)).astype(np.float32)
    corners = np.array([[0, 0], [79, 0], [0, 59], [79, 59], [40, 30]], float)
    out = warp(picture, ThinPlate(corners, corners), (0, 0, 80, 60), (60, 80))
    assert np.abs(out - picture)[1:-1, 1:-1].max() < 0.02


def test_nothing_outside_of_the_box():
    picture = np.ones((50, 50, 4), np.float32)
    corners = np.array([[0, 0], [49, 0], [0, 49], [49, 49]], float)
    out = warp(picture, ThinPlate(corners, corners), (10, 12, 30, 31), (50, 50))
    assert out[12:31, 10:30].all()
    out[12:31, 10:30] = 0
    assert not out.any()
    assert not warp(picture, ThinPlate(corners, corners), (60, 60, 70, 70), (50, 50)).any()


def test_too_few_points_are_an_error():
    with pytest.raises(ValueError, match="three"):
        ThinPlate(np.zeros((2, 2)), np.zeros((2, 2)))
