"""What a word in a title is about: the product itself, a part of it, or another thing; or that it is denied."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from prodgen_text.reading.lexicon import LATIN_WORD, Hit, Kind
from prodgen_text.reading.normalise import load_table

Role = Literal["main", "part", "target"]
SEPARATOR = re.compile(r"[,，。;；|!！?？\n\r()（）【】\[\]、]|\s[-–—]\s|(?<=[a-z0-9])\.\s")

_PACKED_IN = "(?:铁|锡|铝|纸|木|玻璃|塑料|陶瓷|马口铁)?"
_WORN_SO = re.compile(
    r"[\s-]+(?:(?:cuff|hood|collar|belt|button|pocket|zipp)ed|(?:zip|button|lace)[\s-](?:up|down|through|front))\b"
)
"""What only says how a garment is cut: in "knit cuffed beanie" the beanie is knitted, while the rim of "gold rimmed glasses" is gold."""
_CLAUSE_END = re.compile(r"(?<!色)的|(?<=[\u4e00-\u9fff])\s")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load_table("decoys")["context"][name])


@cache
def _any_of(name: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, _words(name)), key=len, reverse=True)))


@cache
def _part_words() -> re.Pattern[str]:
    """Words that bring in a part, as the group `part`; 送 does, but not in 送礼."""
    return re.compile(rf"(?:{_any_of('no_part_zh').pattern})|(?P<part>{_any_of('part_zh').pattern})")


@cache
def _label_pattern() -> re.Pattern[str]:
    labels = load_table("decoys")["labels"]
    names = "|".join(f"(?P<{kind}>{'|'.join(map(re.escape, words))})" for kind, words in labels.items())
    return re.compile(rf"(?:(?<![a-z])(?:{names}))\s*[::]\s*(?P<value>[^,，;；。|\n]+)")


def segments(text: str) -> list[tuple[int, int]]:
    """Ranges between separators; empty ones are left out."""
    cuts = [(0, 0), *((match.start(), match.end()) for match in SEPARATOR.finditer(text)), (len(text), len(text))]
    return [(a[1], b[0]) for a, b in itertools.pairwise(cuts) if text[a[1] : b[0]].strip()]


def labelled(text: str) -> dict[Kind | Literal["size"], tuple[int, int]]:
    """Ranges of the values that are written as `label: value`."""
    return {
        kind: match.span("value")  # type: ignore[misc]
        for match in _label_pattern().finditer(text)
        for kind, word in match.groupdict().items()
        if word and kind != "value"
    }


def role(text: str, segment: tuple[int, int], place: int) -> Role:
    """Whether the words at `place` describe the product, a part of it ("with gold rim") or another thing ("for iPhone")."""
    before = text[segment[0] : place]
    words = [word[0] for word in LATIN_WORD.finditer(before) if not before[: word.start()][-1:].isdigit()]  # not 240W
    # "适用于苹果手机壳" is a case: in Chinese the head follows, so that only what comes after a head is another thing.
    chinese = _any_of("target_zh").search(before)
    after_head = chinese and len(before[: chinese.start()].strip()) > 1 and " " not in before[chinese.end() :].lstrip()
    if any(word in _words("target_en") for word in words) or after_head or (chinese and chinese.end() == len(before)):
        return "target"
    if any(word in _words("part_en") for word in words):
        return "part"
    opened = [found for found in _part_words().finditer(before) if found["part"]]
    if opened and not _CLAUSE_END.search(before[opened[-1].end() :].lstrip()):  # 带红色圆点的 is over at the second 的
        return "part"
    return "main"


def negated(text: str, segment: tuple[int, int], hit: Hit) -> bool:
    """Whether the words just around a hit deny it: "no plastic", "leather-free", "无塑料"."""
    before = text[segment[0] : hit.start]
    chinese = re.search(rf"(?:{_any_of('negators_zh').pattern})(?:任何|添加|使用|用|再是|属于)?$", before.rstrip())
    if chinese and text[hit.start] >= "\u4e00":
        return True
    after = text[hit.end : segment[1]]
    if re.match(r"-free\b|\s+free\b(?!\s+(?:shipping|delivery|returns|gift))|不含|零添加", after):
        return True
    words = LATIN_WORD.findall(before)[-3:]
    near = [word for word in words if word not in ("any", "a", "the", "real", "harmful", "of", "made")]
    if near and near[-1] in _words("negators_en"):
        return True
    joined = " ".join(words)
    return any(" " in phrase and joined.endswith(phrase) for phrase in _words("negators_en"))


def describes_package(text: str, hit: Hit) -> bool:
    """Whether the hit is about the packing: "red tin", "玻璃瓶"."""
    after = text[hit.end : hit.end + 16]
    words = LATIN_WORD.findall(after)
    return bool(words and words[0].rstrip("s") in _words("package_en")) or bool(
        re.match(rf"(?:色|的)*{_PACKED_IN}(?:{_any_of('package_zh').pattern})", after.lstrip())
    )


def part_after(text: str, hit: Hit) -> int | None:
    """Where a part of the product begins that the hit is about, in "gold rim", "red-handled", "亚麻灯罩"; None where it is about none."""
    after = text[hit.end : hit.end + 24]
    if re.match(_WORN_SO, after):
        return None
    if english := re.match(r"[\s-]+(?:(?:amoled|oled|lcd|led|touch|hd|retina) )?([a-z]+)", after):
        word = english[1]
        stem = word.removesuffix("ed")  # handled, rimmed
        forms = {word, word.rstrip("s"), *((stem, f"{stem}e", stem[:-1]) if stem != word else ())}
        return hit.end + english.start(1) if forms & _words("parts_en") else None
    chinese = re.match(rf"(?:色|的)*({_any_of('parts_zh').pattern})", after)
    return hit.end + chinese.start(1) if chinese else None


def names_care_goods(text: str, hit: Hit) -> bool:
    """Whether the hit is what a cleaner or polish is for: "leather conditioner"."""
    words = LATIN_WORD.findall(text[hit.end : hit.end + 16])
    return bool(words and words[0] in _words("care_en"))


def touches(hit: Hit, others: Sequence[Hit]) -> bool:
    """Whether another hit stands directly beside this one."""
    return any(other.end == hit.start or hit.end == other.start for other in others)
