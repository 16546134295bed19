"""The shop's visitors: what each likes, what they did on the first day, and how they answer what they are shown.

All of it is made up and fixed, so that two runs tell the same story.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from prodgen_sdk.types import DOMAINS, Event, EventType, Locale, Product, Recommendation, View

OPENING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CURIOSITY = 0.04
"""How often anybody looks at a product that is not to their taste."""


@dataclass(frozen=True)
class Persona:
    """A visitor.

    Args:
        taste: a category (or the beginning of one) or a tag, to how likely the persona is to click on such a product.
        actions: what they did on the first day: a type, and the words of a search or a sku.
    """

    user: str
    about: str
    locale: Locale
    taste: Mapping[str, float] = field(default_factory=dict)
    actions: tuple[tuple[EventType, str], ...] = ()

    def interest(self, product: Product) -> float:
        """How likely the persona is to click on a product shown by its best image."""
        own = [share for name, share in self.taste.items() if name in product.tags or product.category.startswith(name)]
        return max(own, default=CURIOSITY)


PERSONAS = (
    Persona(
        "mei",
        "Furnishes a small flat; searches in Chinese; likes pottery, tea and soft light.",
        "zh",
        {"home/mug": 0.7, "tea": 0.6, "home/lamp": 0.55, "home/cushion": 0.45, "home": 0.3},
        (
            ("search", "陶瓷马克杯"), ("view", "mug-celadon"), ("add_to_cart", "mug-celadon"), ("search", "黄铜台灯"),
            ("view", "lamp-table-brass"), ("add_to_cart", "lamp-table-brass"), ("view", "tea-jasmine"),
        ),
    ),
    Persona(
        "jonas",
        "Listens to music all day and wants his desk tidy and black.",
        "en",
        {"audio": 0.7, "electronics": 0.4, "office": 0.35},
        (
            ("search", "wireless headphones black"), ("view", "headphones-black"), ("purchase", "headphones-black"),
            ("search", "bookshelf speaker"), ("view", "speaker-charcoal"), ("add_to_cart", "speaker-charcoal"),
        ),
    ),
    Persona(
        "amara",
        "Buys make-up and skin care; gives presents.",
        "en",
        {"beauty": 0.6, "gift": 0.4},
        (
            ("search", "red lipstick"), ("view", "lipstick-red"), ("purchase", "lipstick-red"), ("search", "vitamin c"),
            ("view", "serum-vitamin-c"), ("add_to_cart", "serum-vitamin-c"), ("view", "perfume-fig"),
        ),
    ),
    Persona(
        "leo",
        "Denim and street wear; searches in both languages; cannot bear stripes.",
        "en",
        {"denim": 0.7, "street": 0.6, "apparel": 0.3},
        (
            ("search", "牛仔外套"), ("view", "jacket-denim-light"), ("add_to_cart", "jacket-denim-light"),
            ("search", "black jeans"), ("view", "jeans-black-chain"), ("hide", "tee-stripe-navy"),
        ),
    ),
    Persona(
        "tom",
        "Keeps a full pantry; breakfast is his favourite meal.",
        "en",
        {"breakfast": 0.65, "pantry": 0.5, "food": 0.35},
        (
            ("search", "jam"), ("view", "jam-strawberry"), ("purchase", "oat-drink"), ("view", "honey-acacia"),
            ("add_to_cart", "can-cola"),
        ),
    ),
)  # fmt: skip
STRANGER = Persona("stranger", "Has never been here; all that is known is what others like.", "en")
PASSER_BY = Persona(
    "passer-by",
    "Everybody else. Likes all products alike, so that only the image makes the click.",
    "en",
    dict.fromkeys(DOMAINS[:-1], 0.35),
)
VISITOR = Persona(
    "visitor",
    "Tried a shirt on, looked at a few things, and asked to be forgotten.",
    "en",
    {"apparel": 0.5},
    (("search", "blue shirt"), ("view", "shirt-oxford-blue"), ("add_to_cart", "shirt-oxford-blue")),
)


def first_day(persona: Persona, skus: frozenset[str]) -> list[Event]:
    """What a persona did on the first day, with products that are not in the shop left out."""
    events = []
    for place, (kind, what) in enumerate(persona.actions):
        at = OPENING + timedelta(minutes=7 * place)
        id = f"demo-{persona.user}-{place}"
        if kind == "search":
            events.append(Event(id=id, user=persona.user, type=kind, query=what, at=at))
        elif what in skus:
            events.append(Event(id=id, user=persona.user, type=kind, sku=what, at=at))
    return events


def answers(
    persona: Persona,
    shown: Sequence[Recommendation],
    products: Mapping[str, Product],
    views: Mapping[str, View],
    at: datetime,
) -> Iterator[Event]:
    """How a persona answers what they are shown: a click is likelier on products they like, and on telling images."""
    for item in shown:
        key = f"{item.request_id}-{item.position}"
        if _chance(key, "click") < persona.interest(products[item.sku]) * appeal(views.get(item.variant)):
            kinds: list[EventType] = ["click"]
            kinds += ["add_to_cart"] if _chance(key, "cart") < 0.25 else []
            for step, kind in enumerate(kinds, 1):
                yield Event(
                    id=f"{key}-{kind}",
                    user=persona.user,
                    type=kind,
                    sku=item.sku,
                    variant=item.variant,
                    request_id=item.request_id,
                    at=at + timedelta(minutes=step),
                )


def clicks_at_random(products: Mapping[str, Product], views: Mapping[str, Sequence[View]]) -> float:
    """How many of the products shown our personas would click on, if products and images were drawn at random.

    Args:
        views: the images of each product that may be shown.
    """
    rates = [
        persona.interest(products[sku]) * sum(map(appeal, seen)) / len(seen)
        for persona in PERSONAS
        for sku, seen in views.items()
    ]
    return sum(rates) / max(len(rates), 1)


def appeal(view: View | None) -> float:
    """How telling our made-up shoppers find an image, 0 to 1: a three-quarter view most, the back least."""
    if view is None:
        return 0.5
    turned = min(view.azimuth, 360 - view.azimuth)
    return 0.55 if turned < 30 else 1.0 if turned < 60 else 0.35 if turned < 120 else 0.1


def _chance(key: str, what: str) -> float:
    """A number in [0, 1) that depends on the key alone."""
    return int.from_bytes(hashlib.sha256(f"{key}/{what}".encode()).digest()[:8], "big") / 2**64
