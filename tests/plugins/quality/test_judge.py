"""The judge: its network beside naive references, its training, and the weights that are shipped."""

import numpy as np
import pytest
from prodgen_quality import plugin
from prodgen_quality.judge import learning, network
from prodgen_quality.judge.augment import augmented
from prodgen_quality.judge.weights import QUESTIONS, read_judge, write_judge

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.testing.contracts import TrainerContract

QUICK = {"copies": 1, "patches": 1000, "coarse": 8, "fine": 8, "colours": 8, "hidden": 16, "epochs": 4, "batch": 16}


class TestTrainer(TrainerContract):
    plugin = plugin
    id = "quality/judge"

    @pytest.fixture
    def data(self, dataset):
        return dataset

    @pytest.fixture
    def options(self):
        return QUICK


def test_training_again_gives_the_same_weights_to_the_byte(dataset, tmp_path, ctx):
    from prodgen_quality.judge.training import JudgeTrainer

    first, second = (
        JudgeTrainer(None, ctx).train(QUICK, dataset, tmp_path / name, ctx).checkpoint for name in ("a", "b")
    )
    assert first.read_bytes() == second.read_bytes()
    with pytest.raises(ConfigError, match="other options"):
        JudgeTrainer(None, ctx).train({**QUICK, "seed": 1}, dataset, tmp_path / "a", ctx)
    with pytest.raises(ConfigError, match="epoch"):
        JudgeTrainer(None, ctx).train({"epoch": 1}, dataset, tmp_path / "c", ctx)


def test_nearness_is_that_of_whitened_patches_to_centroids():
    """Folded weights against the definition: max(0, mean distance - distance), squared and halved."""
    rng = np.random.default_rng(0)
    rows = rng.normal(0, 9, (300, 12)).astype(np.float32) @ rng.normal(0, 1, (12, 12)).astype(np.float32)
    mean, whitening = learning._whitening(rows)
    white = (rows - mean) @ whitening
    assert np.cov(white.T)[np.diag_indices(12)] == pytest.approx(1, abs=0.15)
    centroids = white[:5]
    folded = learning._folded("x", mean, whitening, centroids)
    found = network._nearness(rows, folded["x.weight"], folded["x.centre"])
    distances = 0.5 * ((white[:, None] - centroids[None]) ** 2).sum(axis=2)
    naive = np.maximum(0, distances.mean(axis=1, keepdims=True) - distances)
    assert found == pytest.approx(naive, abs=1e-2)


def test_pooling_is_the_mean_of_each_part():
    values = np.random.default_rng(1).normal(0, 1, (2, 7, 7, 3)).astype(np.float32)
    pooled = network._pooled(values, 2).reshape(2, 2, 2, 3)
    assert pooled[1, 0, 1] == pytest.approx(values[1, :4, 4:].mean(axis=(0, 1)), abs=1e-5)


def test_patches_are_normalised_and_a_flat_one_is_not_blown_up():
    flat = np.full((1, 96, 96, 3), 255, np.uint8)
    assert np.abs(network.patches(flat, "coarse")).max() < 1e-3
    noise = np.random.default_rng(2).integers(0, 256, (1, 96, 96, 3), dtype=np.uint8)
    rows = network.patches(noise, "fine")
    assert rows.shape == (1, 46, 46, 108)
    assert rows.mean(axis=3) == pytest.approx(0, abs=1e-4)


def test_pictures_of_any_shape_are_prepared():
    wide = np.zeros((30, 60, 3), np.uint8)
    ready = network.prepared([wide, np.zeros((96, 96, 4), np.uint8)])
    assert ready.shape == (2, 96, 96, 3)
    assert (ready[0, 0] == 255).all()
    assert (ready[0, 48] == 0).all()
    assert (ready[1] == 255).all()  # what is transparent is white


def test_changes_keep_the_picture_recognisable_and_follow_the_seed():
    picture = np.full((1, 96, 96, 3), 255, np.uint8)
    picture[:, 30:60, 20:40] = (200, 0, 0)
    first, again = (augmented(picture, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, again)
    for seed in range(20):
        changed = augmented(picture, np.random.default_rng(seed))
        assert changed.shape == picture.shape
        red = (changed[0, ..., 0] > 150) & (changed[0, ..., 1] < 90)
        assert 300 < red.sum() < 900
        assert np.flatnonzero(red.any(axis=0)).mean() < 48  # never mirrored


def test_the_shipped_judge_knows_its_questions():
    judge = read_judge()
    assert set(judge.labels) == set(QUESTIONS)
    assert len(judge.labels["family"]) > 30
    assert judge.labels["pose"][0] == "0"
    answers = judge.answers(judge.features([np.full((64, 64, 3), 255, np.uint8)]))
    assert all(answers[question][0] in judge.known[question] for question in QUESTIONS)


def test_a_file_that_is_no_judge_is_told(tmp_path):
    path = tmp_path / "x.safetensors"
    for data in (b"", b"\x00" * 20, b"PK\x03\x04 a pickle"):
        path.write_bytes(data)
        with pytest.raises(ConfigError, match="no judge"):
            read_judge(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_judge(tmp_path / "none.safetensors")
    judge = read_judge()
    labels = {**judge.labels, "family": judge.labels["family"][:-1]}
    write_judge(path, judge.tensors, labels, {})
    with pytest.raises(ConfigError, match="family"):
        read_judge(path)
