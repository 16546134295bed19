"""Foreign events become ours: each part of a line is recorded, named as skipped, or rejected with a reason."""

from __future__ import annotations

import gzip
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prodgen_sdk.errors import InputError, StoreError
from prodgen_sdk.events import FORMATS, MAX_LINE, convert, read_events, unfit, write_events
from prodgen_sdk.studio import Studio
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.testing.strategies import events as any_events
from prodgen_sdk.types import Event, Product

AT = "2026-01-15T10:00:00Z"
TIME = datetime(2026, 1, 15, 10, tzinfo=UTC)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


TIP = {"id": "tip", "title": "Tip", "quantity": 1, "variant": None, "finalLinePrice": {"amount": 3.0}}


def made(values, format, *fields):
    """The events of one line as (type, sku or query, further fields)."""
    rows = list(convert([values], format))
    assert all(row.event is not None for row in rows), rows
    assert all(row.event.at == TIME for row in rows)
    return [
        (e.type, e.query if e.type == "search" else e.sku, *(getattr(e, name) for name in fields))
        for e in (row.event for row in rows)
    ]


def only(values, format):
    (row,) = convert([values], format)
    return row


def retail(kind, **fields):
    return {"eventType": kind, "visitorId": "v-1", "eventTime": AT, **fields}


def pixel(name, data, **fields):
    return {
        "id": "sh-1",
        "name": name,
        "clientId": "c-1",
        "timestamp": "2026-01-15T10:00:00.000Z",
        "data": data,
        **fields,
    }


def shown(sku, product="gid://shopify/Product/77", price="12.50"):
    return {"id": "9", "sku": sku, "price": {"amount": price}, "product": {"id": product, "title": "Mug"}}


def ranked(event, **fields):
    return {"event": event, "id": "r-1", "timestamp": "1768471200000", "user": "m-1", **fields}


def test_google_retail_purchase_is_one_event_a_product_with_its_cost():
    details = [
        {"product": {"id": "mug"}, "quantity": 1},
        {"product": {"id": "jug"}, "quantity": 3},
        {"product": {"id": "cup", "priceInfo": {"price": 4}}, "quantity": 2},
    ]
    order = retail(
        "purchase-complete",
        productDetails=details,
        purchaseTransaction={"revenue": 30},
        attributionToken="tok",
        userInfo={"userId": "ann"},
    )
    assert made(order, "google-retail", "value", "user", "request_id") == [
        ("purchase", "mug", 5.0, "ann", "tok"),
        ("purchase", "jug", 15.0, "ann", "tok"),
        ("purchase", "cup", 8.0, "ann", "tok"),
    ]


def test_google_retail_import_has_many_events_in_one_body():
    mug = [{"product": {"id": "mug"}}]
    events = [retail("detail-page-view", productDetails=mug), "no event", retail("add-to-cart", productDetails=mug)]
    body = {"inputConfig": {"userEventInlineSource": {"userEvents": events}}}
    rows = list(convert([body], "google-retail"))
    assert [row.event.type for row in rows if row.event] == ["view", "add_to_cart"]
    assert [row.reason for row in rows if row.reason] == ["userEvents: one of them is no JSON object"]
    # The same ids as one by one, so that it may be sent either way.
    assert rows[0].event == next(convert([events[0]], "google-retail")).event
    (none,) = convert([{"inputConfig": {"userEventInlineSource": {}}}], "google-retail")
    assert "none" in none.reason


def test_google_retail_fields_may_be_spelt_as_in_protocol_buffers():
    snake = {
        "event_type": "purchase-complete",
        "visitor_id": "v-1",
        "event_time": AT,
        "attribution_token": "t",
        "product_details": [{"product": {"id": "mug", "price_info": {"price": 4}}, "quantity": 2}],
        "user_info": {"user_id": "ann"},
    }
    camel = retail(
        "purchase-complete",
        attributionToken="t",
        productDetails=[{"product": {"id": "mug", "priceInfo": {"price": 4}}, "quantity": 2}],
        userInfo={"userId": "ann"},
    )
    (event,) = (row.event for row in convert([snake], "google-retail"))
    assert (event.user, event.value) == ("ann", 8)
    assert event == only(camel, "google-retail").event
    body = {"input_config": {"user_event_inline_source": {"user_events": [snake]}}}
    assert only(body, "google-retail").event == event


