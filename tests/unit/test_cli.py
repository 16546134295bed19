"""The command line in one process, on the fakes. The same with the real plugins is tests/unit/test_cli_real.py."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from prodgen_sdk import Host, cli, images, plugin
from prodgen_sdk.metadata import read_metadata
from prodgen_sdk.testing.fakes import fake_host

MUG = {"sku": "mug-1", "title": "Blue mug", "category": "home/mug", "price": 12.5, "attributes": {"colour": "blue"}}


@pytest.fixture(autouse=True)
def fakes(monkeypatch):
    def discover(cls, config=None, *, strict=False, state=None):
        host = fake_host(plugin, config=config)
        host.state = state
        return host

    monkeypatch.setattr(Host, "discover", classmethod(discover))


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs `prodgen` with some words in a workspace's folder; returns exit code, stdout and stderr."""
    monkeypatch.delenv("PRODGEN_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["prodgen", *map(str, words)])
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@pytest.fixture
def shop(run, tmp_path):
    run("init", ".")
    (tmp_path / "c.jsonl").write_text("\n".join(json.dumps({**MUG, "sku": f"mug-{n}"}) for n in range(4)))
    assert run("catalog", "add", "c.jsonl")[0] == 0
    return run


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


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("catalog", "add", "none.jsonl"), 2, "none.jsonl"),
        (("generate", "nope"), 2, "nope"),
        (("generate", "mug-1", "--generator", "fake/sold"), 2, "Did you mean fake/solid"),
        (("generate", "mug-1", "--views", "frnt"), 2, "Did you mean front"),
        (("generate", "mug-1", "--scene", "pink"), 2, "pink"),
        (("generate", "mug-1", "--seed", "x"), 2, "seed"),
        (("generate", "mug-0", "mug-1", "--generator", "fake/sold"), 2, "Did you mean fake/solid"),
        (("generate", "mug-0", "mug-1", "--profile", "sqare"), 2, "Did you mean square"),
        (("generate", "mug-0", "mug-1", "--background", "none.png"), 2, "none.png"),
        (("generate", "mug-1", "--out", "c.jsonl"), 2, "c.jsonl is a file"),
        (("generate", "mug-1", "--out", "c.jsonl/deep/er"), 2, "c.jsonl is a file"),
        (("generate", "nope", "none.json"), 2, "none.json"),
        (("generate", "mug-1", "--nope"), 2, "No such option"),
        (("catalog", "export", "c.jsonl"), 2, "c.jsonl is a file"),
        (("catalog", "lst"), 2, "Try: prodgen catalog --help"),
        (("tryon",), 2, "Missing option"),
        (("generate", "mug-1", "--size", "8"), 2, "size"),
        (("generate", "mug-1", "--size", "big"), 2, "Try: prodgen generate --help"),
        (("recommend", "ann", "--filter", "colour=red"), 2, "colour=red"),
        (("recommend", "ann", "--filter", "price=a..b"), 2, "not a number"),
        (("similar",), 2, "Similar to what"),
        (("similar", "mug-1"), 2, "no approved picture"),
        (("forget", "nobody"), 2, "Nothing is known"),
        (("review", "approve", "nope"), 2, "nope"),
        (("review", "list", "--state", "odd"), 2, "review state"),
        (("models", "pull", "nope"), 2, "nope"),
        (("bench", "nope"), 2, "fake-hash"),
        (("bench", "fake-log"), 2, "fake-hash"),
        (("eval", "fake-hash"), 2, "fake-log"),
        (("eval", "nope"), 2, "images"),
        (("eval", "images"), 2, "Which pictures"),
        (("bench", "fake-hash", "-o", "n"), 2, "KEY=VALUE"),
        (("train", "fake-mean"), 2, "--data"),
        (("plugins", "show", "fake/sold"), 2, "fake/solid"),
        (("record", "none.jsonl"), 2, "none.jsonl"),
        (("nonsense",), 2, "nonsense"),
        (("eval", "images", "none.png"), 2, "none.png"),
    ],
)
def test_wrong_usage_is_one_clear_line_and_exit_code_2(shop, words, code, message):
    found, out, err = shop(*words)
    assert found == code
    assert out == ""
    assert message in err
    assert err.startswith("prodgen: ")
    assert err.count("\n") == 1


