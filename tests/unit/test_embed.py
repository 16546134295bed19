"""What is embedded when, and how words and images meet in one vector."""

import numpy as np
import pytest
from pydantic import BaseModel

from prodgen_sdk import Product, Studio, plugin
from prodgen_sdk.config import Config
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.interfaces import ImageEncoder
from prodgen_sdk.specs import ImageEncoderSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.pictures import GridImageEncoder

RED, BLUE = (200, 30, 30), (30, 30, 200)


class CountingEncoder(GridImageEncoder):
    """The fake encoder; counts images, and its weights and options can be changed."""

    seen: list[int] = []  # noqa: RUF012 - shared by all that the host makes
    digest = "first"
    depends_on = None

    def encode(self, images, ctx):
        self.seen.append(len(images))
        return super().encode(images, ctx)


class TwoTowers(ImageEncoder):
    """Mean colour; reads the words red and blue as the colours that they name."""

    reads_text = True

    def __init__(self, config, ctx):
        pass

    def encode(self, images, ctx):
        return np.stack([self._unit(image[..., :3].reshape(-1, 3).min(axis=0)) for image in images])

    def encode_texts(self, texts, ctx):
        return np.stack([self._unit(RED if "red" in text else BLUE) for text in texts])

    def _unit(self, colour):
        return (np.asarray(colour, np.float32) + 1) / np.linalg.norm(np.asarray(colour, np.float32) + 1)


class Options(BaseModel):
    n: int = 0


def config_model():
    return Options


def open_shop(folder, encoder, **more):
    spec = ImageEncoderSpec(id="test/pictures", summary="For a test.", dimension=None)
    config = Config.model_validate(
        {
            "runtime": {"device": "cpu"},
            "defaults": {"image_encoder": "test/pictures"},
            "recommend": {"text_share": 0.3},
            **more,
        }
    )
    mine = plugin_of(spec, encoder)
    mine.config_model = hookimpl(config_model)
    host = fake_host(plugin, mine, config=config)
    make = Studio.open if (folder / "prodgen.toml").exists() else Studio.create
    return make(folder, host=host, config=config)


def stock(studio):
    studio.add_products([Product(sku=f"mug-{n}", title=f"Mug {n}", category="home/mug") for n in range(3)])
    studio.generate([f"mug-{n}" for n in range(3)], views="front", size=32)


@pytest.fixture
def counting(monkeypatch):
    for name, value in (("seen", []), ("digest", "first"), ("depends_on", None)):
        monkeypatch.setattr(CountingEncoder, name, value)
    return CountingEncoder


def embedded(counting):
    """How many images were embedded since the last call, the probe of the dimension not counted."""
    total = sum(number for number in counting.seen if number > 1)
    counting.seen.clear()
    return total


def test_no_picture_is_embedded_twice(tmp_path, counting):
    with open_shop(tmp_path / "shop", counting) as studio:
        stock(studio)
        studio.similar(text="mug")
        assert embedded(counting) == 3
        studio.similar(text="mug")
        studio.recommender.rebuild()
        assert embedded(counting) == 0
    with open_shop(tmp_path / "shop", counting) as again:
        again.similar(text="mug")
        again.recommender.rebuild()
        assert embedded(counting) == 0


@pytest.mark.parametrize("changed", [{"digest": "second"}, {"depends_on": {"pooling": "mean"}}])
def test_other_weights_or_options_embed_anew(tmp_path, counting, monkeypatch, changed):
    with open_shop(tmp_path / "shop", counting) as studio:
        stock(studio)
        studio.similar(text="mug")
        assert embedded(counting) == 3
    for name, value in changed.items():
        monkeypatch.setattr(counting, name, value)
    with open_shop(tmp_path / "shop", counting) as studio:
        assert len(studio.similar(text="mug")) == 3
        assert embedded(counting) == 3


def test_what_an_encoder_does_not_depend_on_embeds_nothing(tmp_path, counting, monkeypatch):
    """The section of a plugin counts as a whole, unless the encoder says on what part of it it depends."""
    section = "plugin of test/pictures"
    first, second = {"plugins": {section: {"n": 1}}}, {"plugins": {section: {"n": 2}}}
    with open_shop(tmp_path / "shop", counting, **first) as studio:
        stock(studio)
        studio.similar(text="mug")
        embedded(counting)
    with open_shop(tmp_path / "shop", counting, **second) as studio:
        studio.similar(text="mug")
        assert embedded(counting) == 0
    monkeypatch.delattr(counting, "depends_on")
    with open_shop(tmp_path / "shop", counting, **second) as studio:
        studio.similar(text="mug")
        assert embedded(counting) == 3


def test_words_find_pictures_where_the_encoder_reads_them(tmp_path):
    with open_shop(tmp_path / "shop", TwoTowers) as studio:
        stock(studio)
        embedder = studio.recommender.embedder
        red, blue = embedder.queries(["something red", "something blue"])
        text, picture = embedder.sizes
        assert np.allclose(np.linalg.norm([red, blue], axis=1), 1, atol=1e-6)
        for query, colour in ((red, RED), (blue, BLUE)):
            seen = embedder.pictures([np.full((8, 8, 3), colour, np.uint8)])[0]
            assert np.allclose(query[text:], seen * np.sqrt(0.7), atol=1e-6)
        assert np.allclose(red[:text], embedder.texts(["something red"])[0] * np.sqrt(0.3), atol=1e-6)
        assert embedder.queries([]).shape == (0, text + picture)
        found = studio.similar(text="red")
        colours = {
            v.id: studio.image(v).reshape(-1, 3).min(axis=0)
            for sku in ("mug-0", "mug-1", "mug-2")
            for v in studio.variants(sku)
        }
        texts = embedder.texts([studio.product(item.sku).words() for item in found])
        for item, words in zip(found, texts, strict=True):
            seen = embedder.pictures([np.full((8, 8, 3), colours[item.variant], np.uint8)])[0]
            expected = (
                0.3 * words @ embedder.texts(["red"])[0]
                + 0.7 * seen @ embedder.pictures([np.full((8, 8, 3), RED, np.uint8)])[0]
            )
            assert item.score == pytest.approx(float(expected), abs=1e-3)


def test_words_leave_the_picture_part_alone_where_the_encoder_reads_none(tmp_path, counting):
    with open_shop(tmp_path / "shop", counting) as studio:
        embedder = studio.recommender.embedder
        query = embedder.queries(["red"])[0]
        assert not query[embedder.sizes[0] :].any()
        assert np.allclose(query[: embedder.sizes[0]], embedder.texts(["red"])[0], atol=1e-6)
