"""When an image is the same work, and when another one."""

from decimal import Decimal

from prodgen_sdk import (
    Config,
    Product,
    Studio,
)
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.testing.fakes import fake_host

MUG = Product(sku="mug", title="Mug", category="home/mug", price=Decimal("9.90"), stock=0, tags=("new",))


def test_the_recorded_seed_makes_the_picture_again(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        for seed in ("random", None, 7):
            first = studio.generate(MUG, views="hero", size=32, seed=seed).pictures[0]
            again = studio.generate(MUG, views="hero", size=32, seed=first.seed).pictures[0]
            assert again.reused
            assert again.id == first.id
        assert first.variant.seed == 7


def test_another_configuration_of_the_plugin_is_other_work(tmp_path, generator):
    from pydantic import BaseModel

    class Level(BaseModel):
        level: int = 0

    def paint(pictures, batch, ctx):
        return pictures

    seen = []
    for level in (10, 240, 10):
        mine = generator(paint)
        mine.config_model = hookimpl(lambda: Level)
        config = Config.model_validate({"plugins": {mine.__name__: {"level": level}}})
        with Studio.create(tmp_path, config=config, host=fake_host(mine, config=config)) as studio:
            picture = studio.generate(MUG, views="hero", size=32, generator="mine/gen").pictures[0]
            seen.append((picture.id, picture.reused))
    assert seen[0][0] == seen[2][0] != seen[1][0]
    assert [reused for _, reused in seen] == [False, False, True]


def test_a_picture_whose_file_is_lost_is_made_again_and_healed(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products([MUG.model_copy(update={"stock": 5})])
        variant = studio.generate("mug", views="hero", size=32).variants[0]
        studio.store.assets.delete(variant.image.digest)
        assert studio.recommend("ann") == []
        again = studio.generate("mug", views="hero", size=32).pictures[0]
        assert (again.id, again.reused) == (variant.id, False)
        assert studio.image(variant).shape == (32, 32, 3)


def test_a_new_picture_takes_the_place_of_one_that_shows_the_product_as_it_was(tmp_path):
    red = Product(sku="mug", title="Red mug", category="home/mug")
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products([red])
        old = studio.generate("mug", views="front,back", size=32).variants
        studio.add_products([red.model_copy(update={"title": "Blue mug"})])
        new = studio.generate("mug", views="front", size=32).variants[0]
        approved = {variant.id for variant in studio.variants(review="approved")}
        assert approved == {new.id, old[1].id}
        assert studio.generate("mug", views="front", size=32).variants[0].review == "approved"
