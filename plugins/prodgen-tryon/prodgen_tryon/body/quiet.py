"""Keeps the greeting of a native library off the terminal."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_LOCK = threading.Lock()


@contextmanager
def without_stderr_lines(prefix: bytes) -> Iterator[None]:
    """Drops the lines with this prefix that native code writes to file descriptor 2; all others are passed on at the end.

    LiteRT logs the delegate that it has chosen straight to the descriptor and offers no switch for that from Python.
    """
    with _LOCK:
        try:
            sys.stderr.flush()
            terminal = os.dup(2)
        except (OSError, ValueError, AttributeError):  # a process without stderr has nothing to hide
            yield
            return
        with tempfile.TemporaryFile() as written:
            os.dup2(written.fileno(), 2)
            try:
                yield
            finally:
                os.dup2(terminal, 2)
                os.close(terminal)
                written.seek(0)
                rest = b"".join(line for line in written if not line.startswith(prefix))
                if rest:
                    os.write(2, rest)
