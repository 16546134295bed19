"""Trainers, benchmarks and plugins that break their contracts, each in one way."""

import json
from dataclasses import replace

import heavy_plugin
import pytest
from harness import broken

from prodgen_sdk.specs import Needs
from prodgen_sdk.testing.contracts import BenchmarkContract, TrainerContract
from prodgen_sdk.testing.fakes.runs import HashBenchmark, MeanTrainer


class WithNumbers(TrainerContract):
    @pytest.fixture
    def data(self, tmp_path):
        (tmp_path / "numbers.json").write_text(json.dumps([1, 2, 3, 4, 5, 6]))
        return tmp_path


@broken(WithNumbers, "a_stopped_run_goes_on")
class BeginsAgain(MeanTrainer):
    def train(self, config, data, out, ctx):
        if (out / "mean.json").exists() and json.loads((out / "mean.json").read_text())["steps"] < 6:
            (out / "mean.json").unlink()
        return super().train(config, data, out, ctx)


@broken(WithNumbers, "a_stopped_run_goes_on")
class CannotBeStopped(MeanTrainer):
    def train(self, config, data, out, ctx):
        return super().train(config, data, out, replace(ctx, cancelled=lambda: False))


@broken(WithNumbers, "a_stopped_run_goes_on")
class ReportsNoProgress(MeanTrainer):
    def train(self, config, data, out, ctx):
        return super().train(config, data, out, replace(ctx, progress=lambda done, total, what: None))


@broken(WithNumbers, "a_finished_run_is_not_repeated")
class TrainsTwice(MeanTrainer):
    def train(self, config, data, out, ctx):
        if (out / "mean.json").exists() and json.loads((out / "mean.json").read_text())["steps"] == 6:
            (out / "mean.json").unlink()
        return super().train(config, data, out, ctx)


@broken(WithNumbers, "report")
class PicklesItsWeights(MeanTrainer):
    def train(self, config, data, out, ctx):
        report = super().train(config, data, out, ctx)
        (out / "weights.pt").write_bytes(b"")
        return report.model_copy(update={"checkpoint": out})


@broken(WithNumbers, "report")
class LeavesTheFolder(MeanTrainer):
    def train(self, config, data, out, ctx):
        report = super().train(config, data, out, ctx)
        (data / "elsewhere.json").write_text("{}")
        return report.model_copy(update={"checkpoint": data / "elsewhere.json"})


@broken(WithNumbers, "report")
class DivergesSilently(MeanTrainer):
    def train(self, config, data, out, ctx):
        return super().train(config, data, out, ctx).model_copy(update={"figures": {"loss": float("nan")}})


@broken(TrainerContract, "report", "a_stopped_run_goes_on", "a_finished_run_is_not_repeated")
class NoData(MeanTrainer):
    """Not broken, but an author who gives no data must be told."""


@broken(WithNumbers, "word_of_the_spec", trains="the mean")
class HasTwoWords(MeanTrainer):
    pass


@broken(BenchmarkContract, "word_of_the_spec", measures="")
class MeasuresNothing(HashBenchmark):
    pass


@broken(BenchmarkContract, "implements_the_interface")
class RunsAsynchronously(HashBenchmark):
    async def run(self, options, ctx):
        return {}


@broken(BenchmarkContract, "implements_the_interface")
class HasNoRun:
    def __init__(self, config, ctx):
        pass


@broken(BenchmarkContract, "flat_json")
class Nests(HashBenchmark):
    def run(self, options, ctx):
        return {"hash": dict(super().run(options, ctx))}


@broken(BenchmarkContract, "flat_json")
class ReportsNaN(HashBenchmark):
    def run(self, options, ctx):
        return {"hash_ms": float("nan")}


@broken(BenchmarkContract, "flat_json")
class ShoutsItsKeys(HashBenchmark):
    def run(self, options, ctx):
        return {"Hash (ms)": 1.0}


@broken(BenchmarkContract, "flat_json")
class ReportsNothing(HashBenchmark):
    def run(self, options, ctx):
        return {}


@broken(BenchmarkContract, "flat_json")
class PopsItsOptions(HashBenchmark):
    def run(self, options, ctx):
        options.setdefault("n", 1)
        return super().run(options, ctx)


class TestLoadsNumpyAtDiscovery(BenchmarkContract):
    plugin = heavy_plugin
    id = "heavy/hash"
    fails = {"test_discovery_loads_nothing_heavy"}  # noqa: RUF012


@broken(BenchmarkContract, needs=Needs(modules=("no_such_module",), install="pip install such"))
class NeedsWhatIsNotHere(HashBenchmark):
    """Is skipped: nothing of it is called."""

    def run(self, options, ctx):
        raise AssertionError("called")
