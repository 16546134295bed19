"""`prodgen plugins`, `doctor`, `bench`, `eval` and `train`."""

import json
from pathlib import Path

import numpy as np
import pytest

from prodgen_sdk import Host, InputError, hookimpl, images
from prodgen_sdk.host import PluginRecord
from prodgen_sdk.specs import GeneratorSpec, Needs
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.pictures import SolidGenerator


def test_plugins_doctor_and_version(run):
    assert json.loads(run("plugins", "list", "--json")[1])["plugins"][0]["name"] == "fake"
    code, out, _ = run("plugins", "check", "--build", "--json")
    assert code == 0
    assert json.loads(out)["problems"] == []
    assert json.loads(run("plugins", "show", "fake/solid", "--json")[1])[0]["modes"] == ["attributes", "text"]
    shown = [line.split(None, 1) for line in run("plugins", "show", "fake/solid")[1].splitlines()]
    assert ["modes", "attributes, text"] in shown
    assert ["needs.device", "any"] in shown
    assert ["deterministic", "yes"] in shown
    code, out, _ = run("doctor", "--json")
    assert (code, json.loads(out)["device"]) == (0, "cpu")
    assert run("--version")[1].startswith("prodgen 0")


def test_lines_of_a_table_end_with_their_last_word(run):
    out = run("plugins", "list")[1]
    assert len(out.splitlines()) > 1
    assert all(line == line.rstrip() for line in out.splitlines())


def test_doctor_notes_what_is_not_installed_and_that_nothing_is_approved_unseen(run, tmp_path):
    run("init", ".")
    notes = json.loads(run("doctor", "--json")[1])["notes"]
    assert len(notes) == 1
    assert "prodgen-render" in notes[0]
    (tmp_path / "prodgen.toml").write_text("[defaults]\nsafety_checkers = []\n")
    code, _, err = run("doctor")
    assert code == 0
    assert "note: no checker of text is installed, so every image waits in review" in err
    assert "All is well." in err


def test_check_says_what_is_not_installed_and_the_command_that_adds_it(run, monkeypatch):
    needs = Needs(modules=("no_such_a", "no_such_b"), install="pip install such")
    spec = GeneratorSpec(id="acme/paint", summary="Paints.", modes=("text",), needs=needs)
    host = fake_host(plugin_of(spec, SolidGenerator))
    monkeypatch.setattr("prodgen_sdk.cli.plugins.find_host", lambda ctx: host)
    code, _, err = run("plugins", "check")
    assert code == 0
    assert "not ready: acme/paint needs the Python packages no_such_a, no_such_b.\n" in err
    assert err.count("comes with: pip install such") == 1


def test_check_names_what_is_registered_and_not_there_once(run, monkeypatch):
    there = "prodgen_sdk.testing.fakes.pictures"
    factories = {
        "acme/good": f"{there}:SolidGenerator",
        "acme/name": f"{there}:SolidGenerater",
        "acme/module": "no.such.module:Generator",
    }
    plugins = [
        plugin_of(GeneratorSpec(id=id, summary="Paints.", modes=("text",)), factory)
        for id, factory in factories.items()
    ]
    host = fake_host(*plugins)
    monkeypatch.setattr("prodgen_sdk.cli.plugins.find_host", lambda ctx: host)
    for words in ((), ("--build",)):
        code, out, _ = run("plugins", "check", "--json", *words)
        assert code == 1
        assert [problem["what"] for problem in json.loads(out)["problems"]] == ["acme/name", "acme/module"]
    err = run("plugins", "check")[2]
    assert "SolidGenerater could not be loaded" in err
    assert err.count("acme/name") == 1


def test_check_tells_of_a_command_that_is_never_reached(run, monkeypatch):
    class Plugin:
        @hookimpl
        def register_commands(self, register):
            for name in ("generate", "paint"):
                register(name, "Paints.", "prodgen_sdk.testing.fakes.pictures:SolidGenerator")

    host = fake_host(Plugin())
    monkeypatch.setattr("prodgen_sdk.cli.plugins.find_host", lambda ctx: host)
    code, _, err = run("plugins", "check")
    assert code == 1
    assert "prodgen generate" in err
    assert "is a command of prodgen itself" in err
    assert "paint" not in err


@pytest.mark.parametrize("problem", ["bad.plugin could not be imported", "bad: could not be imported", "bad/g is old"])
def test_check_repeats_no_name_and_cuts_none_in_two(run, monkeypatch, problem):
    host = fake_host()
    record = PluginRecord("bad", "prodgen-bad", "0.1", "failed", problem)
    monkeypatch.setattr(Host, "plugins", property(lambda self: (record,)))
    monkeypatch.setattr("prodgen_sdk.cli.plugins.find_host", lambda ctx: host)
    assert f"failed: bad (prodgen-bad 0.1): {problem.removeprefix('bad: ')}\n" in run("plugins", "check")[2]


def test_doctor_names_what_is_broken_in_a_workspace_and_goes_on(shop, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda folder: type("Usage", (), {"free": 3 * 2**20}))
    for path in tmp_path.glob("prodgen.db*"):
        path.unlink()
    (tmp_path / "prodgen.db").write_bytes(b"no database at all")
    code, out, _ = shop("doctor", "--json")
    space, database = json.loads(out)["problems"]
    assert code == 1
    assert space == f"{tmp_path} has 3 MB left."
    assert "prodgen.db" in database
    assert json.loads(out)["components"] > 10


