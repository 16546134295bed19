"""Ordering, chaining, defaults and building. Broken plugins are tested in tests/contract."""

from types import ModuleType

import pytest
from pydantic import BaseModel, ConfigDict

from prodgen_sdk import Config, ConfigError, Host, MissingDependency, NotFound, PluginError, Refused, hookimpl
from prodgen_sdk.specs import EvaluatorSpec, Metric, Needs, TextEncoderSpec
from prodgen_sdk.testing.fakes import FakePlugin, fake_host, plugin_of


def module(name, **functions):
    plugin = ModuleType(name)
    for hook, function in functions.items():
        function.__name__ = hook
        setattr(plugin, hook, hookimpl(function))
    return plugin


def test_a_chain_runs_in_plugin_order_and_none_changes_nothing():
    def add(letter):
        return lambda request: request + letter

    host = Host()
    host.register(module("one", before_generation=add("1")), "one")
    host.register(module("none", before_generation=lambda request: None), "none")
    host.register(module("two", before_generation=add("2")), "two")
    assert host.chain("before_generation", "request", "request") == "request12"


def test_trylast_and_tryfirst_are_honoured():
    last, first = ModuleType("last"), ModuleType("first")
    import pluggy

    mark = pluggy.HookimplMarker("prodgen")

    def adds(letter):
        def before_generation(request):
            return request + letter

        return before_generation

    last.before_generation = mark(adds("z"), trylast=True)
    first.before_generation = mark(adds("a"), tryfirst=True)
    host = Host()
    host.register(last, "last")
    host.register(module("middle", before_generation=adds("m")), "middle")
    host.register(first, "first")
    assert host.chain("before_generation", "", "request") == "amz"


def test_a_raising_before_hook_stops_the_request_and_a_veto_passes_through():
    def broken(request):
        raise KeyError("x")

    def veto(request):
        raise Refused("No.")

    host = Host()
    host.register(module("broken", before_generation=broken), "broken")
    with pytest.raises(PluginError, match=r"broken\.before_generation failed: KeyError"):
        host.chain("before_generation", "r", "request")
    other = Host()
    other.register(module("veto", before_generation=veto), "veto")
    with pytest.raises(Refused):
        other.chain("before_generation", "r", "request")


def test_a_raising_notification_does_not_keep_others_from_hearing():
    heard = []

    def broken(event):
        raise RuntimeError

    host = Host()
    host.register(module("a", on_event=lambda event: heard.append(("a", event))), "a")
    host.register(module("b", on_event=broken), "b")
    host.register(module("c", on_event=lambda event: heard.append(("c", event))), "c")
    host.notify("on_event", event=1)
    assert heard == [("a", 1), ("c", 1)]


def test_hosts_do_not_share_anything():
    first, second = fake_host(), Host()
    assert first.registry.ids("generator") == ["fake/solid"]
    assert second.registry.ids("generator") == []


def test_a_component_is_built_once_and_on_first_use():
    built = []

    class Encoder:
        pass

    def factory(config, ctx):
        built.append(1)
        from prodgen_sdk.testing.fakes.words import HashTextEncoder

        return HashTextEncoder(config, ctx)

    host = fake_host(plugin_of(TextEncoderSpec(id="mine/words", summary="x", dimension=32), factory))
    assert built == []
    assert host.get("text_encoder", "mine/words") is host.get("text_encoder", "mine/words")
    assert built == [1]


def test_an_unknown_id_names_neighbours_and_the_pip_install():
    host = fake_host()
    with pytest.raises(NotFound, match="Did you mean fake/solid"):
        host.get("generator", "fake/sold")
    with pytest.raises(NotFound, match="pip install prodgen-render"):
        host.get("generator", "render/mesh")


def test_an_unknown_id_lists_the_known_ones_once():
    with pytest.raises(NotFound) as caught:
        fake_host().get("generator", "zzzz")
    assert str(caught.value).count("fake/solid") == 1


def test_an_id_of_a_plugin_that_is_left_out_is_not_one_to_install():
    host = Host()
    host.register(module("broken", generate_pictures=lambda: None), "render", distribution="prodgen-render")
    with pytest.raises(NotFound, match=r"The plugin render is left out: .*generate_pictures"):
        host.get("generator", "render/parametric")
    assert "prodgen-render" not in host.registry.absent()


def test_a_missing_need_is_told_before_anything_is_built():
    spec = TextEncoderSpec(
        id="mine/big", summary="x", dimension=8, needs=Needs(modules=("no_such_module",), install="pip install big")
    )
    host = fake_host(plugin_of(spec, "no_such_module:Thing"))
    with pytest.raises(MissingDependency, match=r"no_such_module.*pip install big"):
        host.get("text_encoder", "mine/big")
    assert [encoder.id for encoder in host.all("text_encoder")] == ["fake/words"]


def test_what_lacks_its_configuration_is_left_out_of_all_and_told_once_but_not_where_it_is_named(caplog):
    def unconfigured(config, ctx):
        raise ConfigError("mine/big has no checkpoint.", hint="Write one in prodgen.toml.")

    host = fake_host(plugin_of(TextEncoderSpec(id="mine/big", summary="x", dimension=8), unconfigured))
    for _ in range(2):
        assert [encoder.id for encoder in host.all("text_encoder")] == ["fake/words"]
    assert [record.getMessage() for record in caplog.records] == [
        "mine/big is left out: mine/big has no checkpoint. Write one in prodgen.toml."
    ]
    with pytest.raises(ConfigError, match="no checkpoint"):
        host.all("text_encoder", ["mine/big"])


