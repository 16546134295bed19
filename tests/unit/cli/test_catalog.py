"""Adding, listing and exporting products from the command line."""

import json
import re
import sys

import numpy as np

from prodgen_sdk import images

MUG = {"sku": "mug-1", "title": "Blue mug", "category": "home/mug", "price": 12.5, "attributes": {"colour": "blue"}}


def test_init_adds_lists_and_exports(shop, tmp_path):
    code, out, _ = shop("catalog", "list", "--json")
    assert code == 0
    assert [product["sku"] for product in json.loads(out)] == [f"mug-{n}" for n in range(4)]
    shop("generate", "mug-1", "--views", "hero", "--size", "32")
    assert shop("catalog", "export", "exported", "--approved")[0] == 0
    assert len(list((tmp_path / "exported/mug-1").glob("front-*.png"))) == 1
    assert len((tmp_path / "exported/products.jsonl").read_text().splitlines()) == 4


def test_rejected_lines_are_named_and_the_exit_code_says_partly(shop, tmp_path):
    (tmp_path / "bad.jsonl").write_text(
        '{"sku": "x", "title": "X", "category": "home/mug"}\nnot json\n{"sku": "y", "title": "Y"}\n'
    )
    code, out, err = shop("catalog", "add", "bad.jsonl", "--json")
    report = json.loads(out)
    assert code == 3
    assert report["added"] == 1
    assert [(r["line"], r["field"]) for r in report["rejected"]] == [(2, ""), (3, "category")]
    code, out, err = shop("catalog", "add", "bad.jsonl")
    assert "2 rejected" in out
    assert "Line 3: category is missing" in err


def test_a_flipped_byte_in_any_file_is_found_and_what_was_deleted_is_made_again(shop, tmp_path):
    images.save(np.full((40, 30, 3), 90, np.uint8), tmp_path / "f.png")
    mug = {"sku": "mug", "title": "Mug", "category": "home/mug", "media": [{"role": "front", "uri": "f.png"}]}
    (tmp_path / "in.jsonl").write_text(json.dumps(mug))
    shop("catalog", "add", "in.jsonl")
    shop("generate", "mug", "--views", "front,right", "--size", "32")
    assert shop("catalog", "verify")[::2] == (0, "All files are as they were written\n")
    files = [path for path in (tmp_path / "assets").rglob("*") if path.is_file()]
    good = {path: path.read_bytes() for path in files}
    assert len(good) == 3
    for path, data in good.items():
        path.chmod(0o644)
        path.write_bytes(data[:20] + bytes([data[20] ^ 1]) + data[21:])
    code, out, _ = shop("catalog", "verify", "--json")
    report = json.loads(out)
    assert (code, report["deleted"], len(report["broken"])) == (3, 0, 3)
    assert sorted(one["of"] for one in report["broken"]) == [["mug front"], ["mug front"], ["mug right"]]
    code, _, err = shop("catalog", "verify", "--delete")
    assert code == 3
    assert "Files missing or damaged: 3, deleted: 3." in err
    shop("catalog", "add", "in.jsonl")
    shop("generate", "mug", "--views", "front,right", "--size", "32")
    assert {path: path.read_bytes() for path in files} == good
    assert shop("catalog", "verify")[0] == 0


def test_a_file_that_is_wrong_throughout_does_not_flood_the_terminal(shop, tmp_path):
    (tmp_path / "bad.jsonl").write_text("not json\n" * 3000)
    code, out, err = shop("catalog", "add", "bad.jsonl")
    assert (code, out) == (2, "0 added, 0 updated, 0 unchanged, 3000 rejected\n")
    assert re.fullmatch(r"  Line 1, Line 2, Line 3 and 2997 more: is not JSON .*\n", err)
    lines = (json.dumps({"sku": "a", "title": "A", "category": f"home/mug {n}"}) for n in range(3000))
    (tmp_path / "bad.jsonl").write_text("\n".join(lines))
    code, _, err = shop("catalog", "add", "bad.jsonl")
    assert len(err.splitlines()) == 51
    assert err.endswith("and 2950 more, all of which --json lists\n")
    assert len(json.loads(shop("catalog", "add", "bad.jsonl", "--json")[1])["rejected"]) == 3000


