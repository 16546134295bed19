"""Connections to PostgreSQL that notice a server which is stopped while its machine lives.

Such a machine goes on acknowledging packets, so that TCP's own limits never end the wait. A long query looks the same: what tells
them apart is that a server which works also lets somebody else in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import psycopg

SECONDS = 10.0
"""How long a statement waits for an answer before it looks whether the server still lives."""


class WatchedConnection(psycopg.Connection[Any]):
    """A connection that fails where the server answers neither a statement nor a new connection."""

    _knock: Callable[[], object]

    @classmethod
    def open(cls, *args: Any, **parameters: Any) -> WatchedConnection:
        """The same as `psycopg.connect`; `connect_timeout` is how long a new connection may take, too."""
        connection = cls.connect(*args, **parameters)
        connection._knock = lambda: psycopg.connect(*args, **parameters).close()
        return connection

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **options: Any) -> Any:
        return super().wait(self._watched(gen), *args, **options)

    def _watched(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
        """`gen`, to which psycopg sends 0 every tenth of a second that nothing has come."""
        try:
            wanted = next(gen)
            look_at = time.monotonic() + SECONDS
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > look_at:
                    self._expect_life()
                    look_at = time.monotonic() + SECONDS
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value

    def _expect_life(self) -> None:
        try:
            self._knock()
        except psycopg.errors.ConnectionTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError(
                f"the server has not answered for {SECONDS:g} s, and lets no new connection in"
            ) from error
        except psycopg.Error:
            # It lets nobody in, but answers.
            pass
