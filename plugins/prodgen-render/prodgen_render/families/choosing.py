"""Which family a product's words name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from prodgen_render.families.catalogue import FAMILIES, Family
from prodgen_render.families.packing import PACKED_IN, WARES, packed
from prodgen_render.words.reading import attribute, mentions
from prodgen_render.words.vocabulary import PACKAGES
from prodgen_sdk.types import Product

_CLAUSE_END = re.compile(r"[,，;；|()（）【】\[\]]|\s[-–—]\s")
_BESIDES = re.compile(r"(?<=\S)\s(?:with|for|in|fits|compatible with)\s|(?<=[^\s|])(?:适用|适配|兼容|专为)")
"""After this a clause says what its product has or is for: a laptop with a keyboard is a laptop. Nothing is beside what begins so."""
_OF_IT = re.compile(
    "口?味|[色刷盖垫贴锁弦膜]|套(?![装组件])|包(?![装邮边])|背景|支?架(?!构)|[专可通适]用|夹(?!克)|(?:图案|印花|花纹|造型|刺绣|款|型|形)(?!号)|挂钩|配件|清洁|消毒|钻头|地钉"
)
"""After a Chinese name: a taste, a print, a shape or an accessory of the thing, and not the thing: 苹果味, 香蕉造型, 杯垫, 微波炉专用."""
_MADE_OF_IT = re.compile("[汁醋酱干脆茶酒糖糕派粉籽香]|蛋糕|面包|沙拉")
"""After the name of a fruit: what is made of it."""
_FOR_IT = re.compile(
    r"[ -](?:charcoal |carrying |travel )?(?:holder|rack|organi[sz]er|tray|cleaner|brush|opener|grinder|frother|rod|dish|hanger|hook|filter|refill|protector|sharpener|warmer|maker|machine|infuser|strainer|cartridge|paper|ink|toner|knife|board|bags|gun|extractor|polish|cooker|carrier|stand|mount|bracket|bit|peg|sterili[sz]er|tripod|magnet|strap|charger|sleeve|pad|mat|case|pouch|game|tablet|bbq|barbecue|grill|(?:rain )?cover|lock|string|pick|lace|tree|deodori[sz]er|lens|ear pad|propeller|remover|stone|snuffer|ring|gripper|clothe|food|hose|inner pot|block|cake|cloth)s?\b"
)
"""After an English name: what is for the thing."""
_UNKNOWN = re.compile(r"\bhair ties?\b|\bvr headsets?\b|\bgel insoles?\b|\b(?:silk|satin) sleep masks?\b")
"""Names of things without a family, of which a word is that of another thing."""
_NO_NOUNS = PACKAGES | {"短袖"}
"""Names of products that follow another's to describe it: 睡衣短袖, perfume bottle."""
_CJK = re.compile(r"[\u3400-\u9fff]")


class Named(NamedTuple):
    """A family and where a text names it; `near` where the word is of something that only comes nearest to its shape, `weak` where any other word counts more."""

    start: int
    word: str
    family: Family
    near: bool
    weak: bool

    @property
    def warning(self) -> str:
        return (
            f"there is no model of a {self.word!r}: drawn as the nearest shape, {self.family.name}" if self.near else ""
        )


def family_of(product: Product) -> tuple[Family, str]:
    """The family of a product, and why it is a fallback (an empty text where it is none).

    The product's own domain comes first: its category's segments, then a `type` attribute, then title and tags. A segment that
    names a family of another domain counts where none of its own does (`home/bottle`), and other words of other domains last.
    Of a product that no word fits the box is drawn that it comes in: no picture of it, but no false one either.
    """
    everything = [f for f in FAMILIES.values() if product.domain == f.domain or not f.weak]
    own = everything if product.domain == "other" else [f for f in everything if product.domain in (f.domain, *f.also)]
    segments = [segment.lower() for segment in reversed(product.category.split("/")[1:])]
    title = " | ".join([product.title, *(text.title for text in product.translations.values()), *product.tags]).lower()
    title = _UNKNOWN.sub(" ", title)
    found = (
        _by_name(segments, own)
        or _first([f"{segment} | {segment.replace('-', ' ')}" for segment in segments], product.domain, own)
        or _by_name(segments, everything)
        or _chosen(attribute(product, "type", "类型", "kind"), product.domain, own)
        or _chosen(title, product.domain, own)
        or next(((f, "") for f in own if not {*f.shelves}.isdisjoint(segments)), None)
    )
    if found is None:
        return _elsewhere(product, title, everything)
    in_title = _chosen(title, product.domain, own)
    if in_title is not None and _says_more(*in_title, found[0], title, segments):
        return in_title
    packing = packed(product.domain, found[0].name, title)
    return found if packing == found[0].name else (FAMILIES[packing], "")


