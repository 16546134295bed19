"""What an image file says besides its pixels: EXIF, XMP, and what kind of source the image has.

Metadata are untrusted: what cannot be read is left out, a location and embedded thumbnails always are.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from prodgen_sdk.unwarned import unwarned

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
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_META = "adobe:ns:meta/"
_PACKET = re.compile(r"<\?xpacket[^>]*\?>|\x00")
_MAX_BYTES = 2**20
_ORIENTATION, _GPS, _INTEROP = 0x0112, 0x8825, 0xA005
_LARGE = (0x501B, 0x927C, 0x5091, 0x5090)  # thumbnails and makers' notes


@dataclass(frozen=True)
class Metadata:
    """What is written beside the pixels: an EXIF block and an XMP packet, each empty where there is none."""

    exif: bytes = b""
    xmp: str = ""

    def labelled(self, source: DigitalSource) -> Metadata:
        """The same with the IPTC property DigitalSourceType, which shops and search engines ask for on generated images.

        A packet that cannot be read is replaced. An empty source changes nothing.

        >>> Metadata().labelled("trainedAlgorithmicMedia").digital_source
        'trainedAlgorithmicMedia'
        """
        return replace(self, xmp=_with_source(self.xmp, source)) if source else self

    @property
    def digital_source(self) -> str:
        """The term of the vocabulary that the XMP packet states, or nothing."""
        root = _parsed(self.xmp)
        for description in () if root is None else root.iter(f"{{{_RDF}}}Description"):
            name = f"{{{_IPTC}}}DigitalSourceType"
            found = description.get(name) or _text(description.find(name))
            if found.startswith(_SOURCES):
                return found.removeprefix(_SOURCES)
        return ""


def read_metadata(data: bytes) -> Metadata:
    """What an image file says besides its pixels.

    The orientation is left out, because `images.load` turns the pixels, and so are location and thumbnails. Colours are sRGB after
    loading, so that a profile is not part of it either.

    >>> import numpy as np
    >>> from prodgen_sdk import images
    >>> labelled = Metadata().labelled("trainedAlgorithmicMedia")
    >>> read_metadata(images.encode(np.zeros((8, 8, 3), np.uint8), "png", metadata=labelled)).digital_source
    'trainedAlgorithmicMedia'
    """
    from PIL import Image as Pil

    try:
        with unwarned(r"PIL\."), Pil.open(io.BytesIO(data)) as picture:
            return Metadata(_exif(picture), _xmp(picture))
    except Exception:  # whatever a decoder makes of a hostile file: the pixels are read elsewhere
        return Metadata()


@cache
def srgb_profile() -> bytes:
    """The profile that our own files have: always the same, so that equal images are equal files."""
    from PIL import ImageCms

    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Without the time when it was made.
    return made[:24] + b"\x07\xe8\x00\x01\x00\x01" + bytes(6) + made[36:]


def writing(metadata: Metadata | None, format: str) -> dict[str, Any]:
    """What Pillow's `save` takes to write it, with a profile that says sRGB; nothing for None."""
    from PIL import PngImagePlugin

    if metadata is None:
        return {}
    options: dict[str, Any] = {"icc_profile": srgb_profile()}
    if metadata.exif:
        options["exif"] = metadata.exif
    if metadata.xmp and format == "png":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", metadata.xmp)
        options["pnginfo"] = info
    elif metadata.xmp:
        options["xmp"] = metadata.xmp.encode()
    return options


def _exif(picture: Any) -> bytes:
    exif = picture.getexif()
    for tag in (_ORIENTATION, _GPS, _INTEROP, *_LARGE):
        exif.pop(tag, None)
    details = exif.get_ifd(0x8769)
    for tag in _LARGE:
        details.pop(tag, None)
    if not len(exif):
        return b""
    found: bytes = exif.tobytes()
    return found if len(found) < 2**16 - 8 else b""  # more does not fit into a JPEG


def _xmp(picture: Any) -> str:
    raw = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or ""
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    return text if _parsed(text) is not None else ""


def _parsed(xmp: str) -> Element | None:
    """The root of a packet; None for none, a broken one, and one with entities, which can grow without bound."""
    from xml.etree import ElementTree

    text = _PACKET.sub("", xmp).strip()
    if not text or len(text) > _MAX_BYTES or "<!" in text:
        return None
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - without declarations there is nothing to expand
    except ElementTree.ParseError:
        return None


def _with_source(xmp: str, source: str) -> str:
    from xml.etree import ElementTree

    for prefix, uri in (("x", _META), ("rdf", _RDF), ("Iptc4xmpExt", _IPTC)):
        ElementTree.register_namespace(prefix, uri)
    root = _parsed(xmp)
    if root is None:
        root = ElementTree.Element(f"{{{_META}}}xmpmeta")
    rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
    if rdf is None:
        rdf = ElementTree.SubElement(root, f"{{{_RDF}}}RDF")
    name = f"{{{_IPTC}}}DigitalSourceType"
    descriptions = rdf.findall(f"{{{_RDF}}}Description")
    for description in descriptions:
        description.attrib.pop(name, None)
        for child in description.findall(name):
            description.remove(child)
    first = descriptions[0] if descriptions else ElementTree.SubElement(rdf, f"{{{_RDF}}}Description")
    first.attrib.setdefault(f"{{{_RDF}}}about", "")
    first.set(name, _SOURCES + source)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>{body}<?xpacket end="w"?>'


def _text(element: Element | None) -> str:
    if element is None:
        return ""
    return element.get(f"{{{_RDF}}}resource") or (element.text or "").strip()
