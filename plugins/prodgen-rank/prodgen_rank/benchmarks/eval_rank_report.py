"""What `prodgen eval rank` writes: a table in Markdown, and a plot where matplotlib is installed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prodgen_rank.evaluation.comparison import Row
from prodgen_sdk.files import check_writable, write_atomically

COLUMNS = ("ndcg", "recall", "map", "mrr", "hit_rate")


def told(settings: Mapping[str, Any]) -> str:
    """Settings as one line of JSON."""
    return json.dumps(settings, sort_keys=True, default=float)


def write(rows: Mapping[str, Row], figures: Mapping[str, Any], k: int, folder: Path) -> dict[str, str]:
    """Writes `rank.md` and `rank.png` into a folder; returns where they lie."""
    check_writable(folder)
    folder.mkdir(parents=True, exist_ok=True)
    table = write_atomically(folder / "rank.md", markdown(rows, figures, k).encode())
    return {"table": str(table), "plot": _plot(rows, figures, k, folder / "rank.png")}


def markdown(rows: Mapping[str, Row], figures: Mapping[str, Any], k: int) -> str:
    """The table of all models with 95 % intervals, and that of differences to the baseline."""
    head = [
        "model",
        *(f"{column}@{k}" for column in COLUMNS),
        "coverage",
        "novelty, bits",
        "diversity",
        "tune s",
        "fit s",
    ]
    lines = [
        f"# Rankings of {figures['products']} products for {figures['users']} users, protocol {figures['protocol']}",
        "",
        "Means over users with 95 % bootstrap intervals. The full catalogue is ranked, less what was seen.",
        "",
        "| " + " | ".join(head) + " |",
        "|" + "---|" * len(head),
    ]
    for name, row in rows.items():
        key = name.replace("-", "_")
        cells = [_cell(figures, f"{key}_{column}_at_{k}") for column in COLUMNS]
        cells += [
            f"{row.result.coverage:.3f}",
            f"{row.result.mean('novelty'):.2f}",
            f"{row.result.mean('diversity'):.3f}",
        ]
        lines.append("| " + " | ".join([name, *cells, f"{row.tune_s:.0f}", f"{row.fit_s:.1f}"]) + " |")
    differences = [key for key in figures if "_minus_" in key and not key.endswith(("_low", "_high"))]
    if differences:
        lines += ["", "## Paired differences", "", "| difference | 95 % interval |", "|---|---|"]
        lines += [f"| {key} | {_cell(figures, key, '+.4f')} |" for key in differences]
    lines += ["", "## Settings", "", *(f"- {name}: `{told(row.settings)}`" for name, row in rows.items()), ""]
    return "\n".join(lines)


def _cell(figures: Mapping[str, Any], key: str, form: str = ".4f") -> str:
    return f"{figures[key]:{form}} ({figures[f'{key}_low']:{form}} to {figures[f'{key}_high']:{form}})"


def _plot(rows: Mapping[str, Row], figures: Mapping[str, Any], k: int, path: Path) -> str:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return "no plot: matplotlib is not installed (pip install 'prodgen-rank[plots]')"
    figure = Figure(figsize=(9, 0.45 * len(rows) + 1.4), layout="constrained")
    for place, metric in enumerate(("ndcg", "recall"), 1):
        axis = figure.add_subplot(1, 2, place)
        keys = [f"{name.replace('-', '_')}_{metric}_at_{k}" for name in rows]
        means = [figures[key] for key in keys]
        spread = [
            [max(0.0, figures[key] - figures[f"{key}_low"]) for key in keys],
            [max(0.0, figures[f"{key}_high"] - figures[key]) for key in keys],
        ]
        axis.barh(list(rows), means, xerr=spread, color="#4878a8", ecolor="#222222", capsize=3)
        axis.invert_yaxis()
        axis.set_xlabel(f"{metric}@{k}, mean over users with its 95 % interval")
        axis.set_xlim(left=0)
    figure.savefig(path, dpi=150)
    return str(path)
