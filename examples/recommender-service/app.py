"""A recommender service. Run in the folder of a workspace: uvicorn app:app"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from prodgen_sdk import AsyncStudio, Busy, DeadlineExceeded, InputError, NotFound


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncStudio.open(os.environ.get("PRODGEN_WORKSPACE", "."), serving=4, waiting=64) as studio:
        await studio.warm_up()
        app.state.studio = studio
        yield


app = FastAPI(lifespan=lifespan)


# --8<-- [start:handler]
@app.get("/users/{user}/recommendations")
async def recommend(request: Request, user: str, k: int = 10, category: str = "") -> list[dict[str, Any]]:
    """Products for a user. The impressions are in the log before the answer is sent."""
    facts = {"category": category} if category else None
    picks = await request.app.state.studio.recommend(user, k, facts=facts, budget_ms=50)
    return [
        {
            "sku": pick.sku,
            "variant": pick.variant,
            "picture": f"/pictures/{pick.variant}",
            "why": pick.reasons,
            "request_id": pick.request_id,
            "source": pick.source,
        }
        for pick in picks
    ]


# --8<-- [end:handler]
@app.get("/pictures/{variant}")
async def picture(request: Request, variant: str) -> Response:
    """The picture of a variant, which never changes."""
    data = await request.app.state.studio.image_file(variant)
    return Response(data, media_type="image/png", headers={"Cache-Control": "public, max-age=31536000, immutable"})


@app.post("/events")
async def record(
    request: Request, events: dict[str, Any] | list[dict[str, Any]], format: str = "prodgen"
) -> dict[str, Any]:
    """What users did, one event or a list, in our own format or that of another service; one that comes twice counts once."""
    some = events if isinstance(events, list) else [events]
    done = await request.app.state.studio.record(some, format=format)
    return {"new": done.new, "known": done.known, "rejected": done.rejected, "skipped": done.skipped}


@app.delete("/users/{user}")
async def forget(request: Request, user: str) -> dict[str, Any]:
    """Erases all that is known of a user; the answer says how much there was, and what a second look still found."""
    done = await request.app.state.studio.forget(user)
    return {"erased": done.erased, "remaining": done.remaining}


@app.exception_handler(InputError)
async def bad_input(request: Request, error: InputError) -> JSONResponse:
    return JSONResponse({"error": str(error)}, status_code=422)


@app.exception_handler(NotFound)
async def unknown(request: Request, error: NotFound) -> JSONResponse:
    return JSONResponse({"error": str(error)}, status_code=404)


@app.exception_handler(Busy)
@app.exception_handler(DeadlineExceeded)
async def busy(request: Request, error: Busy | DeadlineExceeded) -> JSONResponse:
    return JSONResponse({"error": str(error)}, status_code=503, headers={"Retry-After": "1"})
