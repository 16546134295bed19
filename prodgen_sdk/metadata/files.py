"""Metadata from image files, and into them."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from prodgen_sdk.metadata import xmp as packets
from prodgen_sdk.unwarned import unwarned

T = TypeVar("T")

_X_RESOLUTION, _Y_RESOLUTION, _UNIT, _INCH, _CENTIMETRE = 0x011A, 0x011B, 0x0128, 2, 3
_DESCRIPTIVE = {0x010D, 0x010E, 0x010F, 0x0110, _X_RESOLUTION, _Y_RESOLUTION, _UNIT, 0x0131, 0x0132, 0x013B, 0x013C}
"""What of TIFF's own tags is kept; the others are of the old file's pixels."""
_FIRST_OF_EXIF, _LAST_OF_EXIF = 0x4746, 0xC4A4
_PARTS = {0x83BB, 0x8649, 0x8773, 0x8825, 0xA005}  # IPTC, Photoshop, the profile, the location, interoperability
_LARGE = {0x501B, 0x927C, 0x5091, 0x5090}  # thumbnails and makers' notes
_DETAILS, _COLOUR_SPACE, _SRGB, _WIDTH, _HEIGHT = 0x8769, 0xA001, 1, 0xA002, 0xA003
_PNG_TEXT = {"Author": "dc:creator", "Copyright": "dc:rights", "Title": "dc:title", "Description": "dc:description"}
_IPTC = {
    5: "dc:title",
    25: "dc:subject",
    80: "dc:creator",
    105: "photoshop:Headline",
    110: "photoshop:Credit",
    115: "photoshop:Source",
    116: "dc:rights",
    120: "dc:description",
}
"""Datasets of record 2 of IPTC-IIM 4.2, and where IPTC Core has them in XMP."""


@dataclass(frozen=True)
class Metadata:
    """What is written beside the pixels: an EXIF block and an XMP packet, each empty where there is none."""

    exif: bytes = b""
    xmp: str = ""

    def labelled(self, source: packets.DigitalSource) -> Metadata:
        """The same with the IPTC property DigitalSourceType, which shops and search engines ask for on generated images.

        A packet that cannot be read is replaced. An empty source changes nothing.

        >>> Metadata().labelled("trainedAlgorithmicMedia").digital_source
        'trainedAlgorithmicMedia'
        """
        return replace(self, xmp=packets.labelled(self.xmp, source)) if source else self

    @property
    def digital_source(self) -> str:
        """The term of the vocabulary that the XMP packet states, or nothing."""
        return packets.digital_source(self.xmp)


def read_metadata(data: bytes) -> Metadata:
    """What an image file says besides its pixels, in the two forms that every format holds.

    The resolution is in EXIF wherever the file states it. What only IPTC-IIM or the text of a PNG says of title, description,
    author, copyright and keywords goes into XMP. Left out are the orientation, because `images.load` turns the pixels, location, thumbnails
    and makers' notes. Colours are sRGB after loading, so that a profile is not part of it either.

    >>> import numpy as np
    >>> from prodgen_sdk import images
    >>> labelled = Metadata().labelled("trainedAlgorithmicMedia")
    >>> read_metadata(images.encode(np.zeros((8, 8, 3), np.uint8), "png", metadata=labelled)).digital_source
    'trainedAlgorithmicMedia'
    """
    from PIL import Image as Pil

    try:
        with unwarned(r"PIL\."), Pil.open(io.BytesIO(data)) as picture:
            exif, text, iptc = _tried(_exif, picture), _tried(_png_text, picture), _tried(_iptc, picture)
            return Metadata(exif or b"", packets.kept(_packet(picture), (text or {}) | (iptc or {})))
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
        if format in ("png", "jpeg") and (dpi := _resolution(metadata.exif)) is not None:
            options["dpi"] = dpi  # many programs read it from these formats' own fields alone
    if metadata.xmp and format == "png":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", metadata.xmp)
        options["pnginfo"] = info
    elif metadata.xmp:
        options["xmp"] = metadata.xmp.encode()
    return options


def _tried(read: Callable[[Any], T], picture: Any) -> T | None:
    """What one part of a file says; a damaged part is left out, and takes no other part with it."""
    try:
        return read(picture)
    except Exception:  # Pillow raises almost anything on damaged parts
        return None


def _exif(picture: Any) -> bytes:
    exif = picture.getexif()
    # Of a JPEG without it Pillow says 72, of a TIFF 1.
    elsewhere = picture.info.get("jfif_unit") or picture.format in ("PNG", "BMP")
    if elsewhere and _X_RESOLUTION not in exif and (dpi := picture.info.get("dpi")) is not None and min(dpi) >= 1:
        exif[_X_RESOLUTION], exif[_Y_RESOLUTION] = (round(float(value), 1) for value in dpi)
        exif[_UNIT] = _INCH
    details = exif.get_ifd(_DETAILS)
    for tag in (*_LARGE, *_PARTS, _WIDTH, _HEIGHT):
        details.pop(tag, None)
    if _COLOUR_SPACE in details:
        details[_COLOUR_SPACE] = _SRGB
    for tag in list(exif):
        if not (tag in _DESCRIPTIVE or _FIRST_OF_EXIF <= tag <= _LAST_OF_EXIF) or tag in _LARGE or tag in _PARTS:
            del exif[tag]
    if not len(exif):
        return b""
    found: bytes = exif.tobytes()
    return found if len(found) < 2**16 - 8 else b""  # more does not fit into a JPEG


def _resolution(exif: bytes) -> tuple[float, float] | None:
    """Pixels per inch of an EXIF block, across and down, where it states them."""
    from PIL import Image as Pil

    tags = Pil.Exif()
    tags.load(exif)
    scale = {_INCH: 1.0, _CENTIMETRE: 2.54}.get(tags.get(_UNIT, _INCH), 0.0)
    try:
        x, y = (float(tags[tag]) * scale for tag in (_X_RESOLUTION, _Y_RESOLUTION))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return (x, y) if all(math.isfinite(value) and 1 <= value < 2**16 for value in (x, y)) else None


def _packet(picture: Any) -> str:
    raw = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or ""
    return raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)


def _png_text(picture: Any) -> dict[str, list[str]]:
    found = {name: picture.info.get(key) for key, name in _PNG_TEXT.items()} if picture.format == "PNG" else {}
    return {name: [str(text)] for name, text in found.items() if text}


def _iptc(picture: Any) -> dict[str, list[str]]:
    from PIL import IptcImagePlugin

    records: dict[Any, Any] = IptcImagePlugin.getiptcinfo(picture) or {}
    found: dict[str, list[str]] = {}
    for dataset, name in _IPTC.items():
        value = records.get((2, dataset), [])
        texts = [_text(item) for item in (value if isinstance(value, list) else [value])]
        if any(texts):
            found[name] = [text for text in texts if text]
    return found


def _text(raw: bytes) -> str:
    """Words of IPTC-IIM: UTF-8 in files of today, Latin-1 in most of the old ones."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
