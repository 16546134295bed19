"""What image files say besides their pixels."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pil
from PIL import ImageCms, PngImagePlugin

from prodgen_sdk import images
from prodgen_sdk.metadata import Metadata, read_metadata

PICTURE = np.random.default_rng(0).integers(0, 256, (24, 16, 3), dtype=np.uint8)
FORMATS = ("png", "jpeg", "webp", "avif")
FOREIGN = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/jpeg">'
    "<dc:creator>Ann</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def photo(orientation=6, **more) -> bytes:
    """A JPEG with an artist, an orientation, a location and a thumbnail-like block."""
    exif = Pil.Exif()
    exif[0x013B], exif[0x0112] = "Ann", orientation
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    buffer = io.BytesIO()
    Pil.fromarray(PICTURE).save(buffer, "JPEG", quality=100, subsampling=0, exif=exif, **more)
    return buffer.getvalue()


@pytest.mark.parametrize("format", FORMATS)
def test_metadata_go_through_every_format(format):
    metadata = Metadata(read_metadata(photo()).exif, FOREIGN).labelled("trainedAlgorithmicMedia")
    data = images.encode(PICTURE, format, metadata=metadata)
    back = read_metadata(data)
    assert back.digital_source == "trainedAlgorithmicMedia"
    assert "Ann" in back.xmp
    with Pil.open(io.BytesIO(data)) as file:
        assert file.getexif()[0x013B] == "Ann"
        profile = ImageCms.ImageCmsProfile(io.BytesIO(file.info["icc_profile"]))
        assert "sRGB" in ImageCms.getProfileDescription(profile)
    assert images.load(data).shape == PICTURE.shape
    assert data == images.encode(PICTURE, format, metadata=metadata)
    if format == "png":
        assert np.array_equal(images.load(data), PICTURE)  # the profile that is written changes no colour


def test_orientation_is_applied_once_and_location_is_left_out():
    data = photo(orientation=6)
    turned = images.load(data)
    assert turned.shape == (16, 24, 3)
    again = images.encode(turned, "jpeg", metadata=read_metadata(data))
    assert images.load(again).shape == (16, 24, 3)
    with Pil.open(io.BytesIO(again)) as file:
        exif = file.getexif()
        assert 0x0112 not in exif
        assert not exif.get_ifd(0x8825)


def test_a_label_replaces_the_one_that_is_there_and_keeps_the_rest():
    once = Metadata(xmp=FOREIGN).labelled("digitalCapture")
    twice = once.labelled("trainedAlgorithmicMedia")
    assert (once.digital_source, twice.digital_source) == ("digitalCapture", "trainedAlgorithmicMedia")
    assert twice.xmp.count("DigitalSourceType") == 1
    assert twice == twice.labelled("trainedAlgorithmicMedia")
    assert "Ann" in twice.xmp
    assert Metadata(xmp=FOREIGN).labelled("") == Metadata(xmp=FOREIGN)
    element = FOREIGN.replace(
        "<dc:creator>",
        '<i:DigitalSourceType xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture</i:DigitalSourceType><dc:creator>",
    )
    assert Metadata(xmp=element).digital_source == "digitalCapture"
    assert Metadata(xmp=element).labelled("algorithmicMedia").xmp.count("digitalCapture") == 0


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>',
        "<x:xmpmeta",
        "no xml at all",
        "<a>" + "b" * 2_000_000 + "</a>",
    ],
)
def test_a_hostile_packet_is_left_out(hostile):
    data = images.encode(PICTURE, "webp", metadata=Metadata(xmp=hostile))
    assert read_metadata(data).xmp == ""
    assert Metadata(xmp=hostile).digital_source == ""
    assert Metadata(xmp=hostile).labelled("algorithmicMedia").digital_source == "algorithmicMedia"


def saved(format, **options) -> bytes:
    buffer = io.BytesIO()
    Pil.fromarray(PICTURE).save(buffer, format, **options)
    return buffer.getvalue()


def with_iptc(data: bytes, *datasets: tuple[int, bytes]) -> bytes:
    """A JPEG with datasets of record 2 of IPTC-IIM, in a Photoshop block as editors write it."""
    block = b"".join(b"\x1c\x02" + bytes([name]) + len(text).to_bytes(2, "big") + text for name, text in datasets)
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(block).to_bytes(4, "big") + block + b"\0" * (len(block) % 2)
    return data[:2] + b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block + data[2:]


@pytest.mark.parametrize("target", FORMATS)
@pytest.mark.parametrize("source", ["PNG", "JPEG", "TIFF"])
def test_the_resolution_goes_through_every_format(source, target):
    data = images.encode(PICTURE, target, metadata=read_metadata(saved(source, dpi=(300, 150))))
    with Pil.open(io.BytesIO(data)) as file:
        exif = file.getexif()
        assert (exif[0x011A], exif[0x011B], exif[0x0128]) == (300, 150, 2)
        if target in ("png", "jpeg"):
            assert file.info["dpi"] == pytest.approx((300, 150), abs=0.05)
    again = images.encode(PICTURE, "jpeg", metadata=read_metadata(data))
    with Pil.open(io.BytesIO(again)) as file:
        assert file.info["jfif_density"] == (300, 150)


def test_no_resolution_is_made_up():
    assert read_metadata(saved("PNG")) == read_metadata(saved("JPEG")) == Metadata()
    assert 0x011A not in Pil.open(io.BytesIO(images.encode(PICTURE, metadata=read_metadata(photo())))).getexif()


def test_what_describes_the_old_pixels_is_left_out():
    exif = Pil.Exif()
    exif[0x013B], exif[0x8298] = "Ann", "(c) Ann"
    exif.get_ifd(0x8769).update({0xA001: 65535, 0xA002: 5000, 0xA003: 4000, 0x9003: "2026:01:01 10:00:00"})
    for data in (saved("TIFF", exif=exif, compression="tiff_lzw"), saved("JPEG", exif=exif)):
        with Pil.open(io.BytesIO(images.encode(PICTURE, "jpeg", metadata=read_metadata(data)))) as file:
            assert set(file.getexif()) == {0x013B, 0x8298, 0x8769}
            details = file.getexif().get_ifd(0x8769)
    assert details == {0xA001: 1, 0x9003: "2026:01:01 10:00:00"}, "the colours are sRGB now"


@pytest.mark.parametrize("target", FORMATS)
def test_credits_of_older_standards_go_on_as_xmp(target):
    iptc = with_iptc(saved("JPEG"), (80, "Ané".encode()), (116, b"(c) Ann"), (25, b"mug"), (25, b"red"), (90, b"Delft"))
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "Ané")
    text.add_text("Copyright", "(c) Ann")
    for data in (iptc, saved("PNG", pnginfo=text)):
        xmp = read_metadata(images.encode(PICTURE, target, metadata=read_metadata(data))).xmp
        assert "<dc:creator><rdf:Seq><rdf:li>Ané<" in xmp
        assert '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">(c) Ann<' in xmp
    xmp = read_metadata(iptc).xmp
    assert "<rdf:li>mug</rdf:li><rdf:li>red</rdf:li>" in xmp
    assert "Delft" not in xmp
    stated = read_metadata(with_iptc(saved("JPEG", xmp=FOREIGN.encode()), (80, b"Bob"), (105, b"New")))
    assert "Ann" in stated.xmp
    assert "Bob" not in stated.xmp, "XMP goes first"
    assert "<photoshop:Headline>New<" in stated.xmp
    assert Metadata(xmp=stated.xmp).labelled("digitalCapture").digital_source == "digitalCapture"


def test_a_location_in_xmp_is_left_out():
    private = FOREIGN.replace(
        "<dc:creator>",
        '<e:GPSLongitude xmlns:e="http://ns.adobe.com/exif/1.0/">4,21E</e:GPSLongitude><dc:creator>',
    ).replace(
        'dc:format="image/jpeg"', 'xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:City="Delft" dc:format="image/jpeg"'
    )
    private = private.replace(
        'dc:format="image/jpeg"',
        'dc:format="image/jpeg" xmlns:d="http://www.dji.com/drone-dji/1.0/" d:GpsLatitude="52.01" d:Longitude="4.35"',
    )
    xmp = read_metadata(saved("JPEG", xmp=private.encode())).xmp
    assert not any(private in xmp for private in ("GPS", "52.01", "4.35"))
    assert "Delft" not in xmp
    assert "Ann" in xmp


def test_a_packet_that_is_nested_without_end_is_replaced():
    deep = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + "<a>" * 20_000 + "</a>" * 20_000 + "</x:xmpmeta>"
    assert read_metadata(saved("WEBP", xmp=deep.encode())).xmp == ""
    assert Metadata(xmp=deep).labelled("digitalCapture").digital_source == "digitalCapture"


def test_a_damaged_part_takes_no_other_with_it():
    data = with_iptc(photo(), (80, b"Ann"))
    data = data.replace(b"\x1c\x02\x50\x00\x03", b"\x1c\x02\x50\xff\xff")
    with Pil.open(io.BytesIO(images.encode(PICTURE, metadata=read_metadata(data)))) as file:
        assert file.getexif()[0x013B] == "Ann"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_reading_never_raises(noise, place):
    assert isinstance(read_metadata(noise), Metadata)
    data = photo()
    damaged = data[: min(place, len(data))] + noise + data[place + len(noise) :]
    assert isinstance(read_metadata(damaged), Metadata)
