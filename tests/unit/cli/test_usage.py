"""Wrong usage, faults of ours and of plugins: one line, and the exit code that says whose they are."""

import json
import logging
from types import ModuleType
from unicodedata import east_asian_width

import numpy as np
import pytest

from prodgen_sdk import Host, images
from prodgen_sdk.cli.output import table
from prodgen_sdk.hookspecs import hookimpl


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
        (("generate", "mug-1", "--background", "transparent"), 2, "Use --scene transparent"),
        (("generate", "mug-1", "--out", "c.jsonl"), 2, "c.jsonl is a file"),
        (("generate", "mug-1", "--out", "c.jsonl/deep/er"), 2, "c.jsonl is a file"),
        (("generate", "nope", "none.json"), 2, "none.json"),
        (("generate", "mug-1", "--nope"), 2, "No such option"),
        (("catalog", "export", "c.jsonl"), 2, "c.jsonl is a file"),
        (("catalog", "lst"), 2, "Try: prodgen catalog --help"),
        (("tryon",), 2, "Missing option"),
        (("tryon", "--person", "p.png", "--garment", "tops/none.png", "--out", "o.png"), 2, "no file tops/none.png"),
        (("demo", "--out", "c.jsonl/demo"), 2, "c.jsonl is a file"),
        (("generate", "mug-1", "--size", "8"), 2, "size"),
        (
            ("generate", "mug-1", "--size", "96px"),
            2,
            "'--size': it must be a whole number, not 96px. Try: prodgen generate",
        ),
        (("recommend", "ann", "-k", "0"), 2, "'-k': it must be greater than or equal to 1, not 0."),
        (("recommend", "ann", "--filter", "colour=red"), 2, "colour=red"),
        (("recommend", "ann", "--filter", "price=a..b"), 2, "not a number"),
        (("recommend", "ann", "--filter", "price=..inf"), 2, "not a number"),
        (("recommend", "ann", "--filter", "price=20..10"), 2, "no product is between them"),
        (("similar",), 2, "There is nothing to compare with"),
        (("similar", "mug-1"), 2, "no approved image"),
        (("forget", "nobody"), 2, "Nothing is known"),
        (("review", "approve", "nope"), 2, "nope"),
        (("review", "list", "--state", "odd"), 2, "review state"),
        (("models", "pull", "nope"), 2, "nope"),
        (("bench", "nope"), 2, "fake-hash"),
        (("bench", "fake-log"), 2, "prodgen eval fake-log"),
        (("eval", "fake-hash"), 2, "prodgen bench fake-hash"),
        (("eval", "nope"), 2, "images"),
        (("eval", "images"), 2, "No image is named"),
        (("bench", "fake-hash", "-o", "n"), 2, "KEY=VALUE"),
        (("train", "fake-mean"), 2, "--data"),
        (("plugins", "show", "fake/sold"), 2, "fake/solid"),
        (("plugins", "show", "other"), 2, "Run: prodgen plugins list"),
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
        ("review", "page"),
        ("catalog", "publish-photos"),
        ("catalog", "clean"),
        ("index", "stats"),
    ):
        code, _, err = run(*words)
        assert code == 2
        assert "prodgen init" in err


def test_who_interrupts_is_told_so(run, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("prodgen_sdk.workspace.find_workspace", interrupted)
    code, out, err = run("catalog", "list")
    assert (code, out, err.strip()) == (130, "", "prodgen: interrupted")


def test_an_empty_workspace_variable_is_none(shop, monkeypatch, tmp_path):
    monkeypatch.setenv("PRODGEN_WORKSPACE", "")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert shop("catalog", "list")[0] == 0


def test_after_two_dashes_debug_is_a_word(shop):
    assert shop("recommend", "--debug", "--", "--debug")[0] == 0  # a user of that name
    assert shop("recommend", "--debug")[0] == 2


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
    (tmp_path / "bad.json").write_text(json.dumps({"sku": "bad", "title": "A forbidden mug", "category": "home/mug"}))
    assert shop("generate", "bad.json", "mug-2", "--out", "out", *fast)[0] == 1
    assert shop("generate", "bad.json", "nope", "mug-0", "--out", "out", *fast)[0] == 3


def test_debug_shows_where_a_plugin_broke(shop, breaks, caplog):
    breaks("mug-2")
    caplog.set_level(logging.DEBUG)  # as `--debug` does, where nobody has set logging up before
    shop("generate", "mug-1", "mug-2", "--views", "hero", "--size", "32")
    assert "out of paint" in caplog.text
    assert "in generate" in caplog.text


def test_what_a_plugin_prints_does_not_spoil_the_json(shop, monkeypatch):
    from prodgen_sdk.testing.fakes.pictures import SolidGenerator

    real = SolidGenerator.generate
    monkeypatch.setattr(SolidGenerator, "generate", lambda *given: print("Loading weights") or real(*given))
    code, out, err = shop("generate", "mug-1", "--views", "hero", "--size", "32", "--json")
    assert code == 0
    assert [p["sku"] for p in json.loads(out)["variants"]] == ["mug-1"]
    assert "Loading weights" in err


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


def test_ids_can_be_copied_whole_and_a_pipe_gets_a_line_a_row(capsys, monkeypatch):
    id, why = "0123456789abcdef" * 2, "there is no model of such a thing " * 9
    monkeypatch.delenv("COLUMNS", raising=False)
    table(("variant", "why"), [(id, why)])
    assert capsys.readouterr().out.splitlines()[1].rstrip() == f"{id}  {why}".rstrip()
    monkeypatch.setenv("COLUMNS", "60")
    table(("variant", "why"), [(id, why)])
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) > 2
    assert printed[1].startswith(f"{id}  there")


def test_titles_that_are_wider_than_the_terminal_go_on_below(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    title = "半山薰衣草紫不锈钢充电宝超长待机大容量两万毫安时旅行必备登机可用"
    table(("sku", "title", "category", "pictures"), [("P1", title, "electronics/power-bank", 3), ("P2", "Mug", "x", 1)])
    printed = capsys.readouterr().out
    assert "…" not in printed
    assert set(title) <= set(printed)
    lines = printed.splitlines()
    assert max(sum(2 if east_asian_width(c) in "WF" else 1 for c in line) for line in lines) <= 60


def test_why_a_plugin_is_left_out_is_told_once(run, tmp_path, monkeypatch):
    def generate_pictures():
        pass

    def discover(cls, config=None, **options):
        host, broken = Host(), ModuleType("broken")
        broken.generate_pictures = hookimpl(generate_pictures)
        host.register(broken, "render", distribution="prodgen-render")
        return host

    monkeypatch.setattr(Host, "discover", classmethod(discover))
    (tmp_path / "mug.json").write_text('{"sku": "mug-1", "title": "Mug", "category": "home/mug"}')
    code, _, err = run("generate", "mug.json", "--generator", "render/parametric", "--out", "made")
    assert code == 2
    assert err.count("plugin render is left out") == err.count("generate_pictures") == 1
    assert "prodgen: There is no generator 'render/parametric'." in err
    for command in (("plugins", "check"), ("doctor",), ("plugins", "list")):
        _, out, err = run(*command)
        assert (out + err).count("generate_pictures") == 1, command


def test_a_section_of_no_plugin_is_told_once(run, tmp_path):
    (tmp_path / "prodgen.toml").write_text("[plugins.nowhere]\nsize = 1\n")
    for command in (("plugins", "list"), ("plugins", "list", "--json"), ("plugins", "check"), ("doctor",)):
        _, out, err = run(*command)
        assert (out + err).count("[plugins.nowhere] is of no installed plugin") == 1, command
