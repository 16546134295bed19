"""A made-up shop for measuring: products with 8 variants each, and users with a history, filled in bulk.

The vectors are made up, all else is real: rows, outbox and events lie in a workspace's database as if they had been published
and recorded one by one, and the configured index holds the vectors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from prodgen_sdk.context import Context
from prodgen_sdk.distances import unit
from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.interfaces import ImageEncoder, TextEncoder
from prodgen_sdk.pipeline.indexing import facets_of
from prodgen_sdk.specs import ImageEncoderSpec, TextEncoderSpec
from prodgen_sdk.store.documents import dump
from prodgen_sdk.store.schema import outbox, variants
from prodgen_sdk.types import VIEW_SETS, Event, Image, Product, Scene, Upsert, Variant

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from prodgen_sdk.studio import Studio

    Floats = NDArray[np.float32]

VARIANTS_A_PRODUCT = 8
CATEGORIES = 50
PRICES = 1000
_FAMILIES = 200
_CHUNK = 20_000


@dataclass(frozen=True)
class MadeUpShop:
    """`n` variants, 8 a product, in families of products that are alike.

    Product i costs i modulo 1000, so that a limit on the price picks a share of the catalogue, and is in the category
    `home/family-<i modulo 50>`.

    Args:
        words: float32 [products, dimension / 2] of length 1.
        pictures: float32 [n, dimension / 2] of length 1.
    """

    words: Floats
    pictures: Floats

    @classmethod
    def of(cls, n: int, dimension: int, seed: int = 0) -> MadeUpShop:
        """Variances fall as 1 / rank, as the spectrum of image and text embeddings does."""
        import numpy as np

        rng = np.random.default_rng(seed)
        products, half = -(-n // VARIANTS_A_PRODUCT), dimension // 2
        spread = np.sqrt(1 / np.arange(1, half + 1, dtype=np.float32))
        family = rng.integers(0, _FAMILIES, products)

        def parts() -> Floats:
            found = rng.standard_normal((_FAMILIES, half), np.float32)[family]
            own = rng.standard_normal((products, half), np.float32)
            shared: Floats = rng.standard_normal(half, np.float32)
            return (found + own + shared) * spread

        words, looks = unit(parts()), parts()
        pictures = np.empty((n, half), np.float32)
        for start in range(0, n, _CHUNK):
            end = min(n, start + _CHUNK)
            own = 0.6 * rng.standard_normal((end - start, half), np.float32) * spread
            pictures[start:end] = unit(looks[np.arange(start, end) // VARIANTS_A_PRODUCT] + own)
        return cls(words, pictures)

    @property
    def n(self) -> int:
        return len(self.pictures)

    @property
    def products(self) -> int:
        return len(self.words)

    def vectors(self, start: int, end: int, text_share: float) -> Floats:
        """What the index holds of the variants from `start` up to `end`, float32 [end - start, dimension] of length 1."""
        import numpy as np

        words = self.words[np.arange(start, end) // VARIANTS_A_PRODUCT]
        joined = [words * np.sqrt(text_share), self.pictures[start:end] * np.sqrt(1 - text_share)]
        return np.concatenate(joined, axis=1, dtype=np.float32)


def made_up_product(i: int, **changes: Any) -> Product:
    """Product i of a made-up shop, with some fields changed."""
    given = {
        "sku": f"p{i}",
        "title": f"Product {i}",
        "category": f"home/family-{i % CATEGORIES}",
        "price": Decimal(i % PRICES),
        "tags": (f"tag-{i % 20}",),
        "stock": 100,
    }
    return Product.model_validate({**given, **changes})


class ShopPlugin:
    """The encoders of a made-up shop: words by the number in a product's title, and images that are never looked at."""

    def __init__(self, shop: MadeUpShop) -> None:
        self._shop = shop

    @hookimpl
    def register_text_encoders(self, register: Register) -> None:
        spec = TextEncoderSpec(id="bench/words", summary="By number", dimension=self._shop.words.shape[1])
        register(spec, lambda config, ctx: _Words(self._shop))

    @hookimpl
    def register_image_encoders(self, register: Register) -> None:
        spec = ImageEncoderSpec(id="bench/pictures", summary="One for all", dimension=self._shop.pictures.shape[1])
        register(spec, lambda config, ctx: _Pictures(self._shop))


class _Words(TextEncoder):
    def __init__(self, shop: MadeUpShop) -> None:
        self._shop = shop

    def encode(self, texts: Sequence[str], ctx: Context) -> Floats:
        digits = ["".join(filter(str.isdigit, text.partition("\n")[0])) for text in texts]
        return self._shop.words[[int(number or 0) % self._shop.products for number in digits]]


