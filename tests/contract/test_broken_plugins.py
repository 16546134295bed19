"""Broken plugin packages, installed as real distributions on `sys.path`: each is isolated and reported, the others work."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from prodgen_sdk.config import Config, PluginsConfig, RuntimeConfig
from prodgen_sdk.errors import PluginError
from prodgen_sdk.host import Host
from prodgen_sdk.testing.samples import sample_products
from prodgen_sdk.types import GenerationRequest

GOOD = """
    from prodgen_sdk.hookspecs import hookimpl
    from prodgen_sdk.specs import GeneratorSpec

    @hookimpl
    def register_generators(register):
        spec = GeneratorSpec(id="{id}", summary="For a test.", modes=("attributes",), min_size=32)
        register(spec, "prodgen_sdk.testing.fakes.pictures:SolidGenerator")
"""

OWN = """
    from prodgen_sdk.hookspecs import hookimpl
    from prodgen_sdk.specs import GeneratorSpec
    from prodgen_sdk.testing.fakes.pictures import SolidGenerator

    @hookimpl
    def register_generators(register):
        spec = GeneratorSpec(id="bad/box", summary="For a test.", modes=("attributes",), min_size=32)
        register(spec, "a_bad:Own")

    class Own(SolidGenerator):
        def generate(self, batch, ctx):
            {body}
"""


class Site:
    """A folder on `sys.path` into which distributions are installed, as pip would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules: list[str] = []

    def install(self, distribution: str, code: str, *, name: str = "", version: str = "1.0") -> None:
        module = distribution.replace("-", "_")
        (self.folder / f"{module}.py").write_text(dedent(code))
        info = self.folder / f"{module}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (info / "entry_points.txt").write_text(f"[prodgen]\n{name or distribution} = {module}\n")
        self.modules.append(module)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty site; what is installed in the environment itself is disabled."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    installed = " ".join(record.name for record in discover(disable="*").plugins)
    monkeypatch.setenv("PRODGEN_DISABLE_PLUGINS", installed)
    site = Site(folder)
    yield site
    for module in site.modules:
        sys.modules.pop(module, None)


def discover(*, strict: bool = False, disable: str = "") -> Host:
    plugins = PluginsConfig(disabled=tuple(disable.split()))
    return Host.discover(Config(plugins=plugins, runtime=RuntimeConfig(device="cpu")), strict=strict)


def record_of(host: Host, distribution: str):
    (record,) = (record for record in host.plugins if record.distribution == distribution)
    return record


def assert_works(host: Host, id: str) -> None:
    request = GenerationRequest(product=sample_products()[0], size=64)
    assert len(host.get("generator", id).generate([request])[0]) == len(request.views)


BROKEN = {
    "import error": ("import a_module_that_is_not_there", "'a_module_that_is_not_there' (site/b_bad.py, line 1)"),
    "exception at import": ("1 / 0", "ZeroDivisionError"),
    "system exit at import": ("raise SystemExit(3)", "SystemExit"),
    "syntax error": ("def broken(:", "SyntaxError"),
    "misspelled hook": (
        """
        from prodgen_sdk.hookspecs import hookimpl
        @hookimpl
        def register_generator(register): ...
        """,
        "Did you mean register_generators",
    ),
    "misspelled argument": (
        """
        from prodgen_sdk.hookspecs import hookimpl
        @hookimpl
        def on_event(evnt): ...
        """,
        "on_event takes no argument 'evnt'. It may name any of: event",
    ),
    "unmarked hook": (
        """
        from prodgen_sdk.hookspecs import hookimpl
        def register_generators(register): ...
        """,
        "register_generators has the name of a hook and is not marked as one. Write @hookimpl",
    ),
    "id clash": (GOOD.format(id="good/box"), "good/box"),
    "one id twice": (GOOD.format(id="bad/box") + "        register(spec, 'x:y')\n", "bad/box"),
    "an id of a built-in": (
        GOOD.format(id="render/cheap"),
        "render/cheap is under render/, which is kept for prodgen-render. Begin the ids of b-bad with the name of its plugin: b-bad/",
    ),
    "wrong api version": (GOOD.format(id="bad/box").replace("min_size", "api_version=99, min_size"), "99"),
    "wrong spec": (
        """
        from prodgen_sdk.hookspecs import hookimpl
        from prodgen_sdk.specs import RankerSpec
        @hookimpl
        def register_generators(register):
            register(RankerSpec(id="bad/box", summary="For a test."), "x:y")
        """,
        "GeneratorSpec",
    ),
    "malformed id": (GOOD.format(id="No Id!"), "No Id!"),
    "raising registration": (
        """
        from prodgen_sdk.hookspecs import hookimpl
        @hookimpl
        def register_rankers(register):
            raise KeyError("lost")
        """,
        "KeyError: 'lost' (site/b_bad.py, line 5)",
    ),
    "wrong field of a spec": (
        GOOD.format(id="bad/box").replace("modes", "mode"),
        "GeneratorSpec: modes is missing; mode is not known (site/b_bad.py, line 7)",
    ),
    "configuration of another kind": (
        """
        from prodgen_sdk.hookspecs import hookimpl
        @hookimpl
        def config_model():
            return dict
        """,
        "config_model returned <class 'dict'>, which is no pydantic model. Return a class derived from pydantic.BaseModel.",
    ),
    "asynchronous hook": (
        """
        from prodgen_sdk.hookspecs import hookimpl
        @hookimpl
        async def on_event(event): ...
        """,
        "async",
    ),
    "no plugin at all": ("VALUE = 1", ""),
}
FAILING = {name: case for name, case in BROKEN.items() if name != "no plugin at all"}


