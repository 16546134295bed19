import asyncio
import inspect
import threading
import time

import pytest

from prodgen_sdk import AsyncStudio, DeadlineExceeded, InputError, Product, Studio, images
from prodgen_sdk.specs import GeneratorSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.pictures import SolidGenerator

MUGS = [Product(sku=f"mug-{n}", title="Mug", category="home/mug") for n in range(30)]


def test_the_async_twin_does_what_the_studio_does(tmp_path):
    async def main():
        async with AsyncStudio(Studio.create(tmp_path, host=fake_host())) as studio:
            assert (await studio.add_products(MUGS[:4])).added == 4
            made = await asyncio.gather(*(studio.generate(mug.sku, views="hero", size=32) for mug in MUGS[:4]))
            found = await studio.recommend("ann", 2)
            assert [p.sku for p in await studio.products()] == sorted(mug.sku for mug in MUGS[:4])
            variant = (await studio.variants("mug-1"))[0]
            assert (await studio.image(variant)).shape == (32, 32, 3)
            assert images.load(await studio.image_file(variant.id)).shape == (32, 32, 3)
            assert (await studio.review(variant.id, "rejected", by="ann")).review == "rejected"
            return [result.pictures[0].sku for result in made], len(found)

    assert asyncio.run(main()) == ([mug.sku for mug in MUGS[:4]], 2)


def test_cancelling_an_awaited_run_stops_it(tmp_path):
    made = []

    class Slow(SolidGenerator):
        def generate(self, batch, ctx):
            time.sleep(0.02)
            made.extend(batch)
            return super().generate(batch, ctx)

    spec = GeneratorSpec(id="mine/slow", summary="x", modes=("text",), min_size=32, max_batch=1)

    async def main():
        async with AsyncStudio(Studio(host=fake_host(plugin_of(spec, Slow)))) as studio:
            task = asyncio.create_task(studio.generate(MUGS * 20, views="hero", size=32, generator="mine/slow"))
            while not made:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(main())
    assert 0 < len(made) < 300


def test_a_budget_counts_while_a_call_waits_for_a_thread(tmp_path, monkeypatch):
    """Whatever holds the threads, such as events that a hanging database does not take."""
    free = threading.Event()
    monkeypatch.setattr(Studio, "record", lambda self, events: free.wait(30))

    async def main():
        async with AsyncStudio(Studio.create(tmp_path, host=fake_host()), serving=1) as studio:
            await studio.warm_up()
            held = asyncio.create_task(studio.record([]))
            await asyncio.sleep(0.05)
            with pytest.raises(DeadlineExceeded, match="The budget of 100 ms was spent waiting for a thread"):
                async with asyncio.timeout(10):
                    await studio.recommend("ann", 2, budget_ms=100)
            waiting = asyncio.create_task(studio.recommend("ann", 2, budget_ms=5000))
            await asyncio.sleep(0.05)
            assert studio.waiting == 1
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            # Cancelled in the moment in which the budget is spent.
            waiting = asyncio.create_task(studio.recommend("ann", 2, budget_ms=50))
            await asyncio.sleep(0)
            asyncio.get_running_loop().call_later(0.06, waiting.cancel)
            time.sleep(0.1)  # so that both are due
            with pytest.raises(asyncio.CancelledError):
                await waiting
            free.set()
            await held
            assert studio.waiting == 0
            assert await studio.recommend("ann", 2, budget_ms=5000) == []

    asyncio.run(main())


@pytest.mark.parametrize("budget", [-1, float("nan"), "soon"])
def test_what_is_no_budget_is_told(tmp_path, budget):
    async def main():
        async with AsyncStudio(Studio.create(tmp_path, host=fake_host())) as studio:
            with pytest.raises(InputError, match="ms is none"):
                await studio.recommend("ann", 2, budget_ms=budget)

    asyncio.run(main())


METHODS = {name for name, value in vars(Studio).items() if not name.startswith("_") and callable(value)}


@pytest.mark.parametrize("name", sorted(METHODS - {"close", "session", "photo"}))
def test_every_method_of_the_studio_that_takes_time_has_a_twin_with_its_arguments(name):
    method, twin = getattr(Studio, name), getattr(AsyncStudio, name)
    assert inspect.iscoroutinefunction(twin)
    assert inspect.signature(twin).parameters == inspect.signature(method).parameters
    assert twin.__doc__


def test_estimate_takes_what_generate_takes():
    assert inspect.signature(Studio.estimate).parameters == inspect.signature(Studio.generate).parameters
    assert {"products", "views", "timeout"} <= {*inspect.signature(Studio.generate).parameters}