def test_who_has_the_packages_is_told_to_get_the_model_and_not_to_install_them_again():
    needs = Needs(modules=("json",), install="pip install big", models=("no-such-model",))
    spec = TextEncoderSpec(id="mine/big", summary="x", dimension=8, needs=needs)
    with pytest.raises(MissingDependency, match=r"models pull no-such-model$"):
        fake_host(plugin_of(spec, "no_such_module:Thing")).get("text_encoder", "mine/big")


def test_a_factory_that_fails_or_lies_is_a_plugin_error():
    def broken(config, ctx):
        raise OSError("no weights")

    spec = TextEncoderSpec(id="mine/x", summary="x", dimension=8)
    with pytest.raises(PluginError, match="no weights"):
        fake_host(plugin_of(spec, broken)).get("text_encoder", "mine/x")
    with pytest.raises(PluginError, match="is no TextEncoder"):
        fake_host(plugin_of(spec, lambda config, ctx: object())).get("text_encoder", "mine/x")


class AcmeConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    colour: str = "red"


def test_a_plugin_gets_its_validated_section():
    seen = []
    spec = EvaluatorSpec(
        id="acme/score", summary="x", metrics={"a": Metric(low=0, high=1, better="higher", blind_spots="all")}
    )

    def factory(config, ctx):
        seen.append(config)
        from prodgen_sdk.testing.fakes.pictures import BrightnessEvaluator

        return BrightnessEvaluator(config, ctx)

    def acme():
        plugin = plugin_of(spec, factory)
        plugin.config_model = hookimpl(lambda: AcmeConfig)
        return plugin

    host = Host(Config.model_validate({"plugins": {"acme": {"colour": "blue"}}}))
    host.register(acme(), "acme")
    host.get("evaluator", "acme/score")
    assert seen == [AcmeConfig(colour="blue")]
    bad = Host(Config.model_validate({"plugins": {"acme": {"color": "blue"}}}))
    record = bad.register(acme(), "acme")
    assert record.status == "failed"
    assert "[plugins.acme]" in record.error
    assert "color" in record.error


def test_an_extension_hook_can_ask_for_its_plugins_configuration():
    plugin = module("acme", before_generation=lambda request, config: f"{request} in {config.colour}")
    plugin.config_model = hookimpl(lambda: AcmeConfig)
    host = Host(Config.model_validate({"plugins": {"acme": {"colour": "blue"}}}))
    host.register(plugin, "acme")
    host.register(module("other", before_generation=lambda request, config: f"{request}, {config}"), "other")
    assert host.chain("before_generation", "mug", "request") == "mug in blue, None"


def test_registering_a_plugin_twice_fails_and_leaves_the_first():
    host = Host()
    plugin = FakePlugin()
    assert host.register(plugin, "fake").status == "loaded"
    assert host.register(plugin, "fake").status == "failed"
    assert host.register(FakePlugin(), "other").status == "failed"
    assert host.get("generator", "fake/solid").id == "fake/solid"
    assert [record.status for record in host.plugins] == ["loaded", "failed", "failed"]


def test_close_closes_components_that_hold_something():
    closed = []

    def factory(config, ctx):
        from prodgen_sdk.testing.fakes.words import HashTextEncoder

        encoder = HashTextEncoder(config, ctx)
        encoder.close = lambda: closed.append(1)
        return encoder

    host = fake_host(plugin_of(TextEncoderSpec(id="mine/words", summary="x", dimension=32), factory))
    host.get("text_encoder", "mine/words")
    host.close()
    assert closed == [1]


def test_a_spec_that_is_wrong_is_named_in_one_line_with_its_fields():
    def register_evaluators(register):
        register(EvaluatorSpec(id="bad/one", summary="x", metrics={"a": {"low": 0, "high": 1}}), "bad.one:One")

    record = Host().register(module("bad", register_evaluators=register_evaluators), "bad")
    assert record.status == "failed"
    assert record.error.startswith("ValidationError of EvaluatorSpec: metrics.a.better is missing; ")
    assert "\n" not in record.error
    assert "http" not in record.error


def test_what_the_configuration_names_and_nobody_brings_is_told(monkeypatch, caplog):
    monkeypatch.setenv("PRODGEN_DISABLE_PLUGINS", "*")
    config = Config.model_validate(
        {
            "plugins": {"cor": {"a": 1}, "render": {}, "acme": {}},
            "defaults": {"generator": "catalogue/foto", "ranker": ""},
        }
    )
    with caplog.at_level("WARNING"):
        host = Host.discover(config)
    section, acme, default = host.unknown_names()  # render is installed, though disabled
    assert section == "[plugins.cor] is of no installed plugin, and does nothing. Did you mean [plugins.core]?"
    assert acme.startswith("[plugins.acme] is of no installed plugin")
    assert default.startswith(
        "[defaults] generator: There is no generator 'catalogue/foto'. Did you mean catalogue/photo?"
    )
    assert [record.message for record in caplog.records] == [section, acme, default]
    assert Host.discover(Config()).unknown_names() == []


def test_a_plugin_to_be_disabled_or_ordered_that_is_not_installed_is_told(monkeypatch):
    monkeypatch.setenv("PRODGEN_DISABLE_PLUGINS", "prodgen_rank renderer")
    config = Config.model_validate({"plugins": {"disabled": ["qality", "Prodgen-Text"], "order": ["acme", "mini"]}})
    order, disabled, this_run = Host.discover(config).unknown_names()
    assert order.startswith("[plugins] order: There is no plugin 'acme'. Installed: core, ")
    assert disabled == "[plugins] disabled: There is no plugin 'qality'. Did you mean quality?"
    assert this_run == "PRODGEN_DISABLE_PLUGINS: There is no plugin 'renderer'. Did you mean render?"
