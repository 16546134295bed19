"""Which of the kinds that a text names is the product's own: its head noun."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from prodgen_text.reading.attributes import Found
from prodgen_text.reading.candidates import Candidate, Source, candidates
from prodgen_text.reading.clauses import segments
from prodgen_text.reading.lexicon import Hit
from prodgen_text.reading.normalise import Normalised, has_cjk, load_table

_CANDLE, _JAR, _PHONE_CASE = "home/candle", "home/jar", "electronics/phone-case"
_CASE_FOR_A_PHONE = re.compile(
    r"\b(?:cases?|covers?) (?:for|compatible with|fits)\b[^,;|]{0,40}?\b(?:iphone|galaxy|pixel|redmi|oneplus|phone)"
)
_NEXT_THING = re.compile(r"\b(?:with|w/|for|and)\b|[+&]|(?<=[\u4e00-\u9fff])\s")
_DRINKS = {"bottle": "food/bottle/drink", "can": "food/can/drink"}


def category_of(texts: Sequence[tuple[Source, Normalised]], hits: Mapping[Source, list[Hit]]) -> Found | None:
    """The head noun: the last kind named in the first part of the title that names one, before any "for" or "with"."""
    for source, text in texts:
        named = candidates(text.text, source, hits[source], "category")
        kinds = [pair for item in named if (pair := _itself(text.text, item)) is not None]
        main = [pair for pair in kinds if pair[0].role == "main"]
        if kinds:
            chosen, value = _subject(main or kinds, is_title=source == "title" and bool(main))
            return Found(
                name="category",
                value=_as_packed(text.text, value),
                source=source,
                span=text.span(chosen.hit.start, chosen.hit.end),
                confidence=chosen.confidence if main else min(chosen.confidence, 0.4),
            )
        if case := _CASE_FOR_A_PHONE.search(text.text):
            return Found(
                name="category", value=_PHONE_CASE, source=source, span=text.span(*case.span()), confidence=0.6
            )
    return None


def _subject(kinds: Sequence[tuple[Candidate, str]], *, is_title: bool) -> tuple[Candidate, str]:
    """What a text is about, of the kinds that it names, in their order.

    A description runs on, so that its first kind is the subject. In a title the head noun comes last; a Chinese one goes on
    with synonyms, so that there the first head counts.
    """
    first = min(item.segment for item, _ in kinds)
    found = [pair for pair in kinds if pair[0].segment == first]
    last = is_title and not has_cjk(found[0][0].hit.surface)
    if last and found[-1][0].hit.term("colour") and len(found) > 1:
        found = found[:-1]  # "beanie oatmeal": the colour of the variant
    chosen, value = found[-1] if last else _head(found)
    if value == _JAR:  # "candle large jar", "night cream 50 ml glass jar"
        held = (other for _, other in found if other == _CANDLE or other.startswith("beauty/"))
        value = next(held, value)
    return chosen, value


def _head(found: Sequence[tuple[Candidate, str]]) -> tuple[Candidate, str]:
    """The first kind, or where others follow without a gap the last of these: phone + stand is a stand."""
    head = found[0]
    for pair in found[1:]:
        if pair[0].hit.start != head[0].hit.end:
            break
        head = pair
    return head


def _itself(text: str, item: Candidate) -> tuple[Candidate, str] | None:
    """A reading with the kind that it makes the product: a "phone case" is no phone, and a "tablet sleeve" nothing that is known."""
    value = item.term.value
    accessories = load_table("decoys")["accessories"]
    if value not in accessories["of"]:
        return item, value
    end = next(end for start, end in segments(text) if start <= item.hit.start < end)
    after = _NEXT_THING.split(text[item.hit.end - 1 : end], maxsplit=1)[0][1:]
    if value == "electronics/phone" and _any_of("case").search(after):
        return item, _PHONE_CASE
    return None if _any_of("case").search(after) or _any_of("other").search(after) else (item, value)


def _as_packed(text: str, value: str) -> str:
    """A drink in what the words say that it comes in: sparkling water in cans, cola in bottles."""
    if value in _DRINKS.values():
        for container, packed in reversed(_DRINKS.items()):
            if _any_of(container, "containers").search(text):
                return packed
    return value


@cache
def _any_of(name: str, table: str = "accessories") -> re.Pattern[str]:
    words = load_table("decoys")[table][name]
    latin = "|".join(re.escape(word) for word in words if not has_cjk(word))
    chinese = "|".join(re.escape(word) for word in words if has_cjk(word))
    return re.compile(rf"(?<![a-z])(?:{latin})(?:s|es)?(?![a-z])|{chinese}")