def _elsewhere(product: Product, title: str, families: list[Family]) -> tuple[Family, str]:
    """The family that words name in another domain than the product's, or else the box."""
    for text in (title, product.description.lower()):
        if (other := _chosen(text, "", families)) is not None:
            return other[0], other[1] or f"no model of {product.category!r} fits the words: drawn as a {other[0].name}"
    warning = (
        f"no model of {product.category!r}: drawn as the box that it comes in (prodgen render families: what there is)"
    )
    return FAMILIES["box"], warning


def _chosen(text: str, domain: str, families: list[Family]) -> tuple[Family, str] | None:
    """The family that the first clause names which names one, in what the whole text says that it comes in."""
    family, warning = _first(list(_heads(text)), domain, families) or (None, "")
    name = packed(family.domain if family else domain, family.name if family else "", text)
    return (FAMILIES[name], warning if family and name == family.name else "") if name else None


def _heads(text: str) -> Iterator[str]:
    """The clauses of a text, without what they say that their product has or is for."""
    for clause in _CLAUSE_END.split(text):
        if clause.strip():
            yield _BESIDES.split(f"{clause.strip()} ", maxsplit=1)[0]


def _says_more(family: Family, warning: str, categorys: Family, title: str, segments: list[str]) -> bool:
    """Whether a title that names a family says more than a category that names one: Beanie than hat, baked beans than beans."""
    finer = (word for word in (*family.words, *family.near) if word.endswith(tuple(f" {name}" for name in segments)))
    another_package = family is not categorys and {family.name, categorys.name} <= PACKAGES
    packed_so = another_package and any(segment.startswith(categorys.name) for segment in segments)
    if (packed_so or categorys.name not in (family.name, *family.kind_of)) and all(
        mentions(title, word) < 0 for word in finer
    ):
        return False
    for word in family.near if warning else ():
        title = title.replace(word, " ")  # 床垫 does not say 床
    return not (warning and any(mentions(title, word) >= 0 for word in family.words))


def _by_name(segments: list[str], families: list[Family]) -> tuple[Family, str] | None:
    for segment in segments:
        for family in families:
            name = family.name.replace("-", "")
            if segment.replace("-", "") in (name, name + "s", name + "es"):
                return family, ""
    return None


def _first(texts: list[str], domain: str, families: list[Family]) -> tuple[Family, str] | None:
    best = next((found for text in texts if (found := _best(text, domain, families)) is not None), None)
    return best and (best.family, best.warning)


def _best(text: str, domain: str, families: list[Family]) -> Named | None:
    """What a clause names with its longest word; of equal ones the last, where English puts the noun, or the first in Chinese,
    where synonyms follow it.
    """
    found = [named for named in _named_in(text, domain, families) if not _describes(text, named, families)]

    def order(named: Named) -> tuple[int, int]:
        return len(named.word), -named.start if _CJK.search(named.word) else named.start

    strong = [named for named in found if not named.weak]
    telling = [named for named in strong if named.family.domain not in WARES or named.word not in PACKED_IN]
    held = [named for named in found if named.word in named.family.contents]
    return max(telling or held or strong or found, key=order, default=None)


def _named_in(text: str, domain: str, families: list[Family]) -> Iterator[Named]:
    for family in families:
        contents = family.contents if family.domain == domain else ()
        for word in (*family.words, *family.near, *contents):
            if not domain and len(word) == 1:
                continue  # 盘 and 刀 stand in too many other things
            start = _place(text, word, family.words)
            if start >= 0 and not (family.weak and _MADE_OF_IT.match(text, start + len(word))):
                yield Named(start, word, family, word in family.near, family.weak or word in contents)


def _place(text: str, word: str, synonyms: Sequence[str] = ()) -> int:
    """Where a word stands and means the thing itself, or -1; an English one may have its plural's ending.

    Args:
        synonyms: words that may follow it and mean the same thing, as in "water bottle".
    """
    if _CJK.search(word):
        start = text.find(word)
        return -1 if start >= 0 and _OF_IT.match(text, start + len(word)) else start
    found = _whole(word).search(text)
    if found is None:
        return -1
    ends = (found.end(), *(found.end() + 1 + len(more) for more in synonyms if text.startswith(more, found.end() + 1)))
    return -1 if any(_FOR_IT.match(text, end) for end in ends) else found.start()


@cache
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])")


def _describes(text: str, named: Named, families: list[Family]) -> bool:
    """Whether what is named stands right before the name of another family, and so describes that: a table lamp, 书桌灯."""
    end = named.start + len(named.word)
    start = end + (text[end : end + 1] in (" ", "-") and not _CJK.search(named.word))
    names = (word for other in families if other is not named.family for word in other.words if word not in _NO_NOUNS)
    return any(text.startswith(word, start) and _place(text[start:], word) == 0 for word in names)
