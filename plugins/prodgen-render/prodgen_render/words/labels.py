"""What of a title goes on a label."""

from __future__ import annotations

import re

from prodgen_render.words.vocabulary import COLOURS, MATERIALS, PACKAGES

_AMOUNT = re.compile(
    r"(?:[*×]|(?<![a-z])x)?\s*(?:\d+(?:\.\d+)?\s*(?:cm|mm)?\s*[*x×]\s*)*\d+(\.\d+)?\s*(?:ml|g|kg|l|cl|oz|fl|lb|cm|mm|ct|pcs?|pieces?|count|packs?|毫升|克|升|厘米|斤|盒|瓶|袋|罐|听|桶|支|片|包|枚|颗|粒|条|只|块|张|件|双)(?:装)?(?![a-z])"
    r"|\b(?:pack|set|box|case) of \d+\b",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[,，;；|｜/·:：]|\s[-–—]\s|\s(?:with|for|in)\s|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])", re.IGNORECASE
)
"""Where a title goes on to what no label has as its name: claims, contents, what it is for. A shop's Chinese title has blanks there."""
_SHORT = re.compile(r"[\u4e00-\u9fff]{1,2}")
_QUOTED = re.compile(r"(?:(?<![\d½¼¾])\"|[“「『])(?P<said>[^\s\"”」』][^\"”」』]{1,29})[\"”」』]")
"""What quotation marks hold; those after a number are inches."""
_LETTERS = re.compile(
    r"(?P<before>(?<![A-Za-z])[A-Z]{2,8})?字母(?:印花|刺绣)?(?P<after>[A-Z]{2,8}(?![A-Za-z]))?|(?i:\bletter(?:s| print)\b|\bslogan\b)"
)
_JAR_OF = re.compile(
    r"^(?:\w+ )?(?:can|bottle|jar|tube|tin|box|carton|bag|pouch|pack|packet)s? of (?=\w)", re.IGNORECASE
)
_IN_A_JAR = re.compile(r"(?<=\S)\s+\S*(?:罐|瓶|盒|袋|桶|装)\s*$")
_PACKED_IN = frozenset(
    (*PACKAGES, *(f"{name}s" for name in PACKAGES), "boxes", "pack", "packet", "dropper", "gift", "family", "value")
)
_OF_PACKAGES = frozenset(word for words in MATERIALS.values() for word in words)
_COLOURS = frozenset(word for _, words in COLOURS.values() for word in words)


def name_on_label(title: str) -> str:
    """A title's first part without amounts, claims and what it comes in; the title itself where nothing else is left.

    >>> name_on_label("Lemon Soda Can 330 ml, Pack of 6"), name_on_label("蜂蜜 500g 玻璃罐")
    ('Lemon Soda', '蜂蜜')
    >>> name_on_label("Strawberry jam 340 g glass jar")
    'Strawberry jam'
    >>> name_on_label("有机 蜂蜜 500g"), name_on_label("Glass jar of honey"), name_on_label("Jar")
    ('有机 蜂蜜', 'Honey', 'Jar')
    """
    said = _AMOUNT.sub("", re.sub(r"\s*[\(（\[【].*?[\)）\]】]", "", title)).strip()
    if opened := _JAR_OF.match(said):
        name = said[opened.end() :]
        said = name[:1].upper() + name[1:] if said[:1].isupper() else name
    said = _IN_A_JAR.sub("", said)
    first = next((part.strip() for part in _BREAK.split(said) if part.strip()), said)
    if _SHORT.fullmatch(first):
        first = said[: said.find(first) + 12]  # the name follows
    words = first.replace("-", " ").split()
    whole, packed = words, False
    while len(words) > 1 and (words[-1].lower() in _PACKED_IN or (packed and words[-1].lower() in _OF_PACKAGES)):
        words, packed = words[:-1], True
    described = any(word.lower() in _OF_PACKAGES for word in whole[len(words) :])
    if described and all(word.lower() in _COLOURS for word in words):
        words = whole  # a package is all that this is; "cream jar" alone may be one of cream
    while len(" ".join(words)) > 34 and len(words) > 2:
        words = words[:-1]
    return (" ".join(words) or title)[:40].strip(" ,;·*")


def quoted_in(title: str) -> str:
    """What a title quotes, as of a print, or an empty text.

    >>> quoted_in('T-shirt "Hello Sun"'), quoted_in('Cushion 18" x 18"')
    ('Hello Sun', '')
    """
    found = _QUOTED.search(title)
    return found["said"] if found else ""


def letters_in(title: str) -> str:
    """The letters that a title says are printed, "ABC" where it does not say which, or an empty text.

    >>> letters_in("刺绣字母NY棒球帽"), letters_in("字母印花卫衣"), letters_in("印花卫衣")
    ('NY', 'ABC', '')
    """
    found = _LETTERS.search(title)
    return (found["before"] or found["after"] or "ABC") if found else ""
