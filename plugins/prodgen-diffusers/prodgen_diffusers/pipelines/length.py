"""How much of a prompt a pipeline reads, and what is left out where that is not all of it.

CLIP reads 75 tokens, and pipelines cut what is longer without a word to the caller. Where another text encoder stands beside CLIP, as
T5 does in SD3 and FLUX.1, it reads more, up to `max_sequence_length`, and decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

STUDIO = re.compile("studio|even light|white background|影棚|柔和均匀|纯白|白色背景", re.IGNORECASE)
"""Clauses on the usual background, which are the first to be left out."""
_ENDLESS = 100_000
"""Tokenizers that know no limit of their own state one that is larger."""


def reader(pipe: Any, given: Mapping[str, Any], takes: Mapping[str, Any]) -> tuple[Any, int] | None:
    """The tokenizer of the text encoder that reads most, and how many tokens it reads; None where nothing is known of it.

    Args:
        given: arguments of the call; `takes` its parameters with their defaults.
    """
    most: tuple[Any, int] | None = None
    for name, part in getattr(pipe, "components", {}).items():
        tokenizer = getattr(part, "tokenizer", part)  # FLUX.2 [dev] has a processor of words and images in its place
        if not name.startswith("tokenizer") or tokenizer is None or not callable(tokenizer):
            continue
        if getattr(pipe, name.replace("tokenizer", "text_encoder"), None) is None:
            continue
        limit = getattr(tokenizer, "model_max_length", _ENDLESS)
        if "CLIP" not in type(tokenizer).__name__ and "max_sequence_length" in takes:
            limit = given.get("max_sequence_length") or takes["max_sequence_length"].default
        if isinstance(limit, int) and limit < _ENDLESS and (most is None or limit > most[1]):
            most = tokenizer, limit
    return most


def fitted(text: str, read_by: tuple[Any, int] | None) -> tuple[str, str]:
    """The part of a prompt that is read, and what is left out, empty where nothing is.

    Where it is too long, clauses on the studio are left out first, then others from the last; the first clause, which names the product,
    loses no more than its last words.
    """
    if read_by is None or _fits(text, *read_by):
        return text, ""
    comma = re.search("[,，]", text)
    joint = "，" if comma and comma[0] == "，" else ", "
    clauses = [clause.strip() for clause in re.split("[,，]", text) if clause.strip()]
    left: list[int] = []
    places = range(len(clauses) - 1, 0, -1)
    for place in (
        *(p for p in places if STUDIO.search(clauses[p])),
        *(p for p in places if not STUDIO.search(clauses[p])),
    ):
        left.append(place)
        kept = joint.join(clause for p, clause in enumerate(clauses) if p not in left)
        if _fits(kept, *read_by):
            return kept, joint.join(clauses[p] for p in sorted(left))
    pieces = clauses[0].split(" ") if " " in clauses[0] else list(clauses[0])
    space = " " if " " in clauses[0] else ""
    count = _most(len(pieces), lambda n: _fits(space.join(pieces[:n]), *read_by))
    return space.join(pieces[:count]), joint.join(filter(None, [space.join(pieces[count:]), *clauses[1:]]))


def told(left: str, limit: int, what: str = "prompt") -> str:
    """A sentence on what was left out, of which it shows the beginning."""
    shown = left if len(left) <= 120 else f"{left[:120].rstrip()}..."
    return f"The {what} is longer than the {limit} tokens that the model reads; left out: {shown!r}."


def _fits(text: str, tokenizer: Any, limit: int) -> bool:
    return len(tokenizer(text, truncation=False, verbose=False)["input_ids"]) <= limit


def _most(most: int, fits: Any) -> int:
    """The largest number from 1 to `most` that fits, 1 where none does; what is longer than a number that does not fit does not fit."""
    low, high = 1, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