def test_google_retail_views_carts_and_searches():
    mug = [{"product": {"id": "mug"}}]
    assert made(retail("detail-page-view", productDetails=mug), "google-retail", "user") == [("view", "mug", "v-1")]
    cart = retail("add-to-cart", productDetails=[{"product": {"id": 7}, "quantity": 2}])
    assert made(cart, "google-retail", "value") == [("add_to_cart", "7", None)]
    found = [{"product": {"id": sku}} for sku in ("mug", "jug", "mug")]
    asked = retail("search", searchQuery="blue mug", productDetails=found, offset=20)
    assert made(asked, "google-retail", "position") == [
        ("search", "blue mug", None),
        ("impression", "mug", 20),
        ("impression", "jug", 21),
    ]


def test_shopify_events():
    view = pixel("product_viewed", {"productVariant": shown("MUG-RED")})
    assert made(view, "shopify", "user", "value") == [("view", "77", "c-1", None)]
    assert made(view, "shopify-sku") == [("view", "MUG-RED")]
    line = {"merchandise": shown("MUG-RED", "77"), "quantity": 2, "cost": {"totalAmount": {"amount": 25}}}
    assert made(pixel("product_added_to_cart", {"cartLine": line}), "shopify", "value") == [("add_to_cart", "77", 25)]
    lines = [
        {"variant": shown("A", "1"), "quantity": 2},
        {"variant": shown("B", "1"), "quantity": 1, "finalLinePrice": {"amount": 9.0}},
    ]
    order = pixel("checkout_completed", {"checkout": {"lineItems": lines}})
    assert made(order, "shopify", "value") == [("purchase", "1", 25.0), ("purchase", "1", 9.0)]
    listed = [shown("A", "1"), shown("B", "1"), shown("C", "2")]
    asked = pixel("search_submitted", {"searchResult": {"query": "mug", "productVariants": listed}})
    assert made(asked, "shopify", "position") == [
        ("search", "mug", None),
        ("impression", "1", 0),
        ("impression", "2", 1),
    ]
    page = pixel("collection_viewed", {"collection": {"id": "5", "productVariants": listed}})
    assert made(page, "shopify", "position") == [("impression", "1", 0), ("impression", "2", 1)]


def test_metarank_rankings_and_interactions_share_a_request():
    fields = [{"name": "source", "value": ["a"]}, {"name": "query", "value": "mug"}]
    ranking = ranked("ranking", items=[{"id": "p2", "relevancy": 2.0}, {"id": "p1"}], fields=fields)
    assert made(ranking, "metarank", "position", "request_id") == [
        ("search", "mug", None, "r-1"),
        ("impression", "p2", 0, "r-1"),
        ("impression", "p1", 1, "r-1"),
    ]
    for name, kind in (("click", "click"), ("Add to cart", "add_to_cart"), ("purchase", "purchase"), ("hide", "hide")):
        answer = ranked("interaction", type=name, item="p1", ranking="r-1", timestamp=1768471200000)
        assert made(answer, "metarank", "request_id") == [(kind, "p1", "r-1")]
    nameless = ranked("interaction", type="click", item="p1", user=None, session="s-1")
    assert made(nameless, "metarank", "user") == [("click", "p1", "s-1")]


@pytest.mark.parametrize(
    ("format", "values", "kind"),
    [
        ("google-retail", retail("home-page-view"), "home-page-view"),
        ("google-retail", retail("something-new"), "something-new"),
        ("google-retail", retail("search", pageCategories=["Sale"]), "search without words"),
        ("shopify", pixel("page_viewed", {}), "page_viewed"),
        ("shopify", pixel("our:custom_event", {}), "our:custom_event"),
        ("shopify", pixel("collection_viewed", {"collection": {}}), "collection_viewed"),
        ("shopify", pixel("checkout_completed", {"checkout": {"lineItems": [TIP]}}), "a line without a product"),
        ("metarank", ranked("item", item="p1", fields=[]), "item"),
        ("metarank", ranked("interaction", type="like", item="p1"), "interaction like"),
    ],
)
def test_kinds_that_say_nothing_of_a_product_are_named(format, values, kind):
    assert only(values, format).skipped == kind