def test_a_group_without_a_command_shows_its_help(run):
    for words, command in (((), "generate"), (("catalog",), "export")):
        code, out, err = run(*words)
        assert code == 2
        assert command in out + err


def test_commands_that_keep_state_need_a_workspace(run):
    for words in (
        ("catalog", "list"),
        ("recommend", "ann"),
        ("generate", "mug-1"),
        ("review", "list"),
        ("index", "stats"),
    ):
        code, _, err = run(*words)
        assert code == 2
        assert "prodgen init" in err


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


def test_generate_publishes_and_recommend_shows(shop, tmp_path):
    code, out, _ = shop("generate", "mug-0", "mug-1", "--views", "orbit4", "--size", "32", "--json")
    assert code == 0
    assert {v["review"] for v in json.loads(out)["variants"]} == {"approved"}
    assert all(
        v["reused"]
        for v in json.loads(shop("generate", "mug-0", "--views", "orbit4", "--size", "32", "--json")[1])["variants"]
    )
    code, out, _ = shop("recommend", "ann", "-k", "2", "--json")
    found = json.loads(out)
    assert code == 0
    assert {r["sku"] for r in found} == {"mug-0", "mug-1"}
    event = {
        "id": "1",
        "user": "ann",
        "type": "click",
        "sku": found[0]["sku"],
        "variant": found[0]["variant"],
        "at": "2026-01-01T00:00:00Z",
    }
    (tmp_path / "events.jsonl").write_text(json.dumps(event) + "\nbroken\n")
    code, out, _ = shop("record", "events.jsonl", "--json")
    assert (code, json.loads(out)["new"], json.loads(out)["rejected"][0]["line"]) == (3, 1, 2)
    assert shop("learn")[0] == 0
    assert json.loads(shop("similar", "--text", "blue mug", "--json")[1])[0]["sku"].startswith("mug-")
    assert shop("index", "verify")[0] == 0
    assert json.loads(shop("index", "stats", "--json")[1])["variants"] == 8
    assert shop("index", "build", "--anew")[0] == 0
    code, out, _ = shop("forget", "ann", "--json")
    assert json.loads(out)["complete"] is True
    assert json.loads(out)["erased"]["events"] == 3


def test_a_foreign_log_is_recorded_and_comes_out_as_ours(shop, tmp_path):
    retail = {"visitorId": "ann", "eventTime": "2026-01-15T10:00:00Z"}
    lines = [
        {
            **retail,
            "eventType": "purchase-complete",
            "productDetails": [{"product": {"id": f"mug-{n}"}} for n in (0, 9)],
        },
        {**retail, "eventType": "home-page-view"},
        {**retail, "eventType": "add-to-cart"},
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, lines)))
    code, out, _ = shop("record", "log.jsonl", "--format", "google-retail", "--json")
    report = json.loads(out)
    assert (code, report["new"], report["known"], report["skipped"]) == (3, 1, 0, {"home-page-view": 1})
    assert [r["line"] for r in report["rejected"]] == [1, 3]
    _, out, err = shop("record", "log.jsonl", "--format", "google-retail")
    assert "0 new, 1 known already, 2 rejected" in out
    assert "home-page-view (1)" in err
    assert shop("record", "log.jsonl", "--format", "nope")[0] == 2
    assert shop("events", "export", "ours.jsonl")[0] == 0
    shop("forget", "mallory")
    again = shop("record", "ours.jsonl", "--json")
    assert (again[0], json.loads(again[1])["known"]) == (0, 1)
    shop("forget", "ann")
    assert json.loads(shop("record", "ours.jsonl", "--json")[1])["new"] == 1
    assert shop("events", "export", "none/ours.jsonl")[0] == 2


