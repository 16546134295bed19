"""Which configuration holds, and whose a host is."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from prodgen_sdk import (
    Config,
    ConfigError,
    InputError,
    NotFound,
    Product,
    Studio,
)
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.scheduler import Batcher, result
from prodgen_sdk.specs import GeneratorSpec
from prodgen_sdk.testing.fakes import FakePlugin, fake_host, plugin_of
from prodgen_sdk.testing.fakes.pictures import SolidGenerator

MUG = Product(sku="mug", title="Mug", category="home/mug", price=Decimal("9.90"), stock=0, tags=("new",))


def test_the_workspaces_configuration_holds_with_a_given_host(tmp_path):
    Studio.create(tmp_path, host=fake_host()).close()
    (tmp_path / "prodgen.toml").write_text("[review]\nauto_approve = false")
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.generate(MUG, views="hero", size=32).pictures[0].review == "in_review"


def test_a_given_configuration_holds_everywhere(tmp_path):
    config = Config.model_validate({"store": {"database": "sqlite:///other.db"}, "review": {"auto_approve": False}})
    with Studio.create(tmp_path, config=config, host=fake_host()) as studio:
        assert studio.generate(MUG, views="hero", size=32).pictures[0].review == "in_review"
    assert (tmp_path / "other.db").exists()
    assert not (tmp_path / "prodgen.db").exists()


def test_a_typo_in_a_default_is_an_error_not_another_component():
    config = Config.model_validate({"defaults": {"generator": "fake/sold"}})
    with Studio(config=config, host=fake_host(config=config)) as studio, pytest.raises(NotFound, match="fake/solid"):
        studio.generate(MUG, views="hero", size=32)


def test_a_secret_that_is_not_set_fails_its_plugin_alone(tmp_path, monkeypatch):
    from pydantic import BaseModel, SecretStr

    class KeyConfig(BaseModel):
        key: SecretStr

    monkeypatch.delenv("PRODGEN_TEST_KEY", raising=False)
    (tmp_path / "prodgen.toml").write_text('[plugins.needy]\nkey = {env = "PRODGEN_TEST_KEY"}')
    from prodgen_sdk import Host
    from prodgen_sdk.config import load_config

    class Needy:
        @hookimpl
        def config_model(self):
            return KeyConfig

    config = load_config(tmp_path / "prodgen.toml")
    host = Host(config)
    assert host.register(Needy(), "needy").status == "failed"
    assert "PRODGEN_TEST_KEY" in host.plugins[0].error
    assert host.register(FakePlugin(), "fake").status == "loaded"
    monkeypatch.setenv("PRODGEN_TEST_KEY", "s3cret")
    host = Host(config)
    assert host.register(Needy(), "needy").status == "loaded"
    assert "s3cret" not in repr(config)


def test_a_host_serves_one_workspace_and_is_closed_by_whoever_made_it(tmp_path):
    closed = []

    class Closing(SolidGenerator):
        def close(self):
            closed.append(1)

    host = fake_host(plugin_of(GeneratorSpec(id="mine/gen", summary="x", modes=("text",), min_size=32), Closing))
    with Studio.create(tmp_path / "a", host=host) as studio:
        studio.generate(MUG, views="hero", size=32, generator="mine/gen")
        with pytest.raises(ConfigError, match="another workspace"):
            Studio.create(tmp_path / "b", host=host)
    assert closed == []
    host.close()
    assert closed == [1]


def test_a_closed_studio_refuses_work_and_can_be_closed_again(tmp_path):
    studio = Studio.create(tmp_path, host=fake_host())
    studio.close()
    studio.close()
    with pytest.raises(InputError, match="closed"):
        studio.generate(MUG, views="hero", size=32)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_batcher_works_on_in_a_forked_process():
    with Batcher(lambda batch: [item * 2 for item in batch]) as batcher:
        assert result(batcher.submit(1)) == 2
        child = os.fork()
        if child == 0:
            try:
                os._exit(0 if batcher.submit(21).result(timeout=5) == 42 else 1)
            except BaseException:
                os._exit(2)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert result(batcher.submit(2)) == 4


def test_the_first_requests_of_a_forked_process_start_its_threads_once(monkeypatch):
    asked, both = threading.local(), threading.Barrier(2, timeout=5)

    def id_of_the_child():
        if not hasattr(asked, "before"):
            asked.before = True
            both.wait()  # each thread finds that it is in another process before either has done anything about it
        return -1

    with Batcher(lambda batch: [item * 2 for item in batch]) as batcher:
        before, asked.before = threading.active_count(), True
        monkeypatch.setattr(os, "getpid", id_of_the_child)
        with ThreadPoolExecutor(2) as pool:
            assert [result(future) for future in pool.map(batcher.submit, (1, 2))] == [2, 4]
        assert threading.active_count() == before + 1


def test_a_configuration_counts_without_a_workspace_too():
    host = fake_host(
        plugin_of(GeneratorSpec(id="mine/gen", summary="x", modes=("attributes",), min_size=32), SolidGenerator)
    )
    config = Config.model_validate({"defaults": {"generator": "mine/gen"}})
    with Studio(config=config, host=host) as studio:
        made = studio.generate(MUG, views="hero", size=32)
    assert made.pictures[0].generator == "mine/gen"
