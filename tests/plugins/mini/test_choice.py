"""How many designs are drawn for one, and which is kept."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_mini.choice import drawn, kept
from prodgen_mini.config import DesignerConfig, DiffusionConfig
from prodgen_mini.inks import INKS
from prodgen_mini.space import Space

torch = pytest.importorskip("torch")
SPACE = Space({"mug": 3}, ("ceramic",), ("plain",), (0.0,) * 5, (1.0,) * 5)


def made(seed: int, count: int = 5):
    """Sheets [count, INKS + 1, 8, 8], vectors, and a ground."""
    rng = np.random.default_rng(seed)
    sheets = rng.dirichlet(np.full(INKS + 1, 0.3), (count, 8, 8)).transpose(0, 3, 1, 2).astype(np.float32)
    vectors = rng.normal(size=(count, SPACE.vector)).astype(np.float32)
    return torch.from_numpy(sheets), torch.from_numpy(vectors), rng.random(3).astype(np.float32)


def inks_of(vectors):
    numbers = vectors[:, SPACE.vector - 2 - 3 * INKS : SPACE.vector - 2].reshape(len(vectors), INKS, 3)
    return np.clip(numbers / 12**0.5 + 0.5, 0, 1)


def test_patterns_are_drawn_often_labels_where_a_colour_is_named_and_the_rest_once():
    own = DesignerConfig(candidates=7, labels=4)
    found = {
        layout: [drawn(own, layout, named) for named in (False, True)]
        for layout in ("tile", "label", "screen", "surface", "none")
    }
    assert found == {"tile": [7, 7], "label": [1, 4], "screen": [1, 1], "surface": [1, 1], "none": [1, 1]}
    assert drawn(DiffusionConfig(), "label", True) == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_label_that_shows_most_of_the_named_colour_is_kept(seed):
    sheets, vectors, ground = made(seed)
    alike = np.concatenate([np.ones((5, 1)), np.exp(-np.square(inks_of(vectors.numpy()) - ground).sum(-1) / 0.03)], 1)
    naive = np.array(
        [
            np.mean([s[:, y, x] @ a for y in range(8) for x in range(8)])
            for s, a in zip(sheets.numpy(), alike, strict=True)
        ]
    )
    shares = sheets.mean((2, 3)).numpy()
    assert np.allclose(SPACE.shown(shares, vectors.numpy(), ground), naive, atol=1e-5)
    assert kept("label", sheets, vectors, ground, SPACE) == int(naive.argmax())
    order = torch.randperm(len(sheets), generator=torch.Generator().manual_seed(seed))
    again = kept("label", sheets[order], vectors[order], ground, SPACE)
    assert int(order[again]) == int(naive.argmax())


def test_the_cleanest_pattern_is_kept_whatever_its_colour():
    sheets, vectors, ground = made(3)
    clean = torch.zeros(1, INKS + 1, 8, 8)
    clean[:, 0, :, :4], clean[:, 1, :, 4:] = 1, 1
    assert kept("tile", torch.cat([sheets, clean]), torch.cat([vectors, vectors[:1]]), ground, SPACE) == len(sheets)
    assert kept("tile", sheets[:1], vectors[:1], ground, SPACE) == 0