@pytest.mark.parametrize(
    ("format", "values", "reason"),
    [
        ("google-retail", {}, "eventType"),
        ("google-retail", {"eventType": "search", "searchQuery": "x", "eventTime": AT}, "visitorId"),
        ("google-retail", {"eventType": "search", "searchQuery": "x", "visitorId": "v"}, "eventTime"),
        ("google-retail", retail("detail-page-view"), "productDetails"),
        ("google-retail", retail("add-to-cart", productDetails=["mug"]), "productDetails[0].product.id"),
        ("google-retail", retail("add-to-cart", productDetails=[{"product": {"id": "a b"}}]), "'a b'"),
        (
            "google-retail",
            retail("add-to-cart", productDetails=[{"product": {"id": "a"}, "quantity": -1}]),
            "productDetails[0].quantity",
        ),
        (
            "google-retail",
            retail("add-to-cart", productDetails=[{"product": {"id": "a", "priceInfo": {"price": "dear"}}}]),
            "value",
        ),
        ("google-retail", retail("search", searchQuery=["x"]), "a list"),
        ("shopify", {"name": "product_viewed", "timestamp": AT}, "clientId"),
        ("shopify", pixel("product_viewed", {}), "data.productVariant.product.id"),
        ("shopify-sku", pixel("product_viewed", {"productVariant": {"sku": None}}), "data.productVariant.sku"),
        ("shopify", pixel("checkout_completed", "none"), "lineItems"),
        ("shopify", pixel("checkout_completed", {"checkout": {"lineItems": [{}]}}), "lineItems[0]"),
        ("shopify", {"id": 1, "name": "#9999", "line_items": [{"product_id": 7}]}, "an order"),
        ("shopify", {"id": 1, "order_id": 2, "refund_line_items": [{"quantity": 1}]}, "a refund"),
        ("metarank", ranked("ranking"), "items"),
        ("metarank", ranked("interaction", type="click"), "item"),
        ("metarank", ranked("interaction", type="click", item="a", timestamp="soon"), "at"),
        ("metarank", ranked("interaction", type="click", item="a", timestamp=True), "1970"),
        ("metarank", ranked("interaction", type="click", item="a", timestamp=10**30), "timestamp"),
        ("metarank", {"event": "ranking", "id": "1", "timestamp": 1}, "session"),
        ("prodgen", {"id": "1", "user": "u", "type": "view", "at": AT, "value": float("nan")}, "value"),
        ("prodgen", {"id": "1", "user": "u", "type": "look", "at": AT}, "'look'"),
        ("prodgen", {"id": "1", "user": "u", "type": "view", "at": AT, "variant": "x" * 10**7}, "10000000 long"),
        ("prodgen", [1], "is no JSON object"),
    ],
)
def test_what_cannot_be_mapped_has_a_short_reason(format, values, reason):
    row = only(values, format)
    said = row.reason or unfit(row.event, NOW)
    assert reason in said
    assert len(said) < 250


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from(
    [
        "eventType",
        "visitorId",
        "eventTime",
        "productDetails",
        "product",
        "id",
        "quantity",
        "searchQuery",
        "name",
        "clientId",
        "timestamp",
        "data",
        "productVariant",
        "checkout",
        "lineItems",
        "variant",
        "event",
        "items",
        "item",
        "type",
        "user",
        "fields",
        "query",
        "searchResult",
        "offset",
    ]
)
_WORDS = st.sampled_from(
    ["search", "purchase-complete", "checkout_completed", "search_submitted", "ranking", "interaction", "click", AT]
)
lookalikes = st.recursive(
    json_values | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FORMATS), st.dictionaries(_KEYS, lookalikes, max_size=8))
