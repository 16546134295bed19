"""How well a process can serve: for the probes of what runs it, and for what watches it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prodgen_sdk.host import Host
from prodgen_sdk.pipeline import learn
from prodgen_sdk.serving.background import Background
from prodgen_sdk.serving.catalogue import Catalogue
from prodgen_sdk.serving.impressions import ImpressionLog
from prodgen_sdk.types import Model

if TYPE_CHECKING:
    from prodgen_sdk.store import Store


class Health(Model):
    """How well a process can serve at this moment. It names no user and no product.

    Args:
        problems: why it cannot serve as it should, one sentence each; none: it is ready.
        database_ms: how long the database took to answer; None where it did not.
        index_behind: changes of the catalogue that this process has not seen; a request takes them in.
        events_unlearnt: events that came since the ranker was last fitted, by whichever process: an upper bound.
        impressions_waiting: impressions that this process has yet to log.
        impressions_lost: impressions that this process could not log since it began.
    """

    problems: tuple[str, ...] = ()
    database_ms: float | None = None
    index_behind: int | None = None
    events_unlearnt: int | None = None
    impressions_waiting: int = 0
    impressions_lost: int = 0


class HealthCheck:
    """Looks without waiting for a database that hangs: one thread does, whoever asks meanwhile shares its answer."""

    def __init__(self, store: Store, host: Host, catalogue: Catalogue, log: ImpressionLog) -> None:
        self._store = store
        self._host = host
        self._catalogue = catalogue
        self._log = log
        self._asking = Background(self._ask, "health", pause=0.0)
        self._answer = Health()

    def look(self, timeout: float) -> Health:
        """What is found within `timeout` seconds."""
        log = {"impressions_waiting": self._log.waiting, "impressions_lost": self._log.lost}
        run = self._asking.start()
        if not run.wait(timeout):
            return Health(problems=(f"The database did not answer within {timeout:g} s.",), **log)
        if run.error is not None:
            return Health(problems=(str(run.error),), **log)
        return self._answer.model_copy(update=log)

    def _ask(self) -> None:
        started = time.perf_counter()
        changed, recorded = self._store.outbox.last_sequence(), self._store.events.last_sequence()
        took = (time.perf_counter() - started) * 1000
        seen = self._catalogue.applied
        fit = learn.last_fit(self._store, self._host.get("ranker"))
        learnt = int(fit.split()[0]) if fit else 0
        self._answer = Health(
            problems=() if seen >= 0 else ("The index was not opened yet: call warm_up.",),
            database_ms=took,
            index_behind=max(0, changed - max(0, seen)),
            events_unlearnt=max(0, recorded - learnt),
        )
