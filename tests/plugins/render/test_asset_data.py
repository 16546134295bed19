"""Data sets of assets, and true pictures of them: what is in them, and that a run can be cut off and repeated."""

import json

import numpy as np
import pytest
from prodgen_render.asset import data as asset_data
from prodgen_render.asset.data import ViewPlan, draw_views, make_assets, most_proportions
from prodgen_render.asset.generator import model_of, sketch_of
from prodgen_render.cli import app
from prodgen_render.families.traits import traits_of
from prodgen_render.rendering.views import render
from typer.testing import CliRunner

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.training.examples import split_of
from prodgen_sdk.types import Finish, Product, ProductAsset, View

COUNT = 130


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asset_data, "_SHARD", 50)
        out = tmp_path_factory.mktemp("assets")
        make_assets(COUNT, 3, out, Context())
        yield out


@pytest.fixture(scope="module")
def lines(folder):
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]


def arrays(folder, number):
    with np.load(folder / "shards" / f"{number:05d}.npz", allow_pickle=False) as file:
        return dict(file)


def read_asset(line, shard):
    """An asset as a reader of the files makes it, without this package's own writer."""
    row = line["row"]
    finish = dict(zip(Finish.model_fields, map(float, shard["finish"][row]), strict=True))
    count = int(shard["used"][row].sum())
    return ProductAsset(
        family=line["family"], proportions=tuple(map(float, shard["proportions"][row, :count])), material=line["material"],
        finish=Finish(**finish), colour=line["rgb"], accent=line["accent"], pattern=line["pattern"], layout=line["layout"],
        artwork=shard["artwork"][row],
    )  # fmt: skip


def product_of(line):
    return Product(**{name: line[name] for name in ("sku", "title", "description", "category", "attributes", "locale")})


def test_arrays_and_lines_belong_together(folder, lines):
    assert [(line["shard"], line["row"]) for line in lines] == [(i // 50, i % 50) for i in range(COUNT)]
    for number in range(3):
        shard, mine = arrays(folder, number), [line for line in lines if line["shard"] == number]
        n = len(mine)
        shapes = {name: (value.shape, str(value.dtype)) for name, value in shard.items()}
        assert shapes == {
            "proportions": ((n, most_proportions()), "float32"),
            "used": ((n, most_proportions()), "bool"),
            "finish": ((n, 5), "float32"),
            "palette": ((n, 2, 3), "uint8"),
            "palette_used": ((n, 2), "bool"),
            "artwork": ((n, 128, 128, 4), "uint8"),
        }
        assert (shard["proportions"][~shard["used"]] == 0.5).all()
        for line in mine:
            asset = read_asset(line, shard)
            assert len(asset.proportions) == len(traits_of(line["family"]).draws)
            assert "#{:02x}{:02x}{:02x}".format(*shard["palette"][line["row"], 0]) == line["rgb"]
            assert shard["artwork"][line["row"], ..., 3].any() == (line["layout"] != "none")


def test_the_words_say_what_the_asset_has(lines):
    for line in lines:
        sketch = sketch_of(product_of(line))
        assert (sketch.family, sketch.material, sketch.pattern, sketch.layout, sketch.colour) == tuple(
            line[name] for name in ("family", "material", "pattern", "layout", "rgb")
        )
        assert sketch.accent in (None, line["accent"])
        assert line["split"] == split_of(line["sku"])


def test_products_of_equal_words_differ(folder, lines):
    shard = arrays(folder, 0)
    proportions = shard["proportions"][shard["used"]]
    assert 0.4 < proportions.mean() < 0.6
    assert proportions.std() > 0.25
    art = {shard["artwork"][line["row"]].tobytes() for line in lines[:50] if line["layout"] != "none"}
    assert len(art) == sum(line["layout"] != "none" for line in lines[:50])
    assert {line["locale"] for line in lines} == {"en", "zh"}


def test_a_run_that_was_cut_off_goes_on_to_the_same_bytes(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(asset_data, "_SHARD", 50)
    out = tmp_path / "again"
    make_assets(COUNT, 3, out, Context())
    kept = out / "shards" / "00001.npz"
    (out / "shards" / "00001.jsonl").unlink()
    kept.write_bytes(b"half")
    figures = make_assets(COUNT, 3, out, Context())
    assert (figures["shards_done"], figures["shards_skipped"]) == (1, 2)
    for path in sorted(folder.rglob("*.*")):
        assert path.read_bytes() == (out / path.relative_to(folder)).read_bytes(), path.name


def test_a_folder_of_something_else_is_refused(folder):
    with pytest.raises(InputError, match="another data set"):
        make_assets(COUNT + 1, 3, folder, Context())


def test_true_pictures_are_those_of_the_assets(folder, lines, tmp_path):
    views = (View(azimuth=30),)
    plan = ViewPlan(data=folder, views=views, split="", limit=2, size=40)
    figures = draw_views(plan, tmp_path / "views", Context())
    assert figures["views"] == 2
    drawn = arrays(tmp_path / "views", 0)
    told = [json.loads(line) for line in (tmp_path / "views" / "manifest.jsonl").read_text("utf-8").splitlines()]
    for line, picture, told_line in zip(lines, drawn["images"], told, strict=False):
        shard = arrays(folder, line["shard"])
        (expected,) = render(model_of(product_of(line), read_asset(line, shard)), views, size=40, seed=line["seed"])
        # Proportions and finish pass through float32 on their way into the file.
        assert np.abs(expected.image.astype(int) - picture).mean() < 0.05
        assert told_line["sku"] == line["sku"]
        assert told_line["family"] == line["family"]


def test_commands(tmp_path):
    run = CliRunner()
    made = run.invoke(app, ["assets", "--out", str(tmp_path / "a"), "--products", "20", "--json"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["products"] == 20
    views = [
        "asset-views",
        "--data",
        str(tmp_path / "a"),
        "--out",
        str(tmp_path / "v"),
        "--size",
        "32",
        "--views",
        "front",
    ]
    drawn = run.invoke(app, [*views, "--split", "all", "--limit", "1"])
    assert "1 views of 1 products" in drawn.stdout
    assert isinstance(run.invoke(app, [*views, "--split", "tests"]).exception, NotFound)


def test_pictures_of_no_assets_are_refused(tmp_path):
    plan = ViewPlan(data=tmp_path, views=(View(),))
    with pytest.raises(InputError, match="holds no assets"):
        draw_views(plan, tmp_path / "out", Context())
