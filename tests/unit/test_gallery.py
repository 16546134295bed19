import json
import re
import sys

import numpy as np
import pytest

from prodgen_sdk import Studio, cli, images
from prodgen_sdk.errors import InputError
from prodgen_sdk.gallery import draw, garments_in, make_sheet, page, pictures_in
from prodgen_sdk.host import Host
from prodgen_sdk.metadata import read_metadata
from prodgen_sdk.testing.fakes import fake_host


@pytest.fixture
def folders(tmp_path):
    person = np.full((120, 80, 3), 240, np.uint8)
    person[20:110, 25:55] = (120, 90, 70)
    images.save(person, tmp_path / "people/ann <3.png")
    images.save(np.full((60, 60, 3), 240, np.uint8), tmp_path / "people/nobody.png")
    for place, colour in (("shirts/a_front", 20), ("shirts/a_back", 60), ("pants/b", 120), ("loose", 90)):
        garment = np.full((60, 50, 3), 255, np.uint8)
        garment[10:50, 10:40] = (colour, 40, 200)
        images.save(garment, tmp_path / f"garments/{place}.png")
    return tmp_path


def test_folders_name_categories_and_backs(folders):
    found = dict(garments_in(folders / "garments"))
    assert list(found) == ["loose", "pants/b", "shirts/a"]
    assert [found[name].category for name in found] == ["auto", "trousers", "top"]
    assert found["shirts/a"].back is not None
    assert found["pants/b"].back is None
    assert [path.name for path in pictures_in(folders / "people")] == ["ann <3.png", "nobody.png"]
    for reader in (garments_in, pictures_in):
        with pytest.raises(InputError, match="holds no"):
            reader(folders / "nothing")


def test_a_sheet_shows_confidence_and_reasons(folders):
    with Studio(host=fake_host()) as studio:
        sheet = make_sheet(studio, pictures_in(folders / "people"), garments_in(folders / "garments"), width=100)
    assert [[cell.confidence for cell in row] for row in sheet.rows] == [[0.5] * 3, [None] * 3]
    assert "nobody" in sheet.rows[1][0].note
    picture = draw(sheet)
    assert picture.shape[1] == 4 * 110 + 10
    whole = page(sheet)
    assert len(re.findall("<img", whole)) == 3 + 2 + 3
    assert "ann &lt;3" in whole
    assert "3 of 6 images were made, 3 refused" in whole
    assert "prefers-color-scheme: dark" in whole
    assert not re.findall(r"(?:src|href)=\"(?!data:)", whole), "the page needs nothing else"


def test_the_command(folders, monkeypatch, capsys):
    monkeypatch.delenv("PRODGEN_WORKSPACE", raising=False)
    monkeypatch.chdir(folders)
    monkeypatch.setattr(Host, "discover", classmethod(lambda *a, **k: fake_host()))
    words = ["prodgen", "tryon-gallery", "--people", "people", "--garments", "garments", "--out", "g", "--json"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert not stop.value.code
    report = json.loads(capsys.readouterr().out)
    assert (report["pictures"], report["refused"]) == (3, 3)
    assert sorted(path.name for path in (folders / "g").iterdir()) == ["index.html", "result.json", "sheet.png"]
    said = read_metadata((folders / "g/sheet.png").read_bytes()).digital_source
    assert said == "compositeSynthetic"
