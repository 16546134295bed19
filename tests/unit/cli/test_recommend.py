"""`prodgen record`, `recommend`, `learn` and what belongs to them."""

import json
from datetime import UTC, datetime, timedelta

from prodgen_sdk.testing.fakes.shop import PopularRanker


def test_generate_publishes_and_recommend_shows(shop, tmp_path):
    code, out, _ = shop("generate", "mug-0", "mug-1", "--views", "orbit4", "--size", "32", "--json")
    assert code == 0
    assert {v["review"] for v in json.loads(out)["variants"]} == {"approved"}
    assert all(
        v["reused"]
        for v in json.loads(shop("generate", "mug-0", "--views", "orbit4", "--size", "32", "--json")[1])["variants"]
    )
    _, out, err = shop("index", "stats", "--json")
    behind = json.loads(out)["behind"]
    assert behind
    assert f"{behind} changes are not in it yet" in err
    code, out, _ = shop("recommend", "ann", "-k", "2", "--json")
    found = json.loads(out)
    assert code == 0
    assert {r["sku"] for r in found} == {"mug-0", "mug-1"}
    event = {
        "id": "1",
        "user": "ann",
        "type": "click",
        "sku": found[0]["sku"],
        "variant": found[0]["variant"],
        "at": "2026-01-01T00:00:00Z",
    }
    (tmp_path / "events.jsonl").write_text(json.dumps(event) + "\nbroken\n")
    code, out, _ = shop("record", "events.jsonl", "--json")
    assert (code, json.loads(out)["new"], json.loads(out)["rejected"][0]["line"]) == (3, 1, 2)
    (tmp_path / "other.jsonl").write_text("\n" + json.dumps({**event, "id": "2", "variant": "front"}))
    code, out, err = shop("record", "other.jsonl")
    assert (code, out) == (0, "1 new, 0 known already, 0 rejected\n")
    assert "their variant is not in the catalogue: 1 (first line 2: 'front')" in err
    assert shop("learn")[0] == 0
    assert json.loads(shop("similar", "--text", "blue mug", "--json")[1])[0]["sku"].startswith("mug-")
    assert shop("index", "verify")[0] == 0
    stats = json.loads(shop("index", "stats", "--json")[1])
    assert (stats["variants"], stats["behind"]) == (8, 0)
    assert "The index holds all changes already" in shop("index", "build")[2]
    assert "2 products were indexed" in shop("index", "build", "--anew")[2]
    code, out, _ = shop("forget", "ann", "--json")
    assert json.loads(out)["complete"] is True
    assert json.loads(out)["erased"]["events"] == 4


def test_a_foreign_log_is_recorded_and_comes_out_as_ours(shop, tmp_path):
    retail = {"visitorId": "ann", "eventTime": "2026-01-15T10:00:00Z"}
    lines = [
        {
            **retail,
            "eventType": "purchase-complete",
            "productDetails": [{"product": {"id": f"mug-{n}"}} for n in (0, 9)],
        },
        {**retail, "eventType": "home-page-view"},
        {**retail, "eventType": "add-to-cart"},
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, lines)))
    code, out, _ = shop("record", "log.jsonl", "--format", "google-retail", "--json")
    report = json.loads(out)
    assert (code, report["new"], report["known"], report["skipped"]) == (3, 1, 0, {"home-page-view": 1})
    assert [r["line"] for r in report["rejected"]] == [1, 3]
    _, out, err = shop("record", "log.jsonl", "--format", "google-retail")
    assert "0 new, 1 known already, 2 rejected" in out
    assert "home-page-view (1)" in err
    assert shop("record", "log.jsonl", "--format", "nope")[0] == 2
    assert shop("events", "export", "ours.jsonl")[0] == 0
    shop("forget", "mallory")
    again = shop("record", "ours.jsonl", "--json")
    assert (again[0], json.loads(again[1])["known"]) == (0, 1)
    shop("forget", "ann")
    assert json.loads(shop("record", "ours.jsonl", "--json")[1])["new"] == 1
    assert shop("events", "export", "new/ours.jsonl")[0] == 0
    assert shop("events", "export", "ours.jsonl/ours.jsonl")[0] == 2


def test_a_log_that_is_wrong_throughout_does_not_flood_the_terminal(shop, tmp_path):
    (tmp_path / "log.jsonl").write_text("{}\n" * 3000)
    code, out, err = shop("record", "log.jsonl")
    assert (code, out) == (2, "0 new, 0 known already, 3000 rejected\n")
    assert err.startswith("  line 1, line 2, line 3 and 2997 more: ")
    assert len(err.splitlines()) == 1
    assert len(json.loads(shop("record", "log.jsonl", "--json")[1])["rejected"]) == 3000


