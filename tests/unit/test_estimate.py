"""What a run would make and cost, and runs over a whole catalogue."""

import threading
import time
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodgen_sdk import Config, InputError, Product, Studio
from prodgen_sdk.errors import Cancelled
from prodgen_sdk.pipeline.generate import Made, batch_key, run_batch
from prodgen_sdk.scheduler import Batcher, result
from prodgen_sdk.specs import GeneratorSpec, Needs
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.pictures import SolidGenerator
from prodgen_sdk.types import GenerationRequest, parse_views


def mugs(number):
    return [Product(sku=f"mug-{n}", title=f"Mug {n}", category="home/mug") for n in range(number)]


class Counting(SolidGenerator):
    """Counts what it makes, and on which device."""

    made: ClassVar[list] = []
    calls: ClassVar[list] = []

    def __init__(self, config, ctx):
        super().__init__(config, ctx)
        self.device = ctx.device

    def generate(self, batch, ctx):
        assert ctx.device == self.device
        Counting.calls.append(len(batch))
        Counting.made += [(id(self), len(request.views)) for request in batch]
        time.sleep(0.02)
        return super().generate(batch, ctx)


@pytest.fixture
def studio_of(tmp_path):
    opened = []
    Counting.made, Counting.calls = [], []

    def studio(*, modules=(), folder="shop", **config):
        config = Config.model_validate({"defaults": {"generator": "mine/counting"}, **config})
        spec = GeneratorSpec(
            id="mine/counting", summary="x", modes=("text",), min_size=32, needs=Needs(modules=modules), max_batch=4
        )
        host = fake_host(plugin_of(spec, Counting), config=config)
        opened.append(Studio.create(tmp_path / folder, config=config, host=host))
        return opened[-1]

    yield studio
    for one in opened:
        one.close()


def test_an_estimate_counts_what_is_to_be_made_and_keeps_nothing(studio_of):
    studio = studio_of()
    studio.add_products(mugs(3))
    first = studio.estimate(studio.products(), views="orbit4", size=32)
    assert (first.products, first.pictures, first.found) == (3, 12, 0)
    assert list(studio.variants()) == []
    (share,) = first.shares
    assert (share.generator, share.pictures, share.source, share.cost) == ("mine/counting", 12, "trial", None)
    assert 0.004 < share.seconds_per_picture < 0.2  # 0.02 s for a request of four views
    assert share.seconds == pytest.approx(12 * share.seconds_per_picture)
    made = studio.generate(["mug-0", "mug-1", "mug-2"], views="orbit8", size=32)
    assert len(made.pictures) == 24
    second = studio.estimate([*studio.products(), *mugs(4)[3:]], views="orbit8", size=32)
    assert (second.pictures, second.found, second.shares[0].pictures) == (32, 24, 8)
    assert second.shares[0].source == "published"
    assert studio.estimate(studio.products(), views="orbit8", size=32).seconds == 0
    assert len(list(studio.variants())) == 24


def test_prices_by_picture_and_by_hour(studio_of):
    paid = studio_of(costs={"currency": "EUR", "per_picture": {"mine/counting": 0.02}})
    estimate = paid.estimate(mugs(2), views="orbit4", size=32)
    assert (estimate.cost, estimate.currency, estimate.seconds) == (pytest.approx(0.16), "EUR", None)
    assert Counting.made == []  # a trial would have cost something
    hourly = studio_of(folder="other", costs={"per_hour": 3.6})
    estimate = hourly.estimate(mugs(2), views="orbit4", size=32)
    assert estimate.cost == pytest.approx(estimate.seconds * 0.001)


def test_what_cannot_be_made_is_named(studio_of):
    studio = studio_of()
    good, bad = mugs(2)
    estimate = studio.estimate([good, bad.model_copy(update={"title": "cocaine"})], views="hero", size=32)
    assert estimate.refused or estimate.found == 0  # the fakes' checker decides
    failed = studio.estimate([good], views="hero", size=4096)
    assert "pixels, not 4096" in failed.failed["mug-0"]
    assert failed.pictures == 0
    with pytest.raises(InputError, match="size"):
        studio.generate(good, views="hero", size=8192)


