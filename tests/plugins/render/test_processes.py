"""Work in several processes: all of it is done, errors arrive, and nothing is left when the one that started it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prodgen_render.processes import each

from prodgen_sdk.context import Context

_SCRIPT = """
import os, sys, time
from pathlib import Path
from prodgen_render.processes import each
from prodgen_sdk.context import Context

def work(place):
    (Path(place) / str(os.getpid())).touch()
    time.sleep(0.2)

if __name__ == "__main__":
    list(each(work, [sys.argv[1]] * 1000, 2, Context()))
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_every_item_is_done_once(workers: int) -> None:
    assert sorted(each(abs, [-3, -2, -1], workers, Context())) == [(-3, 3), (-2, 2), (-1, 1)]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_arrives(workers: int) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(each(int, ["1", "x"], workers, Context()))


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    script, pids = tmp_path / "script.py", tmp_path / "pids"
    script.write_text(_SCRIPT, "utf-8")
    pids.mkdir()
    with subprocess.Popen([sys.executable, str(script), str(pids)]) as parent:
        _until(lambda: len(list(pids.iterdir())) == 2)
        parent.send_signal(signal.SIGKILL)
    _until(lambda: not any(_runs(int(file.name)) for file in pids.iterdir()))


def _until(done: object, seconds: float = 60.0) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.is_file() and stat.read_text().rsplit(")", 1)[1].split()[0] == "Z")
