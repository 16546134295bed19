"""Measures this checkout and writes docs/reference/benchmarks.md, each figure with the command that gave it.

python docs/benchmarks.py       some minutes; leave the machine alone meanwhile
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

PAGE = Path(__file__).parent / "reference" / "benchmarks.md"
STARTS = {
    "python -c pass": "the interpreter alone",
    "python -c 'import prodgen_sdk'": "with the SDK, whose names load on first use",
    "python -c 'from prodgen_sdk import Product, hookimpl'": "with its types and hooks: pydantic and pluggy",
    "prodgen --help": "the whole command line, warm disk",
}
BENCHMARKS = {
    "prodgen bench host --json": "What the host adds to a call of a component, pixels to pixels: checks, timing, batching.",
    "prodgen bench generate --json": "`render/parametric` and `render/mesh` over a few products of the five domains.",
    "prodgen bench tryon --json": "`tryon/warp` on photos of 768 x 1024: the first garment, and the next on the same person.",
    "OMP_NUM_THREADS=1 prodgen bench rank --n 100000 --json": "A recommendation and its parts at 100,000 variants, one thread.",
    "OMP_NUM_THREADS=1 prodgen bench index --n 100000 --json": "`index/faiss` alone, by the share of products that a filter lets through.",
}
INTRO = """\
<!-- Written by docs/benchmarks.py, which measures. Do not edit. -->

# Benchmarks

Figures depend on the machine; these are from {machine}{company}. Measure yours with the commands, or all of them with `python docs/benchmarks.py`.
Benchmarks are registered by plugins (`register_benchmarks`); `prodgen bench` lists those that are installed.
"""


def run(command: str) -> str:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(command, shell=True, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def seconds(command: str, repeats: int = 9) -> float:
    """The median time of a fresh process."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run(command)
        times.append(time.perf_counter() - started)
    return sorted(times)[repeats // 2]


def machine() -> str:
    info = Path("/proc/cpuinfo")
    names = (
        [line.partition(": ")[2] for line in info.read_text().splitlines() if line.startswith("model name")]
        if info.is_file()
        else []
    )
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores of {names[0] if names else platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def section(command: str, meaning: str) -> list[str]:
    figures = json.loads(run(command))
    rows = [
        f"| `{name}` | {round(value, 4) if isinstance(value, float) else value} |" for name, value in figures.items()
    ]
    title = "prodgen bench " + command.partition("bench ")[2].split()[0]
    table = ["| figure | value |", "| --- | --- |", *rows]
    return [f"## `{title}`", "", meaning, "", "```sh", command, "```", "", *table, ""]


def main() -> None:
    busy = os.getloadavg()[0] > 0.5
    lines = [
        INTRO.format(machine=machine(), company=", with other work running beside" if busy else ""),
        "## Starting",
        "",
        "Median of nine fresh processes.",
        "",
        "| command | what it loads | ms |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{command}` | {what} | {seconds(command) * 1000:.0f} |" for command, what in STARTS.items()]
    lines.append("")
    for command, meaning in BENCHMARKS.items():
        lines += section(command, meaning)
    PAGE.write_text("\n".join(lines).rstrip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