class _Pictures(ImageEncoder):
    def __init__(self, shop: MadeUpShop) -> None:
        self._shop = shop

    def encode(self, images: Sequence[Image], ctx: Context) -> Floats:
        return self._shop.pictures[[0] * len(images)]


def fill(studio: Studio, shop: MadeUpShop, ctx: Context) -> None:
    """Products, approved variants, their outbox entries and image vectors (of the first 200,000); then the index."""
    store, embedder = studio.store, studio.recommender.embedder
    studio.sync()  # notes on the empty index which encoders it is of
    store.products.put(made_up_product(i) for i in range(shop.products))
    for start in range(0, shop.n, _CHUNK):
        ctx.check()
        ctx.progress(start, 2 * shop.n, "rows")
        rows = list(_rows(start, min(start + _CHUNK, shop.n)))
        with store.database.write("catalogue", durable=False) as connection:
            connection.execute(insert(variants), rows)
            changes = [{"variant": row["id"], "sku": row["sku"], "kind": "upsert"} for row in rows]
            connection.execute(insert(outbox), changes)
    store.embeddings.put_many(embedder.picture_key, {digest(i): shop.pictures[i] for i in range(min(shop.n, 200_000))})
    index = studio.host.get("index")
    for start in range(0, shop.n, _CHUNK * 5):
        ctx.check()
        ctx.progress(shop.n + start, 2 * shop.n, "index")
        end = min(start + _CHUNK * 5, shop.n)
        upserts = [
            Upsert(variant=f"v{i}", sku=f"p{i // VARIANTS_A_PRODUCT}", vector=vector, facets=facets)
            for i, vector, facets in zip(
                range(start, end),
                shop.vectors(start, end, studio.config.recommend.text_share),
                _facets(start, end),
                strict=True,
            )
        ]
        index.apply(upserts, 0)
    index.apply([], store.outbox.last_sequence())


def history(shop: MadeUpShop, user: str, number: int, now: datetime, seed: int) -> list[Event]:
    """What a user did in the last 40 days: views, and every fifth time a purchase, mostly in two families of products."""
    import numpy as np

    rng = np.random.default_rng(seed)
    liked = rng.integers(0, CATEGORIES, 2)
    events = []
    for i in range(number):
        product = int(rng.integers(0, shop.products))
        if i % 4 and shop.products > CATEGORIES:
            product = product // CATEGORIES * CATEGORIES + int(liked[i % 2])
        product %= shop.products
        events.append(
            Event(
                id=f"{user}-{i}",
                user=user,
                type="view" if i % 5 else "purchase",
                sku=f"p{product}",
                variant=f"v{min(product * VARIANTS_A_PRODUCT, shop.n - 1)}",
                at=now - timedelta(hours=float(rng.uniform(0, 1000))),
            )
        )
    return events


def digest(i: int) -> str:
    """The digest of variant i's image."""
    return hashlib.sha256(str(i).encode()).hexdigest()


def _facets(start: int, end: int) -> Iterator[Any]:
    of: dict[int, Any] = {}
    for i in range(start, end):
        product = i // VARIANTS_A_PRODUCT
        if product not in of:
            of = {product: facets_of(made_up_product(product))}
        yield of[product]


def _rows(start: int, end: int) -> Iterator[Mapping[str, Any]]:
    templates = [dump(_variant(i)) for i in range(VARIANTS_A_PRODUCT)]
    for i in range(start, end):
        id, sku, sha = f"v{i}", f"p{i // VARIANTS_A_PRODUCT}", digest(i)
        document = templates[i % VARIANTS_A_PRODUCT].replace("VARIANT", id).replace("SKU", sku).replace("0" * 64, sha)
        yield {"id": id, "sku": sku, "review": "approved", "digest": sha, "document": document}


def _variant(side: int) -> Variant:
    provenance = {
        "generator": "bench/none",
        "distribution": "",
        "version": "1",
        "request_digest": "",
        "size": 512,
        "device": "cpu",
        "dtype": "float32",
        "seconds": 0.0,
        "created_at": datetime(2026, 1, 1),
    }
    return Variant.model_validate(
        {
            "id": "VARIANT",
            "sku": "SKU",
            "view": VIEW_SETS["orbit8"][side],
            "scene": Scene(),
            "image": {"digest": "0" * 64, "width": 512, "height": 512, "mode": "RGB"},
            "generator": "bench/none",
            "seed": 0,
            "quality": {"sharpness": 0.5 + side / 20},
            "screening": {"outcome": "pass"},
            "review": "approved",
            "provenance": provenance,
        }
    )
