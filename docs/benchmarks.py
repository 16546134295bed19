"""Measures this checkout and writes docs/reference/benchmarks.md, each figure with the command that gave it.

python docs/benchmarks.py              all; leave the machine alone meanwhile
python docs/benchmarks.py rank index   only the sections whose title has one of these words

A command that names a variable, such as "$MOVIELENS", is run only where the variable is set; the others keep their figures.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

PAGE = Path(__file__).parent / "reference" / "benchmarks.md"
STARTS = {
    "python -c pass": "the interpreter alone",
    "python -c 'import prodgen_sdk'": "with the SDK, whose names load on first use",
    "python -c 'from prodgen_sdk import Product, hookimpl'": "with its types and hooks: pydantic and pluggy",
    "prodgen --help": "the whole command line, warm disk",
}
# Command: what it is about, and which figures are shown (all, where nothing is said).
BENCHMARKS: dict[str, tuple[str, str]] = {
    "prodgen bench host --json": (
        "What the host adds to a call of a component, pixels to pixels: checks, timing, batching.",
        "",
    ),
    "prodgen bench generate --json": (
        "`render/parametric` and `render/asset` over a few products of the five domains; `slow_families` are a sofa and a candle in a glass.",
        "",
    ),
    'prodgen bench photo --data "$SCANS" --json': (
        "`render/photo` on textured scans of real products: means over elevations 0 and 15 of foreground PSNR, IoU of outlines and correlation of gradients "
        "against the true view. `mean_colour` knows the true outline.",
        r"^(bottle|cuboid|other|revolution)_(psnr|iou|gradient)_az(30|60)_(photo|copy|mean_colour|cuboid)$|^all_psnr_az[1-9]\d*_(photo|copy|mean_colour|cuboid)$|_s$|products$",
    ),
    "prodgen bench photo --n 24 -o split=test -o size=160 --json": (
        "The same on made-up products of the half that nothing was tuned on.",
        r"^(cuboid|relief|revolution|sheet)_(psnr|iou|gradient)_az(30|60)_(photo|copy|mean_colour|cuboid)$|^all_(psnr|iou|gradient)_az[1-9]\d*_(photo(_low|_high)?|copy|mean_colour|cuboid)$|_s$|products$",
    ),
    'cd "$TINY" && prodgen bench batching -o generator=diffusers/text -o size=64 --json': (
        "What batching the requests of many threads is worth where one call of a network serves them all: 16 requests at once beside the same one after the other, in turns. "
        '`$TINY` is a folder with a tiny SDXL (`prodgen_diffusers.tiny.sdxl.sdxl(Path("sdxl"))`) that its prodgen.toml names in `[plugins.diffusers.text]`, with `steps = 4`.',
        "",
    ),
    "prodgen bench batching -o generator=diffusion/mini -o size=64 --n 8 --json": (
        "The same where nearly all time goes into rendering, which takes image by image: nothing is gained.",
        "",
    ),
    "prodgen bench mini --n 1 --json": (
        "`gan/mini`, `vae/mini` and `diffusion/mini`: seconds to eight views of 256 pixels, and to a preview of all eight.",
        "",
    ),
    'prodgen eval generators --data "$VIEWS" --n 40 --json': (
        "Every installed generator on held-out products, beside the true renders and two dumb answers (`$VIEWS` is made by "
        "`prodgen render dataset --products 600 --size 128 --seed 5`).",
        "",
    ),
    "prodgen bench tryon --json": (
        "`tryon/warp` on photos of 768 x 1024: the first garment, and the next on the same person.",
        "",
    ),
    'prodgen bench tryon --pairs "$TRYON_PAIRS" -o times=0 --json': (
        "`tryon/warp` on true pairs (a person, and the garment that they wear, flat): a round trip through another garment, compared with the photo where the "
        "garment is, beside the region filled grey, in the garment's median colour, and with the garment pasted. `over_floor` is the difference to the best of the three, "
        "pair by pair, with its 95 % interval. Print and chroma compare the cloth, warped back, with the garment's photo; every "
        "garment is put on a second time with a known print on its chest (a word, a ring, a bar), so that there is one to compare.",
        "",
    ),
    'prodgen bench tryon-clip --pairs "$TRYON_PAIRS" --json': (
        "A photo that sways, zooms and tilts by known amounts under fresh noise: change from frame to frame after that motion is taken away, in grey levels.",
        "",
    ),
    "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 prodgen bench rank --n 100000 --json": (
        "A whole `recommend` through a Studio at 100,000 variants of 512 dimensions, on one thread, its impressions logged.",
        "",
    ),
    "OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 prodgen bench rank --n 1000000 --json": (
        "The same at a million variants; it takes 11 GB of memory.",
        r"^variants$|^dimension$|^k$|_s$|_ms$|^recall|^ratio|^wrong|^updates_per_s|^requests",
    ),
    "OMP_NUM_THREADS=1 prodgen bench index --n 100000 --json": (
        "`index/faiss` alone, by the share of products that a filter lets through.",
        "",
    ),
    "OMP_NUM_THREADS=1 prodgen bench index --n 100000 -o others=1 --json": (
        "The same search beside other indexes of the rows (`pip install hnswlib usearch`), without filters. The graphs are asked for more rows and searched with "
        "more effort (`ef`) until they find .99 of the ten best products, each the best of its eight variants.",
        r"^variants$|^dimension$|^search_p|^recall_at_10$|^numpy|^faiss_|^hnswlib|^usearch",
    ),
    "OMP_NUM_THREADS=1 prodgen bench index --n 1000000 -o others=1 -o queries=100 --json": (
        "The same at a million variants; building the graphs takes ten minutes to an hour and more. One that finds less than .99 was given the greatest effort.",
        r"^variants$|^dimension$|^build_s|^open_and|^search_|recall_at_10|^numpy|^faiss_|^hnswlib|^usearch|^apply_one",
    ),
    "OMP_NUM_THREADS=1 prodgen bench serve-updates -o seconds=60 --json": (
        "`index/faiss` searched while 200 updates a second arrive on another thread, each answer checked against a replay of what held meanwhile.",
        "",
    ),
    "prodgen bench index-crash --n 200 --json": (
        "`index/faiss` killed at random moments while it adds, rebuilds and saves, and with single bytes of its files changed.",
        "",
    ),
    'prodgen bench policy -o task=mushroom --data "$MUSHROOM" --json': (
        "The mushroom game, 50,000 steps, 50 paired seeds: regret in percent of a coin's. `hybrid` begins with what 500 other mushrooms taught.",
        "pct|seeds|steps",
    ),
    "prodgen bench policy -o task=simulator --json": (
        "A shop with known click probabilities: what each policy earns on impressions 20,000 to 25,000, as a share of the best possible.",
        "",
    ),
    'prodgen eval rank --data "$MOVIELENS" --json': (
        "MovieLens-100k, a quarter of each user's ratings held out, the full catalogue ranked; settings chosen on validation.",
        "^users|^products|ndcg|recall_at_10$|map_at_10$",
    ),
    'prodgen eval rank -o protocol=leave-last-out -o models=transitions,sequence,blend -o members=transitions,sequence -o baseline=transitions --data "$AMAZON_BEAUTY" --json': (
        "Amazon Beauty, the last product of each user held out, the full catalogue ranked; settings chosen on the one before.",
        "^users|^products|ndcg|recall",
    ),
    'prodgen eval policy -o format=open-bandit -o campaign=all --data "$OPEN_BANDIT" --json': (
        "The Open Bandit logs: the value of the Bernoulli Thompson sampler from what a uniform policy logged.",
        "ipw$|snips$|dr$|ess|refused|on_policy|largest",
    ),
}
KEYS = ("protocol=", "task=", "format=", "times=", "split=", "generator=", "others=", "queries=")
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


def section(command: str, meaning: str, shown: str) -> str:
    return rendered(command, meaning, shown, json.loads(run(command)))


def _named(value: object, command: str) -> object:
    """A value, in which what a variable of the command stands for has the variable's name again: folders differ by machine."""
    for name in re.findall(r"\$(\w+)", command):
        if isinstance(value, str) and os.environ.get(name):
            value = value.replace(os.environ[name], f"${name}")
    return value


