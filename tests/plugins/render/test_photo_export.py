"""GLB files, spin videos and batches of views."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from prodgen_render.batch import render_views
from prodgen_render.files.export import save_glb
from prodgen_render.files.sources import product_of
from prodgen_render.mesh import load_model
from prodgen_render.model import Material, Model3D, Texture
from prodgen_render.rendering.views import render
from prodgen_render.shapes.geometry import box
from prodgen_render.turntable import save_turntable, spin

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, PartlyDone
from prodgen_sdk.testing.samples import sample_photo
from prodgen_sdk.types import View, parse_views


@pytest.fixture
def model() -> Model3D:
    pixels = np.zeros((16, 16, 3), np.float32)
    pixels[:, :8], pixels[:, 8:] = (0.6, 0.05, 0.05), (0.05, 0.1, 0.6)
    faces = box((0.2, 0.1, 0.3), 0.01, Material("paint", (0.1, 0.5, 0.2), 0.7))
    return Model3D((faces[0].but(material=Material("print", (1, 1, 1), 0.7, texture=Texture(pixels))), *faces[1:]))


def test_a_glb_comes_back_as_it_went(model: Model3D, tmp_path: Path) -> None:
    back = load_model(save_glb(model, tmp_path / "box.glb"))
    for a, b in zip(model.bounds, back.bounds, strict=True):
        assert np.allclose(a, b, atol=1e-5)
    views = parse_views("front,45:20:1")
    for before, after in zip(render(model, views, size=96), render(back, views, size=96), strict=True):
        assert np.abs(before.image.astype(int) - after.image).mean() < 1.5
    with pytest.raises(InputError, match="GLB"):
        save_glb(model, tmp_path / "box.obj")


@pytest.mark.parametrize("ending", ["webp", "gif", "mp4"])
def test_turntable_has_its_frames(tmp_path: Path, ending: str) -> None:
    if ending == "mp4":
        pytest.importorskip("cv2")
    frames = [np.full((48, 48, 3), 40 * k, np.uint8) for k in range(6)]
    file = save_turntable(frames, tmp_path / f"spin.{ending}", seconds=1.2)
    if ending == "mp4":
        import cv2

        capture = cv2.VideoCapture(str(file))
        assert int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) == 6
        capture.release()
        return
    with Image.open(file) as animation:
        assert animation.n_frames == 6
        levels = []
        for k in range(6):
            animation.seek(k)
            levels.append(int(np.asarray(animation.convert("L")).mean()))
    assert levels == sorted(levels)
    assert levels[-1] == pytest.approx(200, abs=6)


def test_turntable_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="animation"):
        save_turntable([np.zeros((8, 8, 3), np.uint8)], tmp_path / "a.avi")
    with pytest.raises(InputError, match="no frames"):
        save_turntable([], tmp_path / "a.gif")
    assert len({view.slug for view in spin(36)}) == 36


def test_batch_resumes_and_goes_on_past_bad_files(model: Model3D, tmp_path: Path) -> None:
    save_glb(model, tmp_path / "box.glb")
    images.save(sample_photo(size=96), tmp_path / "ball.png")
    (tmp_path / "broken.glb").write_bytes(b"no mesh")
    sources, views = [tmp_path / "box.glb", tmp_path / "ball.png"], parse_views("front,right")
    out = tmp_path / "out"
    first = render_views(sources, views, out, Context(), size=48)
    assert (first["views_done"], first["views_skipped"]) == (4, 0)
    before = (out / "box" / "right.png").read_bytes()
    (out / "box" / "right.png").unlink()
    second = render_views(sources, views, out, Context(), size=48)
    assert (second["views_done"], second["views_skipped"]) == (1, 3)
    assert (out / "box" / "right.png").read_bytes() == before
    # Other options: the pictures are made again.
    assert render_views(sources, views, out, Context(), size=32)["views_done"] == 4
    with pytest.raises(PartlyDone, match="1 of 3 files") as partly:
        render_views([tmp_path / "broken.glb", *sources], (View(azimuth=33),), out, Context(), size=32)
    assert set(partly.value.failures) == {str(tmp_path / "broken.glb")}
    assert (out / "ball" / "az33_el0_d1.png").is_file()
    with pytest.raises(InputError, match="Two files"):
        render_views([tmp_path / "box.glb", tmp_path / "box.glb"], views, out, Context())


def test_files_of_one_name_keep_their_folders(model: Model3D, tmp_path: Path) -> None:
    sources = [tmp_path / "scans" / name / "textured.glb" for name in ("mug", "bowl")]
    for path in sources:
        path.parent.mkdir(parents=True)
        save_glb(model, path)
    out = tmp_path / "out"
    assert render_views(sources, parse_views("front"), out, Context(), size=32)["views_done"] == 2
    assert sorted(str(path.relative_to(out)) for path in out.rglob("*.png")) == [
        "bowl/textured/front.png",
        "mug/textured/front.png",
    ]
    assert render_views(sources, parse_views("front"), out, Context(), size=32)["views_skipped"] == 2
    with pytest.raises(PartlyDone):  # another file of the call, wherever it lies, moves none of them
        render_views([tmp_path.parent / "gone.glb", *sources], parse_views("front"), out, Context(), size=32)
    assert len(list(out.rglob("*.png"))) == 2


def test_kill_9_keeps_what_is_done(model: Model3D, tmp_path: Path) -> None:
    file, out, whole = save_glb(model, tmp_path / "box.glb"), tmp_path / "killed", tmp_path / "whole"
    views = parse_views("pose96")[:40]
    code = (
        "import sys; from pathlib import Path; from prodgen_render.batch import render_views; from prodgen_sdk.context import Context; "
        "from prodgen_sdk.types import parse_views; "
        "render_views([Path(sys.argv[1])], parse_views('pose96')[:40], Path(sys.argv[2]), Context(), size=32)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(file), str(out)])
    deadline = time.monotonic() + 60
    while len(list(out.glob("box/*.png"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = {path: path.stat().st_mtime_ns for path in out.glob("box/*.png")}
    assert 3 <= len(done) < len(views)
    figures = render_views([file], views, out, Context(), size=32)
    assert figures["views_skipped"] == len(done)
    assert all(path.stat().st_mtime_ns == when for path, when in done.items())
    render_views([file], views[:6], whole, Context(), size=32)
    for path in whole.glob("box/*.png"):
        assert (out / "box" / path.name).read_bytes() == path.read_bytes()
    assert not list(out.rglob("*.tmp"))


def test_a_category_that_is_none_is_told_in_words(tmp_path):
    with pytest.raises(InputError, match=r"^category must"):
        product_of(tmp_path / "tea.png", category="box")
