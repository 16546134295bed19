"""What words say that food and cosmetics come in: a carton of juice, 蜂蜜 in a jar, a tube of lotion."""

from __future__ import annotations

import re

from prodgen_render.words.vocabulary import PACKAGES

WARES = ("food", "beauty")
PACKED_IN = PACKAGES | {"罐装", "盒装", "瓶装", "袋装", "纸盒", "易拉罐", "礼盒"}
"""Words that say what wares come in and nothing of what they are."""
_LIQUID = re.compile(r"(\d+(?:\.\d+)?)\s*(?:ml|cl|l|毫升|升|fl\.? ?oz)(?![a-z])")
_BOTTLED_BY = re.compile(r"(?<![\d.])(?:[1-9](?:\.\d+)?\s*(?:l|升)(?![a-z])|(?:[7-9]\d\d|\d{4,})\s*(?:ml|毫升))")
"""More than a can holds."""
_PUMPED = 200
"""So much, in ml, is too much for a tube."""
_COUNTED = r"[*x×]\s*\d+\s*"
"""Before a measure word: 250ml*24盒."""
_SAID: dict[str, dict[str, str]] = {
    "food": {
        "powder": r"\b(?:milk powder|(?:infant|baby|follow-on) (?:formula|milk)|first infant milk)\b|奶粉",
        "tea bags": r"(?<=\d )(?:bags|sachets)\b|\btea ?bags?\b|茶包|袋泡|(?<![*x×\d])\d{2,}\s?包",
        "pods": r"(?<=\d )(?:pods|capsules)\b|胶囊咖啡|咖啡胶囊|\d\s?颗",
        "carton": r"\bcartons?\b|纸盒|利乐",
        "can": rf"\bcans?\b|易拉罐|听装|{_COUNTED}听",
        "jar": r"\bjars?\b|玻璃罐",
        "tin": r"\btins?\b|\bcanisters?\b|铁罐|铁盒|马口铁",
        "squeezed": r"\bsqueez(?:y|e|able)\b|挤压",
        "bottle": rf"\bbottles?\b|瓶装|桶装|玻璃瓶|塑料瓶|{_COUNTED}瓶",
        "bag": r"(?<!tea )(?<!\d )\bbags?\b|\bpouch(?:es)?\b|袋装|\d\s*袋",
        "pot": rf"罐装|{_COUNTED}罐",
        "gift box": r"\bgift box(?:es)?\b|礼盒",
        "box": rf"\bbox(?:es)?\b|盒装|{_COUNTED}盒",
    },
    "beauty": {
        "sachet": r"\bsheet masks?\b|面膜贴|\d\s*[片张]",
        "pump-bottle": r"\bpumps?\b|按压|泵",
        "tube": r"\btubes?\b|软管|管装|支装",
        "dropper-bottle": r"\bdroppers?\b|滴管",
        "cream-jar": r"\bjars?\b|罐装|玻璃罐",
    },
}
"""Packages by domain, and the words of each; the first that is said counts."""
_DRINKS = ("bottle", "can", "carton")
_BOTTLED = ("cream-jar", "tube", "pump-bottle", "dropper-bottle")
_DRY = ("box", "cereal-box", "coffee-bag", "tin", "food-tray")
_SHAPES: dict[str, dict[str, str]] = {
    "carton": dict.fromkeys(_DRINKS, "carton") | dict.fromkeys(_DRY, "box") | {"cereal-box": "cereal-box"},
    "powder": {"carton": "tin"},
    "can": dict.fromkeys(_DRINKS, "can") | dict.fromkeys(("jar", "tin", "food-tray"), "tin"),
    "jar": dict.fromkeys((*_DRY, "jar"), "jar"),
    "tin": dict.fromkeys((*_DRY, "jar", "bottle"), "tin"),
    "bottle": dict.fromkeys(_DRINKS, "bottle") | dict.fromkeys(("tin", "coffee-bag"), "jar"),
    "bag": dict.fromkeys((*_DRY, "jar", "tub"), "coffee-bag"),
    "tea bags": {"tin": "box"},
    "pods": {"coffee-bag": "box"},
    "squeezed": {"jar": "bottle"},
    "gift box": dict.fromkeys(_DRY, "box"),
    "sachet": dict.fromkeys(("cream-jar", "dropper-bottle"), "coffee-bag"),
    "pot": dict.fromkeys(_DRINKS, "can") | {"jar": "jar"} | dict.fromkeys(_DRY, "tin"),
    "box": dict.fromkeys(_DRINKS, "carton") | dict.fromkeys(_DRY, "box") | {"cereal-box": "cereal-box"},
} | {name: dict.fromkeys(_BOTTLED, name) for name in _BOTTLED}
"""The family that a package makes of what is in it; what a package does not hold keeps its own."""
_OF_ITSELF = {"bag": "coffee-bag", "pot": "jar", "gift box": "box", "tea bags": "box", "sachet": "coffee-bag"}
"""The family of a package of whatever, where that has another name."""


def packed(domain: str, family: str, text: str) -> str:
    """The name of the family that something of a family is, in what the words say that it comes in.

    Args:
        family: what the words name, or an empty text where they name nothing that is known; then so may the answer be.

    >>> packed("food", "bottle", "橙汁1l*6盒 纸盒装"), packed("food", "jar", "土蜂蜜 500g 玻璃罐装"), packed("food", "tin", "茶叶 250g 罐装")
    ('carton', 'jar', 'tin')
    >>> packed("beauty", "pump-bottle", "body lotion tube"), packed("food", "fruit", "apples, 3 lb bag")
    ('tube', 'fruit')
    >>> packed("food", "tin", "凉茶 310ml*24罐")
    'can'
    >>> packed("food", "", "assorted truffles in a red box"), packed("home", "", "a red box")
    ('box', '')
    """
    liquid = _LIQUID.search(text)
    if liquid and (family in ("tin", "coffee-bag", "fruit") or (domain == "food" and not family)):
        family = "bottle"  # tea, coffee or juice to drink
    if family == "can" and _BOTTLED_BY.search(text):
        family = "bottle"
    if family == "tube" and liquid and float(liquid[1]) >= _PUMPED:
        family = "pump-bottle"
    said = next((name for name, words in _SAID.get(domain, {}).items() if re.search(words, text)), "")
    return _SHAPES.get(said, {}).get(family, family) if family else _OF_ITSELF.get(said, said)