def test_users_are_forgotten_at_once(shop, tmp_path):
    events = [
        {"id": user, "user": user, "type": "view", "sku": "mug-1", "at": "2026-01-15T10:00:00Z"}
        for user in ("ann", "bob", "cy")
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, events)))
    shop("record", "log.jsonl")
    code, out, _ = shop("forget", "ann", "bob", "--json")
    assert code == 0
    assert [(proof["user"], proof["complete"], proof["erased"]["events"]) for proof in json.loads(out)] == [
        ("ann", True, 1),
        ("bob", True, 1),
    ]
    assert "cy" in shop("forget", "cy", "dan")[1]
    assert shop("forget", "cy")[0] == 2


def test_old_events_are_pruned(shop, tmp_path):
    now = datetime.now(UTC)
    events = [
        {"id": str(n), "user": "ann", "type": kind, "sku": "mug-1", "at": (now - timedelta(days=days)).isoformat()}
        for n, (kind, days) in enumerate([("view", 1), ("view", 40), ("impression", 40), ("impression", 2)])
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, events)))
    shop("record", "log.jsonl")
    code, out, _ = shop("events", "prune", "--older-than", "30", "--type", "impression", "--json")
    assert (code, json.loads(out)) == (0, {"pruned": 1, "events": 3})
    code, _, err = shop("events", "prune", "--older-than", "1.5")
    assert (code, err) == (0, "2 events were deleted, 1 are left\n")
    code, _, err = shop("events", "prune", "--older-than", "1", "--type", "glance")
    assert code == 2
    assert "'glance' is no type of events" in err
    assert shop("events", "prune", "--older-than", "-1")[0] == 2
    assert shop("events", "prune", "--older-than", "0")[0] == 2


def test_recommend_explains_itself(shop, tmp_path):
    shop("generate", "mug-0", "mug-1", "--views", "hero", "--size", "32")
    bought = {"id": "1", "user": "ann", "type": "purchase", "sku": "mug-1", "at": "2026-01-15T10:00:00Z"}
    (tmp_path / "e.jsonl").write_text(json.dumps(bought))
    shop("record", "e.jsonl")
    shop("learn")
    code, out, _ = shop("recommend", "ann", "-k", "2", "--explain", "--json")
    assert code == 0
    assert [set(pick) >= {"sku", "contributions", "causes"} for pick in json.loads(out)] == [True, True]
    code, out, _ = shop("recommend", "ann", "-k", "2", "--explain", "--no-log")
    assert code == 0
    assert "share" in out


def test_reasons_are_in_the_language_that_is_asked_for(shop, monkeypatch):
    shop("generate", "mug-0", "--views", "hero", "--size", "32")
    rank, asked = PopularRanker.rank, []

    def noting(self, user, candidates, context, ctx):
        asked.append(context.locale)
        return rank(self, user, candidates, context, ctx)

    monkeypatch.setattr(PopularRanker, "rank", noting)
    assert shop("recommend", "ann", "--locale", "zh", "--json")[0] == 0
    assert asked == ["zh"]
    code, out, err = shop("recommend", "ann", "--locale", "fr")
    assert (code, out) == (2, "")
    assert "locale must be 'en' or 'zh'" in err


def test_that_nothing_can_be_shown_is_said(shop):
    for words in (("recommend", "ann"), ("similar", "--text", "mug")):
        code, out, err = shop(*words)
        assert (code, out) == (0, "")
        assert "there are no images. Make some with prodgen generate" in err
    assert json.loads(shop("similar", "--text", "mug", "--json")[1]) == []


def test_why_nothing_is_shown(run, tmp_path):
    """What is missing: products, approved images, or what passes the filter."""
    run("init")
    assert "there are no products. Add some with prodgen catalog add" in run("recommend", "ann")[2]
    config = tmp_path / "prodgen.toml"
    config.write_text(config.read_text().replace("auto_approve = true", "auto_approve = false"))
    (tmp_path / "mug.jsonl").write_text('{"sku": "mug", "title": "Blue mug", "category": "home/mug"}')
    run("catalog", "add", "mug.jsonl")
    run("generate", "mug", "--views", "front", "--size", "32")
    assert "no image is approved, 1 wait for review: prodgen review page" in run("recommend", "ann")[2]
    run("review", "approve", "mug")
    assert "no approved image is of a product on sale" in run("recommend", "ann", "--filter", "category=food")[2]
