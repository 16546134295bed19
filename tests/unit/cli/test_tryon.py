"""`prodgen tryon`."""

import json

import numpy as np
import pytest

from prodgen_sdk import images
from prodgen_sdk.cli.garments import category_of
from prodgen_sdk.metadata import read_metadata


def test_tryon_writes_picture_and_mask_or_refuses(run, tmp_path):
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    garment = np.full((60, 60, 3), 255, np.uint8)
    garment[10:50, 10:50] = (20, 40, 200)
    images.save(person, tmp_path / "p.png")
    images.save(garment, tmp_path / "g.png")
    base = ("tryon", "--person", "p.png", "--garment", "g.png", "--category", "top")
    code, out, _ = run(*base, "--out", "o.png", "--mask-out", "m.png", "--json")
    assert code == 0
    assert 0 <= json.loads(out)["confidence"] <= 1
    mask = images.load(tmp_path / "m.png")[..., 0] > 127
    assert np.array_equal(images.load(tmp_path / "o.png")[~mask], person[~mask])
    said = read_metadata((tmp_path / "o.png").read_bytes()).digital_source
    assert said == "compositeSynthetic"
    assert read_metadata((tmp_path / "m.png").read_bytes()).digital_source == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.png", "m.png", "o.png", "p.png"]
    images.save(np.full((60, 60, 3), 255, np.uint8), tmp_path / "empty.png")
    code, out, _ = run(
        "tryon", "--person", "empty.png", "--garment", "g.png", "--category", "top", "--out", "x.png", "--json"
    )
    assert code == 4
    assert {"code", "reason", "what_to_do"} <= json.loads(out)["refused"].keys()
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize(
    ("word", "category"),
    [("top", "top"), ("shirt", "top"), ("Tees", "top"), ("jeans", "trousers"), ("dress", "dress"), ("auto", "auto")],
)
def test_a_garment_may_be_called_as_a_catalogue_calls_it(word, category):
    assert category_of(word) == category


def test_tryon_of_each_garment_alone(run, tmp_path):
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    images.save(person, tmp_path / "p.png")
    for name, colour in (("blue", (20, 40, 200)), ("red", (200, 40, 20))):
        garment = np.full((60, 60, 3), 255, np.uint8)
        garment[10:50, 10:50] = colour
        images.save(garment, tmp_path / f"{name}.png")
    base = ("tryon", "--person", "p.png", "--garment", "blue.png", "--category", "top")
    code, out, _ = run(*base, "--garment", "red.png", "--each", "--out", "looks", "--json")
    assert code == 0
    assert [look["out"] for look in json.loads(out)["looks"]] == ["looks/00-blue.png", "looks/01-red.png"]
    assert json.loads((tmp_path / "looks/result.json").read_text()) == json.loads(out)
    run(*base, "--out", "alone.png")
    assert (tmp_path / "looks/00-blue.png").read_bytes() == (tmp_path / "alone.png").read_bytes()
    assert (tmp_path / "looks/01-red-mask.png").is_file()
    code, _, err = run("tryon", "--person", "blue.png", *base[3:], "--each", "--out", "o", "--mask-out", "m.png")
    assert (code, "--mask-out" in err) == (2, True)
    images.save(np.full((60, 60, 3), 255, np.uint8), tmp_path / "empty.png")
    code, _, err = run("tryon", "--person", "empty.png", *base[3:], "--each", "--out", "none")
    assert (code, "refused" in err) == (4, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--category", "toop"), "Did you mean top"),
        (("--fit", "huge"), "fit"),
        (("--measurements", "chest"), "NAME=CM"),
        (("--measurements", "chest=900"), "measurements_cm.chest"),
        (("--keypoints", "p.png"), "keypoints"),
        (("--mask", "none.png"), "none.png"),
        (("--height", "9000"), "height_cm"),
        (("--tuck", "half"), "tuck"),
        (("--closure", "ajar"), "closure"),
        (("--measurements", "chest=100", "--measurements", "-"), "2 times for 1 garments"),
        (("--garment", "g.png", "--back", "g.png"), "once for each"),
        (("--gaps", "keep"), "--gaps and --rate are for a clip"),
        (("--rate", "12"), "--gaps and --rate are for a clip"),
    ],
)
def test_tryon_options_are_checked(run, tmp_path, words, message):
    for name in ("p.png", "g.png"):
        images.save(np.full((60, 60, 3), 128, np.uint8), tmp_path / name)
    code, _, err = run("tryon", "--person", "p.png", "--garment", "g.png", "--out", "o.png", *words)
    assert code == 2
    assert message in err


def test_a_photo_of_a_private_person_never_reaches_the_log(run, tmp_path, caplog):
    images.save(np.full((60, 60, 3), 123, np.uint8), tmp_path / "private-name.png")
    run("--debug", "tryon", "--person", "private-name.png", "--garment", "private-name.png", "--out", "o.png")
    assert "123" not in caplog.text


def test_a_garment_that_is_neither_file_nor_product_is_told_as_what_it_looks_like(shop, tmp_path):
    images.save(np.full((60, 60, 3), 128, np.uint8), tmp_path / "p.png")
    for garment, said in (("shirt.jpg", "There is no file shirt.jpg"), ("shirt-9", "There is no product 'shirt-9'")):
        code, _, err = shop("tryon", "--person", "p.png", "--garment", garment, "--out", "o.png")
        assert code == 2
        assert said in err