def test_no_value_breaks_an_adapter_and_none_vanishes(format, values):
    rows = list(convert([values], format))
    assert rows
    assert all((row.event is not None) + bool(row.reason) + bool(row.skipped) == 1 for row in rows)
    assert rows == list(convert([values], format))
    ids = [row.event.id for row in rows if row.event is not None]
    assert len(set(ids)) == len(ids)


def test_quantities_that_are_too_large_to_add_up_break_nothing():
    lines = [{"product": {"id": sku}, "quantity": 1e308} for sku in "abc"]
    order = retail("purchase-complete", productDetails=lines, purchaseTransaction={"revenue": 5})
    assert [row.event.sku for row in convert([order], "google-retail")] == ["a", "b", "c"]


@pytest.fixture
def studio(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products([Product(sku=sku, title=sku, category="home/mug") for sku in ("mug", "jug", "77")])
        yield studio


def test_recording_a_foreign_log_twice_adds_nothing(studio):
    order = retail("purchase-complete", productDetails=[{"product": {"id": s}} for s in ("mug", "mug", "gone")])
    log = [order, retail("home-page-view"), retail("shopping-cart-page-view"), retail("home-page-view")]
    first = studio.record(log, format="google-retail")
    assert (first.new, first.known) == (2, 0)
    assert first.rejected == ((0, "sku: there is no product 'gone'"),)
    assert first.skipped == {"home-page-view": 2, "shopping-cart-page-view": 1}
    assert (studio.record(log, format="google-retail").new, studio.record(log, format="google-retail").known) == (0, 2)
    with pytest.raises(InputError, match=r"google-retail.*metarank"):
        studio.record([], format="nope")


def test_times_out_of_bounds_and_unstorable_texts_are_rejected_and_the_rest_is_kept(studio):
    now = datetime.now(UTC)
    good = {"user": "ann", "type": "view", "sku": "mug", "at": now.isoformat()}
    log = [
        {**good, "id": "1"},
        {**good, "id": "2", "at": (now + timedelta(days=1, minutes=1)).isoformat()},
        {**good, "id": "3", "at": (now + timedelta(hours=23)).isoformat()},
        {**good, "id": "4", "at": "1989-12-31T23:59:59Z"},
        {**good, "id": "5", "user": "a\0b"},
        {**good, "id": "6", "policy": "\ud800"},
        {**good, "id": "7", "value": float("inf")},
    ]
    found = studio.record(log)
    assert (found.new, [place for place, _ in found.rejected]) == (2, [1, 3, 4, 5, 6])
    assert "future" in found.rejected[0][1]
    assert "1990" in found.rejected[1][1]


def test_the_order_of_arrival_changes_neither_profile_nor_fit(tmp_path):
    at = datetime(2026, 2, 1, tzinfo=UTC)
    log = [
        Event(id=str(n), user=f"u{n % 3}", type=kind, sku=f"p{n % 4}", at=at - timedelta(hours=5 * n))
        for n, kind in enumerate(["view", "purchase", "view", "hide", "add_to_cart", "click"] * 3)
    ]
    seen = []
    for name, batches in (("a", [log]), ("b", [log[9:], log[:12], log[::-1]])):
        with Studio.create(tmp_path / name, host=fake_host()) as studio:
            studio.add_products([Product(sku=f"p{n}", title="x", category="home/mug") for n in range(4)])
            for batch in batches:
                studio.record(batch)
            profile = studio.recommender.profile("u0", at)
            fitted = [event.id for event in studio.store.events.log_by_time()]
            seen.append((profile.interests, profile.queries, profile.seen, fitted))
    assert seen[0] == seen[1]


def test_a_huge_line_is_passed_over_without_reading_it_into_an_event(tmp_path):
    path = tmp_path / "events.jsonl"
    good = json.dumps({"id": "1", "user": "u", "type": "view", "sku": "mug", "at": AT})
    huge = json.dumps({"id": "2", "user": "u", "type": "view", "at": AT, "variant": "x" * 10_000_000})
    exact = json.dumps({"id": "3", "pad": ""})
    exact = exact.replace('""', '"' + "x" * (MAX_LINE - len(exact) - 1) + '"')
    path.write_bytes(f"\ufeff{good}\n{huge}\n\n{good}\n".encode() + b"\xff\n" + exact.encode() + b"\n" + huge.encode())
    rows = list(read_events(path))
    assert [(row.line, row.event is not None) for row in rows] == [
        (1, True), (2, False), (4, True), (5, False), (6, False), (7, False),
    ]  # fmt: skip
    assert [row.reason for row in rows if row.line in (2, 5, 7)] == [
        "is longer than 1 MiB", "is no UTF-8 text", "is longer than 1 MiB",
    ]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(any_events(), max_size=8))
