"""`prodgen eval generators` on a made-up world, in which what is good and what is not is known."""

import csv
import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from prodgen_quality import plugin
from prodgen_quality.generators import measures
from prodgen_quality.generators.benchmark import GeneratorsEvaluation
from prodgen_quality.generators.products import read_products
from prodgen_quality.generators.subjects import nearest
from prodgen_quality.judge.training import JudgeTrainer

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, NotFound, PluginError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.specs import GeneratorSpec
from prodgen_sdk.testing.contracts import BenchmarkContract
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.training.rendered import read_shots
from prodgen_sdk.types import Generated

QUICK = {"hidden": 32, "epochs": 20, "batch": 8}


@pytest.fixture(scope="module")
def judge(dataset, tmp_path_factory):
    report = JudgeTrainer(None, Context()).train(QUICK, dataset, tmp_path_factory.mktemp("judge"), Context())
    return report.checkpoint


def drawing(made_up, *, alike=False, wrong=False, broken=False):
    """A generator that draws what the data set holds: with a size by the seed, always one size, or in another colour."""

    class Draws(Generator):
        def __init__(self, config, ctx):
            pass

        def generate(self, batch, ctx):
            if broken:
                raise PluginError("there is no checkpoint")
            return [[self.picture(request, view) for view in request.views] for request in batch]

        def picture(self, request, view):
            words = request.product.attributes
            colour = {"red": "blue", "blue": "red"}[words["colour"]] if wrong else words["colour"]
            family = request.product.category.partition("/")[2]
            grow = 1 if alike else request.seed % 5
            image, _ = made_up.draw(family, colour, view.azimuth, grow, words["pattern"])
            return Generated(image=images.resize(image, request.size, request.size), view=view)

    return Draws


@pytest.fixture(scope="module")
def outcome(made_up, dataset, judge, tmp_path_factory):
    def plugin_for(id, factory, **spec):
        return plugin_of(GeneratorSpec(id=id, summary="x", **{"modes": ("text",), "min_size": 32, **spec}), factory)

    host = fake_host(
        plugin,
        plugin_for("render/parametric", drawing(made_up)),
        plugin_for("mine/collapsed", drawing(made_up, alike=True)),
        plugin_for("mine/wrong", drawing(made_up, wrong=True)),
        plugin_for("mine/large", drawing(made_up), min_size=96, max_size=96),
        plugin_for("mine/photo", drawing(made_up), modes=("photo",)),
        plugin_for("mine/mesh", drawing(made_up), modes=("mesh",)),
        plugin_for("mine/broken", drawing(made_up, broken=True)),
    )
    out = tmp_path_factory.mktemp("out")
    options = {"data": str(dataset), "out": str(out), "judge": str(judge), "n": 6, "prompts": 3, "seeds": 4}
    return out, host.get("benchmark", "quality/generators").run(options)


def test_who_draws_the_right_thing_is_told_from_who_does_not(outcome):
    _, figures = outcome
    for name in ("true_renders", "render_parametric", "mine_large", "mine_photo"):
        assert figures[f"{name}_family"] >= 0.75, name
        assert figures[f"{name}_colour"] >= 0.9, name
    assert figures["mine_wrong_colour"] <= 0.3
    assert figures["mine_wrong_family"] >= 0.8
    assert figures["render_parametric_psnr"] > figures["mine_wrong_psnr"] + 3
    assert figures["render_parametric_psnr"] > figures["blank_psnr"] + 3
    assert "true_renders_psnr" not in figures
    assert figures["true_renders_patterned"] >= 0.9


def test_collapse_and_copies_are_seen(outcome):
    _, figures = outcome
    assert figures["render_parametric_diversity"] == pytest.approx(1)
    assert figures["mine_collapsed_diversity"] == 0
    assert figures["nearest_training_product_novelty"] == 0
    assert figures["mean_picture_kernel_distance"] > figures["render_parametric_kernel_distance"]
    assert figures["blank_agreement"] == 1  # therefore it stands beside the accuracy


def test_a_generator_that_is_not_installed_is_told_before_anything_is_rendered():
    ctx = Context(known=lambda kind: ["gan/mini", "vae/mini"])
    with pytest.raises(NotFound, match="Did you mean gan/mini"):
        GeneratorsEvaluation(None, ctx).run({"generators": "gan/mni"}, ctx)


def test_who_cannot_be_run_is_named_with_the_reason(outcome):
    _, figures = outcome
    assert "mesh" in figures["not_run_mine_mesh"]
    assert "checkpoint" in figures["not_run_mine_broken"]
    assert not any(name.startswith("mine_broken") for name in figures)


def test_table_and_grids_are_written(outcome):
    out, figures = outcome
    rows = {row["subject"]: row for row in csv.DictReader((out / "generators.csv").read_text().splitlines())}
    assert next(iter(rows)) == "true renders"
    assert float(rows["mine/wrong"]["colour"]) == pytest.approx(figures["mine_wrong_colour"], abs=1e-4)
    assert float(rows["mine/wrong"]["family_low"]) <= float(rows["mine/wrong"]["family"])
    page = (out / "generators.md").read_text()
    assert "| mine/collapsed |" in page
    assert "`mine/mesh`: It works from mesh" in page
    assert json.loads((out / "generators.json").read_text())["facts"]["products"] == 6
    grid = images.load(out / "grid-render-parametric.png")
    assert grid.shape[1] > 4 * 100
    assert page.count("](grid-") == len(list(out.glob("grid-*.png"))) == 9  # all but the truth and who was not run


