"""Sections of the report with figures: quality, time, the machine, and what is real."""

from __future__ import annotations

from statistics import mean

from prodgen_sdk.demo.assets import CREDIT
from prodgen_sdk.demo.findings import Findings
from prodgen_sdk.demo.report.parts import number, section, table
from prodgen_sdk.host import Host
from prodgen_sdk.markup import Child, Html, el
from prodgen_sdk.specs import EvaluatorSpec

_IN_WORDS = {
    "sharpness": "how strongly fine detail stands out (variance of the Laplacian)",
    "crispness": "how little the image looks blurred, 0 to 1",
    "white_border": "share of the frame's rim that is pure white",
    "off_white": "how far the darkest pixel of the rim is from white, of 255",
    "fill": "longer side of the product as a share of the frame",
    "area": "share of the frame that the product covers",
    "off_centre": "distance of the product from the middle, as a share of the frame",
    "cut_off": "share of the rim that the product touches",
    "clipped": "share of the product that is pure black or white",
}
_MEANING = {
    "seconds_per_view": ("s", "one image, from words to the stored file, measured over the whole call"),
    "tryon_first_s": ("s", "the first garment on a person, with the analysis of the photo (median)"),
    "tryon_next_s": ("s", "each further garment on the same person (median)"),
    "index_build_s": ("s", "measuring all approved images and building the index"),
    "recommend_p50_ms": ("ms", "half of the requests were answered faster: ten products, each with its image"),
    "recommend_p99_ms": ("ms", "99 of 100 requests were answered faster"),
    "total_s": ("s", "the whole job, this report included"),
}


def headline(findings: Findings) -> list[tuple[str, str]]:
    """The few figures at the top: value and what it counts."""
    figures = findings.figures
    found = [
        (f"{figures['products']:.0f}", "products"),
        (f"{figures['pictures']:.0f}", "images"),
        (f"{figures['tryons']:.0f}", "try-ons"),
        (f"{figures['impressions']:.0f}", "products shown"),
    ]
    if "recommend_p99_ms" in figures:
        found.append((f"{figures['recommend_p99_ms']:.1f} ms", "to recommend (p99)"))
    return found


def numbers_section(findings: Findings, host: Host) -> Html:
    lede = "What each figure is, what a good one does not prove, and how long things took on this machine."
    return section("numbers", 8, "Quality and time", lede, _quality(findings, host), _times(findings))


def _quality(findings: Findings, host: Host) -> Html | None:
    pictures = [picture for picture in findings.gallery.pictures if picture.quality]
    rows: list[tuple[Child, ...]] = []
    for id in host.registry.ids("evaluator"):
        spec = host.entry("evaluator", id).spec
        assert isinstance(spec, EvaluatorSpec)
        for name, metric in spec.metrics.items():
            values = [picture.quality[name] for picture in pictures if name in picture.quality]
            if values:
                spread = f"{number(min(values))} – {number(max(values))}"
                words = (name.replace("_", " "), _IN_WORDS.get(name, ""), number(mean(values)), spread)
                rows.append((*words, metric.better, metric.blind_spots))
    head = ("Figure", "What it is", "Mean", "Range", "Better", "What it does not prove")
    return table(head, rows, f"Quality of {len(pictures)} images") if rows else None


def _times(findings: Findings) -> Html:
    rows: list[tuple[Child, ...]] = []
    for name, value in findings.figures.items():
        key = "seconds_per_view" if name.startswith("seconds_per_view") else name
        if key in _MEANING:
            unit, meaning = _MEANING[key]
            size = name.removeprefix("seconds_per_view_").replace("px", " px") if key != name else ""
            words = f"{meaning[0].upper()}{meaning[1:]}{f', at {size}' if size else ''}"
            earlier = el("span", " measured when it was made, in an earlier run", class_="quiet")
            rows.append((words, f"{number(value)} {unit}", earlier if name in findings.earlier else ""))
    return table(("What", "Time", ""), rows, "Time")


def origins_section(findings: Findings) -> Html:
    environment = findings.environment
    machine = [
        ("Python", environment.python),
        ("System", environment.system),
        ("Cores", str(environment.cores)),
        ("Device", environment.device),
        *environment.distributions.items(),
    ]
    components = [(kind.replace("_", " "), id) for kind, id in environment.components.items()]
    return section(
        "origins",
        9,
        "What is real here",
        "So that nobody takes one for the other.",
        el(
            "div",
            _list("Not made up", _REAL, CREDIT),
            _list("Made up", _MADE_UP, None),
            class_="columns",
        ),
        el(
            "div",
            el("div", el("h3", "Machine and software"), _pairs(machine)),
            el("div", el("h3", "Components used"), _pairs(components)),
            class_="columns",
        ),
    )


_REAL = (
    "The images of the twelve garments and of the four people are those of the OpenVTO package, used as they are.",
    "Every image, figure and time was computed in this workspace by the components named below.",
    "Recommendations, shares and chances are what the ranker and the policy answered.",
)
_MADE_UP = (
    "All names, words and prices. Products other than the twelve garments do not exist: their images are renders of 3D models built from their words.",
    "The visitors and their clicks come from a script with a fixed outcome; shoppers like three-quarter views because the script says so.",
    "Try-ons are a warp of the garment's photo: an impression of the look, not a fitting.",
)


def _list(title: str, items: tuple[str, ...], last: str | None) -> Html:
    return el("div", el("h3", title), el("ul", [el("li", item) for item in items], el("li", last) if last else None))


def _pairs(pairs: list[tuple[str, str]]) -> Html:
    return el("dl", [(el("dt", name), el("dd", value)) for name, value in pairs], class_="facts")
