"""The example service, on the fakes."""

import importlib.util
import json
import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prodgen_sdk import DeadlineExceeded, Product, StoreError, Studio
from prodgen_sdk.testing.fakes import fake_host

EXAMPLE = Path(__file__).parents[2] / "examples/recommender-service/app.py"
NOW = "2026-01-15T10:00:00Z"
# newer releases of starlette prefer httpx2, and take both
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx`")


def test_the_handler_is_about_twenty_lines():
    text = EXAMPLE.read_text("utf-8")
    handler = text.partition("[start:handler]")[2].partition("[end:handler]")[0]
    assert len(handler.strip().splitlines()) <= 22


@pytest.fixture
def client(tmp_path, monkeypatch):
    """Speaks to the service of a workspace with three mugs, whose skus are numbers as some shops have them."""
    pytest.importorskip("fastapi")
    pytest.importorskip("httpx")
    pytest.importorskip("prometheus_client")
    from fastapi.testclient import TestClient

    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products([Product(sku=str(n), title="Mug", category="home/mug") for n in (11, 12, 13)])
        studio.generate(["11", "12", "13"], views="hero", size=32)
    monkeypatch.setenv("PRODGEN_WORKSPACE", str(tmp_path))

    def discover(config=None, *, state=None, **more):
        host = fake_host(config=config)
        host.state = state
        return host

    monkeypatch.setattr("prodgen_sdk.host.Host.discover", discover)
    monkeypatch.syspath_prepend(EXAMPLE.parent)
    spec = importlib.util.spec_from_file_location("recommender_service", EXAMPLE)
    service = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(service)
    monkeypatch.setattr(service.monitoring, "log_as_json", lambda: None)  # pytest has handlers of its own
    with TestClient(service.app) as client:
        yield client


def test_it_recommends_logs_serves_and_records(client, tmp_path, monkeypatch):
    answer = client.get("/users/ann/recommendations", params={"k": 2, "category": "home/mug"})
    assert answer.status_code == 200
    assert [pick["source"] for pick in answer.json()] == ["segment"] * 2
    pick = answer.json()[0]
    click = {"id": "1", "user": "ann", "type": "click", "sku": pick["sku"], "variant": pick["variant"]}
    click |= {"request_id": pick["request_id"], "at": NOW}
    assert client.post("/events", json=[click, {"id": "2"}]).json()["new"] == 1
    assert client.post("/events", json=click).json()["known"] == 1
    assert client.get("/users/ann/recommendations", params={"k": 0}).status_code == 422
    image = client.get(pick["image"])
    assert image.headers["content-type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    unknown = client.get("/images/nope")
    assert (unknown.status_code, pick["variant"] in unknown.text) == (404, False)
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.store.events.count("ann") == 3

    async def late(*args, **options):
        raise DeadlineExceeded("The budget of 50 ms was spent.")

    monkeypatch.setattr(client.app.state.studio, "recommend", late)
    answer = client.get("/users/ann/recommendations")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def _variant(number):
    return {
        "id": f"4{number}",
        "sku": "M-1",
        "price": {"amount": 9.5, "currencyCode": "EUR"},
        "product": {"id": str(number), "title": "Mug", "vendor": "Acme"},
    }


SHAPES = {
    "shopify": (
        {
            "id": "sh-1",
            "name": "product_viewed",
            "clientId": "ann",
            "timestamp": NOW,
            "type": "standard",
            "seq": 3,
            "context": {"document": {"title": "Mug"}},
            "data": {"productVariant": _variant(11)},
        },
        {"id": "sh-2", "name": "page_viewed", "clientId": "ann", "timestamp": NOW, "data": {}},
        [("view", "11")],
    ),
    "metarank": (
        {
            "event": "ranking",
            "id": "r-1",
            "timestamp": "1768471200000",
            "user": "ann",
            "session": "s-1",
            "fields": [{"name": "query", "value": "mug"}],
            "items": [{"id": "12"}, {"id": "11"}],
        },
        {"event": "item", "id": "81f46c34", "item": "11", "timestamp": "1599391467000", "fields": []},
        [("search", None), ("impression", "12"), ("impression", "11")],
    ),
    "google-retail": (
        {
            "eventType": "purchase-complete",
            "visitorId": "ann",
            "eventTime": NOW,
            "productDetails": [{"product": {"id": "13"}, "quantity": 2}],
            "purchaseTransaction": {"revenue": 19, "currencyCode": "EUR"},
        },
        {"eventType": "home-page-view", "visitorId": "ann", "eventTime": NOW},
        [("purchase", "13")],
    ),
}


@pytest.mark.parametrize("format", SHAPES)
def test_it_takes_events_in_the_shapes_of_other_services(client, tmp_path, format):
    event, ignored, wanted = SHAPES[format]
    there = {"params": {"format": format}}
    first = client.post("/events", json=event, **there).json()
    assert (first["new"], first["rejected"]) == (len(wanted), [])
    second = client.post("/events", json=[event, ignored, {}], **there).json()
    assert (second["new"], second["known"]) == (0, len(wanted))
    assert list(second["skipped"].values()) == [1]
    assert [place for place, _ in second["rejected"]] == [2]
    assert client.post("/events", json=event, params={"format": "nope"}).status_code == 422
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert [(event.type, event.sku) for _, event in studio.store.events.log()] == wanted


def test_late_events_and_such_as_never_happened(client, tmp_path):
    def view(id, at):
        return {"id": id, "user": "ann", "type": "view", "sku": "11", "at": at}

    answer = client.post("/events", json=[view("new", NOW), view("late", "2025-06-01T08:00:00Z")]).json()
    assert (answer["new"], answer["rejected"]) == (2, [])
    answer = client.post("/events", json=[view("odd", "1970-01-01T00:00:00Z"), view("far", "2999-01-01T00:00:00Z")])
    assert (answer.status_code, [place for place, _ in answer.json()["rejected"]]) == (200, [0, 1])


def test_a_user_is_forgotten(client, tmp_path):
    client.get("/users/ann/recommendations")
    client.get("/users/bob/recommendations")
    answer = client.delete("/users/ann")
    assert (answer.status_code, answer.json()["erased"]["events"]) == (200, 3)
    assert set(answer.json()["remaining"].values()) == {0}
    assert client.delete("/users/ann").status_code == 404
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert (studio.store.events.count("ann"), studio.store.events.count("bob")) == (0, 3)


def _scraped(client):
    lines = [line for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_it_tells_how_it_serves_and_names_nobody(client, caplog):
    caplog.set_level(logging.INFO)
    assert client.get("/livez").json() == {"live": True}
    assert client.get("/readyz").json()["problems"] == []
    before = _scraped(client)
    pick = client.get("/users/ann/recommendations", params={"category": "home/mug"}).json()[0]
    click = {"id": "1", "user": "ann", "type": "click", "sku": pick["sku"], "request_id": pick["request_id"]}
    client.post("/events", json=click | {"at": datetime.now(UTC).isoformat()})
    client.get("/users/ann/recommendations", params={"k": 0})
    monitoring = sys.modules["monitoring"]
    monitoring._next_look = datetime.min.replace(tzinfo=UTC)
    after = _scraped(client)

    def grown(name):
        return after[name] - before.get(name, 0.0)

    assert grown('shop_recommendations_total{source="segment"}') == 1
    assert grown('shop_recommend_stage_seconds_count{stage="log"}') == 1
    assert grown('shop_errors_total{error="InputError"}') == 1
    assert grown("shop_propensity_count") == 3
    assert grown('shop_request_seconds_count{route="/users/{user}/recommendations",status="422"}') == 1
    assert (after["shop_ready"], after["shop_events_unlearnt"], after["shop_calls_waiting"]) == (1, 4, 0)
    policy = next(name.partition("{")[2] for name in after if name.startswith("shop_shown_last_hour{"))
    assert (after[f"shop_shown_last_hour{{{policy}"], after[f"shop_answered_last_hour{{{policy}"]) == (3, 1)
    assert "ann" not in client.get("/metrics").text
    lines = [
        record.getMessage() + str(vars(record)) for record in caplog.records if not record.name.startswith("httpx")
    ]
    assert lines
    assert not [line for line in lines if "ann" in line]


def test_a_worker_is_ready_before_anybody_scrapes_it(client):
    from fastapi.testclient import TestClient
    from prometheus_client import REGISTRY

    sys.modules["monitoring"].ready.set(0)
    with TestClient(client.app):
        end = time.monotonic() + 10
        while not REGISTRY.get_sample_value("shop_ready") and time.monotonic() < end:
            time.sleep(0.01)
        assert REGISTRY.get_sample_value("shop_ready") == 1


def test_a_database_that_fails_is_not_ready_and_not_told_outside(client, monkeypatch):
    def gone(*args, **options):
        raise StoreError("The database postgresql://db.internal failed.")

    store = client.app.state.studio.studio.store
    monkeypatch.setattr(store.outbox, "last_sequence", gone)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database_ms"]) == (503, None)
    assert client.get("/livez").status_code == 200
    scraped = _scraped(client)
    assert scraped["shop_ready"] == 0
    monkeypatch.setattr(client.app.state.studio.studio, "record", gone)
    answer = client.post("/events", json=[])
    assert (answer.status_code, answer.json()) == (503, {"error": "The database failed."})


def test_what_is_logged_stays_on_one_line():
    pytest.importorskip("prometheus_client")
    sys.path.insert(0, str(EXAMPLE.parent))
    try:
        from monitoring import _Json
    finally:
        sys.path.remove(str(EXAMPLE.parent))
    record = logging.LogRecord("shop", logging.INFO, "f", 1, "a %s", ('b"\n{"level": "ERROR"}',), None)
    assert json.loads(_Json().format(record))["message"] == 'a b"\n{"level": "ERROR"}'
    assert "\n" not in _Json().format(record)


def test_lines_are_recorded_while_they_arrive_and_each_is_answered(client, tmp_path):
    def line(number, sku="11"):
        return json.dumps({"id": f"l{number}", "user": "ann", "type": "view", "sku": sku, "at": NOW}).encode()

    def body():
        yield line(1) + b"\n" + line(2, "unknown") + b"\n\n" + line(4)[:20]
        yield line(4)[20:] + b"\nno json\n" + b"[" * 100_000 + b"\n"
        yield b"\n".join(line(number) for number in range(7, 1107))

    answer = client.post("/events/lines", content=body(), headers={"content-type": "application/x-ndjson"})
    said = [json.loads(row) for row in answer.text.splitlines()]
    assert [row["line"] for row in said] == list(range(1, 1107))
    assert [row["line"] for row in said if row["rejected"]] == [2, 5, 6]
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.store.events.count("ann") == 1102
    assert client.post("/events/lines?format=none", content=b"").status_code == 422


def test_a_line_that_is_too_long_is_rejected_by_itself(client, tmp_path):
    view = json.dumps({"id": "v", "user": "ann", "type": "view", "sku": "11", "at": NOW}).encode()
    parts = [b'{"id": "', *[b"x" * 2**18] * 9, b'"}\n', view + b"\n", b"y" * (2**20 + 1)]
    said = [json.loads(row) for row in client.post("/events/lines", content=parts).text.splitlines()]
    long = "it is longer than 1048576 bytes"
    assert said == [{"line": 1, "rejected": long}, {"line": 2, "rejected": None}, {"line": 3, "rejected": long}]
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.store.events.count("ann") == 1


def test_a_database_that_fails_ends_the_stream(client, monkeypatch):
    async def fail(*args, **options):
        raise StoreError("The database at secret.example failed.")

    monkeypatch.setattr(client.app.state.studio, "record", fail)
    assert client.post("/events/lines", content=b"{}").text == '{"error": "StoreError"}\n'


def test_an_import_of_google_retail_is_recorded_whole(client):
    events = [
        {
            "eventType": "detail-page-view",
            "visitorId": "v",
            "eventTime": NOW,
            "productDetails": [{"product": {"id": sku}}],
        }
        for sku in ("11", "12")
    ]
    body = {"inputConfig": {"userEventInlineSource": {"userEvents": events}}}
    assert client.post("/events?format=google-retail", json=body).json()["new"] == 2
