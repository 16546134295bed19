"""A PostgreSQL that is stopped while its machine lives."""

import socket
import threading
import time
from contextlib import closing, contextmanager, suppress
from types import SimpleNamespace

import pytest
from sqlalchemy import make_url, text

from prodgen_sdk.errors import StoreError
from prodgen_sdk.store.database import Database

psycopg = pytest.importorskip("psycopg")

from prodgen_sdk.store import silence  # noqa: E402


class Relay:
    """Passes bytes on to a server, until it `is_silent`: then it takes everything, and answers nothing."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets = [self._listener]
        self.port = self._listener.getsockname()[1]
        self.is_silent = False
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._sockets += [client, server]
            for source, target in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not self.is_silent:
                    target.sendall(data)


@contextmanager
def relayed(url):
    there = make_url(url)
    with closing(Relay(there.host, there.port or 5432)) as relay:
        here = there.set(host="127.0.0.1", port=relay.port).update_query_dict({"connect_timeout": "2"})
        with closing(Database(here.render_as_string(hide_password=False))) as database:
            yield relay, database


def test_silence_ends_what_waits_and_a_long_query_goes_on(url, monkeypatch):
    if url.startswith("sqlite"):
        pytest.skip("of PostgreSQL")
    monkeypatch.setattr(silence, "SECONDS", 0.2)
    with relayed(url) as (relay, database):
        with database.read() as connection:
            assert connection.execute(text("select 7 from pg_sleep(1.5)")).scalar() == 7
            relay.is_silent = True
            started = time.monotonic()
            with pytest.raises(StoreError, match="has not answered"), database._errors():
                connection.execute(text("select 1"))
            assert time.monotonic() - started < 10
        relay.is_silent = False
        with database.read() as connection:
            assert connection.execute(text("select 1")).scalar() == 1


def steps(count):
    for _ in range(count):
        while not (yield "read"):
            pass
    return "done"


def watched(answers, knock, monkeypatch):
    """What becomes of a statement of two steps, and whether the connection was given up."""
    monkeypatch.setattr(silence, "SECONDS", -1.0)
    given_up = []
    connection = SimpleNamespace(_knock=knock, pgconn=SimpleNamespace(finish=lambda: given_up.append(True)))
    connection._expect_life = lambda: silence.WatchedConnection._expect_life(connection)
    run = silence.WatchedConnection._watched(connection, steps(2))
    try:
        next(run)
        for answer in answers:
            run.send(answer)
    except StopIteration as end:
        return end.value, given_up
    except psycopg.OperationalError as error:
        return str(error), given_up


def fails(error):
    def knock():
        raise error

    return knock


def test_only_a_server_that_lets_nobody_in_without_a_word_is_silent(monkeypatch):
    assert watched([0, 1, 0, 1], lambda: None, monkeypatch) == ("done", [])
    full = fails(psycopg.OperationalError("sorry, too many clients already"))
    assert watched([0, 1, 0, 1], full, monkeypatch) == ("done", [])
    reason, given_up = watched([1, 0], fails(psycopg.errors.ConnectionTimeout("timeout")), monkeypatch)
    assert "has not answered" in reason
    assert given_up == [True]
    assert watched([1, 1], fails(AssertionError("nobody waited")), monkeypatch) == ("done", [])