def test_recommend_explains_itself(shop, tmp_path):
    shop("generate", "mug-0", "mug-1", "--views", "hero", "--size", "32")
    bought = {"id": "1", "user": "ann", "type": "purchase", "sku": "mug-1", "at": "2026-01-15T10:00:00Z"}
    (tmp_path / "e.jsonl").write_text(json.dumps(bought))
    shop("record", "e.jsonl")
    shop("learn")
    code, out, _ = shop("recommend", "ann", "-k", "2", "--explain", "--json")
    assert code == 0
    assert [set(pick) >= {"sku", "contributions", "causes"} for pick in json.loads(out)] == [True, True]
    code, out, _ = shop("recommend", "ann", "-k", "2", "--explain", "--no-log")
    assert code == 0
    assert "share" in out


def test_tryon_writes_picture_and_mask_or_refuses(run, tmp_path):
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    garment = np.full((60, 60, 3), 255, np.uint8)
    garment[10:50, 10:50] = (20, 40, 200)
    images.save(person, tmp_path / "p.png")
    images.save(garment, tmp_path / "g.png")
    base = ("tryon", "--person", "p.png", "--garment", "g.png", "--category", "top")
    code, out, _ = run(*base, "--out", "o.png", "--mask-out", "m.png", "--json")
    assert code == 0
    assert 0 <= json.loads(out)["confidence"] <= 1
    mask = images.load(tmp_path / "m.png")[..., 0] > 127
    assert np.array_equal(images.load(tmp_path / "o.png")[~mask], person[~mask])
    said = read_metadata((tmp_path / "o.png").read_bytes()).digital_source
    assert said == "compositeWithTrainedAlgorithmicMedia"
    assert read_metadata((tmp_path / "m.png").read_bytes()).digital_source == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.png", "m.png", "o.png", "p.png"]
    images.save(np.full((60, 60, 3), 255, np.uint8), tmp_path / "empty.png")
    code, out, _ = run(
        "tryon", "--person", "empty.png", "--garment", "g.png", "--category", "top", "--out", "x.png", "--json"
    )
    assert code == 4
    assert {"code", "reason", "what_to_do"} <= json.loads(out)["refused"].keys()
    assert not (tmp_path / "x.png").exists()


def test_tryon_of_each_garment_alone(run, tmp_path):
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    images.save(person, tmp_path / "p.png")
    for name, colour in (("blue", (20, 40, 200)), ("red", (200, 40, 20))):
        garment = np.full((60, 60, 3), 255, np.uint8)
        garment[10:50, 10:50] = colour
        images.save(garment, tmp_path / f"{name}.png")
    base = ("tryon", "--person", "p.png", "--garment", "blue.png", "--category", "top")
    code, out, _ = run(*base, "--garment", "red.png", "--each", "--out", "looks", "--json")
    assert code == 0
    assert [look["out"] for look in json.loads(out)["looks"]] == ["looks/00-blue.png", "looks/01-red.png"]
    assert json.loads((tmp_path / "looks/result.json").read_text()) == json.loads(out)
    run(*base, "--out", "alone.png")
    assert (tmp_path / "looks/00-blue.png").read_bytes() == (tmp_path / "alone.png").read_bytes()
    assert (tmp_path / "looks/01-red-mask.png").is_file()
    code, _, err = run("tryon", "--person", "blue.png", *base[3:], "--each", "--out", "o", "--mask-out", "m.png")
    assert (code, "--mask-out" in err) == (2, True)
    images.save(np.full((60, 60, 3), 255, np.uint8), tmp_path / "empty.png")
    code, _, err = run("tryon", "--person", "empty.png", *base[3:], "--each", "--out", "none")
    assert (code, "refused" in err) == (4, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--category", "toop"), "Did you mean top"),
        (("--fit", "huge"), "fit"),
        (("--measurements", "chest"), "NAME=CM"),
        (("--measurements", "chest=900"), "measurements_cm.chest"),
        (("--keypoints", "p.png"), "keypoints"),
        (("--mask", "none.png"), "none.png"),
        (("--height", "9000"), "height_cm"),
        (("--tuck", "half"), "tuck"),
        (("--closure", "ajar"), "closure"),
        (("--measurements", "chest=100", "--measurements", "-"), "2 times for 1 garments"),
        (("--garment", "g.png", "--back", "g.png"), "once for each"),
    ],
)
def test_tryon_options_are_checked(run, tmp_path, words, message):
    for name in ("p.png", "g.png"):
        images.save(np.full((60, 60, 3), 128, np.uint8), tmp_path / name)
    code, _, err = run("tryon", "--person", "p.png", "--garment", "g.png", "--out", "o.png", *words)
    assert code == 2
    assert message in err