def test_an_export_can_be_added_again(shop, tmp_path):
    images.save(np.full((40, 40, 3), 90, np.uint8), tmp_path / "photo.png")
    (tmp_path / "m.mtl").write_text("newmtl red\nKd 1 0 0\n")
    (tmp_path / "m.obj").write_text("mtllib m.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl red\nf 1 2 3\n")
    media = [{"role": "front", "uri": "photo.png"}, {"role": "mesh", "uri": "m.obj"}]
    product = {**MUG, "title": "蓝色杯子", "locale": "zh", "media": media}
    (tmp_path / "p.jsonl").write_text(json.dumps(product), "utf-8")
    assert shop("catalog", "add", "p.jsonl")[0] == 0
    assert shop("catalog", "export", "exported")[0] == 0
    assert shop("catalog", "export", "exported")[0] == 0
    (tmp_path / "exported").rename(tmp_path / "moved")
    assert shop("init", "fresh")[0] == 0
    code, _out, err = shop("-w", "fresh", "catalog", "add", "moved/products.jsonl")
    assert (code, err) == (0, "")
    before, after = (json.loads(shop("-w", place, "catalog", "list", "--json")[1]) for place in (".", "fresh"))
    assert before == after
    assert len(after[1]["media"]) == 2


def test_an_export_takes_back_pictures_that_were_rejected_since_and_nothing_else(shop, tmp_path):
    made = json.loads(shop("generate", "mug-0", "mug-1", "--views", "hero", "--size", "32", "--json")[1])["variants"]
    assert shop("catalog", "export", "out", "--approved")[0] == 0
    listed = [json.loads(line) for line in (tmp_path / "out/pictures.jsonl").read_text().splitlines()]
    assert {row["variant"] for row in listed} == {picture["id"] for picture in made}
    assert all((tmp_path / "out" / row["file"]).exists() for row in listed)
    gone, kept = listed
    mine = [tmp_path / "out" / gone["sku"] / "mine.png", tmp_path / "front-01234567.png", tmp_path / "out/a.txt"]
    for file in mine:
        file.write_bytes(b"mine")
    places = ["../front-01234567.png", "a.txt", f"{gone['sku']}/mine.png", f"{gone['sku']}/../../front-01234567.png"]
    with (tmp_path / "out/pictures.jsonl").open("a") as file:
        file.write("".join(json.dumps({"file": place}) + "\n" for place in places) + "no json\n")
    shop("review", "reject", gone["variant"])
    assert shop("catalog", "export", "out", "--approved")[0] == 0
    assert not (tmp_path / "out" / gone["file"]).exists()
    assert (tmp_path / "out" / kept["file"]).exists()
    assert all(file.read_bytes() == b"mine" for file in mine)
    assert len((tmp_path / "out/pictures.jsonl").read_text().splitlines()) == 1


def test_photos_may_lie_elsewhere_than_the_catalogue(shop, tmp_path):
    images.save(np.full((40, 40, 3), 90, np.uint8), tmp_path / "photos/front.png")
    (tmp_path / "lists").mkdir()
    media = [{"role": "front", "uri": "front.png"}]
    (tmp_path / "lists/p.jsonl").write_text(json.dumps({**MUG, "sku": "new-1", "media": media}))
    code, _, err = shop("catalog", "add", "lists/p.jsonl")
    assert (code, f"Paths are relative to {tmp_path / 'lists'}." in err) == (2, True)
    assert shop("catalog", "add", "lists/p.jsonl", "--root", "photos")[0] == 0


