"""Another process that changes a shop's catalogue while it is served: products are withdrawn and offered again.

Run as a program, `python -m prodgen_sdk.benchmarks.changer DATABASE PRODUCTS CHANGES_A_SECOND SECONDS`, it is that process. It
prints a line a change: the sku, when it was withdrawn for certain, and from when on it may be offered again (`time.monotonic`,
which processes share).
"""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from prodgen_sdk.benchmarks.made_up_shop import made_up_product
from prodgen_sdk.store.database import Database
from prodgen_sdk.store.products import Products


class Gone(NamedTuple):
    """A product that was not to be shown from `since` until `until`."""

    sku: str
    since: float
    until: float


class Changer:
    """The process, from its caller's side."""

    def __init__(self, database: Path, products: int, rate: float, seconds: float) -> None:
        command = [sys.executable, "-m", "prodgen_sdk.benchmarks.changer", str(database)]
        self._process = subprocess.Popen(  # noqa: S603 - this very module
            [*command, str(products), str(rate), str(seconds)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self._process.stdout.readline()

    def changes(self) -> tuple[list[Gone], int]:
        """Waits until it is done; which products were gone and when, and how many changes were made."""
        told, _ = self._process.communicate()
        lines = [line.split() for line in told.splitlines()]
        return [Gone(sku, float(since), float(until)) for sku, since, until in lines[:-1]], int(lines[-1][0])


def main(database: Path, products: int, rate: float, seconds: float) -> None:
    """Changes products until the time is over."""
    store, gone, made, out = Products(Database(database)), dict[int, float](), 0, []
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    started, numbers = time.monotonic(), cycle(range(products))
    while (now := time.monotonic()) < started + seconds:
        # All that is due at once, as from a feed: a disk that is slow leaves the rate as it is.
        due = list(islice(numbers, min(int((now - started) * rate) - made, products)))
        withdrawn = [i for i in due if i not in gone]
        out += [f"p{i} {gone.pop(i)} {now}" for i in due if i in gone]
        store.put([made_up_product(i, withdrawn=i in withdrawn) for i in due])
        gone |= dict.fromkeys(withdrawn, time.monotonic())
        made += len(due)
        time.sleep(max(0.0, started + (made + 1) / rate - time.monotonic()))
    out += [f"p{i} {since} inf" for i, since in gone.items()]
    sys.stdout.write("\n".join([*out, str(made)]) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
