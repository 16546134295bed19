"""A recommender service. Run it in this folder: PRODGEN_WORKSPACE=shop uvicorn app:app"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import lines
import monitoring
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from prodgen_sdk import AsyncStudio, Busy, DeadlineExceeded, InputError, NotFound, StoreError
from prodgen_sdk.events import check_format


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    monitoring.log_as_json()
    async with AsyncStudio.open(os.environ.get("PRODGEN_WORKSPACE", "."), serving=4, waiting=64) as studio:
        await studio.warm_up()
        app.state.studio = studio
        reporting = asyncio.create_task(monitoring.keep_reporting(studio))
        yield
        reporting.cancel()


app = FastAPI(lifespan=lifespan)
app.middleware("http")(monitoring.watch)


# --8<-- [start:handler]
@app.get("/users/{user}/recommendations")
async def recommend(request: Request, user: str, k: int = 10, category: str = "") -> list[dict[str, Any]]:
    """Products for a user. The impressions are in the log before the answer is sent."""
    facts = {"category": category} if category else None
    picks = await request.app.state.studio.recommend(user, k, facts=facts, budget_ms=50, trace=monitoring.observe)
    monitoring.observe_choice(picks)
    return [
        {
            "sku": pick.sku,
            "variant": pick.variant,
            "image": f"/images/{pick.variant}",
            "why": pick.reasons,
            "request_id": pick.request_id,
            "source": pick.source,
        }
        for pick in picks
    ]


# --8<-- [end:handler]
@app.get("/images/{variant}")
async def image(request: Request, variant: str) -> Response:
    """The image of a variant, which never changes."""
    data = await request.app.state.studio.image_file(variant)
    return Response(data, media_type="image/png", headers={"Cache-Control": "public, max-age=31536000, immutable"})


@app.post("/events")
async def record(
    request: Request, events: dict[str, Any] | list[dict[str, Any]], format: str = "prodgen"
) -> dict[str, Any]:
    """What users did, one event or a list, in our own format or that of another service; one that comes twice counts once."""
    some = events if isinstance(events, list) else [events]
    done = await request.app.state.studio.record(some, format=format)
    return done.model_dump()


@app.post("/events/lines")
async def record_lines(request: Request, format: str = "prodgen") -> Response:
    """The same, one event per line, recorded while they arrive; what became of each line is answered, a line each."""
    check_format(format)
    said = [line async for line in lines.answers(request.app.state.studio, request.stream(), format)]
    return Response("".join(said), media_type="application/x-ndjson")


@app.delete("/users/{user}")
async def forget(request: Request, user: str) -> dict[str, Any]:
    """Erases all that is known of a user; the answer says how much there was, and what a second look still found."""
    done = await request.app.state.studio.forget(user)
    return {"erased": done.erased, "remaining": done.remaining}


@app.get("/livez")
async def live() -> dict[str, bool]:
    """The process answers. It does not ask the database: to restart a process mends no database."""
    return {"live": True}


@app.get("/readyz")
async def ready(request: Request) -> JSONResponse:
    """Whether requests should be sent here."""
    health = await request.app.state.studio.health()
    return JSONResponse(health.model_dump(), status_code=503 if health.problems else 200)


@app.get("/metrics")
async def metrics(request: Request) -> Response:
    return await monitoring.metrics(request.app.state.studio)


_STATUS = {NotFound: 404, InputError: 422, Busy: 503, DeadlineExceeded: 503, StoreError: 503}


async def failed(request: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    monitoring.errors.labels(type(error).__name__).inc()
    if isinstance(error, StoreError):
        monitoring.log.error("%s", error)
    # Where the database lies is nobody's business outside.
    said = "The database failed." if isinstance(error, StoreError) else str(error)
    return JSONResponse({"error": said}, status_code=status, headers={"Retry-After": "1"} if status == 503 else None)


for kind in _STATUS:
    app.exception_handler(kind)(failed)
