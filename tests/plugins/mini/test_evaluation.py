"""The evaluation: distances against naive ones, what a copy, a collapse and a mean score, and the contracts of the benchmarks."""

import numpy as np
import pytest
from prodgen_mini import plugin
from prodgen_render import plugin as render_plugin
from prodgen_text import plugin as text_plugin

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.testing.contracts import BenchmarkContract

torch = pytest.importorskip("torch")
from prodgen_mini.designs import read_designs, space_of  # noqa: E402
from prodgen_mini.evaluation.benchmark import AssetBenchmark, _Table  # noqa: E402
from prodgen_mini.evaluation.copies import Copies, small, small_of_split  # noqa: E402
from prodgen_mini.evaluation.designers import Made, nearest_designer, table_designer  # noqa: E402
from prodgen_mini.evaluation.judge import train_judge  # noqa: E402


@pytest.fixture(scope="session")
def large(tmp_path_factory, write_designs):
    return write_designs(tmp_path_factory.mktemp("large") / "set", 240)


@pytest.fixture(scope="session")
def parts(large):
    train, test = (read_designs(large, splits=(name,)) for name in ("train", "test"))
    train, test = train.take(train.has_art), test.take(test.has_art)
    judge, kinds, _ = train_judge(train, steps=40)
    copies = Copies(small_of_split(large, "train", Context()), small(torch.from_numpy(test.art())))
    return train, test, _Table(test, train, judge, kinds, copies), space_of(train)


def test_a_copy_a_collapse_and_the_truth_are_told_apart(parts):
    train, test, table, space = parts
    truth = Made(table.true_art, test.vectors(space), table.asked)
    nearest_product = nearest_designer(train, space)(test, 0)
    mean = table_designer(train, space)(test, 0)
    figures = {
        name: table.figures([made, made])
        for name, made in (("truth", truth), ("copy", nearest_product), ("mean", mean))
    }
    assert figures["truth"]["kernel_distance"] < figures["mean"]["kernel_distance"]
    assert figures["truth"]["joint_kernel_distance"] < figures["copy"]["joint_kernel_distance"]
    assert figures["truth"]["colour_delta_e"] < 1e-3 < figures["copy"]["colour_delta_e"]
    assert figures["copy"]["memorisation_ratio"] == pytest.approx(0, abs=0.01)
    assert figures["copy"]["near_copies"] == 1.0
    assert figures["truth"]["memorisation_ratio"] > 0.5
    assert all(found["diversity"] < 0.02 for found in figures.values())  # both seeds gave the same
    assert figures["truth"]["pattern_accuracy"] > 0.8


def test_seeds_that_differ_as_true_products_do_have_full_diversity(parts):
    _, test, table, space = parts
    rng = np.random.default_rng(1)
    groups = np.array([hash(group) for group in table.groups])
    shuffled = []
    for _ in range(4):
        order = np.arange(len(test))
        for group in set(groups.tolist()):
            rows = np.flatnonzero(groups == group)
            order[rows] = rng.permutation(rows)
        shuffled.append(Made(table.true_art[order], test.vectors(space)[order], table.asked[order]))
    assert 0.7 < table.figures(shuffled)["diversity"] < 1.2


@pytest.fixture(scope="module")
def artworks(draw_artwork):
    """Rows of designs that share nothing but how they were drawn: known, true, fresh."""
    rng = np.random.default_rng(5)

    def drawn(count):
        layouts, colours = ("tile", "label"), rng.integers(0, 256, (count, 2, 3))
        arts = [draw_artwork(rng, layouts[n % 2], *colours[n]) for n in range(count)]
        return small(torch.from_numpy(np.stack([art.transpose(2, 0, 1) / np.float32(255) for art in arts])))

    return drawn(300), drawn(150), drawn(200)


def test_fresh_designs_are_near_copies_as_rarely_as_held_out_ones(artworks):
    known, true, fresh = artworks
    copies = Copies(known, true)
    share, low, high = copies.share(copies.far(fresh), same=False)
    assert low <= 0.05 <= high
    assert share < 0.15
    assert copies.share(copies.far(true))[0] == pytest.approx(0.05, abs=0.01)


def test_a_generator_that_copies_some_of_its_designs_is_found_out(artworks):
    known, true, fresh = artworks
    copies = Copies(known, true)
    made = fresh[: len(true)].copy()
    blurred = 0.98 * known[:30] + 0.02 * known[:30].mean(1, keepdims=True)  # nobody copies to the last bit
    made[:: len(true) // 30] = blurred
    share, low, _ = copies.share(copies.far(made))
    assert share > 0.2
    assert low > 0.05
    assert copies.ratio(copies.far(known)).max() == pytest.approx(0, abs=1e-3)


class TestAssets(BenchmarkContract):
    plugin = plugin
    id = "mini/evaluate"
    companions = (render_plugin, text_plugin)

    @pytest.fixture
    def section(self, trained):
        return {part: {"weights": str(path)} for part, path in trained.items()}

    @pytest.fixture
    def options(self, large, tmp_path):
        return {
            "data": str(large),
            "n": 20,
            "models": "vae,diffusion",
            "out": str(tmp_path / "report"),
            "judge_steps": 3,
        }


class TestSpeed(BenchmarkContract):
    plugin = plugin
    id = "mini/speed"
    companions = (render_plugin, text_plugin)

    @pytest.fixture
    def section(self, trained):
        return {part: {"weights": str(path)} for part, path in trained.items()}

    @pytest.fixture
    def options(self):
        return {"n": 1, "size": 32, "models": "vae"}


def test_too_few_products_are_named(designs, trained, tmp_path):
    from prodgen_mini.config import Config

    from prodgen_sdk.context import Context

    config = Config.model_validate({part: {"weights": path} for part, path in trained.items()})
    with pytest.raises(InputError, match="no designs to evaluate on"):
        AssetBenchmark(config, Context()).run({}, Context())
    with pytest.raises(ConfigError, match="renderd is not known"):
        AssetBenchmark(config, Context()).run({"data": str(designs), "renderd": 3}, Context())
    with pytest.raises(ConfigError, match="'gan', 'vae' or 'diffusion'"):
        AssetBenchmark(config, Context()).run({"data": str(designs), "models": "gan,mini"}, Context())
    with pytest.raises(InputError, match="20 are needed"):
        AssetBenchmark(config, Context()).run({"data": str(designs)}, Context())
