"""What fails, is cancelled or is slow stops nothing else."""

import threading
import time
from decimal import Decimal

import numpy as np
import pytest

from prodgen_sdk import (
    Config,
    InputError,
    PluginError,
    Product,
    Studio,
)
from prodgen_sdk.errors import Cancelled, DeadlineExceeded
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.specs import DescriberSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.words import TitleDescriber

MUG = Product(sku="mug", title="Mug", category="home/mug", price=Decimal("9.90"), stock=0, tags=("new",))


def products(number):
    return [Product(sku=f"p-{n}", title=f"Thing {n}", category="home/thing") for n in range(number)]


def numpy_facts(pictures, batch, ctx):
    for row, request in zip(pictures, batch, strict=True):
        for picture in row:
            picture.facts["value"] = np.float32(1) if request.product.sku == "p-1" else 1.0
    return pictures


@pytest.mark.parametrize("kind", ["facts", "describer", "hook", "exit"])
def test_one_bad_product_never_stops_a_run(tmp_path, kind, generator):

    class Describes(TitleDescriber):
        def describe(self, items, views, locale, ctx):
            return None if items[0].sku == "p-1" else super().describe(items, views, locale, ctx)

    class Hook:
        @hookimpl
        def before_generation(self, request):
            return {"sku": 1} if request.product.sku == "p-1" else None

    def leaves(pictures, batch, ctx):
        if any(request.product.sku == "p-1" for request in batch):
            raise SystemExit(0)
        return pictures

    plugins = {
        "facts": [generator(numpy_facts)],
        "describer": [generator(), plugin_of(DescriberSpec(id="mine/describes", summary="x"), Describes)],
        "hook": [generator(), Hook()],
        "exit": [generator(leaves)],
    }[kind]
    config = Config.model_validate(
        {"defaults": {"describer": "mine/describes" if kind == "describer" else "fake/title"}}
    )
    with Studio.create(tmp_path, config=config, host=fake_host(*plugins, config=config)) as studio:
        made = studio.generate(products(3), views="hero", size=32, generator="mine/gen")
        assert [picture.sku for picture in made.pictures] == ["p-0", "p-2"]
        assert isinstance(made.errors["p-1"], PluginError)
        with pytest.raises(PluginError):
            studio.generate("p-1", views="hero", size=32, generator="mine/gen")


@pytest.mark.parametrize("how", ["cancelled", "timeout", "closed"])
def test_cancellation_and_time_budget_reach_the_generator(how, generator):
    stopped, begun = [], threading.Event()

    def slow(pictures, batch, ctx):
        begun.set()
        for _ in range(3000):
            time.sleep(0.01)
            try:
                ctx.check()
            except (Cancelled, DeadlineExceeded) as error:
                stopped.append(type(error).__name__)
                raise
        return pictures

    studio = Studio(host=fake_host(generator(slow)))
    # What is made on first use would take of the time.
    studio.generate(MUG, views="hero", size=32, generator="fake/solid")
    started = time.monotonic()
    if how == "closed":
        threading.Thread(target=lambda: begun.wait(20) and studio.close()).start()
    options = {"cancelled": {"cancelled": begun.is_set}, "timeout": {"timeout": 1.0}, "closed": {}}[how]
    with pytest.raises((Cancelled, DeadlineExceeded)):
        studio.generate(MUG, views="hero", size=32, generator="mine/gen", **options)
    assert time.monotonic() - started < 20
    while not stopped and time.monotonic() - started < 20:  # nobody waits for the generator, but it is told as well
        time.sleep(0.01)
    assert len(stopped) == 1
    studio.close()


def test_cancellation_reaches_the_describer():
    begun, went_on = threading.Event(), []

    class Slow(TitleDescriber):
        def describe(self, products, views, locale, ctx):
            begun.set()
            ctx.check()
            went_on.append(products)
            return super().describe(products, views, locale, ctx)

    host = fake_host(plugin_of(DescriberSpec(id="mine/slow", summary="x"), Slow))
    config = Config.model_validate({"defaults": {"describer": "mine/slow"}})
    with Studio(host=host, config=config) as studio, pytest.raises(Cancelled):
        studio.generate(MUG, views="hero", size=32, cancelled=begun.is_set)
    assert begun.is_set()
    assert not went_on


def test_a_slow_generator_does_not_hold_up_another(generator):
    begun, go_on = threading.Event(), threading.Event()

    def slow(pictures, batch, ctx):
        begun.set()
        go_on.wait(30)
        return pictures

    with Studio(host=fake_host(generator(slow))) as studio:
        thread = threading.Thread(
            target=studio.generate, args=(MUG,), kwargs={"views": "hero", "size": 32, "generator": "mine/gen"}
        )
        thread.start()
        assert begun.wait(30)
        studio.generate(products(1)[0], views="hero", size=32, generator="fake/solid")
        assert thread.is_alive()
        go_on.set()
        thread.join()


@pytest.mark.parametrize("seed", ["abc", -1, 2**63, 1.5, True])
def test_a_bad_seed_is_an_input_error(seed):
    with Studio(host=fake_host()) as studio, pytest.raises(InputError, match="seed"):
        studio.generate(MUG, views="hero", size=32, seed=seed)
