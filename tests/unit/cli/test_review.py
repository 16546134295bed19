"""`prodgen review`: its page, names, files of decisions and what a decision holds for."""

import json

MUG = {"sku": "mug-1", "title": "Blue mug", "category": "home/mug", "price": 12.5, "attributes": {"colour": "blue"}}


def generate(shop, *skus, views="hero"):
    out = shop("generate", *skus, "--views", views, "--size", "32", "--json")[1]
    return [picture["id"] for picture in json.loads(out)["variants"]]


def states(shop):
    return {
        row["id"]: row["review"]
        for state in ("in_review", "approved", "rejected")
        for row in json.loads(shop("review", "list", "--state", state, "--json")[1])
    }


def test_saved_decisions_are_taken_each_by_itself_and_once(shop, tmp_path, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    first, second, third = generate(shop, "mug-0", "mug-1", "mug-2")
    lines = [
        {"variant": first, "review": "rejected", "reason": "too dark"},
        {"variant": "nope", "review": "rejected"},
        {"variant": second, "review": "gone"},
        {"variant": second, "review": "rejected", "reason": ""},
    ]
    (tmp_path / "decisions.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\nno json\n")
    for _ in range(2):
        code, _, err = shop("review", "apply", "decisions.jsonl", "--by", "ann")
        assert code == 3
        assert "2 images are rejected" in err
        assert "line 2: There is no variant 'nope'" in err
        assert "line 3: review must be" in err
        assert "line 5: " in err
        assert states(shop) == {first: "rejected", second: "rejected", third: "approved"}
    table = shop("review", "list", "--state", "rejected")[1]
    assert "rejected by ann: too dark" in table
    (tmp_path / "none.jsonl").write_text("")
    assert shop("review", "apply", "none.jsonl")[0] == 2
    assert shop("review", "apply", "absent.jsonl")[0] == 2


def test_everything_of_one_generator_is_decided_at_once(shop, tmp_path):
    (tmp_path / "odd.jsonl").write_text(
        "\n".join(json.dumps({**MUG, "sku": f"odd-{n}", "title": "A dubious thing"}) for n in range(2))
    )
    shop("catalog", "add", "odd.jsonl")
    waiting = generate(shop, "odd-0", "odd-1")
    (generator,) = {row["generator"] for row in json.loads(shop("review", "list", "--json")[1])}
    for words in (("approve",), ("approve", "odd-0", "--all"), ("approve", "--all", "--generator", "no/such")):
        assert shop("review", *words)[0] == 2
    assert shop("review", "approve", "odd-0", "--generator", "no/such")[0] == 2
    assert set(states(shop).values()) == {"in_review"}
    assert shop("review", "reject", "--all", "--generator", generator, "--reason", "odd")[0] == 0
    assert states(shop) == dict.fromkeys(waiting, "rejected")
    code, _, err = shop("review", "approve", "odd-0")
    assert (code, "prodgen review reopen odd-0" in err) == (2, True)
    assert shop("review", "reopen", "--all")[0] == 0
    assert states(shop) == dict.fromkeys(waiting, "in_review")


def test_a_rejected_picture_can_be_reopened(shop, tmp_path):
    out = shop("generate", "mug-0", "mug-1", "--views", "hero", "--size", "32", "--json")[1]
    first, second = (p["id"] for p in json.loads(out)["variants"])
    assert shop("review", "reject", first)[0] == 0
    code, _, err = shop("review", "approve", first)
    assert code == 2
    assert f"prodgen review reopen {first}" in err
    assert shop("review", "reopen", first, second)[0] == 3
    assert shop("review", "reopen", second, "nope")[0] == 2
    assert shop("review", "approve", first, "--json")[0] == 0
    assert len(json.loads(shop("review", "list", "--state", "approved", "--json")[1])) == 2


def test_that_nothing_waits_is_said(shop):
    code, _, err = shop("review", "list")
    assert (code, err) == (0, "No image is in the state in_review.\n")


def test_a_page_shows_what_waits_and_a_sku_decides_on_all_of_it(shop, tmp_path):
    (tmp_path / "odd.jsonl").write_text('{"sku": "odd-1", "title": "A dubious <b>thing", "category": "home/mug"}')
    shop("catalog", "add", "odd.jsonl")
    code, _, err = shop("generate", "odd-1", "mug-1", "--views", "front,right", "--size", "32")
    assert code == 0
    assert "prodgen review page" in err
    assert json.loads(shop("review", "page", "--limit", "1", "--json")[1])["left_out"] == 1
    assert json.loads(shop("review", "page", "--json")[1])["pictures"] == 2
    whole = (tmp_path / "review.html").read_text("utf-8")
    waiting = [row["id"] for row in json.loads(shop("review", "list", "--json")[1])]
    assert len(waiting) == 2
    assert all(id in whole for id in waiting)
    assert whole.count("<img") == 2
    assert "A dubious &lt;b&gt;thing" in whole
    assert "says &#x27;dubious&#x27;" in whole
    assert "mug-1" not in whole
    assert len(json.loads(shop("review", "approve", "odd-1", "--json")[1])) == 2
    code, _, err = shop("review", "reject", "odd-1")
    assert code == 2
    assert "No image of odd-1 waits. Name the image by its own id: prodgen review list --state approved" in err
    assert shop("review", "reject", *waiting)[0] == 0
    assert len(json.loads(shop("review", "reopen", "odd-1", "--json")[1])) == 2


def test_a_sku_reopens_what_a_person_rejected_and_not_what_a_newer_picture_replaced(shop, tmp_path):
    def generate(title):
        (tmp_path / "mug.jsonl").write_text(json.dumps({**MUG, "title": title}))
        shop("catalog", "add", "mug.jsonl")
        return json.loads(shop("generate", "mug-1", "--views", "hero", "--size", "32", "--json")[1])["variants"][0][
            "id"
        ]

    generate("A mug of before")
    newer = generate("A mug of today")
    code, _, err = shop("review", "reopen", "mug-1")
    assert code == 2
    assert "No image of mug-1 was rejected" in err
    assert shop("review", "reject", newer, "--reason", "too dark", "--by", "ann")[0] == 0
    shop("review", "page", "--state", "rejected")
    whole = (tmp_path / "review.html").read_text("utf-8")
    assert "rejected by ann: too dark" in whole
    assert f"rejected by core: superseded by {newer}" in whole
    assert [row["id"] for row in json.loads(shop("review", "reopen", "mug-1", "--json")[1])] == [newer]


def test_a_picture_that_is_lost_does_not_hide_the_others(shop, tmp_path):
    shop("generate", "mug-1", "--views", "front,right", "--size", "32")
    next((tmp_path / "assets").rglob("*.png")).write_bytes(b"damaged")
    assert shop("review", "page", "--state", "approved")[0] == 0
    whole = (tmp_path / "review.html").read_text("utf-8")
    assert whole.count("<img") == 1
    assert "is damaged" in whole


def test_lines_of_which_none_is_a_decision_are_named(shop, tmp_path):
    (tmp_path / "d.jsonl").write_text(
        '{"variant": "mug-1", "review": "ok"}\nnonsense\n{"variant": "no", "review": "approved"}\n'
    )
    code, _, err = shop("review", "apply", "d.jsonl")
    assert code == 2
    assert "line 1: review must be 'draft', " in err
    assert "line 2: is not JSON" in err
    assert "line 3: There is no variant 'no'" in err