@pytest.mark.parametrize("case", FAILING)
def test_isolated_and_recorded(site: Site, case: str) -> None:
    code, reason = BROKEN[case]
    site.install("a-good", GOOD.format(id="good/box"))
    site.install("b-bad", code, version="2.5.1")
    site.install("c-good", GOOD.format(id="good/card"))
    host = discover()
    record = record_of(host, "b-bad")
    assert (record.status, record.version) == ("failed", "2.5.1")
    assert reason in record.error
    assert record.components == ()
    assert host.registry.ids("generator", "*/[bc]*") == ["good/box", "good/card"]
    assert host.registry.ids("ranker") == []
    for id in ("good/box", "good/card"):
        assert_works(host, id)


def test_a_failed_plugin_leaves_no_hook_behind(site: Site) -> None:
    clash = (
        GOOD.format(id="good/box")
        + """
    @hookimpl
    def before_generation(request):
        raise AssertionError("called")
    """
    )
    site.install("a-good", GOOD.format(id="good/box"))
    site.install("b-bad", clash)
    host = discover()
    assert record_of(host, "b-bad").status == "failed"
    request = GenerationRequest(product=sample_products()[0])
    assert host.chain("before_generation", request, "request") is request


def test_strict_raises_all_at_once(site: Site) -> None:
    site.install("a-bad", BROKEN["import error"][0])
    site.install("b-good", GOOD.format(id="good/box"))
    site.install("c-bad", BROKEN["misspelled hook"][0])
    with pytest.raises(ExceptionGroup) as caught:
        discover(strict=True)
    assert len(caught.value.exceptions) == 2
    text = " ".join(map(str, caught.value.exceptions))
    assert "a_module_that_is_not_there" in text
    assert "register_generators" in text


def test_two_distributions_with_one_entry_point_name(site: Site) -> None:
    site.install("a-first", GOOD.format(id="first/box"), name="shop")
    site.install("b-second", GOOD.format(id="second/box"), name="shop")
    host = discover()
    assert (record_of(host, "a-first").status, record_of(host, "b-second").status) == ("loaded", "failed")
    assert "a-first" in record_of(host, "b-second").error
    assert_works(host, "first/box")


def test_a_plugin_that_failed_keeps_its_name_and_its_section(site: Site) -> None:
    site.install("a-first", "1 / 0", name="shop")
    site.install("b-second", GOOD.format(id="second/box"), name="shop")
    sections = PluginsConfig.model_validate({"shop": {"key": 1}})
    host = Host.discover(Config(plugins=sections))
    assert "is taken by a-first 1.0. Uninstall one" in record_of(host, "b-second").error
    host = Host.discover(Config(plugins=PluginsConfig(disabled=("a-first",))))
    assert record_of(host, "b-second").status == "loaded"
    assert_works(host, "second/box")


def test_a_function_that_was_imported_is_no_unmarked_hook(site: Site) -> None:
    site.install("a-good", "from prodgen_sdk.hookspecs import on_event\n" + dedent(GOOD).format(id="good/box"))
    assert record_of(discover(), "a-good").status == "loaded"


