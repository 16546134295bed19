"""The review page in a real browser: what is chosen there is saved as a file of decisions; skipped without a browser."""

import importlib.util
import json
import time
from pathlib import Path

import pytest

from prodgen_sdk import Product, Studio
from prodgen_sdk.cli.decisions import Decision, decide, read_decisions
from prodgen_sdk.cli.review_page import review_page
from prodgen_sdk.config import Config
from prodgen_sdk.testing.fakes import fake_host

SPEC = importlib.util.spec_from_file_location("browser", Path(__file__).parent / "browser.py")
browsers = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(browsers)
pytestmark = pytest.mark.skipif(browsers.BINARY is None, reason="no Chromium is installed")
SECONDS = 30


def saved(file):
    end = time.monotonic() + SECONDS
    while not file.exists():
        assert time.monotonic() < end, "nothing was saved"
        time.sleep(0.05)
    return file


def test_choices_become_decisions(tmp_path):
    config = Config.model_validate({"review": {"auto_approve": False}})
    mug, tee = (Product(sku=sku, title="<script>broken()</script>", category="home/mug") for sku in ("mug", "tee"))
    with Studio.create(tmp_path / "shop", config=config, host=fake_host()) as studio:
        studio.generate([mug, tee], views="front,right", size=32)
        waiting = list(studio.variants(review="in_review"))
        (tmp_path / "review.html").write_text(review_page(studio, waiting, "in_review", 0), "utf-8")
        with browsers.Browser(tmp_path / "profile") as page:
            page.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(tmp_path))
            page.open((tmp_path / "review.html").as_uri())
            assert page.run("document.getElementById('save').disabled")
            page.run("document.querySelector('section [data-all=approved]').click()")
            page.run("document.querySelectorAll('figure')[2].querySelector('[value=rejected]').click()")
            page.run("document.querySelectorAll('figure')[2].querySelector('[type=text]').value = '太暗 \"dark\"'")
            assert page.run("document.querySelector('output').textContent") == "3 of 4 decided"
            page.run("document.getElementById('save').click()")
            file = saved(tmp_path / "decisions.jsonl")
            assert page.problems == []
        decisions = dict(read_decisions(file))
        assert all(isinstance(decision, Decision) for decision in decisions.values())
        done, failures = decide(studio, decisions, by="ann")
        assert failures == {}
        assert [(v.sku, v.review) for v in done] == [("mug", "approved"), ("mug", "approved"), ("tee", "rejected")]
        assert studio.store.reviews.of(done[2].id)[-1].reason == '太暗 "dark"'
        assert json.loads(file.read_text("utf-8").splitlines()[0])["variant"] == done[0].id
