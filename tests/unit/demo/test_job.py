"""The whole job on the fakes: a report that is complete, self-contained and safe, and a second run that reuses the first."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import prodgen_sdk.plugin
from prodgen_sdk import images
from prodgen_sdk.demo import assets
from prodgen_sdk.demo.job import DemoResult, run_demo
from prodgen_sdk.testing.fakes import fake_host

EVIL = '<script>alert("x")</script> & mug'


class Reader(HTMLParser):
    """Collects tags, attributes and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    """A stand-in for the package of photos: coloured rectangles on grey."""
    root = tmp_path_factory.mktemp("openvto") / "assets"
    rng = np.random.default_rng(1)
    for kind in ("shirts", "jackets", "pants"):
        for number in range(1, 5):
            for side in ("front", "back"):
                photo = np.full((48, 48, 3), 235, np.uint8)
                photo[8:40, 12:36] = rng.integers(30, 200, 3)
                images.save(photo, root / "clothes" / kind / f"{number}_{side}.jpg")
    for number in range(1, 3):
        photo = np.full((96, 64, 3), 200, np.uint8)
        photo[20:90, 20:44] = (80, 60, 50 + number)
        images.save(photo, root / "people" / f"{number}_posture.jpg")
    return root


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    """The demo's catalogue with a hostile title."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(assets.DATA, folder, dirs_exist_ok=True)
    lines = [json.loads(line) for line in (folder / "catalogue.jsonl").read_text("utf-8").splitlines()]
    for line in lines:
        if line["sku"] in ("tee-stripe-navy", "mug-blue-stripe"):
            line["title"] = EVIL
            line["tags"] = [*line["tags"], "<b>tag</b>"]
    (folder / "catalogue.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return folder


@pytest.fixture(scope="module")
def steps() -> dict[str, tuple[int, int]]:
    """What the second run told last of each step, in order."""
    return {}


@pytest.fixture(scope="module")
def runs(tmp_path_factory, package, data, steps) -> tuple[Path, DemoResult, DemoResult]:
    out = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "DATA", data)
        patch.setattr(assets, "photos_folder", lambda: package)
        first = run_demo(out, host=fake_host(prodgen_sdk.plugin), quick=True)

        def tell(done, total, what):
            steps[what] = (done, total)

        second = run_demo(out, host=fake_host(prodgen_sdk.plugin), quick=True, progress=tell)
    return out, first, second


@pytest.fixture(scope="module")
def page(runs) -> str:
    return runs[1].index.read_text("utf-8")


@pytest.fixture(scope="module")
def reader(page) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_the_figures_are_those_of_the_work(runs):
    _, first, _ = runs
    figures = first.figures
    assert figures["products"] >= 52
    assert figures["rejected_lines"] == 0
    assert figures["products_without_picture"] == 0
    assert figures["pictures"] == figures["pictures_made_now"] == figures["pictures_approved"] > 90
    assert figures["tryons"] == 3
    assert figures["impressions"] == 2 * 5 * 8
    assert 0 < figures["recommend_p50_ms"] <= figures["recommend_p99_ms"]
    assert {"tryon_first_s", "tryon_next_s", "index_build_s", "total_s", "seconds_per_view_96px"} <= figures.keys()
    assert first.notes == ()


def test_report_json_holds_the_figures_and_the_proof_of_forgetting(runs):
    out, _, second = runs
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["figures"].keys() == second.figures.keys()
    assert set(report["forgotten"]["remaining"].values()) == {0}
    assert report["forgotten"]["erased"]["events"] == 3
    assert report["forgotten"]["erased"]["tryons"] == 1
    assert {user for user, items in report["recommendations"].items() if items} == {
        "mei", "jonas", "amara", "leo", "tom",
    }  # fmt: skip


def test_a_second_run_makes_nothing_anew_and_tells_the_same_story(runs):
    _, first, second = runs
    assert second.figures["pictures_made_now"] == 0
    assert second.figures["tryons_made_now"] == 0
    for name in ("pictures", "tryons", "events", "impressions", "clicks", "click_rate_at_random", "tryon_first_s"):
        assert second.figures[name] == pytest.approx(first.figures[name], abs=1e-4), name
    assert "seconds_per_view_96px" in second.figures


def test_the_page_asks_nothing_of_anybody(page, reader):
    for tag, name, value in reader.attributes:
        if name in ("src", "href", "srcset", "action", "data", "poster"):
            assert value.startswith(("data:image/webp;base64,", "#")), (tag, name, value[:60])
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(reader.tags)
    assert "url(" not in page
    assert "http://" not in page
    assert "https://" not in page


def test_what_the_shop_wrote_is_escaped(page):
    assert "<script" not in page
    assert "<b>tag" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; mug" in page


def test_the_page_is_well_formed_and_accessible(page, reader):
    ids = [value for _, name, value in reader.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = {value[1:] for tag, name, value in reader.attributes if tag == "a" and name == "href"}
    assert links <= set(ids)
    pictures = re.findall(r"<img [^>]*>", page)
    assert len(pictures) > 100
    assert all(re.search(r' alt="[^"]+"', picture) for picture in pictures)
    assert reader.tags.count("h1") == 1
    assert page.startswith('<!doctype html>\n<html lang="en">')


def test_the_page_names_no_place_on_this_machine(runs, page):
    out = runs[0]
    assert str(out) not in page
    assert str(Path.home()) not in page
    assert str(out) not in (out / "report.json").read_text("utf-8")


def test_without_photos_the_rest_is_done_and_the_reader_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "photos_folder", lambda: None)
    result = run_demo(tmp_path, host=fake_host(prodgen_sdk.plugin), quick=True)
    assert result.figures["tryons"] == 0
    assert result.figures["products"] >= 40
    assert "pip install" in result.notes[0]
    assert "pip install" in result.index.read_text("utf-8")


def test_progress_comes_for_every_step(runs, steps):
    assert next(iter(steps)) == "Loading the catalogue"
    assert list(steps)[-1] == "Writing the report"
    assert all(done == total for done, total in steps.values())