def test_a_photo_of_a_private_person_never_reaches_the_log(run, tmp_path, caplog):
    images.save(np.full((60, 60, 3), 123, np.uint8), tmp_path / "private-name.png")
    run("--debug", "tryon", "--person", "private-name.png", "--garment", "private-name.png", "--out", "o.png")
    assert "123" not in caplog.text


def test_plugins_doctor_and_version(run):
    assert json.loads(run("plugins", "list", "--json")[1])["plugins"][0]["name"] == "fake"
    code, out, _ = run("plugins", "check", "--build", "--json")
    assert code == 0
    assert json.loads(out)["problems"] == []
    assert json.loads(run("plugins", "show", "fake/solid", "--json")[1])[0]["modes"] == ["attributes", "text"]
    code, out, _ = run("doctor", "--json")
    assert (code, json.loads(out)["device"]) == (0, "cpu")
    assert run("--version")[1].startswith("prodgen 0")


def test_bench_eval_and_train(run, tmp_path):
    code, out, _ = run("bench", "fake-hash", "--json")
    assert code == 0
    assert all(isinstance(value, int | float | str) for value in json.loads(out).values())
    images.save(np.full((8, 8, 3), 255, np.uint8), tmp_path / "w.png")
    assert json.loads(run("eval", "images", "w.png", "--json")[1])[0]["brightness"] == 1.0
    (tmp_path / "data").mkdir()
    (tmp_path / "data/numbers.json").write_text("[1, 2, 3]")
    assert run("train", "fake-mean", "--data", "data", "--out", "out")[0] == 0
    assert "--out" in run("train", "fake-mean", "--data", "data")[2]
    assert run("train", "fake/mean", "--data", "data", "--out", "out-by-id")[0] == 0
    assert json.loads(run("bench", "fake-hash", "-o", "n=7", "--json")[1])["runs"] == 7


def test_an_evaluation_takes_the_log_of_the_workspace(run, shop, tmp_path):
    events = [
        {"id": f"e{n}", "user": "ann", "type": "view", "sku": "mug-1", "at": "2026-01-15T10:00:00Z"} for n in "ab"
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(json.dumps(event) for event in events))
    assert run("eval", "fake-log", "--data", "log.jsonl", "--json")[0] == 0
    shop("record", "log.jsonl")
    assert json.loads(shop("eval", "fake-log", "--json")[1]) == {"events": 2, "readable": 2}