def test_an_error_of_the_system_names_the_file_and_is_no_internal_error(run, tmp_path, monkeypatch):
    def full(folder):
        raise OSError(28, "No space left on device", "/mnt/out.jpg")

    monkeypatch.setattr("prodgen_sdk.demo.job.lay_out", full)
    code, _, err = run("demo", "--out", "d")
    assert code == 1
    assert err.startswith("prodgen: /mnt/out.jpg: No space left on device. ")
    assert err.count("\n") == 1


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


def test_a_figure_and_its_interval_are_one_line(run, monkeypatch):
    figures = {"gain": 0.5, "gain_low": 0.25, "gain_high": 0.123456789, "low": 3, "half_low": 1}
    monkeypatch.setattr("prodgen_sdk.testing.fakes.runs.HashBenchmark.run", lambda *_: figures)
    rows = [line.split(None, 1) for line in run("bench", "fake-hash")[1].splitlines()]
    assert rows == [["figure", "value"], ["gain", "0.5 (0.25 to 0.12346)"], ["low", "3"], ["half_low", "1"]]
    assert json.loads(run("bench", "fake-hash", "--json")[1]) == figures


@pytest.mark.parametrize(
    ("command", "known"), [("train", "fake-mean"), ("bench", "fake-hash"), ("eval", "fake-log"), ("eval", "images")]
)
def test_a_command_without_a_kind_lists_what_there_is(run, command, known):
    code, out, _ = run(command)
    assert code == 0
    assert known in out
    assert known in json.loads(run(command, "--json")[1])


def test_what_the_other_command_measures_is_named(run):
    assert "There is no benchmark 'fake-log'. Run: prodgen eval fake-log\n" in run("bench", "fake-log")[2]
    assert "There is no evaluation 'fake-hash'. Run: prodgen bench fake-hash\n" in run("eval", "fake-hash")[2]


def test_an_evaluation_takes_the_log_of_the_workspace(run, shop, tmp_path):
    events = [
        {"id": f"e{n}", "user": "ann", "type": "view", "sku": "mug-1", "at": "2026-01-15T10:00:00Z"} for n in "ab"
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(json.dumps(event) for event in events))
    assert run("eval", "fake-log", "--data", "log.jsonl", "--json")[0] == 0
    (tmp_path / "report").mkdir()
    told = run("eval", "fake-log", "--data", "log.jsonl", "--out", str(tmp_path / "report"))[2]
    assert f"Tables and plots are in {tmp_path / 'report'}" in told
    assert "plots" not in run("eval", "fake-log", "--data", "log.jsonl", "--out", "nowhere")[2]
    shop("record", "log.jsonl")
    assert json.loads(shop("eval", "fake-log", "--json")[1]) == {"events": 2, "readable": 2}


def test_what_is_wrong_with_the_log_is_not_said_of_a_file_that_nobody_named(shop, monkeypatch):
    def run(self, options, ctx):
        raise InputError(f"{options['data']} holds no purchases.", hint="Record some.")

    monkeypatch.setattr("prodgen_sdk.testing.fakes.runs.LogEvaluation.run", run)
    code, _, err = shop("eval", "fake-log")
    assert (code, err.splitlines()[-1]) == (2, "prodgen: the workspace's log holds no purchases. Record some.")


def test_training_in_a_workspace_has_a_place_of_its_own(shop, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/numbers.json").write_text("[1, 2, 3]")
    code, out, _ = shop("train", "fake-mean", "--data", "data", "--json")
    assert code == 0
    assert Path(json.loads(out)["checkpoint"]) == tmp_path / "training/fake-mean/mean.json"


def test_of_several_processes_one_reports(run, tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/numbers.json").write_text("[1, 2, 3]")
    monkeypatch.setenv("RANK", "1")
    assert run("train", "fake-mean", "--data", "data", "--out", "o", "--json") == (0, "", "")


def test_who_interrupts_a_training_learns_how_it_goes_on(run, tmp_path, monkeypatch):
    class Slow:
        def train(self, config, data, out, ctx):
            stop = KeyboardInterrupt()
            stop.add_note("stopped at step 7 of 9; the same command goes on from step 5")
            raise stop

    monkeypatch.setattr("prodgen_sdk.host.Host.get", lambda self, kind, id: Slow())
    (tmp_path / "my data").mkdir()
    code, out, err = run("train", "fake-mean", "--data", "my data", "--out", "o")
    assert (code, out) == (130, "")
    assert "prodgen: stopped at step 7 of 9; the same command goes on from step 5:" in err
    assert "\n  prodgen train fake-mean --data 'my data' --out o\n" in err
    assert err.endswith("prodgen: interrupted\n")


def test_an_option_of_nought_reaches_the_benchmark(run, monkeypatch):
    given = {}
    kind = type("Seen", (), {"run": lambda self, options, ctx: given.update(options) or {"done": 1}})
    monkeypatch.setattr("prodgen_sdk.host.Host.get", lambda self, kind_, id: kind())
    assert run("bench", "fake-hash", "-o", "times=0", "--json")[0] == 0
    assert given == {"times": 0}


def test_a_size_of_nought_is_refused_and_a_word_of_eval_is_no_benchmark(run):
    code, _, err = run("bench", "fake-hash", "--n", "0")
    assert (code, "--n" in err) == (2, True)
    assert "There is no evaluation 'nope'" in run("eval", "nope")[2]
