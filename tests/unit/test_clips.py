import contextlib
import itertools
import random
import re
import subprocess
import sys

import numpy as np
import pytest

from prodgen_sdk import clips, images
from prodgen_sdk.errors import InputError, InvalidImage, MissingDependency, StoreError


def moving(number=5, size=(48, 64)):
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (*size, 3), dtype=np.uint8) // 64 * 64
    return [np.roll(picture, n, axis=1) for n in range(number)]


@pytest.mark.parametrize("name", ["c.mkv", "folder"])
def test_lossless_clips_come_back_as_they_were(tmp_path, name):
    pytest.importorskip("cv2")
    frames = moving()
    assert clips.write_clip(tmp_path / name, frames, 12) == 5
    clip = clips.open_clip(tmp_path / name, rate=None if name == "c.mkv" else 12)
    assert (clip.width, clip.height, clip.rate, clip.frames) == (64, 48, 12, 5)
    for _ in range(2):  # a clip can be read again
        assert all(np.array_equal(a, b) for a, b in zip(clip, frames, strict=True))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["c.gif", "c.mp4", "c.webm"])
def test_others_come_back_nearly(tmp_path, name):
    pytest.importorskip("cv2")
    rows, columns = np.mgrid[:48, :64]
    frames = [np.dstack([rows * 4, columns * 3, np.full((48, 64), 99)]).astype(np.uint8) for n in range(5)]
    for n, frame in enumerate(frames):
        frame[10:20, 8 * n + 4 : 8 * n + 20] = (250, 20, 240)
    clips.write_clip(tmp_path / name, frames, 20)
    clip = clips.open_clip(tmp_path / name)
    assert clip.rate == pytest.approx(20)
    found = list(clip)
    assert len(found) == 5
    assert max(np.abs(a.astype(int) - b).mean() for a, b in zip(found, frames, strict=True)) < 25


def test_frames_are_read_and_written_one_at_a_time(tmp_path):
    """The writer asks for a frame only when it has written the one before."""
    pytest.importorskip("cv2")
    alive, most = 0, 0

    class Frame(np.ndarray):
        def __del__(self):
            nonlocal alive
            alive -= 1

    def frames():
        nonlocal alive, most
        for _ in range(30):
            frame = np.zeros((32, 32, 3), np.uint8).view(Frame)
            alive += 1
            most = max(most, alive)
            yield frame

    clips.write_clip(tmp_path / "c.mkv", frames(), 25)
    assert most < 8


def test_what_names_a_clip(tmp_path):
    images.save(np.zeros((8, 8, 3), np.uint8), tmp_path / "still.png")
    clips.write_clip(tmp_path / "moves.gif", moving(), 10)
    assert not clips.is_clip(tmp_path / "still.png")
    assert clips.is_clip(tmp_path / "moves.gif")
    assert clips.is_clip(tmp_path)
    assert clips.is_clip("not-there.mp4")


def test_bad_clips_are_named(tmp_path, monkeypatch):
    pytest.importorskip("cv2")
    (tmp_path / "no.mp4").write_bytes(b"no video at all")
    (tmp_path / "no.gif").write_bytes(b"GIF89a")
    (tmp_path / "empty").mkdir()
    for name in ("no.mp4", "no.gif", "empty", "absent.webm"):
        with pytest.raises(InvalidImage, match=name):
            clips.open_clip(tmp_path / name)
    with pytest.raises(InputError, match="no clip"):
        clips.open_clip(tmp_path / "text.txt")
    with pytest.raises(InputError, match="frames a second"):
        clips.open_clip(tmp_path, rate=0)
    clips.write_clip(tmp_path / "big", moving(3), 25)
    images.save(np.zeros((8, 8, 3), np.uint8), tmp_path / "big/00002.png")
    with pytest.raises(InvalidImage, match="Frame 2"):
        list(clips.open_clip(tmp_path / "big"))
    monkeypatch.setattr(clips.reading, "MAX_EDGE", 50)
    with pytest.raises(InputError, match="64 x 48"):
        clips.open_clip(tmp_path / "big")
    monkeypatch.setattr(clips.reading, "MAX_EDGE", 64)
    monkeypatch.setattr(clips.reading, "MAX_FRAMES", 2)
    with pytest.raises(InputError, match="more than 2 frames"):
        clips.open_clip(tmp_path / "big")
    clip = clips.Clip(tmp_path / "big", "folder", 64, 48, 25.0, None)
    with pytest.raises(InputError, match="more than 2 frames"):
        list(itertools.islice(clip, 5))


