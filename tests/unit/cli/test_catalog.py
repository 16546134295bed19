"""Adding, listing and exporting products from the command line."""

import json
import sys

import numpy as np

from prodgen_sdk import images

MUG = {"sku": "mug-1", "title": "Blue mug", "category": "home/mug", "price": 12.5, "attributes": {"colour": "blue"}}


def test_init_adds_lists_and_exports(shop, tmp_path):
    code, out, _ = shop("catalog", "list", "--json")
    assert code == 0
    assert [product["sku"] for product in json.loads(out)] == [f"mug-{n}" for n in range(4)]
    shop("generate", "mug-1", "--views", "hero", "--size", "32")
    assert shop("catalog", "export", "exported", "--approved")[0] == 0
    assert len(list((tmp_path / "exported/mug-1").glob("front-*.png"))) == 1
    assert len((tmp_path / "exported/products.jsonl").read_text().splitlines()) == 4


def test_rejected_lines_are_named_and_the_exit_code_says_partly(shop, tmp_path):
    (tmp_path / "bad.jsonl").write_text(
        '{"sku": "x", "title": "X", "category": "home/mug"}\nnot json\n{"sku": "y", "title": "Y"}\n'
    )
    code, out, err = shop("catalog", "add", "bad.jsonl", "--json")
    report = json.loads(out)
    assert code == 3
    assert report["added"] == 1
    assert [(r["line"], r["field"]) for r in report["rejected"]] == [(2, ""), (3, "category")]
    code, out, err = shop("catalog", "add", "bad.jsonl")
    assert "2 rejected" in out
    assert "Line 3: category is missing" in err


def test_an_export_can_be_added_again(shop, tmp_path):
    images.save(np.full((40, 40, 3), 90, np.uint8), tmp_path / "photo.png")
    (tmp_path / "m.mtl").write_text("newmtl red\nKd 1 0 0\n")
    (tmp_path / "m.obj").write_text("mtllib m.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl red\nf 1 2 3\n")
    media = [{"role": "front", "uri": "photo.png"}, {"role": "mesh", "uri": "m.obj"}]
    product = {**MUG, "title": "蓝色杯子", "locale": "zh", "media": media}
    (tmp_path / "p.jsonl").write_text(json.dumps(product), "utf-8")
    assert shop("catalog", "add", "p.jsonl")[0] == 0
    assert shop("catalog", "export", "exported")[0] == 0
    assert shop("catalog", "export", "exported")[0] == 0
    (tmp_path / "exported").rename(tmp_path / "moved")
    assert shop("init", "fresh")[0] == 0
    code, _out, err = shop("-w", "fresh", "catalog", "add", "moved/products.jsonl")
    assert (code, err) == (0, "")
    before, after = (json.loads(shop("-w", place, "catalog", "list", "--json")[1]) for place in (".", "fresh"))
    assert before == after
    assert len(after[1]["media"]) == 2


def test_an_export_names_what_is_missing_and_writes_the_rest(shop, tmp_path):
    images.save(np.full((40, 40, 3), 90, np.uint8), tmp_path / "photo.png")
    (tmp_path / "p.jsonl").write_text(json.dumps({**MUG, "media": [{"role": "front", "uri": "photo.png"}]}))
    shop("catalog", "add", "p.jsonl")
    for file in (tmp_path / "assets").rglob("*.png"):
        file.unlink()
    code, out, err = shop("catalog", "export", "exported", "--json")
    assert code == 3
    assert list(json.loads(out)["missing"]) == ["mug-1"]
    assert "mug-1" in err
    assert len((tmp_path / "exported/products.jsonl").read_text().splitlines()) == 4


def test_titles_of_any_script_are_printed_in_any_locale(run, tmp_path):
    import os
    import subprocess

    (tmp_path / "p.jsonl").write_text(json.dumps({**MUG, "title": "蓝色杯子", "category": "wrong"}), "utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PRODGEN_DISABLE_PLUGINS": "*", "PRODGEN_WORKSPACE": ""}

    def call(*words):
        command = [sys.executable, "-m", "prodgen_sdk", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)

    assert call("init", "店").returncode == 0
    found = call("-w", "店", "generate", "杯子")
    assert found.returncode == 2
    assert "杯子" in found.stderr.decode("utf-8")
