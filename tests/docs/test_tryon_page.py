"""The example page, on the fakes, spoken to as a browser would."""

import importlib.util
import re
import threading
import urllib.error
import urllib.request
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from prodgen_sdk import Studio, images
from prodgen_sdk.gallery import garments_in
from prodgen_sdk.testing.fakes import fake_host

EXAMPLE = Path(__file__).parents[2] / "examples/try-on-page/app.py"
PERSON = np.full((120, 80, 3), 240, np.uint8)
PERSON[20:110, 25:55] = (120, 90, 70)
NOBODY = np.full((60, 60, 3), 240, np.uint8)
GARMENT = np.full((60, 60, 3), 255, np.uint8)
GARMENT[10:50, 10:50] = (20, 40, 200)


class Form(HTMLParser):
    """What a browser takes from the page: fields, choices, images."""

    def __init__(self, page):
        super().__init__()
        self.fields, self.options, self.pictures, self.tags = {}, [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if tag == "input":
            self.fields.setdefault(found["name"], found)
        elif tag == "option":
            self.options.append(found.get("value"))
        elif tag == "img":
            self.pictures.append(found["src"])


@pytest.fixture
def app():
    spec = importlib.util.spec_from_file_location("try_on_page", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def visit(app, tmp_path):
    images.save(GARMENT, tmp_path / "shirts/b<lue.png")
    with Studio(host=fake_host()) as studio, app.Server(studio, dict(garments_in(tmp_path)), 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def send(path="/", kind=None, body=None, **fields):
            if fields:
                kind, body = multipart(fields)
            request = urllib.request.Request(f"http://127.0.0.1:{server.server_port}{path}", data=body)
            if kind:
                request.add_header("Content-Type", kind)
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    return answer.status, answer.read().decode(), answer.headers
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode(), error.headers

        send.server = server
        yield send
        server.shutdown()
        thread.join()


def multipart(fields):
    lines = []
    for name, value in fields.items():
        file = isinstance(value, np.ndarray)
        extra = '; filename="a.png"\r\nContent-Type: image/png' if file else ""
        content = images.encode(value) if file else value.encode()
        lines.append(
            f'--x--y\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + content + b"\r\n"
        )
    return "multipart/form-data; boundary=x--y", b"".join(lines) + b"--x--y--\r\n"


def test_the_page_has_a_form_and_needs_nothing_else(visit):
    status, page, headers = visit()
    form = Form(page)
    assert status == 200
    assert set(form.fields) == {"token", "photo", "garment"}
    assert "shirts/b<lue" in form.options
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "prefers-color-scheme: dark" in page
    assert not [tag for tag, _ in form.tags if tag in ("script", "link", "iframe")]
    assert visit("/etc/passwd")[0] == 404


def test_a_photo_is_dressed_again_and_forgotten(visit, monkeypatch):
    status, page, _ = visit(photo=PERSON, garment="", choice="shirts/b<lue", category="auto", token="")
    form = Form(page)
    assert status == 200
    import base64

    picture = images.load(base64.b64decode(form.pictures[0].partition(",")[2]))
    assert picture.shape == PERSON.shape
    assert (np.abs(picture.astype(int) - PERSON) > 40).any()
    assert "Confidence 0.50" in page
    token = form.fields["token"]["value"]
    assert len(token) > 20
    assert len(visit.server.visitors._open) == 1
    status, page, _ = visit(garment=GARMENT, choice="", category="top", token=token)
    assert (status, len(Form(page).pictures)) == (200, 1)
    assert Form(page).fields["token"]["value"] == token
    assert "gone" in visit(token=token, forget="yes")[1]
    assert not visit.server.visitors._open
    status, page, _ = visit(garment=GARMENT, choice="", category="top", token=token)
    assert (status, "There is no photo" in page) == (422, True)


def test_refusals_and_bad_input_say_what_to_do(visit):
    status, page, _ = visit(photo=NOBODY, garment=GARMENT, category="top")
    assert (status, "nobody" in page, Form(page).pictures) == (200, True, [])
    for fields, words in (
        ({"photo": "no image", "garment": GARMENT}, "not an image"),
        ({"photo": PERSON, "choice": "<b>none</b>"}, "no garment"),
        ({"photo": PERSON, "garment": GARMENT, "category": "crown"}, "category"),
        ({"garment": GARMENT, "token": "guessed"}, "no photo"),
    ):
        status, page, _ = visit(**fields)
        assert (status, words in page) == (422, True), page
        assert "<b>none" not in page
    assert visit(body=b"x" * 10, kind="text/plain")[0] == 422
    assert visit(body=b"", kind="multipart/form-data; boundary=z")[0] == 422


def test_old_photos_are_dropped_and_room_is_bounded(app, visit, monkeypatch):
    monkeypatch.setattr(app, "MOST", 2)
    for _ in range(3):
        visit(photo=PERSON, garment=GARMENT, category="top")
    assert len(visit.server.visitors._open) == 2
    monkeypatch.setattr(app, "MINUTES", -1)
    visit(photo="", garment=GARMENT, token="")
    assert not visit.server.visitors._open


def test_nothing_of_a_visitor_is_logged_or_written(visit, capfd, tmp_path):
    before = sorted(path for path in tmp_path.rglob("*"))
    visit(photo=PERSON, garment=GARMENT, category="top")
    assert sorted(path for path in tmp_path.rglob("*")) == before
    log = capfd.readouterr().err
    assert re.fullmatch(r'127.0.0.1 - - \[.*\] "POST / HTTP/1.1" 200 -\n', log), log
