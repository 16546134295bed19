"""The judge: its network beside naive references, its training, and the weights that are shipped."""

import numpy as np
import pytest
from prodgen_quality import plugin
from prodgen_quality.judge import network
from prodgen_quality.judge.augment import augmented, disguised
from prodgen_quality.judge.weights import QUESTIONS, label_of, read_judge, write_judge

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, ConfigError
from prodgen_sdk.testing.contracts import TrainerContract

QUICK = {"hidden": 16, "epochs": 4, "batch": 16}


class TestTrainer(TrainerContract):
    plugin = plugin
    id = "quality/train-judge"

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


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(dataset, tmp_path, ctx):
    from prodgen_quality.judge.training import JudgeTrainer

    whole = JudgeTrainer(None, ctx).train(QUICK, dataset, tmp_path / "whole", ctx).checkpoint
    seen = []

    def stop_after_two() -> bool:
        seen.append(1)
        return len(seen) > 3

    with pytest.raises(Cancelled):
        JudgeTrainer(None, ctx).train(QUICK, dataset, tmp_path / "part", Context(cancelled=stop_after_two))
    assert (tmp_path / "part/checkpoint.safetensors").is_file()
    done = []
    told = Context(progress=lambda number, total, what: done.append(number))
    again = JudgeTrainer(None, ctx).train(QUICK, dataset, tmp_path / "part", told).checkpoint
    assert done[0] > 0
    assert again.read_bytes() == whole.read_bytes()
    (tmp_path / "part/judge.safetensors").unlink()
    (tmp_path / "part/checkpoint.safetensors").write_bytes(b"half of it")
    with pytest.raises(ConfigError, match="cannot be read"):
        JudgeTrainer(None, ctx).train(QUICK, dataset, tmp_path / "part", ctx)


def test_numpy_answers_as_the_network_that_was_trained():
    import torch
    from prodgen_quality.judge.learning import Network

    torch.manual_seed(0)
    trained = Network({"family": 5, "colour": 3}, 16, 0.1)
    pictures = np.random.default_rng(0).integers(0, 256, (5, 128, 128, 3), dtype=np.uint8)
    ink = (255 - torch.from_numpy(pictures).permute(0, 3, 1, 2).float()) / 128
    trained(ink)  # statistics of its normalisation
    with torch.no_grad():
        said = trained.eval()(ink)
    tensors = trained.tensors()
    found = network.features(tensors, pictures)
    for question, logits in said.items():
        assert network.answers(tensors, found, question) == pytest.approx(logits.softmax(1).numpy(), abs=1e-5)


def test_pictures_of_any_shape_are_prepared():
    wide = np.zeros((30, 60, 3), np.uint8)
    ready = network.prepared([wide, np.zeros((96, 96, 4), np.uint8)])
    assert ready.shape == (2, 128, 128, 3)
    assert (ready[0, 0] == 255).all()
    assert (ready[0, 64] == 0).all()
    assert (ready[1] == 255).all()  # what is transparent is white


def red_thing(n):
    """Ink of a red thing at the left, as the network takes it."""
    import torch

    ink = torch.zeros((n, 3, 128, 128))
    ink[:, 1:, 40:80, 26:54] = 2.0
    return ink


def test_changes_keep_the_picture_recognisable_and_follow_the_seed():
    first, again = (augmented(red_thing(2), np.random.default_rng(3)) for _ in range(2))
    assert first.equal(again)
    for seed in range(20):
        for changed in augmented(red_thing(4), np.random.default_rng(seed)):
            assert changed.shape == (3, 128, 128)
            red = (changed[1] > 1).numpy()
            assert 500 < red.sum() < 1700
            assert changed[0].abs().max() < 0.5
            assert np.flatnonzero(red.any(axis=0)).mean() < 64  # not mirrored


def test_a_disguise_says_what_it_hides():
    ink, hidden = disguised(red_thing(64), np.random.default_rng(1))
    mirrored = ink.amax(1)[:, :, 74:102].amax((1, 2)) > 1
    assert mirrored.equal(hidden["pose"])
    recoloured = (ink[:, 0].amax((1, 2)) > 1) & ~hidden["colour"]
    assert not recoloured.any()
    assert 5 < int(hidden["pose"].sum()) < 30
    assert 5 < int(hidden["material"].sum()) < 30


def test_a_logo_is_a_mark_on_a_plain_thing():
    assert [label_of({"pattern": name}, "pattern") for name in ("logo", "dots", "plain")] == ["plain", "dots", "plain"]
    assert label_of({"colour": "logo"}, "colour") == "logo"


def test_the_shipped_judge_knows_its_questions():
    judge = read_judge()
    assert set(judge.labels) == set(QUESTIONS)
    assert len(judge.labels["family"]) > 120
    assert judge.labels["pose"][0] == "0"
    answers = judge.answers(judge.features([np.full((64, 64, 3), 255, np.uint8)]))
    assert all(answers[question][0] in judge.known[question] for question in QUESTIONS)


def test_a_file_that_is_no_judge_is_told(tmp_path):
    path = tmp_path / "x.safetensors"
    for data, told in ((b"", "none of the judge"), (b"\x00" * 20, "none of the judge"), (b"PK\x03\x04", "pickle")):
        path.write_bytes(data)
        with pytest.raises(ConfigError, match=told):
            read_judge(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_judge(tmp_path / "none.safetensors")
    judge = read_judge()
    labels = {**judge.labels, "family": judge.labels["family"][:-1]}
    write_judge(path, judge.tensors, labels, {})
    with pytest.raises(ConfigError, match="family"):
        read_judge(path)
