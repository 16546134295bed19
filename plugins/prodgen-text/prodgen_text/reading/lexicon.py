"""Words that name colours, materials, patterns and kinds of product, and where they occur in a text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from prodgen_text.reading.normalise import fold, has_cjk, load_table
from prodgen_text.reading.segment import boundaries

Kind = Literal["colour", "material", "pattern", "category", "decoy"]
LATIN_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?")
_TABLES: tuple[tuple[Kind, str], ...] = (
    ("colour", "colours"),
    ("material", "materials"),
    ("pattern", "patterns"),
    ("category", "categories"),
)

_SHORT_PATTERNS = {"点": "dotted", "花": "floral", "条": "striped", "格": "checked", "字": "graphic"}
"""Characters that name a pattern where a ground stands before them, and much else elsewhere."""


@dataclass(frozen=True)
class Term:
    """What a word means; an `ambiguous` colour word also names a food, a scent or a metal."""

    kind: Kind
    value: str
    ambiguous: bool = False


@dataclass(frozen=True)
class Hit:
    """Terms found at `text[start:end]` of a folded text."""

    start: int
    end: int
    surface: str
    terms: tuple[Term, ...]

    def term(self, kind: Kind) -> Term | None:
        return next((term for term in self.terms if term.kind == kind), None)


@dataclass(frozen=True)
class Lexicon:
    """Surface forms to terms: `words` keyed by space-separated Latin words, `characters` by Chinese strings."""

    words: dict[str, tuple[Term, ...]]
    characters: dict[str, tuple[Term, ...]]
    longest_phrase: int
    longest_string: int

    def latin_hits(self, text: str) -> Iterator[Hit]:
        """Longest matches over whole Latin words; a plural counts as its singular."""
        tokens = [(match.group(), match.start(), match.end()) for match in LATIN_WORD.finditer(text)]
        place = 0
        while place < len(tokens):
            hit = self._phrase_at(tokens, place)
            if hit is not None:
                yield hit[0]
            place += hit[1] if hit else 1

    def _phrase_at(self, tokens: Sequence[tuple[str, int, int]], place: int) -> tuple[Hit, int] | None:
        words = [token[0] for token in tokens[place : place + self.longest_phrase]]
        for count in range(len(words), 0, -1):
            head = words[: count - 1]
            for last in _singulars(words[count - 1]):
                surface = " ".join([*head, last])
                if terms := self.words.get(surface):
                    return Hit(tokens[place][1], tokens[place + count - 1][2], surface, terms), count
        return None

    def chinese_hits(self, text: str, *, whole_words: bool = True) -> Iterator[Hit]:
        """Longest matches over characters; with `whole_words` only those that do not cut a word in two."""
        edges = boundaries(text, self.characters) if whole_words else None
        start = 0
        while start < len(text):
            end = start + 1
            for stop in range(min(len(text), start + self.longest_string), start, -1):
                terms = self.characters.get(text[start:stop])
                if terms and (edges is None or (start in edges and stop in edges)):
                    yield Hit(start, stop, text[start:stop], terms)
                    end = stop
                    break
            start = end


def _singulars(word: str) -> Iterator[str]:
    yield word
    if word.endswith("ies") and len(word) > 4:
        yield word[:-3] + "y"
    if word.endswith("ves"):
        yield word[:-3] + "f"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]


@cache
def lexicon() -> Lexicon:
    """The lexicon of the package's data files."""
    words: dict[str, dict[Kind, Term]] = {}
    characters: dict[str, dict[Kind, Term]] = {}

    def add(surface: str, term: Term) -> None:
        folded = fold(surface)
        if has_cjk(folded) or (term.kind == "material" and surface.isupper()):
            characters.setdefault(folded, {})[term.kind] = term
        else:
            words.setdefault(" ".join(LATIN_WORD.findall(folded)), {})[term.kind] = term

    for kind, file in _TABLES:
        for value, entry in load_table(file).items():
            for surface in (*entry["en"], *entry["zh"]):
                add(surface, Term(kind, value))
                if kind == "colour" and has_cjk(surface) and not surface.endswith("色"):
                    add(f"{surface}色", Term(kind, value))
            for surface in entry.get("ambiguous", ()):
                add(surface, Term(kind, value, ambiguous=True))
    _add_materials_within(words, lambda word, name: word.startswith(f"{name} "))
    _add_materials_within(characters, lambda word, name: len(name) > 1 and word.startswith(name))
    decoys = load_table("decoys")
    for surface in (*decoys["en"], *decoys["zh"], *decoys["joints"]):
        folded = fold(surface)
        if folded not in characters and " ".join(LATIN_WORD.findall(folded)) not in words:
            add(surface, Term("decoy", surface))
    return Lexicon(
        {surface: tuple(terms.values()) for surface, terms in words.items()},
        {surface: tuple(terms.values()) for surface, terms in characters.items()},
        max(surface.count(" ") + 1 for surface in words),
        max(map(len, characters)),
    )


def _add_materials_within(table: dict[str, dict[Kind, Term]], begins: Callable[[str, str], bool]) -> None:
    """Kinds whose own name begins with a material are made of it: "fleece jacket", 帆布鞋."""
    materials = sorted((name for name, terms in table.items() if "material" in terms), key=len)
    for word, terms in table.items():
        if "category" in terms and "material" not in terms:
            for name in materials:
                if word != name and begins(word, name):
                    terms["material"] = table[name]["material"]


def find(text: str, *, whole_words: bool = True) -> list[Hit]:
    """All longest matches in a folded text, in order of place; decoys are among them.

    >>> [hit.surface for hit in find("blue striped mugs")]
    ['blue', 'striped', 'mug']
    """
    hits = list(lexicon().latin_hits(text))
    if has_cjk(text):
        chinese = list(lexicon().chinese_hits(text, whole_words=whole_words))
        taken = [(hit.start, hit.end) for hit in chinese]
        hits = [hit for hit in hits if not any(hit.start < end and start < hit.end for start, end in taken)]
        hits = sorted([*hits, *chinese], key=lambda hit: hit.start)
    return hits


@cache
def _ground_pattern() -> re.Pattern[str]:
    names = (word for word, terms in lexicon().characters.items() if any(term.kind == "colour" for term in terms))
    colour = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"({colour})底({colour})[小大细粗]?([{''.join(_SHORT_PATTERNS)}])(?![点纹子朵卉])")


def printed_grounds(text: str) -> list[tuple[int, int, tuple[Hit, ...]]]:
    """Where a folded text says which ground has which pattern in three or four characters, and what it names there.

    >>> [[hit.surface for hit in hits] for _, _, hits in printed_grounds("白底红点连衣裙")]
    [['白', '红', '点']]
    """
    found = []
    for match in _ground_pattern().finditer(text):
        colours = (Hit(*match.span(group), match[group], lexicon().characters[match[group]]) for group in (1, 2))
        pattern = Hit(*match.span(3), match[3], (Term("pattern", _SHORT_PATTERNS[match[3]]),))
        found.append((*match.span(), (*colours, pattern)))
    return found


def colour_rgb(name: str) -> str | None:
    """`#rrggbb` of a colour of the lexicon, or None."""
    entry = load_table("colours").get(name)
    return str(entry["rgb"]) if entry else None


@cache
def lexicon_digest() -> str:
    """sha256 of the lexicon's tables, 16 hexadecimal digits."""
    tables = {name: load_table(name) for name in (*(file for _, file in _TABLES), "decoys", "variants")}
    return hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()[:16]
