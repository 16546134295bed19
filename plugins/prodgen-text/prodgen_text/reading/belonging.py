"""Whose a colour is: the product's own, or its pattern's.

"White shirt with red stripes" is white, "mug with red dots" is of no colour that we know, and "red striped shirt" is red: an
adjective leaves the colour to the product, a noun takes it, unless the noun only describes the next one ("red stripes shirt").
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from prodgen_text.reading.candidates import CERTAINTY, Candidate, Source
from prodgen_text.reading.lexicon import Hit
from prodgen_text.reading.normalise import has_cjk

Owner = Literal["product", "either", "pattern"]
_WORDS_BETWEEN = r"(?:small|large|big|tiny|bold|fine|thin|thick|wide|narrow|little|diagonal|vertical|horizontal|logo|heart|star|slogan|cartoon|letter)"
_OF = re.compile(rf"[\s-]*(?:色|的)*(?:{_WORDS_BETWEEN}\s+)*(?:小|大|细|粗|宽)?")
_PRINTED_OF = re.compile(rf"(?:\s+(?:{_WORDS_BETWEEN}|[a-z]+))?\s+(?:print|prints|pattern|motif|design)\b")
_ON = re.compile(r"\s+on\s+(?:an? )?(?:light |dark |pale )?$")
_JOINED = re.compile(r"\s*(?:and|&|/|\+|x|和|与|拼|配|色|-and-|-)?\s*(?:light |dark |pale |浅|深)?")


def own_and_accent(
    text: str, source: Source, colours: Sequence[Candidate], hits: Sequence[Hit]
) -> tuple[Candidate | None, Candidate | None]:
    """The product's own colour, and a second one that is joined to it ("red and white") or its pattern's; either may be unknown.

    Args:
        colours: readings as colours, in order of place; `hits` all that was found in the text.
    """
    owners = list(zip(colours, _owners(text, colours, hits), strict=True))
    owned, shared, printed = (
        [item for item, owner in owners if owner == whose] for whose in ("product", "either", "pattern")
    )
    printed = [_as_sure_as_main(item, source) for item in printed]
    own = _own(text, owned, shared, printed)
    if own is None:
        if len(printed) > 1 and _joined(text, printed[0], printed[1]):
            return printed[0], printed[1]
        return None, printed[0] if printed else None
    others = sorted([*owned, *shared, *printed], key=lambda item: item.hit.start)
    for item in others:
        if item.term.value != own.term.value and (item not in owned or _joined(text, own, item)):
            return own, item
    return own, None


def _own(
    text: str, owned: Sequence[Candidate], shared: Sequence[Candidate], printed: Sequence[Candidate]
) -> Candidate | None:
    """The surest colour of the product itself; a weak one counts only where there is nothing else that it could be."""
    best = max((item.confidence for item in (*printed, *shared)), default=0.0)
    strong = [item for item in owned if item.confidence >= min(0.5, best)]
    own = max(strong or shared, key=lambda item: item.confidence, default=None)
    for item in reversed(strong):  # "mustard and white" is mustard first, though the word is less certain
        own = item if own is not None and _and(text, item, own) else own
    if own is None and not printed:
        return max(owned, key=lambda item: item.confidence, default=None)
    return own


def _owners(text: str, colours: Sequence[Candidate], hits: Sequence[Hit]) -> list[Owner]:
    owners = [_owner(text, item, hits) for item in colours]
    for place in range(len(colours) - 2, -1, -1):  # "red and white stripes": what is joined has one owner
        first, second = colours[place], colours[place + 1]
        if owners[place] == "product" and owners[place + 1] != "product" and _and(text, first, second):
            owners[place] = owners[place + 1]
    for place, (first, second) in enumerate(itertools.pairwise(colours)):  # "black on white"
        if _ON.fullmatch(text[first.hit.end : second.hit.start]):
            owners[place] = "pattern"
    return owners


def _owner(text: str, item: Candidate, hits: Sequence[Hit]) -> Owner:
    """Of one colour, by what follows it."""
    for hit in hits:
        if hit.start < item.hit.end or hit.term("pattern") is None:
            continue
        if not _OF.fullmatch(text[item.hit.end : hit.start]):
            continue
        if item.role == "part" or _on_ground(text, hit):
            return "pattern"
        return "pattern" if _is_noun(text, hit, hits) else "either"
    return "product"


def _is_noun(text: str, hit: Hit, hits: Sequence[Hit]) -> bool:
    """Whether an English pattern word stands for itself: "stripes", but not "striped", nor the "stripes" of "stripes shirt"."""
    if has_cjk(hit.surface):
        return False
    word = text[hit.start : hit.end]
    noun = word.endswith(("s", "print")) or _PRINTED_OF.match(text[hit.end :]) is not None
    follows = any(other.term("category") and text[hit.end : other.start].isspace() for other in hits)
    return noun and not follows


def _on_ground(text: str, hit: Hit) -> bool:
    """Whether a pattern is said to lie on something: "red stripes on white"."""
    return re.match(r"\s+on\s", text[hit.end :]) is not None


def _joined(text: str, first: Candidate, second: Candidate) -> bool:
    return second.hit.start >= first.hit.end and _JOINED.fullmatch(text[first.hit.end : second.hit.start]) is not None


def _and(text: str, first: Candidate, second: Candidate) -> bool:
    between = text[first.hit.end : second.hit.start]
    return between.strip() != "" and _joined(text, first, second) and first.role == second.role


def _as_sure_as_main(item: Candidate, source: Source) -> Candidate:
    """What stands behind "with" is no less certain where it is the pattern's."""
    if item.role != "part":
        return item
    return replace(item, confidence=item.confidence * CERTAINTY[source, "main"] / CERTAINTY[source, "part"])
