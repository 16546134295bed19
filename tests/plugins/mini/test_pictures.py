"""Readers of pictures, cleaning, augmentation, and the files for TensorBoard."""

import io
import json
import struct
import tarfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from prodgen_mini.training.cleaning import clean

from prodgen_sdk.errors import InputError, OutsideWorkspace
from prodgen_sdk.training import Record
from prodgen_sdk.training.cleaning import perceptual_hash
from prodgen_sdk.training.examples import read_examples, split_of
from prodgen_sdk.training.tensorboard import EventFile, crc32c

torch = pytest.importorskip("torch")


def picture(seed, size=64):
    rng = np.random.default_rng(seed)
    return np.asarray(Image.fromarray(rng.integers(0, 256, (8, 8, 3), np.uint8)).resize((size, size)))


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


# U+2028 parts lines for `str.splitlines`, and not in JSON Lines.
ROWS = [{"sku": f"p{n // 2}", "caption": f"number\u2028{n}", "azimuth": 45.0 * n} for n in range(6)]


def write(form, folder, gone=()):
    """The same six pictures in one of the forms, but for those that are gone; returns what to read."""
    data = [None if n in gone else png(picture(n)) for n in range(6)]
    if form == "jsonl":
        lines = []
        for n, row in enumerate(ROWS):
            if data[n]:
                (folder / f"{n}.png").write_bytes(data[n])
            lines.append(json.dumps({"image": f"{n}.png", **row}, ensure_ascii=False))
        (folder / "data.jsonl").write_text("\n".join(lines), "utf-8")
    elif form == "tar":
        with tarfile.open(folder / "00000.tar", "w") as archive:
            for n, row in enumerate(ROWS):
                for kind, content in (("png", data[n]), ("json", json.dumps(row).encode())):
                    if content is None:
                        continue
                    info = tarfile.TarInfo(f"part/{n:04d}.{kind}")
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
    elif form in ("parquet", "arrow"):
        pa = pytest.importorskip("pyarrow")
        table = pa.Table.from_pylist(
            [{"image": d and {"bytes": d, "path": None}, **row} for d, row in zip(data, ROWS, strict=True)]
        )
        if form == "parquet":
            from pyarrow import parquet

            parquet.write_table(table, folder / "train-00000.parquet")
        else:
            (folder / "dataset_info.json").write_text("{}")
            with (
                pa.OSFile(str(folder / "data-00000-of-00001.arrow"), "wb") as sink,
                pa.ipc.new_stream(sink, table.schema) as stream,
            ):
                stream.write_table(table)
    elif form == "rendered":
        (folder / "shards").mkdir()
        np.savez(folder / "shards" / "00000.npz", images=np.stack([picture(n) for n in range(6)]))
        lines = [
            json.dumps({"file": "shards/00000.npz", "row": n, **row}, ensure_ascii=False) for n, row in enumerate(ROWS)
        ]
        (folder / "manifest.jsonl").write_text("\n".join(lines), "utf-8")
    return folder


@pytest.mark.parametrize("form", ["jsonl", "tar", "parquet", "arrow", "rendered"])
def test_every_form_gives_the_same_examples(form, tmp_path):
    found = list(read_examples(write(form, tmp_path)))
    assert [(e.product, e.caption, e.azimuth) for e in found] == [(r["sku"], r["caption"], r["azimuth"]) for r in ROWS]
    for n, example in enumerate(found):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(example.data)).convert("RGB")), picture(n))


@pytest.mark.parametrize("form", ["jsonl", "tar", "parquet", "arrow"])
def test_pictures_that_are_gone_do_not_stop_the_others(form, tmp_path):
    found = list(read_examples(write(form, tmp_path, gone=(0, 4))))
    assert [e.product for e in found] == [row["sku"] for row in ROWS]
    assert [reason for _, reason in clean(found, 32).dropped] == ["missing", "missing"]


def test_a_folder_of_pictures_is_read_by_product_folders(tmp_path):
    for product in ("mug", "bowl"):
        (tmp_path / product).mkdir()
        (tmp_path / product / "front.png").write_bytes(png(picture(1)))
    assert sorted(e.product for e in read_examples(tmp_path)) == ["bowl", "mug"]


def test_what_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match="no data"):
        list(read_examples(tmp_path / "nothing"))
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InputError, match="no images"):
        list(read_examples(tmp_path))
    (tmp_path / "d.jsonl").write_text('{"image": "../../etc/passwd"}')
    with pytest.raises(OutsideWorkspace, match="line 1"):
        list(read_examples(tmp_path))
    (tmp_path / "rendered").mkdir()
    (tmp_path / "rendered" / "manifest.jsonl").write_text('{"file": "../a.txt"}')
    with pytest.raises(OutsideWorkspace, match="lies outside"):
        list(read_examples(tmp_path / "rendered"))
    (tmp_path / "d.jsonl").write_text("not json")
    with pytest.raises(InputError, match="line 1"):
        list(read_examples(tmp_path))


