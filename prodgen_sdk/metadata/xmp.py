"""XMP packets (ISO 16684-1): read, freed of what is private, completed, labelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DigitalSource = Literal[
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "algorithmicMedia",
    "compositeSynthetic",
    "digitalCapture",
    "",
]
"""Terms of the IPTC vocabulary "Digital Source Type": made by a trained model, partly so, by other software, in part by other
software, a photo, or not known."""

_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_PREFIXES = {
    "x": "adobe:ns:meta/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "Iptc4xmpCore": "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
_RDF = f"{{{_PREFIXES['rdf']}}}"
_SOURCE = f"{{{_PREFIXES['Iptc4xmpExt']}}}DigitalSourceType"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PRIVATE = re.compile(
    r"\{[^}]*\}(?i:gps|latitude|longitude)"  # of EXIF, and of drones and maps
    r"|\{http://ns\.adobe\.com/photoshop/1\.0/\}(City|State|Country)$"
    r"|\{http://iptc\.org/std/Iptc4xmp(Core|Ext)/[^}]*\}(Location|CountryCode)"
    r"|\{http://ns\.adobe\.com/xap/1\.0/\}Thumbnails$"
)
_CONTAINERS = {"creator": "Seq", "subject": "Bag", "title": "Alt", "description": "Alt", "rights": "Alt"}
_PACKET = re.compile(r"<\?xpacket[^>]*\?>|\x00")
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MAX_BYTES, _MAX_DEPTH = 2**20, 64


def digital_source(xmp: str) -> str:
    """The term of `DigitalSource` that a packet states, or nothing."""
    for description in _descriptions(_parsed(xmp)):
        found = description.get(_SOURCE) or _text(description.find(_SOURCE))
        if found.startswith(_SOURCES):
            return found.removeprefix(_SOURCES)
    return ""


def labelled(xmp: str, source: str) -> str:
    """A packet that states the source; one that cannot be read is replaced."""
    root = _parsed(xmp)
    for description in _descriptions(root):
        description.attrib.pop(_SOURCE, None)
        for child in description.findall(_SOURCE):
            description.remove(child)
    root, first = _with_description(root)
    first.set(_SOURCE, _SOURCES + source)
    return _written(root)


def kept(xmp: str, words: Mapping[str, Sequence[str]]) -> str:
    """A packet without location and thumbnails, and with what other parts of the file state; nothing for one that cannot be read.

    Args:
        words: properties with their prefix, such as {"dc:creator": ["Ann"]}. What the packet itself states goes first.

    >>> "Ann" in kept("", {"dc:creator": ["Ann"]})
    True
    """
    root = _parsed(xmp)
    private = [part for part in (() if root is None else root.iter()) if _drop_private(part)]
    stated = {
        name for description in _descriptions(root) for name in (*description.attrib, *(c.tag for c in description))
    }
    missing = {name: values for name, values in words.items() if _full(name) not in stated}
    if not private and not missing:
        return xmp if root is not None else ""
    root, first = _with_description(root)
    for name, values in missing.items():
        _add(first, name, [_UNPRINTABLE.sub("", value) for value in values])
    return _written(root)


def _drop_private(part: Element) -> bool:
    """Whether an element held something private, which it no longer does."""
    names = [name for name in part.attrib if _PRIVATE.match(name)]
    children = [child for child in part if _PRIVATE.match(child.tag)]
    for name in names:
        del part.attrib[name]
    for child in children:
        part.remove(child)
    return bool(names or children)


def _add(description: Element, name: str, values: Sequence[str]) -> None:
    from xml.etree.ElementTree import SubElement

    place = SubElement(description, _full(name))
    container = _CONTAINERS.get(name.partition(":")[2])
    if container is None:
        place.text = values[0]
        return
    items = SubElement(place, _RDF + container)
    for value in values if container != "Alt" else values[:1]:
        item = SubElement(items, f"{_RDF}li", {_LANGUAGE: "x-default"} if container == "Alt" else {})
        item.text = value


def _full(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_PREFIXES[prefix]}}}{local}"


def _parsed(xmp: str) -> Element | None:
    """The root of a packet; None for none, a broken one, one with entities, which can grow without bound, and one that is nested without end."""
    from xml.etree import ElementTree

    text = _PACKET.sub("", xmp).strip()
    if not text or len(text) > _MAX_BYTES or "<!" in text:
        return None
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without declarations there is nothing to expand
    except ElementTree.ParseError:
        return None
    level = [root]
    for _ in range(_MAX_DEPTH):
        level = [child for part in level for child in part]
    return None if level else root


def _descriptions(root: Element | None) -> Iterator[Element]:
    return iter(()) if root is None else root.iter(f"{_RDF}Description")


def _with_description(root: Element | None) -> tuple[Element, Element]:
    """The root, a new one where there is none, and its first description."""
    from xml.etree import ElementTree

    if root is None:
        root = ElementTree.Element(f"{{{_PREFIXES['x']}}}xmpmeta")
    rdf = root if root.tag == f"{_RDF}RDF" else root.find(f"{_RDF}RDF")
    if rdf is None:
        rdf = ElementTree.SubElement(root, f"{_RDF}RDF")
    first = rdf.find(f"{_RDF}Description")
    if first is None:
        first = ElementTree.SubElement(rdf, f"{_RDF}Description")
    first.attrib.setdefault(f"{_RDF}about", "")
    return root, first


def _written(root: Element) -> str:
    from xml.etree import ElementTree

    for prefix, uri in _PREFIXES.items():
        ElementTree.register_namespace(prefix, uri)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="w"?>'


def _text(element: Element | None) -> str:
    if element is None:
        return ""
    return element.get(f"{_RDF}resource") or (element.text or "").strip()
