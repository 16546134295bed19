"""The example service, on the fakes."""

import importlib.util
from pathlib import Path

import pytest

from prodgen_sdk import DeadlineExceeded, Product, Studio
from prodgen_sdk.testing.fakes import fake_host

EXAMPLE = Path(__file__).parents[2] / "examples/recommender-service/app.py"


def test_the_handler_is_about_twenty_lines():
    text = EXAMPLE.read_text("utf-8")
    handler = text.partition("[start:handler]")[2].partition("[end:handler]")[0]
    assert len(handler.strip().splitlines()) <= 22


@pytest.mark.filterwarnings("ignore:Using `httpx`")  # newer releases of starlette prefer httpx2, and take both
def test_it_recommends_logs_serves_and_records(tmp_path, monkeypatch):
    pytest.importorskip("fastapi")
    pytest.importorskip("httpx")
    from fastapi.testclient import TestClient

    with Studio.create(tmp_path, host=fake_host()) as studio:
        studio.add_products([Product(sku=f"mug-{n}", title="Mug", category="home/mug") for n in range(3)])
        studio.generate([f"mug-{n}" for n in range(3)], views="hero", size=32)
    monkeypatch.setenv("PRODGEN_WORKSPACE", str(tmp_path))

    def discover(config=None, *, state=None, **more):
        host = fake_host(config=config)
        host.state = state
        return host

    monkeypatch.setattr("prodgen_sdk.host.Host.discover", discover)
    spec = importlib.util.spec_from_file_location("recommender_service", EXAMPLE)
    service = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(service)
    with TestClient(service.app) as client:
        answer = client.get("/users/ann/recommendations", params={"k": 2, "category": "home/mug"})
        assert answer.status_code == 200
        assert [pick["source"] for pick in answer.json()] == ["segment"] * 2
        pick = answer.json()[0]
        click = {"id": "1", "user": "ann", "type": "click", "sku": pick["sku"], "variant": pick["variant"]}
        click |= {"request_id": pick["request_id"], "at": "2026-01-15T10:00:00Z"}
        assert client.post("/events", json=[click, {"id": "2"}]).json()["new"] == 1
        assert client.get("/users/ann/recommendations", params={"k": 0}).status_code == 422
        picture = client.get(pick["picture"])
        assert picture.headers["content-type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
        assert client.get("/pictures/nope").status_code == 404

        async def late(*args, **options):
            raise DeadlineExceeded("The budget of 50 ms was spent.")

        monkeypatch.setattr(service.app.state.studio, "recommend", late)
        answer = client.get("/users/ann/recommendations")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    with Studio.open(tmp_path, host=fake_host()) as studio:
        assert studio.store.events.count("ann") == 3