@pytest.mark.parametrize("form", ["tar", "parquet", "arrow", "rendered"])
def test_a_file_that_was_cut_off_is_named(form, tmp_path):
    write(form, tmp_path)
    path = next(path for path in tmp_path.rglob("*") if path.suffix in (".tar", ".parquet", ".arrow", ".npz"))
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(InputError, match="damaged, cut off"):
        list(read_examples(tmp_path))


def test_lines_that_are_no_text_are_named(tmp_path):
    (tmp_path / "d.jsonl").write_bytes(b"\xff\xfe{}")
    with pytest.raises(InputError, match=r"d\.jsonl is damaged"):
        list(read_examples(tmp_path))


def test_cleaning_says_what_it_took_out(tmp_path):
    rows = {
        "good.png": ("a", png(picture(1))),
        "again.png": ("b", png(picture(1, 80))),
        "view.png": ("a", png(picture(1, 72))),
        "tiny.png": ("c", png(picture(2, 20))),
        "empty.png": ("d", png(np.full((64, 64, 3), 255, np.uint8))),
        "cut.png": ("e", png(picture(3))[:60]),
        "other.png": ("f", png(picture(4))),
    }
    lines = [json.dumps({"image": name, "sku": sku}) for name, (sku, _) in rows.items()]
    lines.append(json.dumps({"image": "gone.png", "sku": "g"}))
    for name, (_, data) in rows.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "data.jsonl").write_text("\n".join(lines))
    cleaned = clean(read_examples(tmp_path), 32)
    assert dict(cleaned.dropped) == {
        "again.png": "duplicate", "tiny.png": "too_small", "empty.png": "near_empty", "cut.png": "corrupt", "gone.png": "missing",
    }  # fmt: skip
    assert [e.key for e in cleaned.examples] == ["good.png", "view.png", "other.png"]
    assert cleaned.images.shape == (3, 32, 32, 3)
    report = cleaned.report()
    assert report["dropped"] == {
        "missing": 1, "corrupt": 1, "too_small": 1, "near_empty": 1, "duplicate": 1, "no_words": 0,
    }  # fmt: skip
    assert sum(report["pictures"].values()) == 3


@given(st.text(min_size=1, max_size=12))
def test_a_product_is_on_one_side_of_the_split(product):
    assert split_of(product) == split_of(product) in ("train", "val", "test")


def test_splits_have_their_shares():
    found = [split_of(f"p{n}") for n in range(4000)]
    assert abs(found.count("train") / 4000 - 0.9) < 0.02
    assert abs(found.count("test") / 4000 - 0.05) < 0.015


def test_hashes_keep_with_size_and_light():
    first = picture(5)
    brighter = np.clip(first * 0.9 + 20, 0, 255).astype(np.uint8)
    for other in (picture(5, 200), brighter):
        assert (perceptual_hash(first) ^ perceptual_hash(other)).bit_count() <= 4
    assert (perceptual_hash(first) ^ perceptual_hash(picture(6))).bit_count() > 12


def test_mirrored_views_are_labelled_by_where_they_are_seen_from():
    from prodgen_sdk.training.augment import Augmentation, augment

    still = {"rotation": 0, "crop": 0, "colour": 0}
    x = torch.ones(64, 3, 16, 16)
    x[:, :, :, :4] = 0  # dark on the left
    azimuths = torch.full((64,), 30.0)
    noise = torch.Generator().manual_seed(0)
    seen, windows, labels = augment(x, noise, Augmentation(**still, flips=True), azimuths)
    mirrored = seen[:, 0, 8, 0] > 0.5
    assert 10 < int(mirrored.sum()) < 54
    assert set(labels[mirrored].tolist()) == {330.0}
    assert set(labels[~mirrored].tolist()) == {30.0}
    assert torch.equal(windows, torch.tensor([[0.0, 0, 1]]).expand(64, 3))
    same, _, kept = augment(x, noise, Augmentation(**still), azimuths)
    assert torch.allclose(same, x, atol=1e-5)
    assert torch.equal(kept, azimuths)


def test_turns_and_colours_change_the_picture_and_leave_white_white():
    from prodgen_sdk.training.augment import augment

    x = torch.ones(8, 3, 32, 32)
    x[:, :, 12:20, 12:20] = torch.tensor([0.2, 0.5, 0.7])[:, None, None]
    seen = augment(x, torch.Generator().manual_seed(1)).images
    again = augment(x, torch.Generator().manual_seed(1)).images
    assert torch.equal(seen, again)
    assert (seen[:, :, 0, 0] == 1).all()
    assert float((seen - x).abs().mean()) > 0.005
    assert float(seen.min()) >= 0
    assert float(seen.max()) <= 1


