"""What the service tells of itself: metrics for Prometheus, and a line of JSON for each thing that is logged. No names of users, no products."""

import asyncio
import json
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from fastapi import Request
from fastapi.responses import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from prodgen_sdk import AsyncStudio, Health, ProdgenError, Recommendation, Trace

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
_SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.99, 1)
_BETWEEN_REPORTS = 5.0
_WINDOW, _BETWEEN_LOOKS = timedelta(hours=1), timedelta(minutes=1)

requests = Histogram("shop_request_seconds", "Seconds a request took", ["route", "status"], buckets=_SECONDS)
stages = Histogram("shop_recommend_stage_seconds", "Seconds by stage of a recommendation", ["stage"], buckets=_SECONDS)
levels = Counter("shop_recommendations", "Answers by the level that made them", ["source"])
faults = Counter("shop_recommend_faults", "Why a level, the policy or the log was gone around", ["fault"])
errors = Counter("shop_errors", "Requests that failed, by error", ["error"])
propensity = Histogram("shop_propensity", "Probability with which each image was chosen", buckets=_SHARES)
ready = Gauge("shop_ready", "1 if the process is ready to serve", multiprocess_mode="livemin")
waiting = Gauge("shop_calls_waiting", "Calls that wait for a thread", multiprocess_mode="livesum")
gauges = {
    name: Gauge(f"shop_{name}", f"{name} of prodgen_sdk.Health", multiprocess_mode="livemax")
    for name in Health.model_fields
    if name != "problems"
}
shown = Gauge("shop_shown_last_hour", "Impressions by policy version", ["policy"], multiprocess_mode="livemostrecent")
answered = Gauge("shop_answered_last_hour", "Of these, those answered", ["policy"], multiprocess_mode="livemostrecent")
_policies: set[str] = set()
_next_look = datetime.min.replace(tzinfo=UTC)

log = logging.getLogger("shop")


def observe(trace: Trace) -> None:
    """Counts how one request was answered."""
    levels.labels(trace.source).inc()
    for stage, milliseconds in trace.stages.items():
        stages.labels(stage).observe(milliseconds / 1000)
    for note in trace.notes:  # a component and its error; or a sentence about a rule
        faults.labels(note if re.fullmatch(r"[\w/.@-]+: \w+", note) else "rule").inc()


def observe_choice(picks: list[Recommendation]) -> None:
    """Counts how sure the policy was: what has a low propensity was explored."""
    for pick in picks:
        propensity.observe(pick.propensity)


async def keep_reporting(studio: AsyncStudio) -> None:
    """Sets the gauges of this process every few seconds: of several workers, a scrape reaches only one."""
    while True:
        with suppress(ProdgenError):  # the gauges say that the database fails
            await _report(studio)
        await asyncio.sleep(_BETWEEN_REPORTS)


async def metrics(studio: AsyncStudio) -> Response:
    """The page that Prometheus reads; of all workers where PROMETHEUS_MULTIPROC_DIR names a folder."""
    await _report(studio)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


async def _report(studio: AsyncStudio) -> None:
    health = await studio.health()
    ready.set(not health.problems)
    waiting.set(studio.waiting)
    for name, gauge in gauges.items():
        value = getattr(health, name)
        gauge.set(float("nan") if value is None else value)
    if not health.problems:
        await _look_at_answers(studio)


async def _look_at_answers(studio: AsyncStudio) -> None:
    global _next_look
    now = datetime.now(UTC)
    if now < _next_look:
        return
    _next_look = now + _BETWEEN_LOOKS
    found = await asyncio.to_thread(studio.studio.store.events.answered, now - _WINDOW)
    _policies.update(found)
    for policy in _policies:  # labels cannot be removed where several workers report
        number, hits = found.get(policy, (0, 0))
        shown.labels(policy).set(number)
        answered.labels(policy).set(hits)


async def watch(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Times each request, and logs it by its route: its path would name the user."""
    started = time.perf_counter()
    status = 500
    try:
        response = await call_next(request)
        status = response.status_code
        return response
    finally:
        route = getattr(request.scope.get("route"), "path", "unknown")
        seconds = time.perf_counter() - started
        requests.labels(route, status).observe(seconds)
        facts = {"method": request.method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        log.info("request", extra={"facts": facts})


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"at": self.formatTime(record), "level": record.levelname, "logger": record.name}
        line |= {"message": record.getMessage(), **getattr(record, "facts", {})}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def log_as_json() -> None:
    """One line a record, whatever it holds; without uvicorn's own lines of requests, whose paths name users."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("faiss.loader").setLevel(logging.WARNING)  # it tells of each build that it tries
