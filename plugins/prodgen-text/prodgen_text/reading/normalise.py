"""Text as it is compared: compatibility forms folded, lower case, traditional characters simplified."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")


@dataclass(frozen=True)
class Normalised:
    """Folded text, and for each of its characters the place in the original that it came from."""

    text: str
    origins: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the original that holds `text[start:end]`."""
        return self.origins[start], self.origins[end - 1] + 1


@cache
def load_table(name: str) -> dict[str, Any]:
    """One of the package's lexicon files, `data/<name>.toml`; shared, so read it only."""
    return tomllib.loads(resources.files("prodgen_text").joinpath(f"data/{name}.toml").read_text("utf-8"))


@cache
def _simplified() -> dict[int, str]:
    table = load_table("variants")
    return {ord(a): b for a, b in zip(table["traditional"], table["simplified"], strict=True) if a != b}


@cache
def _fold_character(character: str) -> str:
    if _INVISIBLE.fullmatch(character):
        return ""
    return unicodedata.normalize("NFKC", character).casefold().translate(_simplified())


def fold(text: str) -> str:
    """NFKC, casefold, common traditional characters to simplified ones; invisible characters dropped.

    >>> fold("ＢＬＵＥ 藍色馬克杯")
    'blue 蓝色马克杯'
    """
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold()).translate(_simplified())


def normalise(text: str) -> Normalised:
    """As `fold`, one character at a time, so that places in the original are kept.

    >>> normalise("½ Cup").span(4, 7)
    (2, 5)
    """
    characters: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        for piece in _fold_character(character):
            characters.append(piece)
            origins.append(place)
    return Normalised("".join(characters), tuple(origins))


def has_cjk(text: str) -> bool:
    return CJK.search(text) is not None