def test_an_export_names_what_is_missing_and_writes_the_rest(shop, tmp_path):
    images.save(np.full((40, 40, 3), 90, np.uint8), tmp_path / "photo.png")
    (tmp_path / "p.jsonl").write_text(json.dumps({**MUG, "media": [{"role": "front", "uri": "photo.png"}]}))
    shop("catalog", "add", "p.jsonl")
    for file in (tmp_path / "assets").rglob("*.png"):
        file.unlink()
    code, out, err = shop("catalog", "export", "exported", "--json")
    assert code == 3
    assert list(json.loads(out)["missing"]) == ["mug-1"]
    assert "mug-1" in err
    assert len((tmp_path / "exported/products.jsonl").read_text().splitlines()) == 4


def test_titles_of_any_script_are_printed_in_any_locale(run, tmp_path):
    import os
    import subprocess

    (tmp_path / "p.jsonl").write_text(json.dumps({**MUG, "title": "蓝色杯子", "category": "wrong"}), "utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "PRODGEN_DISABLE_PLUGINS": "*", "PRODGEN_WORKSPACE": ""}

    def call(*words):
        command = [sys.executable, "-m", "prodgen_sdk", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)

    assert call("init", "店").returncode == 0
    found = call("-w", "店", "generate", "杯子")
    assert found.returncode == 2
    assert "杯子" in found.stderr.decode("utf-8")


def _photographed(tmp_path, **media):
    """A catalogue of a product with photos and one without."""
    for name, colour in media.items():
        images.save(np.full((40, 30, 3), colour, np.uint8), tmp_path / f"{name}.png")
    rows = [{**MUG, "media": [{"role": name, "uri": f"{name}.png"} for name in media]}, {**MUG, "sku": "mug-9"}]
    (tmp_path / "photos.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return "photos.jsonl"


def test_own_photos_become_pictures_that_are_recommended(shop, tmp_path):
    shop("catalog", "add", _photographed(tmp_path, flat=90, detail=40))
    code, out, err = shop("catalog", "publish-photos", "--size", "64", "--json")
    made = json.loads(out)["variants"]
    assert (code, err) == (0, "")
    assert [(v["sku"], v["view"]["azimuth"], v["view"]["distance"]) for v in made] == [
        ("mug-1", 0, 1),
        ("mug-1", 0, 0.6),
    ]
    assert json.loads(shop("recommend", "ann", "--json")[1])[0]["sku"] == "mug-1"
    assert json.loads(shop("catalog", "publish-photos", "mug-1", "--size", "64", "--json")[1])["variants"][0]["reused"]
    code, _, err = shop("catalog", "publish-photos", "mug-9")
    assert code == 2
    assert "role front, flat, back or detail" in err


def test_clean_names_what_nothing_names_and_deletes_it_when_told_to(shop, tmp_path):
    import os

    shop("catalog", "add", _photographed(tmp_path, front=90))
    shop("catalog", "publish-photos", "--size", "64")
    old = {path.name for path in (tmp_path / "assets").rglob("*.png")}
    shop("catalog", "add", _photographed(tmp_path, front=91))
    assert json.loads(shop("catalog", "clean", "--json")[1]) == {"unnamed": [], "deleted": 0}, "too young"
    for path in (tmp_path / "assets").rglob("*.png"):
        os.utime(path, (1e9, 1e9))
    code, out, err = shop("catalog", "clean")
    (replaced,) = out.split()
    assert code == 0
    assert f"{replaced}.png" in old
    assert "prodgen catalog clean --yes" in err
    assert json.loads(shop("catalog", "clean", "--yes", "--json")[1]) == {"unnamed": [replaced], "deleted": 1}
    assert len(old - {path.name for path in (tmp_path / "assets").rglob("*.png")}) == 1
    assert shop("catalog", "export", "out")[0] == 0, "all that is named is there still"


def test_a_title_cannot_steer_the_terminal(shop, tmp_path):
    title = "Blue\x1b[31m\u202e mug \u3000茶"
    (tmp_path / "c.jsonl").write_text(json.dumps({"sku": "evil", "title": title, "category": "home/mug"}))
    assert shop("catalog", "add", "c.jsonl")[0] == 0
    printed = shop("catalog", "list")[1]
    assert "Blue\ufffd[31m\ufffd mug \u3000茶" in printed
    assert json.loads(shop("catalog", "list", "--json")[1])[0]["title"] == title
