"""`prodgen finish` on the fakes: files, formats, metadata, and what goes wrong."""

import json

import numpy as np
import pytest
from PIL import Image as Pil

from prodgen_sdk import Host, InputError, images
from prodgen_sdk.interfaces import Finished
from prodgen_sdk.metadata import Metadata, read_metadata
from prodgen_sdk.testing.fakes.pictures import SquareFinisher

WIDE = np.full((20, 40, 3), 90, np.uint8)


@pytest.fixture(autouse=True)
def pictures(run):
    """a.png and b.jpg, which says who took it and that it lies on its side, in the folder that `run` runs in."""
    images.save(WIDE, "a.png", metadata=Metadata().labelled("digitalCapture"))
    exif = Pil.Exif()
    exif[0x013B], exif[0x0112] = "Ann", 6
    Pil.fromarray(WIDE).save("b.jpg", exif=exif)


def test_pictures_are_finished_in_their_own_format_or_another(run, tmp_path):
    code, out, _ = run("finish", "a.png", "b.jpg", "--out", "done", "--profile", "square", "--json")
    report = json.loads(out)
    assert code == 0
    assert [row["out"] for row in report["finished"]] == ["done/a.png", "done/b.jpg"]
    assert images.load(tmp_path / "done/a.png").shape == (40, 40, 3)
    with Pil.open(tmp_path / "done/b.jpg") as file:
        assert file.getexif()[0x013B] == "Ann"
        assert 0x0112 not in file.getexif()
    assert read_metadata((tmp_path / "done/a.png").read_bytes()).digital_source == "digitalCapture"
    code, _, _ = run("finish", "a.png", "--out", "web", "--profile", "square", "--format", "avif", "--generated")
    assert code == 0
    assert read_metadata((tmp_path / "web/a.avif").read_bytes()).digital_source == "trainedAlgorithmicMedia"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("a.png", "--profile", "squares"), 2, "square"),
        (("a.png", "none.png", "--profile", "square"), 3, "none.png"),
        (("none.png", "--profile", "square"), 2, "none.png"),
        (("a.png", "--profile", "square", "--format", "gif"), 2, "avif"),
        (("a.png", "--profile", "square", "--fill", "a,b=c"), 2, "comma"),
        (("a.png", "--profile", "square", "--background", "none.jpg"), 2, "no file none.jpg"),
        (("a.png", "b.jpg", "a.avif", "--profile", "square", "--format", "png"), 2, "would both become a.png"),
    ],
)
def test_what_goes_wrong_is_told(run, words, code, message):
    found, _, err = run("finish", *words, "--out", "done")
    assert (found, message in err) == (code, True)


def test_one_reason_for_all_is_told_once(run, monkeypatch):
    def refuse(self, image):
        raise InputError("There is no setting 'siz'.")

    monkeypatch.setattr(SquareFinisher, "_square", refuse)
    code, _, err = run("finish", "a.png", "b.jpg", "--out", "done", "--profile", "square")
    assert (code, err.splitlines()[-1]) == (2, "prodgen: There is no setting 'siz'.")


def test_a_transparent_picture_becomes_no_jpeg_by_chance(run, tmp_path, monkeypatch):
    clear = np.zeros((8, 8, 4), np.uint8)
    monkeypatch.setattr(SquareFinisher, "_square", lambda self, image: Finished(image=clear))
    code, out, _ = run("finish", "b.jpg", "--out", "done", "--profile", "square", "--json")
    (row,) = json.loads(out)["finished"]
    assert (code, row["out"]) == (0, "done/b.png")
    assert images.load(tmp_path / "done/b.png", alpha=True).max() == 0
    code, out, _ = run("finish", "b.jpg", "--out", "jpeg", "--profile", "square", "--format", "jpeg", "--json")
    (row,) = json.loads(out)["finished"]
    assert (code, row["out"]) == (0, "jpeg/b.jpg")
    assert "no transparency" in row["notes"][-1]
    images.save(WIDE, "b.png")
    code, out, _ = run("finish", "b.png", "b.jpg", "--out", "both", "--profile", "square", "--json")
    assert code == 3
    assert "as another does" in json.loads(out)["failed"]["b.jpg"]


def test_of_an_animation_the_first_frame_is_finished_and_told(run):
    frames = [Pil.fromarray(WIDE + 60 * place) for place in range(3)]
    frames[0].save("moves.webp", save_all=True, append_images=frames[1:])
    code, out, _ = run("finish", "moves.webp", "a.png", "--out", "done", "--profile", "square", "--json")
    moves, still = (row["notes"] for row in json.loads(out)["finished"])
    assert (code, moves[-1:], "first frame" in str(still)) == (0, ["the first frame of an animation"], False)


def test_pictures_of_one_name_keep_their_folders(run, tmp_path):
    for sku in ("mug", "tee"):
        (tmp_path / "made" / sku).mkdir(parents=True)
        (tmp_path / "made" / sku / "front.png").write_bytes((tmp_path / "a.png").read_bytes())
    code, out, _ = run(
        "finish",
        "made/mug/front.png",
        "made/tee/front.png",
        "--profile",
        "square",
        "--out",
        "ready",
        "--format",
        "webp",
        "--json",
    )
    assert code == 0
    assert [row["out"] for row in json.loads(out)["finished"]] == ["ready/mug/front.webp", "ready/tee/front.webp"]
    assert (tmp_path / "ready/tee/front.webp").exists()


def test_pictures_of_other_names_keep_their_folders_too(run, tmp_path):
    for place in ("made/mug/front-1.png", "made/tee/front-2.png"):
        (tmp_path / place).parent.mkdir(parents=True)
        (tmp_path / place).write_bytes((tmp_path / "a.png").read_bytes())
    assert (
        run("finish", "made/mug/front-1.png", "made/tee/front-2.png", "--out", "ready", "--profile", "square")[0] == 0
    )
    assert (tmp_path / "ready/mug/front-1.png").exists()
    assert (tmp_path / "ready/tee/front-2.png").exists()


def test_a_picture_of_a_folder_above_stays_in_the_answer(run, tmp_path):
    (tmp_path / "in").mkdir()
    images.save(WIDE, tmp_path / "in" / "c.png")
    assert run("finish", "in/c.png", "in/../a.png", "--out", "done/deep", "--profile", "square")[0] == 0
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.glob("done/**/*.png")) == [
        "done/deep/a.png",
        "done/deep/in/c.png",
    ]


def test_a_picture_never_overwrites_itself(run, tmp_path):
    before = (tmp_path / "a.png").read_bytes()
    code, _, err = run("finish", "a.png", "--profile", "square", "--out", ".")
    assert (code, "overwrite itself" in err) == (2, True)
    assert (tmp_path / "a.png").read_bytes() == before


def test_without_a_finisher_it_is_said_what_brings_one(run, monkeypatch):
    monkeypatch.setattr(Host, "discover", lambda *_, **__: Host())
    code, _, err = run("finish", "a.png", "--out", "done")
    assert code == 2
    assert "There is no finisher 'finish/basic'. Run: pip install prodgen-quality" in err
