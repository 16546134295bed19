"""What was found of policies, as flat figures, as Markdown and as plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from prodgen_rank.evaluation.diagnostics import Refused
from prodgen_rank.evaluation.intervals import clopper_pearson
from prodgen_rank.evaluation.off_policy import Estimate, Evaluation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

REPORT, ESTIMATES, WEIGHTS = "off-policy.md", "estimates.png", "weights.png"
_SHOWN = ("ipw", "snips", "dm", "dr")


@dataclass(frozen=True)
class Finding:
    """What a log says of one policy.

    Args:
        name: begins the names of its figures.
        title: for people.
        weights: [n], those of the log's rows; empty where propensities are missing.
        on_policy: the value measured by running the policy, where that is known.
    """

    name: str
    title: str
    answer: Evaluation | Refused
    weights: Floats
    on_policy: Estimate | None = None
    note: str = ""


def on_policy_value(reward: Floats) -> Estimate:
    """The mean of 0/1 rewards that a policy earned itself, with its exact interval."""
    n, clicks = len(reward), float(reward.sum())
    rate, interval = clicks / n, clopper_pearson(clicks, n)
    return Estimate(rate, interval.low, interval.high, "clopper-pearson")


def figures_of(findings: Sequence[Finding]) -> dict[str, Any]:
    """Flat and JSON-ready; a refused policy has `refused` with the reason, and its diagnostics, but no value."""
    found: dict[str, Any] = {}
    for finding in findings:
        answer = finding.answer
        if isinstance(answer, Refused):
            own: dict[str, Any] = {
                "refused": answer.reason,
                "what_to_do": answer.what_to_do,
                **answer.diagnostics.figures(),
            }
        else:
            own = dict(answer.figures())
        if finding.on_policy is not None:
            truth = finding.on_policy
            own |= {"on_policy": truth.value, "on_policy_low": truth.low, "on_policy_high": truth.high}
        if finding.note:
            own["note"] = finding.note
        found |= {f"{finding.name}_{key}": value for key, value in own.items()}
    return found


def write(findings: Sequence[Finding], out: Path, about: str) -> dict[str, Any]:
    """Writes the report and its plots into `out`; returns figures that say where, or why there are no plots."""
    out.mkdir(parents=True, exist_ok=True)
    answered = [finding for finding in findings if isinstance(finding.answer, Evaluation)]
    note = _plot(answered, findings, out)
    text = [f"# Off-policy evaluation\n\n{about}\n", _table(answered)]
    if note:
        text.append(note)
    elif answered:
        text.append(f"![Estimates with 95 % intervals]({ESTIMATES})")
    text.append(_weights_table(findings))
    if not note:
        text.append(f"![Weights]({WEIGHTS})")
    refused = [
        f"- **{finding.title}**: {finding.answer.reason} {finding.answer.what_to_do}"
        for finding in findings
        if isinstance(finding.answer, Refused)
    ]
    if refused:
        text.append("## Refused\n\nThe log cannot say what these policies are worth:\n\n" + "\n".join(refused))
    notes = [f"- **{finding.title}**: {finding.note}" for finding in findings if finding.note]
    if notes:
        text.append("## Notes\n\n" + "\n".join(notes))
    (out / REPORT).write_text("\n\n".join(text) + "\n", "utf-8")
    return {"report": str(out / REPORT)} | ({"plots": note} if note else {})


def _table(answered: Sequence[Finding]) -> str:
    rows = ["| policy | estimate | value | 95 % interval | interval by |", "| --- | --- | --: | --- | --- |"]
    for finding in answered:
        assert isinstance(finding.answer, Evaluation)
        truth = {"on policy": finding.on_policy} if finding.on_policy is not None else {}
        for name, e in {**finding.answer.estimates, **truth}.items():
            interval = "unknown" if e.low is None else f"{e.low:.6f} to {e.high:.6f}"
            rows.append(f"| {finding.title} | {name} | {e.value:.6f} | {interval} | {e.method} |")
    return "## Values\n\nMean reward an impression.\n\n" + "\n".join(rows)


def _weights_table(findings: Sequence[Finding]) -> str:
    rows = [
        "| policy | rows | rewarded | effective | effective rows | mean weight | largest weight | its share | weight 0 |",
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for finding in findings:
        d = finding.answer.diagnostics
        rows.append(
            f"| {finding.title} | {d.n} | {d.clicks} | {d.effective_clicks:.1f} | {d.ess:.1f} | {d.mean:.3f} ± {d.mean_error:.3f} | {d.max:.1f} "
            f"| {d.max_share:.1%} | {d.zero_share:.1%} |"
        )
    return "## Weights\n\n" + "\n".join(rows)


def _plot(answered: Sequence[Finding], findings: Sequence[Finding], out: Path) -> str:
    try:
        import matplotlib  # noqa: F401
    except ImportError:
        return "No plots: matplotlib is not installed (pip install 'prodgen-rank[plots]')."
    if answered:
        _plot_estimates(answered, out / ESTIMATES)
    # The weights of the logging policy itself are all 1: nothing to look at.
    _plot_weights([finding for finding in findings if len(np.unique(finding.weights)) > 1], out / WEIGHTS)
    return ""


def _plot_estimates(answered: Sequence[Finding], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 1.2 + 1.1 * len(answered)), layout="constrained")
    axes = figure.subplots()
    for place, finding in enumerate(answered):
        assert isinstance(finding.answer, Evaluation)
        found = {name: finding.answer.estimates[name] for name in _SHOWN if name in finding.answer.estimates}
        if finding.on_policy is not None:
            found["on policy"] = finding.on_policy
        for step, (name, e) in enumerate(found.items()):
            y, colour = place + (step - (len(found) - 1) / 2) * 0.16, _COLOURS[name]
            axes.errorbar(
                e.value,
                y,
                xerr=None if e.low is None or e.high is None else [[e.value - e.low], [e.high - e.value]],
                fmt="s" if name == "on policy" else "o",
                color=colour,
                capsize=3,
                markersize=5,
                label=name if name not in axes.get_legend_handles_labels()[1] else None,
            )
    axes.set_yticks(range(len(answered)), [finding.title for finding in answered])
    axes.invert_yaxis()
    axes.set_xlabel("mean reward an impression, with 95 % interval")
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.grid(axis="x", alpha=0.3)
    axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False)
    figure.savefig(path, dpi=120)


def _plot_weights(findings: Sequence[Finding], path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 1 + 1.6 * max(1, len(findings))), layout="constrained")
    panels = np.ravel(figure.subplots(max(1, len(findings)), 1, sharex=True))
    weights = np.concatenate([np.ones(1), *(finding.weights for finding in findings)])
    decades = np.log10(weights[weights > 0])
    low, high = np.floor(decades.min() - 0.1), np.ceil(decades.max() + 0.1)
    for axes, finding in zip(panels, findings, strict=False):
        axes.hist(finding.weights, bins=np.logspace(low, high, int(high - low) * 12 + 1).tolist(), color="tab:blue")
        axes.set_yscale("log")
        axes.set_ylim(bottom=0.5)
        axes.axvline(1.0, color="black", linewidth=1)
        axes.minorticks_off()
        d = finding.answer.diagnostics
        axes.set_title(
            f"{finding.title}: {d.n} rows worth {d.ess:.0f}, weight 0 in {d.zero_share:.0%}", fontsize=9, loc="left"
        )
    panels[0].set_xscale("log")
    panels[0].set_xlim(10**low, 10**high)
    panels[-1].minorticks_off()
    figure.supxlabel("weight (log scale; line at 1)")
    figure.supylabel("rows")
    figure.savefig(path, dpi=120)


_COLOURS = {
    "ipw": "tab:blue",
    "snips": "tab:orange",
    "dm": "tab:grey",
    "dr": "tab:green",
    "on policy": "black",
}
