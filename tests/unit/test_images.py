import contextlib
import io
import os
import random
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image as Pil
from PIL import ImageCms

from prodgen_sdk import InvalidImage, StoreError, images
from prodgen_sdk.images.colour import to_lab, to_linear, to_srgb
from prodgen_sdk.metadata import Metadata

pictures = arrays(np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([3, 4])))


def written(picture, kind="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


@given(pictures)
@settings(max_examples=40, deadline=None)
def test_png_is_lossless(image):
    assert np.array_equal(images.load(images.encode(image), alpha=image.shape[2] == 4), image)


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
@settings(max_examples=30, deadline=None)
def test_layouts_are_inverse_to_each_other(image):
    assert np.array_equal(images.from_chw_float(images.to_chw_float(image)), image)
    tensor = images.to_tensor([image])
    assert tensor.shape == (1, 3, *image.shape[:2])
    assert np.array_equal(images.from_tensor(tensor)[0], image)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (np.zeros((4, 4, 3), np.float32), "255"),
        (np.zeros((4, 4, 3), np.int64), "astype"),
        (np.zeros((3, 40, 40), np.uint8), "transpose"),
        (np.zeros((4, 4), np.uint8), "height x width x 3"),
        (np.zeros((0, 4, 3), np.uint8), "empty"),
        ("photo.png", "images.load"),
        ([[1, 2], [3, 4]], "numpy"),
    ],
)
def test_what_is_no_image_is_told_how_to_become_one(value, hint):
    with pytest.raises(InvalidImage, match=hint):
        images.check(value)


def test_a_mask_must_be_bool():
    with pytest.raises(InvalidImage, match="> 127"):
        images.check_mask(np.zeros((4, 4), np.uint8))


def test_truncated(tmp_path):
    path = tmp_path / "half.jpg"
    data = written(Pil.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)), "JPEG")
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InvalidImage, match=r"half\.jpg is damaged or truncated"):
        images.load(path)


@pytest.mark.parametrize(
    ("data", "words"), [(b"", "empty"), (b"hello, world", "not an image"), (b"%PDF-1.7 ...", "not an image")]
)
def test_no_picture(tmp_path, data, words):
    (tmp_path / "file.png").write_bytes(data)
    with pytest.raises(InvalidImage, match=words):
        images.load(tmp_path / "file.png")


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(InvalidImage, match="no file"):
        images.load(tmp_path / "none.png")
    with pytest.raises(InvalidImage, match="folder"):
        images.load(tmp_path)


def test_a_decompression_bomb_is_refused_before_it_is_decoded():
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(InvalidImage, match=r"megapixels|too large"):
        images.load(bomb)


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_bomb_in_what_surrounds_the_pixels_is_refused(kind):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    squeezed = zlib.compress(bytes(50_000_000), 9)
    bomb = b"XML:com.adobe.xmp\0\1\0\0\0" + squeezed if kind == b"iTXt" else b"k\0\0" + squeezed
    picture = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)) + chunk(kind, bomb)
    picture += chunk(b"IDAT", zlib.compress(bytes(4 * 13))) + chunk(b"IEND", b"")
    assert len(picture) < 100_000
    tracemalloc.start()
    try:
        with pytest.raises(InvalidImage, match="Decompressed data too large"):
            images.load(picture)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_cmyk_becomes_rgb():
    loaded = images.load(written(Pil.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95))
    assert loaded.shape == (8, 8, 3)
    red, green, blue = loaded[4, 4].astype(int)
    assert red > 150
    assert max(green, blue) < 100


def test_sixteen_bits_keep_their_brightness():
    grey = Pil.fromarray(np.full((4, 4), 32768, np.uint16))
    assert abs(int(images.load(written(grey))[0, 0, 0]) - 128) <= 1