def test_a_raising_component_is_named(site: Site) -> None:
    site.install("a-bad", OWN.format(body="raise KeyError('lost')"))
    site.install("b-good", GOOD.format(id="good/box"))
    host = discover()
    request = GenerationRequest(product=sample_products()[0], size=64)
    with pytest.raises(PluginError, match=r"bad/box.*lost") as caught:
        host.get("generator", "bad/box").generate([request])
    assert caught.value.component == "bad/box"
    assert_works(host, "good/box")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("a_bad:Missing", "a_bad:Missing could not be loaded: .*no attribute 'Missing'"),
        ("not_there:Class", "not_there:Class could not be loaded: No module named 'not_there'"),
        ("a_bad", "'a_bad' names no object. Write module:attribute"),
        ("a_bad:", "'a_bad:' names no object. Write module:attribute"),
    ],
)
def test_a_factory_that_is_not_there(site: Site, path: str, said: str) -> None:
    site.install("a-bad", GOOD.format(id="bad/box").replace("prodgen_sdk.testing.fakes.pictures:SolidGenerator", path))
    with pytest.raises(PluginError, match=said):
        discover().get("generator", "bad/box")


def test_a_factory_that_takes_something_else_is_told_what_it_is_given(site: Site) -> None:
    site.install(
        "a-bad", OWN.format(body="return []").replace("def generate(", "def __init__(self): ...\n        def generate(")
    )
    with pytest.raises(PluginError, match=r"3 were given\. A factory is called as factory\(config, ctx\)"):
        discover().get("generator", "bad/box")


def test_an_async_component_is_refused_when_it_is_built(site: Site) -> None:
    site.install("a-bad", OWN.format(body="return []").replace("def generate", "async def generate"))
    with pytest.raises(PluginError, match=r"bad/box: generate is async\. Components are synchronous"):
        discover().get("generator", "bad/box")


def test_a_raising_extension_hook_stops_neither_notice_nor_others(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    listening = """
        from prodgen_sdk.hookspecs import hookimpl
        SEEN = []
        @hookimpl
        def after_generation(request, pictures):
            SEEN.append(request)
            {then}
    """
    site.install("a-bad", listening.format(then="raise KeyError('lost')"))
    site.install("b-good", listening.format(then="pass"))
    host = discover()
    host.notify("after_generation", request="request", pictures=())
    assert [sys.modules[name].SEEN for name in ("a_bad", "b_good")] == [["request"], ["request"]]
    assert "a-bad.after_generation failed: KeyError (site/a_bad.py, line 7)" in caplog.messages
    assert "lost" not in caplog.text, "what an error says may be a person's words"


def test_a_raising_before_hook_names_its_plugin(site: Site) -> None:
    site.install(
        "a-bad",
        """
        from prodgen_sdk.hookspecs import hookimpl
        @hookimpl
        def before_generation(request):
            raise KeyError("lost")
        """,
    )
    with pytest.raises(PluginError, match="a-bad"):
        discover().chain("before_generation", GenerationRequest(product=sample_products()[0]), "request")


@pytest.mark.parametrize("named", ["shop", "a-marked", "*", "other shop", "other,shop"])
def test_disabled_before_any_import(site: Site, monkeypatch: pytest.MonkeyPatch, named: str, tmp_path: Path) -> None:
    marker = tmp_path / "imported"
    site.install("a-marked", f"open({str(marker)!r}, 'w').close()", name="shop")
    monkeypatch.setenv("PRODGEN_DISABLE_PLUGINS", named)
    record = record_of(discover(disable="text render tryon rank quality mini diffusers"), "a-marked")
    assert (record.name, record.status, record.version) == ("shop", "disabled", "1.0")
    assert not marker.exists()


def test_a_module_without_hooks_registers_nothing(site: Site) -> None:
    site.install("a-empty", BROKEN["no plugin at all"][0])
    assert record_of(discover(), "a-empty").components == ()


def test_wrong_answers_are_caught_by_the_host(site: Site) -> None:
    site.install("a-bad", OWN.format(body="return [images[:-1] for images in super().generate(batch, ctx)]"))
    request = GenerationRequest(product=sample_products()[0], size=64)
    with pytest.raises(PluginError, match="bad/box") as caught:
        discover().get("generator", "bad/box").generate([request])
    assert "a-bad" in str(caught.value)
