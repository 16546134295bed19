import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from prodgen_render.datasets.views import Plan, render_dataset, render_shard
from prodgen_render.families import FAMILIES
from typer.testing import CliRunner

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, InputError
from prodgen_sdk.types import View

VIEWS = (View(), View(azimuth=90, elevation=15))
PLAN = Plan(products=5, views=VIEWS, size=32, shard_products=2)


def lines_of(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text("utf-8").splitlines()]


def test_shards_and_manifest(tmp_path: Path) -> None:
    figures = render_dataset(PLAN, tmp_path, Context())
    assert figures["shards_done"] == 3
    lines = lines_of(tmp_path)
    assert len(lines) == 10
    assert {"sku", "split", "file", "row", "family", "colour", "rgb", "material", "pattern", "azimuth", "seed"} <= set(
        lines[0]
    )
    for line in lines:
        with np.load(tmp_path / str(line["file"]), allow_pickle=False) as shard:
            assert shard["images"].shape[1:] == (32, 32, 3)
            assert shard["images"].dtype == np.uint8
            assert shard["masks"][line["row"]].any()
    assert len({(line["sku"], line["view"]) for line in lines}) == 10


def test_some_views_of_each_product_of_every_family(tmp_path: Path) -> None:
    views = tuple(View(azimuth=azimuth) for azimuth in (0, 90, 180, 270))
    plan = Plan(products=6, views=views, size=32, families="all", each=2)
    assert render_dataset(plan, tmp_path, Context())["views"] == 12
    lines = lines_of(tmp_path)
    shown = [tuple(line["azimuth"] for line in lines if line["sku"] == f"made-{n:06d}") for n in range(6)]
    assert all(len(azimuths) == 2 and list(azimuths) == sorted(azimuths) for azimuths in shown)
    assert len(set(shown)) > 1
    assert [lines[2 * n]["family"] for n in range(6)] == sorted(FAMILIES)[:6]


def test_a_second_run_does_nothing_and_another_plan_is_refused(tmp_path: Path) -> None:
    render_dataset(PLAN, tmp_path, Context())
    before = {file: file.stat().st_mtime_ns for file in (tmp_path / "shards").iterdir()}
    assert render_dataset(PLAN, tmp_path, Context())["shards_skipped"] == 3
    assert before == {file: file.stat().st_mtime_ns for file in (tmp_path / "shards").iterdir()}
    with pytest.raises(InputError, match="another data set"):
        render_dataset(PLAN.model_copy(update={"size": 64}), tmp_path, Context())
    with pytest.raises(InputError, match="not empty"):
        render_dataset(PLAN, tmp_path / "shards", Context())


def test_interrupted_run_goes_on(tmp_path: Path) -> None:
    calls = []

    def stop_after_first() -> bool:
        calls.append(1)
        return len(calls) > 1

    with pytest.raises(Cancelled):
        render_dataset(PLAN, tmp_path / "a", Context(cancelled=stop_after_first))
    assert not (tmp_path / "a" / "manifest.jsonl").exists()
    (tmp_path / "a" / "shards" / ".00001.npz.x.tmp").write_bytes(b"half")
    assert render_dataset(PLAN, tmp_path / "a", Context())["shards_skipped"] == 1
    render_dataset(PLAN, tmp_path / "b", Context())
    for file in sorted((tmp_path / "b").rglob("*.*")):
        assert (tmp_path / "a" / file.relative_to(tmp_path / "b")).read_bytes() == file.read_bytes()
    assert not list((tmp_path / "a").rglob("*.tmp"))


def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    out = tmp_path / "killed"
    plan = PLAN.model_copy(update={"products": 6, "shard_products": 1})
    code = (
        "import sys; from pathlib import Path; from prodgen_render.datasets.views import Plan, render_dataset; "
        "from prodgen_sdk.context import Context; render_dataset(Plan.model_validate_json(sys.argv[1]), Path(sys.argv[2]), Context())"
    )
    process = subprocess.Popen([sys.executable, "-c", code, plan.model_dump_json(), str(out)])
    deadline = time.monotonic() + 60
    while not list(out.glob("shards/*.jsonl")) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    render_dataset(plan, out, Context())
    whole = tmp_path / "whole"
    render_dataset(plan, whole, Context())
    assert (out / "manifest.jsonl").read_bytes() == (whole / "manifest.jsonl").read_bytes()
    for file in whole.glob("shards/*.npz"):
        assert (out / "shards" / file.name).read_bytes() == file.read_bytes()


def test_two_processes_give_the_same(tmp_path: Path) -> None:
    plan = PLAN.model_copy(update={"products": 2, "shard_products": 1, "views": VIEWS[:1]})
    render_dataset(plan, tmp_path / "one", Context())
    render_dataset(plan, tmp_path / "two", Context(), workers=2)
    assert (tmp_path / "one" / "manifest.jsonl").read_bytes() == (tmp_path / "two" / "manifest.jsonl").read_bytes()


def test_png_format(tmp_path: Path) -> None:
    plan = PLAN.model_copy(update={"products": 1, "format": "png"})
    assert render_shard(plan, tmp_path, 0) == 2
    line = json.loads((tmp_path / "shards" / "00000.jsonl").read_text("utf-8").splitlines()[0])
    assert images.load(tmp_path / line["file"]).shape == (32, 32, 3)


def test_command(tmp_path: Path) -> None:
    from prodgen_render.cli import app

    arguments = [
        "dataset",
        "--out",
        str(tmp_path / "d"),
        "--products",
        "1",
        "--views",
        "hero",
        "--size",
        "32",
        "--json",
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[-1])["views"] == 1
    listed = CliRunner().invoke(app, ["families"])
    assert "马克杯" in listed.output