def test_families_that_the_classifier_does_not_know_are_counted(dataset, judge, tmp_path):
    data = shutil.copytree(dataset, tmp_path / "data")
    lines = (data / "manifest.jsonl").read_text()
    (data / "manifest.jsonl").write_text(lines.replace('"family": "ball"', '"family": "zeppelin"'))
    options = {"data": str(data), "out": str(tmp_path / "out"), "judge": str(judge), "n": 6, "prompts": 1, "seeds": 2}
    figures = fake_host(plugin).get("benchmark", "quality/generators").run(options)
    assert 0 < figures["unknown_family"] < 6
    assert figures["true_renders_family"] >= 0.75
    said = f"does not know the family of {figures['unknown_family']} of them"
    assert said in (tmp_path / "out" / "generators.md").read_text()


def test_it_says_how_many_images_it_makes(made_up, dataset, judge):
    spec = GeneratorSpec(id="mine/one", summary="x", modes=("text",), min_size=32)
    host, told = fake_host(plugin, plugin_of(spec, drawing(made_up))), []
    options = {"data": str(dataset), "judge": str(judge), "n": 4, "prompts": 2, "seeds": 3, "generators": "mine/one"}
    context = host.context(progress=lambda *now: told.append(now))
    figures = host.get("benchmark", "quality/generators").run(options, context)
    total = 5 * figures["views"] + 2 * 3
    assert [done for done, *_ in told] == sorted(done for done, *_ in told)
    assert told[-2:] == [(total, total, "images, mine/one"), (total, total, "images")]


@pytest.mark.slow
def test_products_are_rendered_where_no_data_are_given():
    from prodgen_render import plugin as render

    host, told = fake_host(plugin, render), []
    options = {"n": 2, "size": 32, "prompts": 1, "seeds": 2, "generators": "render/parametric"}
    context = host.context(progress=lambda *now: told.append(now))
    figures = host.get("benchmark", "quality/generators").run(options, context)
    assert (figures["products"], figures["training_products"]) == (2, 4)
    assert told[0] == (0, 48, "images rendered")


class TestGenerators(BenchmarkContract):
    plugin = plugin
    id = "quality/generators"

    @pytest.fixture
    def options(self, dataset, judge):
        return {"data": str(dataset), "judge": str(judge), "n": 2, "prompts": 1, "seeds": 2}


def test_without_held_out_products_there_is_nothing_to_judge(made_up, tmp_path, ctx):
    from prodgen_quality.generators.benchmark import GeneratorsEvaluation

    made_up.write_dataset(tmp_path / "set", products=4, splits=("train",))
    with pytest.raises(InputError, match="held-out"):
        GeneratorsEvaluation().run({"data": str(tmp_path / "set")}, ctx)
    with pytest.raises(InputError, match="no rendered data set"):
        GeneratorsEvaluation().run({"data": str(tmp_path) + "/none"}, ctx)
    (tmp_path / "set/manifest.jsonl").write_text('{"sku": "a"}\n')
    with pytest.raises(InputError, match="line 1"):
        read_shots(tmp_path / "set")
    with pytest.raises(InputError, match="seed"):
        GeneratorsEvaluation().run({"seed": 1}, ctx)


def test_the_nearest_training_product_has_the_family_first(dataset):
    products = read_products(read_shots(dataset))
    ball = next(p for p in products if p.labels["family"] == "ball")
    boxes = [p for p in products if p.labels["family"] == "box"]
    assert nearest(ball, [*boxes, ball]) is ball
    assert nearest(ball, boxes).labels["colour"] == ball.labels["colour"]


def test_views_of_what_is_round_look_alike():
    round_thing = np.full((16, 16, 3), 255, np.uint8)
    round_thing[4:12, 4:12] = 90
    turned = round_thing.copy()
    turned[6:9, 6:9] = 0
    dimmer = np.where(round_thing == 90, np.uint8(93), round_thing)
    mask = (round_thing == 90).all(axis=2)
    found = measures.alike([round_thing, turned, dimmer], [mask] * 3)
    assert found.tolist() == [[True, False, True], [False, True, False], [True, False, True]]


def test_a_pose_is_asked_of_what_has_sides_only(dataset, made_up):
    from prodgen_quality.generators.trial import poses_told

    product = read_products(read_shots(dataset))[0]
    poses = [str(round(view.azimuth)) for view in product.views]
    # Front and back differ by the mark; both sides are equal, so that either answer is right.
    assert poses == ["0", "90", "180", "270"]
    assert poses_told(product, ["0", "270", "180", "90"]) == [True] * 4
    assert poses_told(product, ["180", "0", "90", "180"]) == [False] * 4
    ball = replace(product, pictures=(product.pictures[2],) * 4, masks=(product.masks[2],) * 4)
    assert poses_told(ball, poses) == []


def test_agreement_is_the_share_of_equal_pairs():
    assert measures.agreement({"colour": ["a", "a", "b"]}) == pytest.approx(1 / 3)
    assert measures.agreement({"colour": ["a", "a"], "family": ["x", "y"]}) == 0.5
    assert measures.agreement({"colour": ["a"]}) == 1
