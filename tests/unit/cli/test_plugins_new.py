"""`prodgen plugins new`: what is written, and what is refused. That it works is in tests/contract."""

import json

import pytest

from prodgen_sdk.specs import SPECS


def test_a_new_plugin_is_written_and_the_next_step_told(run, tmp_path):
    code, out, err = run("plugins", "new", "acme", "--kind", "text-encoder")
    assert code == 0
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written == set(out.split())
    assert "prodgen-acme/prodgen_acme/text_encoder.py" in written
    assert "Next, in prodgen-acme: pip install -e" in err


def test_its_folder_and_kind_as_json(run, tmp_path):
    code, out, _ = run("plugins", "new", "prodgen-my-shop", "--out", "here", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["kind"] == "generator"
    assert "here/prodgen_my_shop/generator.py" in told["files"]
    assert (tmp_path / "here" / "pyproject.toml").is_file()


def test_nothing_is_overwritten(run, tmp_path):
    (tmp_path / "prodgen-acme").mkdir()
    (tmp_path / "prodgen-acme" / "mine.py").write_text("# mine")
    code, _, err = run("plugins", "new", "acme")
    assert code == 2
    assert "prodgen-acme is there already" in err
    assert [path.name for path in (tmp_path / "prodgen-acme").iterdir()] == ["mine.py"]
    (tmp_path / "file").write_text("")
    assert run("plugins", "new", "acme", "--out", "file")[0] == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("Acme",), "lower-case letters"),
        (("../acme",), "lower-case letters"),
        (("my_shop",), "lower-case letters"),
        (("render",), "kept for prodgen-render"),
        (("sdk",), "kept for prodgen-sdk"),
        (("acme", "--kind", "rankr"), "Did you mean ranker"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(run, tmp_path, words, told):
    code, out, err = run("plugins", "new", *words)
    assert (code, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_help_names_every_kind(run):
    shown = " ".join(run("plugins", "new", "--help")[1].replace("│", " ").split())
    for kind in SPECS:
        assert kind.replace("_", "-") in shown


def test_a_component_that_nobody_configured_is_not_broken(run, monkeypatch):
    from prodgen_sdk.errors import NotConfigured
    from prodgen_sdk.specs import GeneratorSpec
    from prodgen_sdk.testing.fakes import fake_host, plugin_of

    def unconfigured(config, ctx):
        raise NotConfigured("acme/paint has no checkpoint.")

    host = fake_host(plugin_of(GeneratorSpec(id="acme/paint", summary="Paints.", modes=("text",)), unconfigured))
    monkeypatch.setattr("prodgen_sdk.cli.plugins.find_host", lambda ctx: host)
    code, _, err = run("plugins", "check", "--build")
    assert (code, err) == (0, "not ready: acme/paint has no checkpoint.\n")
