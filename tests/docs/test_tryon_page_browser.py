"""The example page in a real browser, on the fakes; skipped where there is none (`PRODGEN_TEST_BROWSER` names one)."""

import importlib.util
import threading
from pathlib import Path

import numpy as np
import pytest

from prodgen_sdk import Studio, images
from prodgen_sdk.gallery import garments_in
from prodgen_sdk.testing.fakes import fake_host

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "examples/try-on-page/app.py"


def load(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


browsers = load(HERE / "browser.py")
pytestmark = pytest.mark.skipif(browsers.BINARY is None, reason="no Chromium is installed")


@pytest.fixture
def page(tmp_path):
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    garment = np.full((60, 60, 3), 255, np.uint8)
    garment[10:50, 10:50] = (20, 40, 200)
    images.save(person, tmp_path / "me.png")
    images.save(np.full((60, 60, 3), 240, np.uint8), tmp_path / "nobody.png")
    images.save(garment, tmp_path / "shop/shirts/blue.png")
    (tmp_path / "words.png").write_text("no image")
    app = load(EXAMPLE)
    with Studio(host=fake_host()) as studio, app.Server(studio, dict(garments_in(tmp_path / "shop")), 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with browsers.Browser(tmp_path / "profile") as browser:
                browser.open(f"http://127.0.0.1:{server.server_port}/")
                yield browser
        finally:
            server.shutdown()
            thread.join()


def put_on(page, choice="shirts/blue"):
    page.run(f"document.querySelector('[name=choice]').value = '{choice}'")
    page.click("form button")


def test_a_visitor_picks_a_photo_and_a_garment_and_sees_the_result(page, tmp_path):
    assert not page.run("document.querySelector('form').checkValidity()")  # a photo is needed
    page.choose_file("[name=photo]", tmp_path / "me.png")
    put_on(page)
    shown = "(i => [i.naturalWidth, i.naturalHeight, i.getBoundingClientRect().width > 100])(document.querySelector('.result'))"
    assert page.run(shown) == [80, 120, True]
    seen = images.load(page.screenshot())
    blue = (seen[..., 2].astype(int) - seen[..., 0] > 120).mean()
    assert blue > 0.02  # the garment, on the screen
    assert page.run("document.querySelector('form').checkValidity()")  # the photo is still there
    assert page.run("document.querySelector('[name=choice]').value") == "shirts/blue"
    page.choose_file("[name=garment]", tmp_path / "shop/shirts/blue.png")
    put_on(page, "")
    assert page.run(shown) == [80, 120, True]
    assert page.run("getComputedStyle(document.querySelector('.forget')).display") != "none"
    page.click("[name=forget]")
    assert "gone" in page.run("document.querySelector('[role=alert]').innerText")
    assert page.run("getComputedStyle(document.querySelector('.forget')).display") == "none"
    assert not page.problems  # the policy of the page blocks nothing of its own


def test_refusals_and_mistakes_are_shown_in_words(page, tmp_path):
    page.choose_file("[name=photo]", tmp_path / "nobody.png")
    put_on(page)
    assert "nobody" in page.run("document.querySelector('[role=alert]').innerText")
    page.choose_file("[name=photo]", tmp_path / "words.png")
    put_on(page)
    assert "not an image" in page.run("document.querySelector('[role=alert]').innerText")
    page.choose_file("[name=photo]", tmp_path / "me.png")
    put_on(page, "")
    assert "no garment" in page.run("document.querySelector('[role=alert]').innerText")
    assert page.run("document.querySelector('.result')") is None