def test_a_turn_brings_in_no_colour_that_the_picture_has_not():
    from prodgen_sdk.training.augment import Augmentation, augment

    x = torch.full((8, 3, 32, 32), 0.25)
    seen = augment(x, torch.Generator().manual_seed(1), Augmentation(rotation=30, colour=0)).images
    assert torch.allclose(seen, x, atol=1e-6)


@pytest.mark.parametrize("flips", [False, True])
def test_a_copy_is_what_its_window_shows(flips):
    from prodgen_sdk.training.augment import Augmentation, augment

    across = torch.linspace(0.1, 0.9, 64)
    x = torch.stack([across.expand(64, 64), across[:, None].expand(64, 64), torch.zeros(64, 64)]).expand(40, 3, 64, 64)
    how = Augmentation(rotation=0, crop=0.5, colour=0, flips=flips)
    copies, windows, _ = augment(x, torch.Generator().manual_seed(3), how)
    assert float(windows.min()) >= 0
    assert float((windows[:, :2] + windows[:, 2:]).max()) <= 1 + 1e-6
    mirrored = copies[:, 0, 32, 0] > copies[:, 0, 32, -1]
    assert (5 < int(mirrored.sum()) < 35) == flips
    for copy, (left, top, edge), turned in zip(copies, windows.tolist(), mirrored.tolist(), strict=True):
        whole = x[0].flip(2) if turned else x[0]
        row, column = round(64 * (top + edge / 2) - 0.5), round(64 * (left + edge / 2) - 0.5)
        assert torch.allclose(copy[:2, 31:33, 31:33].mean((1, 2)), whole[:2, row, column], atol=0.01)
        assert abs(float(copy[1, -1, 32] - copy[1, 0, 32]) - 0.8 * edge) < 0.03


def read_events(path):
    """An independent reader of event files: [(step, tag, value or bytes)]."""
    data, found = path.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        for start, size in ((0, 8), (12, length)):
            crc = crc32c(data[start : start + size])
            assert (
                struct.unpack("<I", data[start + size : start + size + 4])[0]
                == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
            )
        event = fields(data[12 : 12 + length])
        if 5 in event:
            value = fields(fields(event[5])[1])
            found.append((event.get(2, 0), value[1].decode(), value[2] if 2 in value else fields(value[4])))
        elif 7 in event:
            found.append((event[2], "session", fields(event[7])))
        data = data[16 + length :]
    return found


def fields(data):
    found, place = {}, 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        key = varint()
        kind = key & 7
        if kind == 0:
            found[key >> 3] = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            raw = data[place : place + size]
            place += size
            found[key >> 3] = (
                struct.unpack("<f", raw)[0] if kind == 5 else struct.unpack("<d", raw)[0] if kind == 1 else raw
            )
    return found


def test_event_files_hold_curves_and_pictures(tmp_path):
    record = Record(tmp_path, 0)
    record.figures(1, {"loss": 0.5, "broken": float("nan")})
    record.figures(300, {"loss": 0.25})
    record.picture(300, picture(1))
    record.close()
    (path,) = (tmp_path / "tensorboard").iterdir()
    started, first, second, third = read_events(path)
    assert started == (1, "session", {1: 1})
    assert first == (1, "loss", 0.5)
    assert second == (300, "loss", 0.25)
    assert third[2][1] == third[2][2] == 64
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(third[2][4]))), picture(1))
    assert (tmp_path / "samples" / "000300.png").is_file()


def test_checksums_follow_the_standard(tmp_path):
    # RFC 3720, appendix B.4.
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(bytes([255] * 32)) == 0x62A8AB43
    assert crc32c(bytes(range(32))) == 0x46DD794E
    EventFile(tmp_path).close()


def test_a_log_goes_on_after_the_checkpoint(tmp_path):
    first = Record(tmp_path, 0)
    for step in (1, 2, 3):
        first.figures(step, {"loss": step})
    first.close()
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 4, "lo')
    second = Record(tmp_path, 2)
    second.figures(3, {"loss": 9.0})
    second.close()
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(line["step"], line["loss"]) for line in lines] == [(1, 1), (2, 2), (3, 9)]
    events = [read_events(path) for path in (tmp_path / "tensorboard").iterdir()]
    # TensorBoard leaves out what was noted of step 3 before.
    assert (3, "session", {1: 1}) in [file[0] for file in events]
