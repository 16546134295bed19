"""The built-in plugins together, through the facade and the command line, as a user has them."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from prodgen_sdk import Event, Filter, Product, Studio, images

CATALOGUE = [
    {"sku": "mug-red", "title": "Red ceramic mug", "category": "home/mug", "price": 12.5, "tags": ["gift"]},
    {
        "sku": "mug-blue",
        "title": "蓝色陶瓷马克杯",
        "category": "home/mug",
        "price": 45,
        "currency": "CNY",
        "locale": "zh",
    },
    {"sku": "lipstick", "title": "Rose lipstick", "category": "beauty/lipstick", "price": 19},
    {"sku": "tee", "title": "Blue striped cotton T-shirt", "category": "apparel/t-shirt", "price": 25},
    {"sku": "can", "title": "Green soda can", "category": "food/can", "price": 1.5},
    {"sku": "speaker", "title": "Black bluetooth speaker", "category": "electronics/speaker", "price": 59},
]
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    (folder / "c.jsonl").write_text("\n".join(map(json.dumps, CATALOGUE)), encoding="utf-8")
    with Studio.create(folder / "ws") as studio:
        assert studio.add_products(folder / "c.jsonl").added == len(CATALOGUE)
        made = studio.generate([item["sku"] for item in CATALOGUE], views="orbit4", size=128)
        assert made.failed == {}
        assert made.refused == {}
        yield studio


def test_every_plugin_and_component_loads():
    found = subprocess.run(
        [sys.executable, "-m", "prodgen_sdk", "plugins", "check", "--json"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["problems"] == []


def test_trainers_are_named_by_the_word_of_the_command_line(shop):
    specs = [entry.spec for entry in shop.host.registry if entry.spec.kind == "trainer"]
    assert {"lora", "vae", "sweep", "rank", "judge"} <= {spec.trains for spec in specs}
    for spec in specs:
        assert spec.id.partition("/")[2] == f"train-{spec.trains}"


def test_pictures_show_the_product_on_white_and_are_approved(shop):
    for variant in shop.variants():
        image = shop.image(variant)
        assert (image[:2] == 255).all(), f"{variant.sku} {variant.view.slug}: the border is not white"
        assert (image < 200).any(axis=2).mean() > 0.02, f"{variant.sku} {variant.view.slug}: nothing is to be seen"
        assert variant.review == "approved", (variant.sku, variant.screening.reasons, variant.quality)


def test_colour_and_material_come_from_the_words_in_both_languages(shop):
    def mean_colour(sku):
        variant = next(v for v in shop.variants(sku) if v.view.azimuth == 0)
        image = shop.image(variant).reshape(-1, 3).astype(int)
        return image[image.max(axis=1) - image.min(axis=1) > 60].mean(axis=0)

    red, blue = mean_colour("mug-red"), mean_colour("mug-blue")
    assert red[0] > red[2] + 60
    assert blue[2] > blue[0] + 60


def test_search_finds_products_across_languages(shop):
    assert shop.similar(text="blue mug", k=1)[0].sku == "mug-blue"
    assert shop.similar(text="红色杯子", k=1)[0].sku == "mug-red"
    assert shop.similar(sku="mug-red", k=1)[0].sku == "mug-blue"
    variant = next(shop.variants("speaker"))
    assert shop.similar(image=shop.image(variant), k=1)[0].sku == "speaker"


def test_recommendations_follow_taste_and_say_why(shop):
    shop.record([Event(id=f"t{n}", user="tea", type="view", sku="mug-red", at=NOW) for n in range(3)])
    shop.learn()
    found = shop.recommend("tea", 3, at=NOW + timedelta(minutes=1), filter=Filter(exclude_skus=("mug-red",)))
    assert found[0].sku == "mug-blue"
    assert any("mug" in reason.lower() for reason in found[0].reasons)
    for item in found:
        assert sum(item.contributions.values()) == pytest.approx(item.score, abs=1e-6)
        assert 0 < item.propensity <= 1
    assert shop.forget("tea").complete


def test_the_policy_learns_which_picture_is_clicked(shop):
    for n in range(60):
        at = NOW + timedelta(minutes=n)
        for item in shop.recommend(f"u{n}", 6, at=at, request_id=f"r{n}"):
            if shop.store.variants.get(item.variant).view.azimuth == 90:
                click = {
                    "user": f"u{n}",
                    "type": "click",
                    "sku": item.sku,
                    "variant": item.variant,
                    "request_id": f"r{n}",
                }
                shop.record([{**click, "id": f"c{n}{item.sku}", "at": at + timedelta(seconds=5)}])
        if n % 10 == 9:
            shop.learn(at=at + timedelta(hours=1))
    shop.learn(at=NOW + timedelta(days=1))
    chosen = shop.recommend("new", 6, at=NOW + timedelta(days=1), deterministic=True)
    assert [shop.store.variants.get(item.variant).view.azimuth for item in chosen] == [90] * 6


def test_dangerous_words_are_refused_in_both_languages(shop):
    for sku, title in (("bad-en", "Child porn"), ("bad-zh", "儿童色情")):
        shop.add_products([Product(sku=sku, title=title, category="home/mug")])
        made = shop.generate([sku], views="hero", size=128)
        assert list(made.refused) == [sku]


def test_the_command_line_makes_the_same_pictures(tmp_path):
    (tmp_path / "mug.json").write_text(json.dumps(CATALOGUE[0]))
    words = ["generate", "mug.json", "--views", "front,45:15:1", "--size", "128", "--seed", "3", "--out", "out"]
    command = [sys.executable, "-m", "prodgen_sdk", *words]
    found = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    with Studio() as studio:
        made = studio.generate(Product.model_validate(CATALOGUE[0]), views="front,45:15:1", size=128, seed=3)
    for picture in made.pictures:
        assert np.array_equal(images.load(tmp_path / f"out/mug-red/{picture.view.slug}.png"), picture.image)