def test_a_sixteen_bit_grey_png_is_read_in_every_mode_that_pillow_gives_it(monkeypatch):
    data = written(Pil.fromarray(np.array([[0, 32768, 65535]], np.uint16)))
    assert images.load(data)[0, :, 0].tolist() == [0, 128, 255]
    real = Pil.open

    def older(*args, **options):
        picture = real(*args, **options).convert("I")
        picture.format = "PNG"
        return picture

    monkeypatch.setattr(Pil, "open", older)
    assert images.load(data)[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("values", [np.full((4, 4), 0.5, np.float32), np.full((4, 4), 200, np.int32)])
def test_what_has_32_bits_a_channel_is_refused_rather_than_guessed(values):
    with pytest.raises(InvalidImage, match="32 bits"):
        images.load(written(Pil.fromarray(values), "TIFF"))


@pytest.mark.parametrize("kind", ["RGBA", "LA", "grey16"])
def test_a_large_picture_needs_little_more_memory_than_its_pixels(kind):
    picture = Pil.fromarray(np.zeros((3000, 3000), np.uint16)) if kind == "grey16" else Pil.new(kind, (3000, 3000))
    data = written(picture)
    tracemalloc.start()  # counts numpy's memory, not that of the decoded image
    try:
        loaded = images.load(data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2.5 * loaded.nbytes


@given(arrays(np.uint8, (5, 4, 4)), st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=40, deadline=None)
def test_flatten_is_the_rounded_mean_by_alpha_however_it_is_cut(image, colour):
    alpha = image[..., 3:] / 255
    expected = np.rint(image[..., :3] * alpha + np.array(colour) * (1 - alpha)).astype(np.uint8)
    assert np.array_equal(images.flatten(image, colour), expected)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(images.arrays, "_STRIP_PIXELS", 8)
        assert np.array_equal(images.flatten(image, colour), expected)
        assert np.array_equal(images.load(images.encode(image), alpha=True), image)
        assert np.array_equal(images.load(images.encode(image)), images.flatten(image))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(InvalidImage, match="no regular file"):
        images.load(tmp_path / "pipe.png")


def test_too_many_bytes_are_refused_wherever_they_come_from(tmp_path, monkeypatch):
    monkeypatch.setattr(images.reading, "MAX_BYTES", 2**20)
    (tmp_path / "a.png").write_bytes(bytes(2**20 + 1))
    for source in (tmp_path / "a.png", bytes(2**20 + 1)):
        with pytest.raises(InvalidImage, match="the limit is 1"):
            images.load(source)


@pytest.mark.parametrize("mode", ["P", "L", "LA", "1", "RGBA", "RGB"])
def test_every_mode_becomes_rgb(mode):
    assert images.load(written(Pil.new(mode, (5, 3)))).shape == (3, 5, 3)


def test_a_transparent_palette_is_laid_on_white():
    picture = Pil.new("P", (4, 4), 0)
    picture.putpalette([10, 20, 30] * 256)
    assert (images.load(written(picture, transparency=0)) == 255).all()
    assert (images.load(written(picture, transparency=0), alpha=True)[..., 3] == 0).all()


def test_of_an_animation_the_first_frame_is_taken():
    frames = [Pil.new("RGB", (6, 6), colour) for colour in ("red", "blue")]
    loaded = images.load(written(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert loaded[3, 3].tolist() == [255, 0, 0]


def test_exif_orientation_is_applied():
    image = np.zeros((4, 8, 3), np.uint8)
    image[:, :4] = 255
    exif = Pil.Exif()
    exif[0x0112] = 6
    loaded = images.load(written(Pil.fromarray(image), "PNG", exif=exif))
    assert loaded.shape == (8, 4, 3)
    assert loaded[0].mean() == 255
    assert loaded[-1].mean() == 0


def test_an_icc_profile_is_converted_to_srgb():
    grey = np.full((4, 4, 3), 120, np.uint8)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert np.abs(images.load(written(Pil.fromarray(grey), icc_profile=srgb)).astype(int) - 120).max() <= 1
    linear = srgb_with_gamma_one(srgb)
    assert images.load(written(Pil.fromarray(grey), icc_profile=linear)).min() > 170
    assert np.array_equal(images.load(written(Pil.fromarray(grey), icc_profile=b"broken")), grey)
    few = Pil.fromarray(grey).quantize(2)
    converted = images.load(written(few, icc_profile=linear, transparency=few.getpixel((0, 0))), alpha=True)
    assert converted[..., :3].min() > 170
    assert converted[..., 3].max() == 0


def test_the_pixels_of_our_own_files_come_back_as_they_were():
    colours = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    file = images.encode(colours, metadata=Metadata())
    assert np.array_equal(images.load(file), colours)
    with_profile = Pil.open(io.BytesIO(file))
    to = ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(
        with_profile, ImageCms.ImageCmsProfile(io.BytesIO(with_profile.info["icc_profile"])), to
    )
    assert np.array_equal(np.asarray(converted), colours)


def srgb_with_gamma_one(profile):
    """The profile with its three tone curves replaced by the identity, which makes its numbers linear light."""
    data = bytearray(profile)
    for number in range(struct.unpack(">I", data[128:132])[0]):
        at = 132 + 12 * number
        signature, offset, size = struct.unpack(">4sII", data[at : at + 12])
        if signature in (b"rTRC", b"gTRC", b"bTRC"):
            curve = b"curv" + bytes(8)
            data[offset : offset + len(curve)] = curve
            data[at + 8 : at + 12] = struct.pack(">I", min(size, len(curve)))
    return bytes(data)


@given(arrays(np.uint8, (6, 6, 4)))
@settings(max_examples=30, deadline=None)
def test_flatten_keeps_opaque_pixels_and_hides_transparent_ones(image):
    flat = images.flatten(image)
    assert np.array_equal(flat[image[..., 3] == 255], image[..., :3][image[..., 3] == 255])
    assert (flat[image[..., 3] == 0] == 255).all()


def test_hidden_colours_do_not_bleed_when_resized():
    image = np.zeros((8, 8, 4), np.uint8)
    image[:, :4] = (255, 0, 0, 255)
    image[:, 4:] = (0, 255, 0, 0)
    small = images.resize(image, 4, 4)
    visible = small[small[..., 3] > 0]
    assert visible[:, 1].max() == 0


def test_a_picture_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    target = images.save(np.zeros((4, 4, 3), np.uint8), tmp_path / "a.png")
    before = target.read_bytes()

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        images.save(np.full((4, 4, 3), 9, np.uint8), target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(InvalidImage, match=r"\.bmp"):
        images.save(np.zeros((4, 4, 3), np.uint8), tmp_path / "a.bmp")


def test_equal_pixels_have_equal_digests_however_they_are_stored():
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    assert images.pixel_digest(image) == images.pixel_digest(np.asfortranarray(image))
    assert images.pixel_digest(image) != images.pixel_digest(image.reshape(2, 8, 3))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"])
def test_damaged_bytes_raise_invalid_image_and_nothing_else(kind):
    options = {"exif": _exif()} if kind in ("PNG", "JPEG", "WEBP") else {}
    whole = written(Pil.fromarray(np.arange(20 * 24 * 3, dtype=np.uint8).reshape(20, 24, 3)), kind, **options)
    rng = random.Random(1)
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(rng.choice((1, 2, 4, 8))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        with contextlib.suppress(InvalidImage):
            assert images.load(bytes(damaged)).dtype == np.uint8


def test_images_of_any_shape_are_squared() -> None:
    wide = np.full((20, 40, 3), 240, np.uint8)
    wide[5:15, 10:30] = (200, 0, 0)
    found = images.squared(wide, 64)
    assert found.shape == (64, 64, 3)
    assert (found[0] == 240).all()
    assert (images.squared(wide, 64, (0, 255, 0))[-1] == (0, 255, 0)).all()
    clear = np.full((40, 20, 4), 255, np.uint8)
    assert images.squared(clear, 20)[10, :, 3].tolist() == [0] * 5 + [255] * 10 + [0] * 5
    assert images.squared(found, 64) is found


def _exif():
    exif = Pil.Exif()
    exif[0x0112], exif[0x010F] = 6, "somebody"
    return exif


def test_lab_of_known_colours() -> None:
    """Values of the CIE formulas for sRGB under D65."""
    known = {(255, 255, 255): (100, 0, 0), (0, 0, 0): (0, 0, 0), (255, 0, 0): (53.24, 80.09, 67.20)}
    bytes_ = np.asarray(list(known), np.uint8)
    for colours in (bytes_, bytes_ / 255):
        np.testing.assert_allclose(to_lab(colours), list(known.values()), atol=0.05)


def test_light_and_srgb_are_each_others_inverse() -> None:
    levels = np.arange(256) / 255
    np.testing.assert_allclose(to_srgb(to_linear(levels)), levels, atol=1e-6)
    assert to_linear(0.5) == pytest.approx(0.2140, abs=1e-4)