def test_training_in_a_workspace_has_a_place_of_its_own(shop, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/numbers.json").write_text("[1, 2, 3]")
    code, out, _ = shop("train", "fake-mean", "--data", "data", "--json")
    assert code == 0
    assert Path(json.loads(out)["checkpoint"]) == tmp_path / "training/fake-mean/mean.json"


def test_debug_shows_the_traceback_and_otherwise_an_internal_error_is_one_line(shop, monkeypatch):
    from prodgen_sdk.store.products import Products

    def broken(self, sku):
        raise ZeroDivisionError("surprise")

    monkeypatch.setattr(Products, "get", broken)
    code, _, err = shop("generate", "mug-1")
    assert code == 1
    assert err.count("\n") == 1
    assert "--debug" in err
    with pytest.raises(ZeroDivisionError):
        shop("--debug", "generate", "mug-1")
    with pytest.raises(ZeroDivisionError):
        shop("generate", "mug-1", "--debug")


@pytest.fixture
def breaks(monkeypatch):
    """Makes the generator fail for the products of these skus."""
    from prodgen_sdk.testing.fakes.pictures import SolidGenerator

    real, skus = SolidGenerator.generate, set()

    def generate(self, batch, ctx):
        if skus & {request.product.sku for request in batch}:
            raise RuntimeError("out of paint")
        return real(self, batch, ctx)

    monkeypatch.setattr(SolidGenerator, "generate", generate)
    return skus.add


def test_what_a_plugin_breaks_is_our_fault_and_what_is_unknown_is_not(shop, breaks, tmp_path):
    fast = ("--views", "hero", "--size", "32")
    code, out, err = shop("generate", "nope", "mug-1", *fast, "--json")
    assert code == 3
    assert [p["sku"] for p in json.loads(out)["variants"]] == ["mug-1"]
    assert "nope" in json.loads(out)["failed"]
    breaks("mug-2")
    code, out, err = shop("generate", "mug-2", *fast)
    assert code == 1
    assert "mug-2" in err
    assert "out of paint" in err
    assert shop("generate", "mug-2", "nope", *fast)[0] == 1
    (tmp_path / "bad.json").write_text(json.dumps({**MUG, "sku": "bad", "title": "A forbidden mug"}))
    assert shop("generate", "bad.json", "mug-2", "--out", "out", *fast)[0] == 1
    assert shop("generate", "bad.json", "nope", "mug-0", "--out", "out", *fast)[0] == 3


def test_a_refusal_that_is_raised_is_json_as_well(run, monkeypatch, tmp_path):
    from prodgen_sdk import Refused, Studio

    def refuse(*_, **__):
        raise Refused("No hats today.", reasons=("It is Sunday.",), hint="Come on Monday.")

    monkeypatch.setattr(Studio, "try_on", refuse)
    images.save(np.full((60, 60, 3), 128, np.uint8), tmp_path / "p.png")
    words = ("tryon", "--person", "p.png", "--garment", "p.png", "--out", "o.png")
    code, out, _err = run(*words, "--json")
    assert code == 4
    refused = json.loads(out)["refused"]
    assert refused == {"reason": "No hats today.", "reasons": ["It is Sunday."], "what_to_do": "Come on Monday."}
    assert run(*words)[1] == ""


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


def test_one_sku_twice_in_a_call_is_refused(run, tmp_path):
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(MUG))
    code, _, err = run("generate", "a.json", "b.json", "--out", "out")
    assert code == 2
    assert "mug-1 is given twice" in err
    assert not (tmp_path / "out").exists()


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


def test_a_rejected_picture_can_be_reopened(shop, tmp_path):
    out = shop("generate", "mug-0", "mug-1", "--views", "hero", "--size", "32", "--json")[1]
    first, second = (p["id"] for p in json.loads(out)["variants"])
    assert shop("review", "reject", first)[0] == 0
    code, _, err = shop("review", "approve", first)
    assert code == 2
    assert f"prodgen review reopen {first}" in err
    assert shop("review", "reopen", first, second)[0] == 3
    assert shop("review", "reopen", second, "nope")[0] == 2
    assert shop("review", "approve", first, "--json")[0] == 0
    assert len(json.loads(shop("review", "list", "--state", "approved", "--json")[1])) == 2


def test_why_pictures_wait_is_said(run, tmp_path):
    (tmp_path / "p.json").write_text(json.dumps({**MUG, "title": "A dubious mug"}))
    code, _out, err = run("generate", "p.json", "--views", "orbit4", "--size", "32", "--out", "out")
    assert code == 0
    assert "in_review: mug-1: 4 of 4: The text says 'dubious'" in err


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


def test_an_empty_workspace_variable_is_none(shop, monkeypatch, tmp_path):
    monkeypatch.setenv("PRODGEN_WORKSPACE", "")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert shop("catalog", "list")[0] == 0


def test_after_two_dashes_debug_is_a_word(run):
    assert cli._without_debug(["a", "--debug", "--", "--debug"]) == (["a", "--", "--debug"], True)
    assert cli._without_debug(["a"]) == (["a"], False)
