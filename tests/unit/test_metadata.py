"""What image files say besides their pixels."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pil
from PIL import ImageCms

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


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_reading_never_raises(noise, place):
    assert isinstance(read_metadata(noise), Metadata)
    data = photo()
    damaged = data[: min(place, len(data))] + noise + data[place + len(noise) :]
    assert isinstance(read_metadata(damaged), Metadata)