def test_events_survive_a_file(tmp_path_factory, log):
    path = tmp_path_factory.mktemp("log") / "events.jsonl"
    assert write_events(path, log) == len(log)
    assert [row.event for row in read_events(path)] == log


def test_a_file_of_events_appears_whole_or_not_at_all(tmp_path):
    def breaks():
        yield Event(id="1", user="u", type="view", at=TIME)
        raise RuntimeError("pulled")

    with pytest.raises(RuntimeError, match="pulled"):
        write_events(tmp_path / "log.jsonl", breaks())
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"log\.jsonl could not be written"):
        write_events(tmp_path / "file" / "log.jsonl", [])


def test_events_of_a_parquet_file_are_those_of_the_lines(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    at = datetime(2026, 1, 15, 10, tzinfo=UTC)
    rows = [
        {"id": "e1", "user": "ann", "type": "purchase", "sku": "mug", "value": 3.5, "at": at},
        {"id": "e2", "user": "ann", "type": "search", "query": "jug", "at": at},
        {"id": "e3", "user": "ann", "type": "look", "at": at},
    ]
    parquet.write_table(pyarrow.Table.from_pylist(rows, pyarrow.schema([
        ("id", pyarrow.string()), ("user", pyarrow.string()), ("type", pyarrow.string()), ("sku", pyarrow.string()),
        ("query", pyarrow.string()), ("value", pyarrow.float64()), ("at", pyarrow.timestamp("us", "UTC")),
    ])), tmp_path / "e.parquet")  # fmt: skip
    first, second, third = read_events(tmp_path / "e.parquet")
    assert [first.event, second.event] == [Event(**rows[0]), Event(**rows[1])]
    assert (third.line, third.reason[:12]) == (3, "type must be")


def test_a_file_that_is_no_text_is_named_once(tmp_path):
    for name, data, what in (
        ("a.jsonl", b"PAR1....", "is Parquet"),
        ("b.jsonl", b"\x1f\x8b\x08", "ended before the end-of-stream"),
        ("d.jsonl", gzip.compress(b"{}\n" * 9)[:-4], "ended before the end-of-stream"),
        ("e.jsonl", gzip.compress(b"PAR1...."), "is Parquet"),
        ("c.parquet", b"no", "no Parquet"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(InputError, match=what):
            list(read_events(tmp_path / name))


def test_a_log_packed_by_gzip_is_read_as_it_is(tmp_path):
    lines = b'{"id": "1", "user": "ann", "type": "view", "sku": "mug", "at": "2026-01-01"}\nno event\n' + b"x" * 2**21
    (tmp_path / "plain.jsonl").write_bytes(lines)
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(lines))
    plain, packed = (list(read_events(tmp_path / name)) for name in ("plain.jsonl", "packed.jsonl.gz"))
    assert packed == plain
    assert [row.event is None for row in packed] == [False, True, True]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_log_is_read_from_a_pipe(tmp_path, pack):
    line = b'{"id": "1", "user": "ann", "type": "view", "sku": "mug", "at": "2026-01-01"}\n'
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        pool.submit(pipe.write_bytes, pack(line * 3))
        assert [row.line for row in read_events(pipe) if row.event] == [1, 2, 3]


def test_events_of_another_format_are_recognised():
    other = {"eventType": "search", "visitorId": "v", "eventTime": "2026-01-01T00:00:00Z"}
    (row,) = convert([other])
    assert row.event is None
    assert "looks like an event of the format google-retail" in row.reason
    (row,) = convert([{"id": "1", "user": "ann"}])
    assert "looks like" not in row.reason
