"""The training loop: what follows from the seed and the step alone, kills, averages, early stopping, several processes."""

import copy
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, PluginError, StoreError
from prodgen_sdk.training.loop import batch_rows, fit
from prodgen_sdk.training.objective import Objective
from prodgen_sdk.training.recipe import Recipe, claim

torch = pytest.importorskip("torch")
FAST = Recipe(steps=12, batch=4, warmup=2, checkpoint_every=4, validate_every=4, learning_rate=0.05, dropout=0.2)
SCRIPT = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_training_loop import Line, FAST
from prodgen_sdk.training.loop import fit
from prodgen_sdk.context import Context
fit(Line(), FAST.model_copy(update=dict(steps=60)), Path({out!r}), Context(progress=lambda done, total, what: time.sleep(0.02)))
"""


class Line(Objective):
    """A small network with dropout learns a line; noise is added to what it sees."""

    averaged = ("net",)

    def __init__(self, size=20, held=None, broken=-1):
        generator = torch.Generator().manual_seed(3)
        self.x = torch.randn(size, 3, generator=generator)
        self.y = self.x @ torch.tensor([[1.0], [-2.0], [0.5]])
        self.size, self.held, self.broken = size, held, broken
        torch.manual_seed(0)
        layers = torch.nn.Linear(3, 8), torch.nn.Dropout(0.2), torch.nn.Linear(8, 1)
        self.networks = {"net": torch.nn.Sequential(*layers)}

    def loss(self, name, rows, noise, step):
        x = self.x[rows] + 0.05 * torch.randn(len(rows), 3, generator=noise)
        loss = (self.networks["net"](x) - self.y[rows]).square().mean()
        return loss * (float("nan") if step == self.broken else 1.0), {}

    def validate(self, networks):
        if self.held is not None:
            return {"val_loss": self.held.pop(0)}
        return {"val_loss": float((networks["net"](self.x) - self.y).square().mean())}


def weights(objective):
    return [value.clone() for value in objective.networks["net"].state_dict().values()]


def same(first, second):
    return all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def test_equal_runs_are_equal_and_learn(tmp_path):
    one, two = Line(), Line()
    recipe = FAST.model_copy(update={"steps": 60})
    state = fit(one, recipe, tmp_path / "a", Context())
    fit(two, recipe, tmp_path / "b", Context())
    assert same(weights(one), weights(two))
    log = [json.loads(line) for line in (tmp_path / "a" / "log.jsonl").read_text().splitlines()]
    found = [line["val_loss"] for line in log if "val_loss" in line]
    assert found[-1] < found[0] / 2
    assert state.best == pytest.approx(min(found), rel=1e-4)


def test_a_cancelled_run_goes_on_bit_by_bit(tmp_path):
    whole, parts = Line(), Line()
    fit(whole, FAST, tmp_path / "whole", Context())
    seen = []
    stopping = Context(progress=lambda done, total, what: seen.append(done), cancelled=lambda: seen[-1] >= 7)
    with pytest.raises(Exception, match="cancelled"):
        fit(parts, FAST, tmp_path / "parts", stopping)
    again = Line()
    fit(again, FAST, tmp_path / "parts", Context())
    assert same(weights(whole), weights(again))
    assert (tmp_path / "whole" / "best.safetensors").read_bytes() == (
        tmp_path / "parts" / "best.safetensors"
    ).read_bytes()
    steps = [json.loads(line)["step"] for line in (tmp_path / "parts" / "log.jsonl").read_text().splitlines()]
    assert steps == sorted(steps)
    assert steps.count(6) == 1  # what the first run noted after its checkpoint is not there twice


def test_a_run_killed_with_sigkill_goes_on_bit_by_bit(tmp_path):
    out = tmp_path / "killed"
    code = SCRIPT.format(tests=str(Path(__file__).parent), out=str(out))
    process = subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "OMP_NUM_THREADS": "1"})
    deadline = time.monotonic() + 120
    while not (out / "checkpoint.safetensors").is_file() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    assert process.wait(timeout=60) == -signal.SIGKILL
    recipe = FAST.model_copy(update={"steps": 60})
    again, whole, first = Line(), Line(), []
    fit(again, recipe, out, Context(progress=lambda done, total, what: first.append(done)))
    assert 0 < first[0] < 60
    fit(whole, recipe, tmp_path / "whole", Context())
    assert same(weights(again), weights(whole))
    assert (out / "checkpoint.safetensors").read_bytes() == (tmp_path / "whole" / "checkpoint.safetensors").read_bytes()


def _press_at(step):
    """Ctrl-C at a step."""

    def pressed(done, total, what):
        if done == step:
            raise KeyboardInterrupt

    return pressed


@pytest.mark.parametrize(("at", "said"), [(3, "begins anew"), (10, "goes on from step 8")])
def test_an_interrupted_run_says_from_where_it_goes_on(tmp_path, at, said):
    with pytest.raises(KeyboardInterrupt) as stop:
        fit(Line(), FAST, tmp_path, Context(progress=_press_at(at)))
    assert stop.value.__notes__ == [f"stopped at step {at} of 12; the same command {said}"]
    first = []
    fit(Line(), FAST, tmp_path, Context(progress=lambda done, total, what: first.append(done)))
    assert first[0] == (8 if at == 10 else 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_named_and_the_run_goes_on_afterwards(tmp_path):
    whole, out = Line(), tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        fit(Line(), FAST, out, Context(progress=_press_at(10)))
    (out / "log.jsonl").unlink()
    (out / "log.jsonl").symlink_to("/dev/full")
    with pytest.raises(StoreError, match=r"out could not be written: No space left on device"):
        fit(Line(), FAST, out, Context())
    (out / "log.jsonl").unlink()
    fit(again := Line(), FAST, out, Context())
    fit(whole, FAST, tmp_path / "whole", Context())
    assert same(weights(again), weights(whole))


def test_accumulated_parts_are_one_batch(tmp_path):
    class Quiet(Line):
        def loss(self, name, rows, noise, step):
            return (self.networks["net"].eval()(self.x[rows]) - self.y[rows]).square().mean(), {}

    one, two = Quiet(), Quiet()
    fit(one, FAST, tmp_path / "a", Context())
    fit(two, FAST.model_copy(update={"accumulate": 2}), tmp_path / "b", Context())
    for a, b in zip(weights(one), weights(two), strict=True):
        assert torch.allclose(a, b, atol=1e-5)


def test_half_precision_without_a_gpu_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"bfloat16 on a GPU alone, not on cpu\. Set precision"):
        fit(Line(), FAST.model_copy(update={"precision": "bfloat16"}), tmp_path, Context())


def test_validation_that_no_longer_improves_stops_the_run(tmp_path):
    objective = Line(held=[1.0, 0.5, 0.7, 0.8, 0.9, 0.1, 0.1])
    recipe = FAST.model_copy(update={"steps": 100, "validate_every": 2, "patience": 2})
    state = fit(objective, recipe, tmp_path, Context())
    assert (state.step, state.best_step, state.best) == (8, 4, 0.5)
    assert fit(Line(), recipe, tmp_path, Context()).step == 8


def test_a_loss_that_is_no_number_is_reported_and_the_checkpoint_stays_good(tmp_path):
    with pytest.raises(PluginError, match="step 6"):
        fit(Line(broken=6), FAST, tmp_path, Context())
    assert fit(Line(), FAST, tmp_path, Context()).step == 12


def test_a_damaged_checkpoint_is_named(tmp_path):
    fit(Line(), FAST, tmp_path, Context())
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ConfigError, match="checkpoint"):
        fit(Line(), FAST, tmp_path, Context())


def test_other_options_are_refused_in_a_used_folder(tmp_path):
    claim(FAST.model_copy(update={"steps": 11}), tmp_path)
    claim(FAST, tmp_path)  # nothing was trained yet
    (tmp_path / "checkpoint.safetensors").touch()
    claim(FAST, tmp_path)
    with pytest.raises(ConfigError, match="steps is 13, was 12"):
        claim(FAST.model_copy(update={"steps": 13}), tmp_path)


def test_the_average_follows_the_weights(tmp_path):
    objective = Line()
    recipe = FAST.model_copy(update={"ema": 0.5, "validate_every": 12})
    seen = []
    validate = objective.validate
    objective.validate = lambda nets: (seen.append(copy.deepcopy(nets["net"])), validate(nets))[1]
    fit(objective, recipe, tmp_path, Context())
    kept, last = seen[0].state_dict(), objective.networks["net"].state_dict()
    gap = max(float((kept[name] - last[name]).abs().max()) for name in kept)
    assert 0 < gap < 0.2


def test_the_rate_rises_and_falls():
    recipe = Recipe(steps=100, warmup=10, learning_rate=1.0, floor=0.1)
    rates = [recipe.rate(step) for step in range(101)]
    assert rates[:10] == pytest.approx([0.1 * (k + 1) for k in range(10)])
    assert all(a >= b for a, b in pairwise(rates[10:]))
    assert rates[100] == pytest.approx(0.1)


@pytest.mark.parametrize(("size", "batch"), [(5, 3), (8, 8), (3, 7)])
def test_every_epoch_sees_every_example_once(size, batch):
    rows = np.concatenate([batch_rows(size, batch, step, 4).numpy() for step in range(4 * size)])
    for epoch in range(len(rows) // size):
        assert sorted(rows[epoch * size : (epoch + 1) * size]) == list(range(size))


def test_two_processes_learn_what_one_does(tmp_path):
    pytest.importorskip("accelerate")
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[1])\n"
        "from test_training_loop import Line, FAST; from prodgen_sdk.training.loop import fit\n"
        "from prodgen_sdk.context import Context\n"
        "class Quiet(Line):\n"
        "    def loss(self, name, rows, noise, step):\n"
        "        return (self.networks['net'].eval()(self.x[rows]) - self.y[rows]).square().mean(), {}\n"
        "fit(Quiet(), FAST, Path(sys.argv[2]), Context())\n"
    )
    shared = {
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": "29613",
        "OMP_NUM_THREADS": "1",
        "ACCELERATE_USE_CPU": "true",
    }
    ranks = [{"RANK": str(k), "LOCAL_RANK": str(k), "LOCAL_WORLD_SIZE": "2"} for k in range(2)]
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(Path(__file__).parent), str(tmp_path / "two")],
            env={**os.environ, **shared, **rank},
        )
        for rank in ranks
    ]
    assert [process.wait(timeout=180) for process in both] == [0, 0]

    class Quiet(Line):
        def loss(self, name, rows, noise, step):
            return (self.networks["net"].eval()(self.x[rows]) - self.y[rows]).square().mean(), {}

    one, two = Quiet(), Quiet()
    fit(one, FAST, tmp_path / "one", Context())
    fit(two, FAST, tmp_path / "two", replace(Context()))
    for a, b in zip(weights(one), weights(two), strict=True):
        assert torch.allclose(a, b, atol=1e-5)
    logs = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("one", "two")]
    losses = [[json.loads(line)["loss"] for line in log if "loss" in json.loads(line)] for log in logs]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4), "what is logged is the mean over both"
