"""`prodgen generate`."""

import json

import numpy as np

from prodgen_sdk import images

MUG = {"sku": "mug-1", "title": "Blue mug", "category": "home/mug", "price": 12.5, "attributes": {"colour": "blue"}}


def test_generate_on_a_file_keeps_nothing_but_what_is_asked_for(run, tmp_path):
    (tmp_path / "mug.json").write_text(json.dumps(MUG))
    code, out, _ = run("generate", "mug.json", "--views", "orbit4", "--size", "32", "--out", "out", "--json")
    report = json.loads(out)
    assert code == 0
    assert report["variants"][0]["file"] == "mug-1/az0_el15_d1.png"
    for variant in report["variants"]:
        assert images.load(tmp_path / "out" / variant["file"]).shape == (32, 32, 3)
    assert json.loads((tmp_path / "out/result.json").read_text()) == report
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mug.json", "out"]
    assert run("generate", "mug.json")[0] == 2


def test_a_refused_product_is_exit_code_4_with_its_reasons(run, tmp_path):
    (tmp_path / "bad.json").write_text(json.dumps({**MUG, "title": "A forbidden mug"}))
    code, out, _ = run("generate", "bad.json", "--out", "out", "--json")
    assert code == 4
    assert "mug-1" in json.loads(out)["refused"]


def test_pictures_are_written_as_they_are_made_and_named_even_after_an_interruption(run, monkeypatch, tmp_path):
    from prodgen_sdk import Cancelled, Studio

    lines = [json.dumps({**MUG, "sku": f"mug-{n:02}"}) for n in range(20)]
    (tmp_path / "c.jsonl").write_text("\n".join(lines))
    real, seen, told = Studio.generate, [], []

    def generate(self, products, **options):
        seen.append(len(list((tmp_path / "out").glob("*/*.png"))))
        if len(seen) == stop_at:
            raise Cancelled("stopped")
        inner = options["progress"]
        return real(self, products, **options | {"progress": lambda *now: (told.append(now), inner(*now))})

    monkeypatch.setattr(Studio, "generate", generate)
    monkeypatch.setattr("prodgen_sdk.cli.generate._HELD_BYTES", 0)  # a batch of products at a time
    words = ("generate", "c.jsonl", "--views", "hero", "--size", "32", "--out", "out", "--json")
    stop_at = 3
    assert run(*words)[0] == 1
    assert seen == [0, 8, 16]
    assert len(json.loads((tmp_path / "out/result.json").read_text())["variants"]) == 16
    stop_at = 0
    code, out, _ = run(*words)
    assert code == 0
    assert len(json.loads(out)["variants"]) == 20
    assert json.loads((tmp_path / "out/result.json").read_text()) == json.loads(out)


def test_progress_counts_all_products(run, monkeypatch, tmp_path):
    from contextlib import contextmanager

    from prodgen_sdk.cli import generate

    told = []

    @contextmanager
    def progress(what):
        yield lambda *now: told.append(now)

    monkeypatch.setattr(generate, "progress", progress)
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps({**MUG, "sku": f"mug-{n:02}"}) for n in range(10)))
    run("generate", "c.jsonl", "--views", "hero", "--size", "32", "--out", "out", "--replicates", "2")
    assert told == [(n, 20, "products") for n in range(1, 21)]


def test_a_sku_may_be_called_like_a_file(shop, tmp_path):
    odd = ("result.json", "media", "products.jsonl", "_result.json")
    for sku in odd[:3]:
        (tmp_path / "odd.jsonl").write_text(json.dumps({**MUG, "sku": sku}))
        assert shop("catalog", "add", "odd.jsonl")[0] == 0
    code, out, _ = shop("generate", "result.json", "media", "--views", "hero", "--size", "32", "--out", "out", "--json")
    assert code == 0
    assert [p["file"] for p in json.loads(out)["variants"]] == ["_result.json/front.png", "media/front.png"]
    assert json.loads((tmp_path / "out/result.json").read_text()) == json.loads(out)
    shop("generate", "products.jsonl", "--views", "hero", "--size", "32")
    assert shop("catalog", "export", "exported")[0] == 0
    assert len(list((tmp_path / "exported").glob("*/front-*.png"))) == 3


def test_a_folder_beside_does_not_hide_a_sku(shop, tmp_path):
    garment = np.full((60, 60, 3), 255, np.uint8)
    garment[10:50, 10:50] = (20, 40, 200)
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    images.save(garment, tmp_path / "g.png")
    images.save(person, tmp_path / "p.png")
    tee = {"sku": "tee-1", "title": "Tee", "category": "apparel/t-shirt", "media": [{"role": "flat", "uri": "g.png"}]}
    (tmp_path / "t.jsonl").write_text(json.dumps(tee))
    shop("catalog", "add", "t.jsonl")
    (tmp_path / "tee-1").mkdir()
    code, _, err = shop("tryon", "--person", "p.png", "--garment", "tee-1", "--category", "top", "--out", "o.png")
    assert code == 0, err


def test_one_sku_twice_in_a_call_is_refused(run, tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(MUG))
    code, _, err = run("generate", "a.json", "b.json", "--out", "out")
    assert code == 2
    assert "mug-1 is given twice" in err
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_written_is_found_before_the_work(run, monkeypatch, tmp_path):
    from prodgen_sdk import Studio

    monkeypatch.setattr(Studio, "try_on", None)
    images.save(np.full((60, 60, 3), 128, np.uint8), tmp_path / "p.png")
    base = ("tryon", "--person", "p.png", "--garment", "p.png")
    for words, message in (
        (("--out", "o.bmp"), ".bmp"),
        (("--out", "o.png", "--mask-out", "m.gif"), ".gif"),
        (("--out", "p.png/o.png"), "p.png is a file"),
    ):
        code, _, err = run(*base, *words)
        assert code == 2
        assert message in err


def test_why_pictures_wait_is_said(run, tmp_path):
    (tmp_path / "p.json").write_text(json.dumps({**MUG, "title": "A dubious mug"}))
    code, _out, err = run("generate", "p.json", "--views", "orbit4", "--size", "32", "--out", "out")
    assert code == 0
    assert "in_review: mug-1: The text says 'dubious'" in err


def test_a_product_that_cannot_be_used_is_named_with_its_file(run, tmp_path):
    (tmp_path / "good.json").write_text(json.dumps(MUG))
    (tmp_path / "bad.jsonl").write_text(json.dumps({**MUG, "sku": "m"}) + "\n" + json.dumps({**MUG, "title": ""}))
    code, _, err = run("generate", "good.json", "bad.jsonl", "--out", "out")
    assert code == 2
    assert err.endswith("prodgen: bad.jsonl, line 2: title must have at least 1 character.\n")
