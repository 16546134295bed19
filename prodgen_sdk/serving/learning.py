"""What ranker and policy know, from the log as it is: after more has come, and after some was erased."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from prodgen_sdk.config import RecommendConfig
from prodgen_sdk.errors import StoreError
from prodgen_sdk.files import locked, write_atomically
from prodgen_sdk.host import Host
from prodgen_sdk.pipeline import learn
from prodgen_sdk.serving.refresh import Refresher

if TYPE_CHECKING:
    from prodgen_sdk.store import Store


_LOCK_SECONDS = 600.0
_PLACE = "learn.place"


class Learning:
    """One thread learns at a time, among all processes of the workspace: two would tell the policy the same feedback."""

    def __init__(self, store: Store, host: Host, config: RecommendConfig, refresher: Refresher) -> None:
        self._store = store
        self._host = host
        self._config = config
        self._refresher = refresher
        self._lock = threading.Lock()

    @cached_property
    def _ranker(self) -> Any:
        return self._host.get("ranker")

    @cached_property
    def _policy(self) -> Any:
        return self._host.get("policy")

    @property
    def is_unfinished(self) -> bool:
        """Whether what was learnt may still hold something that was erased: a process was killed in between."""
        return learn.is_invalid(self._store, self._policy, self._place())

    def learn(self, now: datetime) -> int:
        """Fits the ranker, and tells the policy the feedback that is new; returns how many impressions that were.

        Raises:
            Busy: another process has been learning for ten minutes.
        """
        with self._alone():
            return self._learn(now)

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """Around what erases events: both then forget everything and learn anew from the log that is left.

        Raises:
            Busy: as for `learn`; nothing was erased.
        """
        with self._alone():
            learn.invalidate(self._store, self._policy, self._place(make=True))
            try:
                yield
            finally:
                self._learn(datetime.now(UTC))

    def _learn(self, now: datetime) -> int:
        learn.teach_ranker(self._store, self._ranker)
        told = learn.teach_policy(self._store, self._policy, self._config, now=now, place=self._place(make=True))
        self._refresher.refresh(fitted=True)
        return told

    def _place(self, *, make: bool = False) -> str:
        """The name of the folder where what is learnt is kept: a new one where there is none, on whichever machine."""
        if self._host.state is None:
            return ""
        file = self._host.state / _PLACE
        if make and not file.exists():
            write_atomically(file, uuid.uuid4().hex.encode())
        try:
            return file.read_text("ascii", errors="replace") if file.exists() else ""
        except OSError as error:
            raise StoreError(f"{file} cannot be read ({error.strerror}).", hint="Check its permissions.") from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        state = self._host.state
        work = "learning from the log"
        among_processes = locked(state / "learn.lock", seconds=_LOCK_SECONDS, work=work) if state else nullcontext()
        with self._lock, among_processes:
            yield
