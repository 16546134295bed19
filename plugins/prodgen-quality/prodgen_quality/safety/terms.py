"""Listed words in a text, however they are spelt.

Reads compatibility forms, look-alike letters, invisible characters, digits for letters ("p0rn"), stretched letters, letters set
apart ("p o r n", "p-o-r-n") and masked ones ("p*rn"). English terms match whole words alone, so that Essex, grapefruit and
shiitake hold nothing. Not read: pinyin, words taken apart over a line of other words, other languages, images of text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import resources
from typing import Any, Literal

Outcome = Literal["review", "block"]
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff]"
)
_LOOKALIKES = str.maketrans("аеіӏорсухкмтнвԁѕјԛαεικορυτν", "aeilopcyxkmthbdsjqaeikoputv")  # Cyrillic and Greek
_LEET = str.maketrans("034578@$€!|+", "oeastbaseiit")
_TOKEN = re.compile(r"[a-z0-9@$€!|+*]+(?:'[a-z]+)?")
_APART = re.compile(r"(?<![a-z0-9])[a-z0-9@$!](?:[\s._\-*/\\,~]{1,3}[a-z0-9@$!](?![a-z0-9])){2,}")
_CJK = r"\u3400-\u9fff"
_CJK_GAP = re.compile(rf"(?<=[{_CJK}])[\s._\-*/\\|,，。·、~+#@&^]{{1,3}}(?=[{_CJK}])")
_SIMPLIFIED = str.maketrans("賣強姦亂倫愛約裸體兒童誘惑視頻電槍彈藥軍雷狙擊衝鋒屍斬殺屠恐襲擊納種族視貨證幣單癌療藥癒復發糖尿類煙麻氣", "卖强奸乱伦爱约裸体儿童诱惑视频电枪弹药军雷狙击冲锋尸斩杀屠恐袭击纳种族视货证币单癌疗药愈复发糖尿类烟麻气")  # fmt: skip


@dataclass(frozen=True)
class Match:
    """A listed word; the word itself is left out on purpose."""

    category: str
    outcome: Outcome


@dataclass(frozen=True)
class Lists:
    """Terms in their canonical spelling: English as words joined by a space, Chinese as a string."""

    english: Mapping[str, Match]
    chinese: Mapping[str, Match]
    allowed_english: frozenset[str]
    allowed_chinese: tuple[str, ...]
    digests: Mapping[str, Match]
    pairs: Mapping[str, frozenset[str]]
    longest: int
    masked: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def digest(word: str) -> str:
    """How a word stands in a `hashed` list.

    >>> digest("word") == digest("WORD")
    True
    """
    return blake2b(_fold(word).encode(), digest_size=12).hexdigest()


@cache
def lists(blocked: tuple[str, ...] = (), review: tuple[str, ...] = (), allowed: tuple[str, ...] = ()) -> Lists:
    """The lists of the package with words of the caller's own added."""
    table: dict[str, Any] = tomllib.loads(
        resources.files("prodgen_quality").joinpath("data/terms.toml").read_text("utf-8")
    )
    fine = table.pop("allowed")
    english: dict[str, Match] = {}
    chinese: dict[str, Match] = {}
    digests: dict[str, Match] = {}

    def add(words: Iterable[str], match: Match) -> None:
        for word in words:
            folded = _fold(word)
            if re.search(f"[{_CJK}]", folded):
                chinese.setdefault(_CJK_GAP.sub("", folded), match)
            else:
                english.setdefault(" ".join(_TOKEN.findall(folded)), match)

    outcomes: tuple[Outcome, ...] = ("block", "review")
    for outcome, own in zip(outcomes, (blocked, review), strict=True):
        add(own, Match("words that this shop does not want", outcome))
    for entry in table.values():
        for outcome in outcomes:
            for language in ("en", "zh"):
                add(entry[f"{outcome}_{language}"], Match(entry["label"], outcome))
        digests |= dict.fromkeys(entry.get("hashed", ()), Match(entry["label"], "block"))
    innocent = [*(_fold(word) for word in (*fine["en"], *fine["zh"], *allowed))]
    minors = table["minors"]
    single = [word for word, match in english.items() if " " not in word and len(word) > 3 and match.outcome == "block"]
    return Lists(
        english,
        chinese,
        frozenset(" ".join(_TOKEN.findall(word)) for word in innocent if not re.search(f"[{_CJK}]", word)),
        tuple(sorted((word for word in innocent if re.search(f"[{_CJK}]", word)), key=len, reverse=True)),
        digests,
        {key: frozenset(minors[key]) for key in ("subject_en", "subject_zh", "sexual_en", "sexual_zh")},
        max(len(word.split()) for word in (*english, *innocent)),
        {size: tuple(word for word in single if len(word) == size) for size in {len(word) for word in single}},
    )


def find_terms(text: str, known: Lists | None = None) -> list[Match]:
    """All listed words in a text, each category and outcome once, blocks first.

    >>> find_terms("Grapefruit hand cream from Essex")
    []
    >>> [match.outcome for match in find_terms("p0rn")]
    ['block']
    """
    known = known or lists()
    folded = _fold(text)
    english, words = _english(folded, known)
    chinese, characters = _chinese(folded, known)
    found = [*english, *chinese]
    if _paired(words, characters, known):
        found.append(Match("minors in a sexual context", "block"))
    return sorted(dict.fromkeys(found), key=lambda match: (match.outcome != "block", match.category))