def test_one_worker_a_device(studio_of):
    studio = studio_of(modules=("torch",), runtime={"devices": ["cpu", "cpu", "cpu"]}, scheduler={"max_batch": 1})
    made = studio.generate(mugs(12), views="hero", size=32, seed=1)
    assert [picture.sku for picture in made.pictures] == [f"mug-{n}" for n in range(12)]
    assert len({worker for worker, _ in Counting.made}) == 3
    alone = studio_of(folder="alone").generate(mugs(12), views="hero", size=32, seed=1)
    assert all(np.array_equal(a.image, b.image) for a, b in zip(made.pictures, alone.pictures, strict=True))
    # Without torch there is nothing to spread.
    Counting.made, Counting.calls = [], []
    plain = studio_of(folder="plain", runtime={"devices": ["cpu", "cpu"]})
    plain.generate(mugs(4), views="hero", size=32, seed=2)
    assert len({worker for worker, _ in Counting.made}) == 1


def test_a_run_that_is_cancelled_in_the_middle_keeps_what_it_has_and_goes_on(studio_of):
    studio = studio_of(scheduler={"max_batch": 1})
    studio.add_products(mugs(8))
    skus = [f"mug-{n}" for n in range(8)]
    with pytest.raises(Cancelled):
        studio.generate(skus, views="hero", size=32, cancelled=lambda: len(Counting.made) >= 4)
    kept = {variant.sku for variant in studio.variants()}
    assert 0 < len(kept) < 8
    made = studio.generate(skus, views="hero", size=32)
    assert {picture.sku for picture in made.pictures if picture.reused} == kept
    assert len(made.pictures) == 8


def test_five_hundred_views_and_no_more():
    views = parse_views(",".join(f"{n * 0.7:.1f}:10" for n in range(500)))
    with Studio(host=fake_host()) as studio:
        assert len(studio.generate(mugs(1)[0], views=views, size=32).pictures) == 500
        with pytest.raises(InputError, match="512"):
            studio.generate(mugs(1)[0], views=[*views, *parse_views("orbit8,marketplace")], size=32)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["hero", "orbit4"])), min_size=1, max_size=8),
    st.integers(1, 4),
)
def test_pixels_do_not_depend_on_the_batch(asked, max_batch):
    """Whoever shares a batch, and however many fit into one: a request has the pixels that it has alone."""
    host = fake_host()
    generator = host.get("generator")
    products = mugs(4)
    requests = [GenerationRequest(product=products[n], views=parse_views(views), size=32, seed=n) for n, views in asked]

    def run(batch) -> list[Made]:
        return run_batch(generator, batch)

    with Batcher(run, key=batch_key, max_batch=max_batch, max_wait=0.005) as batcher:
        futures = [batcher.submit((request, host.context())) for request in requests]
        for request, future in zip(requests, futures, strict=True):
            (alone,) = generator.generate([request])
            for together, single in zip(result(future).pictures, alone, strict=True):
                assert np.array_equal(together.image, single.image)


def test_sixteen_concurrent_requests_are_faster_than_one_after_the_other(studio_of):
    """A batch costs this fake as much as a single request: the counts say that batches form; `prodgen bench batching` measures."""
    studio = studio_of(scheduler={"max_wait_ms": 50, "max_batch": 16})
    threads = [
        threading.Thread(target=studio.generate, args=(product,), kwargs={"views": "hero", "size": 32})
        for product in mugs(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Counting.made) == 16
    assert len(Counting.calls) <= 12  # four fit into a batch; alone it would be 16


def test_the_benchmark_of_batching_tells_a_generator_that_batches_from_one_that_does_not():
    """A call takes 30 ms however many requests it holds, or 20 ms a request: what batching is worth is known."""
    from prodgen_sdk import plugin

    class Batching(SolidGenerator):
        def generate(self, batch, ctx):
            time.sleep(0.03)
            return super().generate(batch, ctx)

    class Alone(SolidGenerator):
        def generate(self, batch, ctx):
            time.sleep(0.02 * len(batch))
            return super().generate(batch, ctx)

    def spec(id):
        return GeneratorSpec(id=id, summary="x", modes=("text",), min_size=32)

    host = fake_host(plugin, plugin_of(spec("mine/batching"), Batching), plugin_of(spec("mine/alone"), Alone))
    benchmark = host.get("benchmark", "core/batching")
    options = {"n": 16, "rounds": 1, "size": 32}
    together = benchmark.run({**options, "generator": "mine/batching"}, host.context())
    alone = benchmark.run({**options, "generator": "mine/alone"}, host.context())
    assert together["speedup"] > 1.5
    assert alone["speedup"] < 1.5
    assert together["largest_batch"] > 3  # all 16 on a quiet machine
    assert together["largest_difference"] == alone["largest_difference"] == 0