def test_a_clip_is_written_whole_or_not_at_all(tmp_path):
    pytest.importorskip("cv2")

    def breaking():
        yield from moving(2)
        raise RuntimeError("stop")

    for name in ("c.mkv", "c.gif", "folder"):
        with pytest.raises(RuntimeError):
            clips.write_clip(tmp_path / name, breaking(), 25)
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="no frames"):
        clips.write_clip(tmp_path / "c.gif", [], 25)
    with pytest.raises(InputError, match="lossless"):
        clips.write_clip(tmp_path / "c.wmv", moving(), 25)
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    with pytest.raises(InputError, match="not empty"):
        clips.write_clip(tmp_path / "full", moving(), 25)
    with pytest.raises(StoreError, match=r"a\.gif could not be written"):
        clips.write_clip(tmp_path / "full/file/a.gif", moving(), 25)


def test_a_name_that_the_system_cannot_look_up_is_no_clip(tmp_path):
    name = tmp_path / ("x" * 5000)
    assert not clips.is_clip(name)
    assert not clips.is_clip(f"{name}.gif")
    with pytest.raises(InputError, match="is no clip"):
        clips.open_clip(name)
    for ending in (".gif", ".mp4"):
        with pytest.raises(InvalidImage):
            clips.open_clip(f"{name}{ending}")
    with pytest.raises(StoreError, match="File name too long"):
        clips.write_clip(name, moving(), 25)


@pytest.mark.parametrize("name", ["c.mp4", "c.webm", "c.mkv", "c.gif", "folder"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, name):
    pytest.importorskip("cv2")
    script = f"""
import resource, sys
import numpy as np
from prodgen_sdk.clips import write_clip
from prodgen_sdk.errors import StoreError

noise = np.random.default_rng(0).integers(0, 256, (20, 128, 128, 3), dtype=np.uint8)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # no file may grow beyond, as if the disk were full
try:
    write_clip({name!r}, iter(noise), 25)
except StoreError as error:
    sys.exit(f"told: {{error}}")
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert re.search(rf"^told: .*{name}.* could not be written: ", done.stderr, re.MULTILINE), done.stderr
    assert not list(tmp_path.iterdir())


def test_without_opencv_the_install_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    with pytest.raises(MissingDependency, match="pip install"):
        clips.check_target(tmp_path / "c.mp4")
    clips.write_clip(tmp_path / "c.gif", moving(), 25)


def test_a_video_is_told_by_its_bytes_so_that_no_list_of_other_files_is_followed(tmp_path):
    pytest.importorskip("cv2")
    clips.write_clip(tmp_path / "somebody-else.mkv", moving(), 10)
    (tmp_path / "list.mp4").write_text("ffconcat version 1.0\nfile somebody-else.mkv\n")
    (tmp_path / "list.mkv").write_text("#EXTM3U\n#EXTINF:1,\nsomebody-else.mkv\n#EXT-X-ENDLIST\n")
    images.save(moving()[0], tmp_path / "picture.png")
    (tmp_path / "picture.png").rename(tmp_path / "photo0001.mp4")
    for name in ("list.mp4", "list.mkv", "photo0001.mp4"):
        with pytest.raises(InvalidImage, match="not a video"):
            clips.open_clip(tmp_path / name)


def test_damaged_animations_are_named_and_nothing_else_is_raised(tmp_path):
    from PIL import Image as Pil

    rng = random.Random(5)
    frames = [Pil.fromarray(frame) for frame in moving(3, (16, 20))]
    for ending in (".gif", ".webp", ".png"):
        path = tmp_path / f"c{ending}"
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=50)
        whole = path.read_bytes()
        for _ in range(150):
            damaged = bytearray(whole)
            for _ in range(rng.choice((1, 2, 4))):
                damaged[rng.randrange(min(len(damaged), 80))] = rng.randrange(256)
            path.write_bytes(damaged[: rng.choice((len(damaged), rng.randrange(20, len(damaged))))])
            clips.is_clip(path)
            with contextlib.suppress(InputError):  # InvalidImage is one
                list(itertools.islice(clips.open_clip(path), 5))


def test_an_animation_of_absurd_size_is_refused(tmp_path):
    path = tmp_path / "bomb.gif"
    path.write_bytes(b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\xff\xff\xff\xff\x00\x02\x02D\x01\x00;")
    assert not clips.is_clip(path)
    with pytest.raises(InputError, match="far larger"):
        clips.open_clip(path)
