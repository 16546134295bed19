"""Where Chinese words begin and end, by jieba."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from prodgen_sdk.errors import MissingDependency
from prodgen_sdk.unwarned import unwarned

CJK_RUN = re.compile(r"[\u3400-\u9fff]+")
_LONGEST_RUN = 16


@cache
def _tokenizer() -> Any:
    # jieba would keep its dictionary as a marshal file in the shared temporary folder, where anybody may have planted one:
    # the tables are filled directly instead, which reads and writes no cache.
    try:
        with unwarned():
            import jieba
    except ImportError:
        raise MissingDependency("Chinese text needs jieba.", hint="Run: pip install prodgen-text") from None
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


@cache
def _taught(words: frozenset[str]) -> Any:
    tokenizer = _tokenizer()
    for word in sorted(words):
        if len(word) > 1:
            tokenizer.add_word(word)
    return tokenizer


def segment(text: str, words: Iterable[str] = ()) -> list[str]:
    """The words of a text, in order; together they are the text again. `words` are added to the dictionary for good.

    >>> segment("蓝色马克杯")
    ['蓝色', '马克杯']
    """
    return list(_taught(frozenset(words)).cut(text, HMM=False))


def boundaries(text: str, known: Collection[str]) -> set[int]:
    """Places where a known word may begin or end.

    These are the ends of words, and inside a word that consists of known words alone the ends of these:
    白衬衫 is white + shirt, but 红枣 (a date, "red jujube") is not red + something known. A short run of characters that
    known words cover as a whole is cut by these too, whatever jieba makes of it.
    """
    edges = {0}
    place = 0
    for word in segment(text, known):
        if word not in known:
            edges |= {place + cut for cut in _tiling(word, known)}
        place += len(word)
        edges.add(place)
    for run in CJK_RUN.finditer(text):
        if run.end() - run.start() <= _LONGEST_RUN:
            edges |= {run.start() + cut for cut in _tiling(run.group(), known)}
    return edges


def _tiling(word: str, known: Collection[str]) -> list[int]:
    """Inner cuts that split a word into known words, with as few pieces as possible; empty if there are none."""
    best: list[list[int] | None] = [[], *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(end):
            head = best[start]
            if head is not None and word[start:end] in known:
                found = best[end]
                if found is None or len(head) + 1 < len(found):
                    best[end] = [*head, end]
    cuts = best[len(word)]
    return cuts[:-1] if cuts else []