def rendered(command: str, meaning: str, shown: str, figures: dict[str, object]) -> str:
    rows = [
        f"| `{name}` | {round(value, 5) if isinstance(value, float) else _named(value, command)} |"
        for name, value in figures.items()
        if re.search(shown, name)
    ]
    lines = [meaning, "", "```sh", command, "```", "", "| figure | value |", "| --- | --- |", *rows]
    return "\n".join(lines)


def starting() -> str:
    rows = [f"| `{command}` | {what} | {seconds(command) * 1000:.0f} |" for command, what in STARTS.items()]
    return "\n".join(
        ["Median of nine fresh processes.", "", "| command | what it loads | ms |", "| --- | --- | --- |", *rows]
    )


def title(command: str) -> str:
    """`prodgen bench rank`, with what tells it from others of the same word."""
    words = command[command.index("prodgen ") :].split()
    chosen = [
        words[place + 1] for place, word in enumerate(words) if word == "-o" and words[place + 1].startswith(KEYS)
    ]
    size = ["--n 1000000"] if "--n 1000000" in command and not chosen else []
    return f"`{' '.join([*words[:3], *chosen, *size])}`"


def missing(command: str) -> list[str]:
    """The variables that a command names and that are not set."""
    return [name for name in re.findall(r"\$([A-Z_]+)", command) if name not in os.environ]


def kept() -> dict[str, str]:
    """The sections of the page as they stand, by title."""
    parts = re.split(r"^## (.+)\n", PAGE.read_text("utf-8"), flags=re.M)[1:] if PAGE.exists() else []
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def main() -> None:
    words = sys.argv[1:]
    busy = os.getloadavg()[0] > 0.5
    old = kept()
    sections: dict[str, str] = {}
    for name, measure, needs in [
        ("Starting", starting, []),
        *(
            (title(command), partial(section, command, *about), missing(command))
            for command, about in BENCHMARKS.items()
        ),
    ]:
        wanted = not words or any(word in name for word in words)
        if wanted and not needs:
            print(f"measuring {name}", file=sys.stderr)
            sections[name] = measure()
        elif name in old:
            sections[name] = old[name]
        else:
            print(f"left out: {name} (set {', '.join(needs)})" if needs else f"left out: {name}", file=sys.stderr)
    intro = INTRO.format(machine=machine(), company=", with other work running beside" if busy else "")
    PAGE.write_text("\n".join([intro, *(f"## {name}\n\n{body}\n" for name, body in sections.items())]), "utf-8")


if __name__ == "__main__":
    main()