def _fold(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    decomposed = unicodedata.normalize("NFD", folded)
    plain = "".join(character for character in decomposed if unicodedata.category(character) != "Mn")
    return _INVISIBLE.sub("", plain).translate(_LOOKALIKES).translate(_SIMPLIFIED)


def _english(text: str, known: Lists) -> tuple[list[Match], set[str]]:
    """Matches, and the words that were not part of an innocent phrase."""
    tokens = [match.group().strip("!*+|") or "*" for match in _TOKEN.finditer(text)]
    forms = [_spellings(token) for token in tokens]
    innocent = _innocent(forms, known)
    found: list[Match] = []
    place = 0
    while place < len(tokens):
        match, length = _longest(forms, innocent, place, known)
        if match is not None:
            found.append(match)
        place += length
    words = {form for index, spelt in enumerate(forms) if index not in innocent for form in spelt}
    for spelt, masked in zip(forms, tokens, strict=True):
        if any(digest(form) in known.digests for form in spelt):
            found.append(next(known.digests[digest(form)] for form in spelt if digest(form) in known.digests))
        if "*" in masked and (meant := _unmasked(masked, known)):
            found.append(known.english[meant])
    for word in _joined(text):
        if hit := _inside(word, known):
            found.append(hit)
    return found, words


def _longest(
    forms: Sequence[Sequence[str]], innocent: Collection[int], place: int, known: Lists
) -> tuple[Match | None, int]:
    for length in range(min(known.longest, len(forms) - place), 0, -1):
        if all(index in innocent for index in range(place, place + length)):
            continue
        for phrase in _phrases(forms[place : place + length]):
            if phrase in known.english:
                return known.english[phrase], length
    return None, 1


def _innocent(forms: Sequence[Sequence[str]], known: Lists) -> set[int]:
    """Places of the words that belong to an allowed phrase."""
    places: set[int] = set()
    for place in range(len(forms)):
        for length in range(1, min(known.longest, len(forms) - place) + 1):
            if any(phrase in known.allowed_english for phrase in _phrases(forms[place : place + length])):
                places.update(range(place, place + length))
    return places


def _phrases(forms: Sequence[Sequence[str]]) -> Iterator[str]:
    """The spellings of a phrase: as written, with letters for digits, and in the singular."""
    for version in range(max(len(spelt) for spelt in forms)):
        words = [spelt[min(version, len(spelt) - 1)] for spelt in forms]
        yield " ".join(words)
        for singular in _singulars(words[-1]):
            yield " ".join([*words[:-1], singular])


def _singulars(word: str) -> Iterator[str]:
    if word.endswith("s") and len(word) > 3 and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
    if word.endswith("'s"):
        yield word[:-2]


@lru_cache(maxsize=2**16)
def _spellings(token: str) -> tuple[str, ...]:
    """A token as it stands, with letters for look-alike digits and signs, and without stretched letters."""
    forms = [token]
    if re.search(r"[a-z]", token) and re.search(r"[0-9@$€!|+]", token):
        forms += [token.translate(_LEET).replace("1", letter) for letter in "il"]
    forms += [re.sub(r"(.)\1{2,}", letters, form) for form in tuple(forms) for letters in (r"\1", r"\1\1")]
    return tuple(dict.fromkeys(forms))


def _unmasked(token: str, known: Lists) -> str | None:
    """The blocked word that a token with asterisks stands for."""
    if len(token) < 4 or sum(character != "*" for character in token) < 2:
        return None
    pattern = re.compile(re.escape(token).replace(r"\*", "[a-z]"))
    return next((word for word in known.masked.get(len(token), ()) if pattern.fullmatch(word)), None)


def _joined(text: str) -> Iterator[str]:
    """Words whose letters are set apart by spaces or signs."""
    for match in _APART.finditer(text):
        yield re.sub(r"[^a-z0-9@$!]", "", match.group())
    for match in re.finditer(r"[a-z0-9@$]{1,3}(?:[._\-*][a-z0-9@$]{1,3}){1,}", text):
        yield re.sub(r"[._\-*]", "", match.group())


def _inside(word: str, known: Lists) -> Match | None:
    """The blocked word that a joined word is, or (from five letters on) begins or ends with."""
    for form in _spellings(word):
        for phrase in (form, *_singulars(form)):
            if phrase in known.english:
                return known.english[phrase]
        for size, words in known.masked.items():
            if 4 < size < len(form) and (form[:size] in words or form[-size:] in words):
                return known.english[form[:size] if form[:size] in words else form[-size:]]
    return None


def _chinese(text: str, known: Lists) -> tuple[list[Match], str]:
    """Matches, and the text without its innocent phrases."""
    if not re.search(f"[{_CJK}]", text):
        return [], ""
    joined = _CJK_GAP.sub("", text)
    for phrase in known.allowed_chinese:
        joined = joined.replace(phrase, "\n")
    found = []
    for word, match in known.chinese.items():
        start = joined.find(word)
        while start >= 0:
            if not ("a" <= word[0] <= "z" and start and joined[start - 1].isascii() and joined[start - 1].isalpha()):
                found.append(match)
                break
            start = joined.find(word, start + 1)
    return found, joined


def _paired(words: Collection[str], characters: str, known: Lists) -> bool:
    """Whether a word for a minor stands together with a sexual one."""
    every = set(words) | {singular for word in words for singular in _singulars(word)}
    spaced = " ".join(every)
    subject = any(word in every or (" " in word and word in spaced) for word in known.pairs["subject_en"])
    subject = subject or any(word in characters for word in known.pairs["subject_zh"])
    sexual = not every.isdisjoint(known.pairs["sexual_en"]) or any(
        word in characters for word in known.pairs["sexual_zh"]
    )
    return subject and sexual
