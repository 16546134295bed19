"""Readings of the words found in a text: what each may mean, what it is about, and how much speaks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from prodgen_text.reading.clauses import (
    Role,
    describes_package,
    labelled,
    names_care_goods,
    negated,
    part_after,
    role,
    segments,
    touches,
)
from prodgen_text.reading.lexicon import Hit, Kind, Term, find, printed_grounds
from prodgen_text.reading.normalise import has_cjk

Source = Literal["title", "description"]
CERTAINTY: dict[tuple[Source, Role], float] = {
    ("title", "main"): 0.9, ("title", "part"): 0.45, ("title", "target"): 0.3,
    ("description", "main"): 0.65, ("description", "part"): 0.3, ("description", "target"): 0.2,
}  # fmt: skip
_TINTED_BEAUTY = ("lipstick", "nail-polish", "palette", "mascara")
_WOVEN_OR_PRINTED = ("striped", "dotted", "checked", "geometric")
"""Patterns whose words name no taste and no scent."""
_PRINTED_THINGS = frozenset(
    ("lemon", "cherry", "peach", "plum", "strawberry", "raspberry", "banana", "lime", "柠檬", "樱桃", "草莓", "桃子")
)
_A_PRINT = re.compile(r"\s+(?:prints?|printed|patterns?|motifs?)\b|印花|图案")
_CONTAINED = re.compile(
    r"\bin an? (?:\S+ ){0,2}$|\bin (?:\S+ ){1,2}$|\d\s?(?:g|kg|ml|cl|l|oz|lb) $"  # "in a gold tin", "400 g tin"
)


@dataclass(frozen=True)
class Candidate:
    """One reading of a hit, with what speaks for it."""

    hit: Hit
    term: Term
    role: Role
    segment: int
    confidence: float


def meaningful(text: str) -> list[Hit]:
    """Hits that are no decoys; one Chinese character alone counts only beside another hit, or where it names a ground (白底)."""
    grounds = printed_grounds(text)
    plain = [hit for hit in find(text) if not any(term.kind == "decoy" for term in hit.terms)]
    plain = [hit for hit in plain if not any(hit.start < end and start < hit.end for start, end, _ in grounds)]

    def stands(hit: Hit) -> bool:
        if hit.end - hit.start > 1 or not has_cjk(hit.surface):
            return True
        modified = text[hit.start - 1 : hit.start] in tuple("浅深淡暗纯") or text[hit.end : hit.end + 1] in ("色", "底")
        at_end = hit.term("category") is not None and (hit.end == len(text) or not has_cjk(text[hit.end]))
        return modified or at_end or touches(hit, plain)

    found = [*filter(stands, plain), *(hit for _, _, named in grounds for hit in named)]
    return sorted(found, key=lambda hit: hit.start)


def candidates(
    text: str, source: Source, hits: Sequence[Hit], kind: Kind, head: str | None = None
) -> Iterator[Candidate]:
    """All readings as one kind of word; `head` is the kind of product, whose own name is never a part of it."""
    ranges = segments(text)
    labels = labelled(text)
    for hit in hits:
        term = hit.term(kind)
        number = next((index for index, (start, end) in enumerate(ranges) if start <= hit.start < end), None)
        if term is None or number is None or negated(text, ranges[number], hit):
            continue
        if kind != "colour" and re.match("色|味|口味|香型|款", text[hit.end :]):
            continue  # 胡桃木色 is a colour and 白茶味 a scent
        if kind == "colour" and hit.surface in _PRINTED_THINGS and _A_PRINT.match(text[hit.end :]):
            continue  # a print of lemons is on any ground
        about = _role(text, ranges[number], hit, kind, hits, head)
        label = labels.get(kind)
        stated = label is not None and label[0] <= hit.start < label[1]
        yield Candidate(hit, term, "main" if stated else about, number, 0.98 if stated else CERTAINTY[source, about])


def _role(text: str, segment: tuple[int, int], hit: Hit, kind: Kind, hits: Sequence[Hit], head: str | None) -> Role:
    """The role of a hit's clause, but for what only one kind of word does."""
    about = role(text, segment, hit.start)
    if kind == "pattern" and about == "part":
        return "main"  # "with floral print"
    if kind == "colour" and about == "target" and not text[hit.end : segment[1]].strip():
        return "main"  # "case for Samsung S24 white": a title ends with the variant
    if about == "main" and kind == "category" and _CONTAINED.search(text[: hit.start]):
        return "part"
    if about == "main" and kind in ("colour", "material") and (place := part_after(text, hit)) is not None:
        named = [term for other in hits if other.start == place and (term := other.term("category"))]
        return "main" if any(term.value == head for term in named) else "part"  # a green cap is a cap
    return about


def gated(text: str, item: Candidate, category: str | None) -> Candidate:
    """The candidate with less confidence where the kind of product gives its word another meaning."""
    if item.confidence > 0.95:
        return item
    confidence = item.confidence * _plausibility(text, item, category)
    return Candidate(item.hit, item.term, item.role, item.segment, confidence)


def _plausibility(text: str, item: Candidate, category: str | None) -> float:
    """By how much the kind of product lowers what a word says of it, 0 to 1."""
    domain, _, rest = (category or "").partition("/")
    if item.term.kind == "material" and names_care_goods(text, item.hit):
        return 0.2
    if domain in ("food", "beauty"):
        share = _among_tastes_and_scents(text, item, domain, family=rest.split("/")[0])
        if share is not None:
            return share
    if not item.term.ambiguous:
        return 1.0
    if category is None:
        return 0.2 if item.hit.term("category") is not None else 0.5
    return 0.85


def _among_tastes_and_scents(text: str, item: Candidate, domain: str, family: str) -> float | None:
    """The same of food and beauty, whose words name what is in the package; None where the word is read as elsewhere."""
    kind, ambiguous = item.term.kind, item.term.ambiguous
    if item.term.value in _WOVEN_OR_PRINTED:
        return 1.0
    if domain == "food" or (kind == "material" and family != "brush"):
        # A chocolate box holds chocolate.
        certain = not ambiguous or _CONTAINED.search(text[: item.hit.start]) is not None
        return 1.0 if certain and describes_package(text, item.hit) else 0.3
    if kind == "colour" and family not in _TINTED_BEAUTY:
        # Colours are flowers and fruit there: "pink grapefruit".
        return 1.0 if describes_package(text, item.hit) else 0.3 if ambiguous else 0.5
    return None
