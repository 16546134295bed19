"""What was learnt, by this process or another, and what is popular: looked after beside the requests."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

from prodgen_sdk.host import Host
from prodgen_sdk.pipeline import learn
from prodgen_sdk.serving.background import Background
from prodgen_sdk.serving.popular import Charts, Popular

if TYPE_CHECKING:
    from prodgen_sdk.store import Store

SECONDS_BETWEEN_REFRESHES = 5.0
SECONDS_BETWEEN_COUNTS = 60.0


class Refresher:
    """Fits the ranker if it never was, or if another process has learnt since; counts what is popular."""

    def __init__(self, store: Store, host: Host) -> None:
        self._store = store
        self._host = host
        self._popular = Popular(store)
        self._lock = threading.RLock()
        self._background = Background(self.refresh, "refresh")
        self._mark: bytes | None = None
        self._refreshed = False
        self._next_refresh = self._next_count = 0.0

    @property
    def charts(self) -> Charts:
        """What is popular, as of the last refresh."""
        return self._popular.charts

    @property
    def fit(self) -> str:
        """Up to which event the ranker was fitted, and a name for that fit."""
        return (self._mark or b"").decode().replace(" ", "-", 1)[:24]

    @property
    def _ranker(self) -> Any:
        return self._host.get("ranker")

    def keep_up(self, patience: float, first: float | None = None) -> None:
        """Refreshes when it is time.

        Args:
            patience: seconds to wait for it if something was learnt.
            first: the same for the first time of all; None waits for all of it.

        Raises:
            PluginError, StoreError: the first time failed.
        """
        if self._refreshed and time.monotonic() < self._next_refresh:
            return
        if not self._refreshed:
            run = self._background.start()
            run.wait(first)
            if run.error is not None:
                raise run.error
            return
        self._next_refresh = time.monotonic() + SECONDS_BETWEEN_REFRESHES
        if learn.last_fit(self._store, self._ranker) != self._mark:
            self._background.start().wait(patience)
        elif time.monotonic() >= self._next_count:
            self._background.start()

    def refresh(self, *, fitted: bool = False) -> None:
        """Refreshes now.

        Args:
            fitted: the ranker of this process was fitted just now.
        """
        with self._lock:
            mark = learn.last_fit(self._store, self._ranker)
            if mark != self._mark or time.monotonic() >= self._next_count:
                self._popular.look(mark)
                self._next_count = time.monotonic() + SECONDS_BETWEEN_COUNTS
            if mark is None:
                learn.teach_ranker(self._store, self._ranker)
                mark = learn.last_fit(self._store, self._ranker)
            elif mark != self._mark and not fitted and not self._ranker.durable:
                learn.fit_ranker(self._store, self._ranker)
            self._mark = mark
            self._refreshed = True
            self._next_refresh = time.monotonic() + SECONDS_BETWEEN_REFRESHES

    def close(self) -> None:
        self._background.close()
