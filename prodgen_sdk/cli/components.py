"""`prodgen train`, `prodgen bench` and `prodgen eval`: what plugins registered as trainers, benchmarks and evaluators."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio, table
from prodgen_sdk.terminal import note, progress

if TYPE_CHECKING:
    from pathlib import Path

    from prodgen_sdk.host import Host
    from prodgen_sdk.registry import Entry
    from prodgen_sdk.specs import Kind
    from prodgen_sdk.studio import Studio

_IMAGES = "Images, by every installed evaluator"
_OPTION = typer.Option([], "--option", "-o", metavar="KEY=VALUE", help="An option; may be repeated.")


def add_to(app: typer.Typer) -> None:
    app.command("train")(train)
    app.command("bench")(bench)
    app.command("eval")(evaluate)


def train(
    ctx: typer.Context,
    kind: str = typer.Argument("", metavar="KIND", help="What to train. Without it, the choices are listed."),
    data: str = typer.Option(
        "", metavar="PATH", help="The training data. Default, for trainers that learn from events: the workspace's log."
    ),
    out: str = typer.Option(
        "",
        metavar="DIR",
        help="Folder for checkpoints; a killed run continues from there. Without it: training/KIND in the workspace.",
    ),
    config: str = typer.Option("", metavar="FILE.toml", help="Options of the trainer."),
    option: list[str] = _OPTION,
    as_json: bool = JSON,
) -> None:
    """Train a model with an installed trainer."""
    import tomllib
    from pathlib import Path

    from prodgen_sdk.context import no_progress
    from prodgen_sdk.errors import ConfigError, InputError
    from prodgen_sdk.training.parallel import is_first

    options: dict[str, Any] = {}
    if config:
        try:
            options = tomllib.loads(Path(config).read_text("utf-8"))
        except FileNotFoundError:
            raise ConfigError(f"There is no file {config}.") from None
        except (OSError, ValueError) as error:
            raise ConfigError(f"{config} cannot be read ({error}).") from None
    options |= _options(option)
    with find_studio(ctx) as studio:
        if not kind:
            _list(_choices(studio.host, "trainer", "trains"), as_json)
            return
        entry = _trainer(studio.host, kind)
        folder = out or (str(studio.workspace.folder / "training" / kind) if studio.workspace else "")
        if not folder:
            raise InputError("There is no folder for the checkpoints.", hint="Give --out DIR.")
        quiet = nullcontext(no_progress)
        with _data(studio, data, entry.spec) as path, progress("training") if is_first() else quiet as tell:
            if path is None:
                raise InputError(f"There is no data to train {kind} on.", hint="Give --data PATH.")
            context = studio.host.context(entry, progress=tell)
            with _told_how_to_go_on():
                report = studio.host.get("trainer", entry.spec.id).train(options, path, Path(folder), context)
    if is_first():
        emit(as_json, report, lambda: _show({"checkpoint": report.checkpoint, **report.figures}))


@contextmanager
def _told_how_to_go_on() -> Iterator[None]:
    """Where a trainer that is interrupted says in a note from where it goes on, that and the command are shown."""
    try:
        yield
    except KeyboardInterrupt as stop:
        for line in getattr(stop, "__notes__", ()):
            note(f"prodgen: {line}:\n  {shlex.join(['prodgen', *sys.argv[1:]])}")
        raise


def bench(
    ctx: typer.Context,
    kind: str = typer.Argument("", metavar="KIND", help="What to measure. Without it, the choices are listed."),
    n: int | None = typer.Option(None, "--n", min=1, help="Problem size; each benchmark has its default."),
    pairs: str = typer.Option("", metavar="DIR", help="Folder of true pairs, for benchmarks that use one."),
    data: str = typer.Option("", metavar="PATH", help="Data, for benchmarks that use some."),
    out: str = typer.Option("", metavar="DIR", help="Folder for tables and plots, for benchmarks that write some."),
    option: list[str] = _OPTION,
    as_json: bool = JSON,
) -> None:
    """Run a benchmark on this machine. The name of each figure ends with its unit."""
    with find_studio(ctx) as studio:
        if not kind:
            _list(_choices(studio.host, "benchmark", "measures", command="bench"), as_json)
            return
        entry = _entry(studio.host, "benchmark", "measures", kind, command="bench")
        _measure(studio, entry, {"n": n, "pairs": pairs, "data": data, "out": out}, option, as_json)


def evaluate(
    ctx: typer.Context,
    kind: str = typer.Argument("", metavar="KIND", help="What to evaluate. Without it, the choices are listed."),
    files: list[str] = typer.Argument(None, metavar="FILE", help="The images to measure."),
    reference: list[str] = typer.Option([], metavar="FILE", help="For images: the true image of each, in order."),
    data: str = typer.Option(
        "", metavar="PATH", help="The data. Default, for evaluations of events: the workspace's log."
    ),
    out: str = typer.Option("", metavar="DIR", help="Folder for tables and plots."),
    n: int | None = typer.Option(None, "--n", min=1, help="Problem size, for evaluations that have one."),
    option: list[str] = _OPTION,
    as_json: bool = JSON,
) -> None:
    """Evaluate images, generators, rankings or policies. Images are measured by every installed evaluator."""
    with find_studio(ctx) as studio:
        if not kind:
            _list(_choices(studio.host, "benchmark", "measures", command="eval"), as_json, images=_IMAGES)
            return
        if kind == "images":
            _evaluate_images(studio.host, files or [], reference, as_json)
            return
        entry = _entry(studio.host, "benchmark", "measures", kind, command="eval")
        _measure(studio, entry, {"n": n, "data": data, "out": out}, option, as_json)


def _evaluate_images(host: Host, files: list[str], reference: list[str], as_json: bool) -> None:
    from prodgen_sdk import images
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.pipeline.evaluate import evaluate as measure

    if not files:
        raise InputError("No image is named.", hint="Name some files: prodgen eval images a.png b.png")
    if reference and len(reference) != len(files):
        raise InputError(
            f"{len(reference)} references for {len(files)} files.", hint="Give one --reference a file, in order."
        )
    truths = [images.load(path) for path in reference] or None
    found = measure([images.load(path) for path in files], host.all("evaluator"), references=truths, ctx=host.context())
    report = [
        {"file": file, **quality.values, "shortcomings": quality.shortcomings}
        for file, quality in zip(files, found, strict=True)
    ]
    rows = [
        (file, name, f"{value:.4g}")
        for file, quality in zip(files, found, strict=True)
        for name, value in quality.values.items()
    ]
    emit(as_json, report, lambda: table(("file", "metric", "value"), rows))


def _measure(studio: Studio, entry: Entry, usual: dict[str, Any], items: list[str], as_json: bool) -> None:
    from pathlib import Path

    given = {key: value for key, value in usual.items() if value not in ("", None)} | _options(items)
    with _data(studio, given.get("data", ""), entry.spec) as path, progress("measuring") as tell:
        if path is not None:
            given["data"] = str(path)
        benchmark = studio.host.get("benchmark", entry.spec.id)
        figures = dict(benchmark.run(given, studio.host.context(entry, progress=tell)))
    emit(as_json, figures, lambda: _show(figures))
    if (out := given.get("out")) and Path(str(out)).is_dir():
        note(f"Tables and plots are in {out}")


def _show(figures: Mapping[str, Any]) -> None:
    """A figure per line with its interval, in as many digits as say something; JSON has all of them."""

    def said(name: str) -> object:
        value = figures[name]
        return f"{value:.5g}" if isinstance(value, float) else value

    ranged = {name for name in figures if {f"{name}_low", f"{name}_high"} <= figures.keys()}
    bounds = {f"{name}_{end}" for name in ranged for end in ("low", "high")}
    rows = [
        (name, f"{said(name)} ({said(f'{name}_low')} to {said(f'{name}_high')})" if name in ranged else said(name))
        for name in figures
        if name not in bounds
    ]
    table(("figure", "value"), rows)


@contextmanager
def _data(studio: Studio, given: str, spec: Any) -> Iterator[Path | None]:
    """The data that were named, or else the workspace's event log in a file, for a component that uses it."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from prodgen_sdk.errors import InputError
    from prodgen_sdk.events import write_events

    if given or not spec.uses_log or studio.workspace is None:
        yield Path(given) if given else None
        return
    with TemporaryDirectory(prefix="prodgen-log-") as folder:
        log = Path(folder) / "events.jsonl"
        write_events(log, studio.store.events.log_by_time())
        try:
            yield log
        except InputError as error:
            # The file is ours: whoever asks has never seen it.
            raise InputError(error.message.replace(str(log), "the workspace's log"), hint=error.hint) from None


def _options(items: list[str]) -> dict[str, Any]:
    from prodgen_sdk.config import number_or_text
    from prodgen_sdk.errors import InputError

    options: dict[str, Any] = {}
    for item in items:
        key, equals, value = item.partition("=")
        if not equals:
            raise InputError(f"--option {item!r} is not KEY=VALUE.")
        options[key] = number_or_text(value)
    return options


def _trainer(host: Host, word: str) -> Entry:
    """The trainer of a word or, where several plugins train it, of an id."""
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.specs import TrainerSpec

    found = [e for e in host.registry if isinstance(e.spec, TrainerSpec) and word in (e.spec.id, e.spec.trains)]
    if len(found) > 1:
        ids = ", ".join(sorted(entry.spec.id for entry in found))
        raise InputError(f"Several plugins train {word!r}: {ids}.", hint="Name one by its id.")
    return found[0] if found else _entry(host, "trainer", "trains", word)


def _choices(host: Host, kind: Kind, field: str, **wanted: str) -> dict[str, Entry]:
    """The registered components of a kind by their words on the command line."""
    return {
        getattr(entry.spec, field): entry
        for entry in host.registry
        if entry.spec.kind == kind and all(getattr(entry.spec, name) == value for name, value in wanted.items())
    }


def _list(choices: Mapping[str, Entry], as_json: bool, **more: str) -> None:
    """Shows each choice with its summary."""
    summaries = {word: entry.spec.summary for word, entry in choices.items()} | more
    rows = sorted(summaries.items())
    emit(as_json, dict(rows), lambda: table(("kind", "summary"), rows))


def _entry(host: Host, kind: Kind, field: str, word: str, **wanted: str) -> Entry:
    """The registered component of a kind for a word of the command line."""
    from prodgen_sdk.errors import NotFound

    entries = _choices(host, kind, field, **wanted)
    if word not in entries:
        words = [*entries, *(["images"] if wanted.get("command") == "eval" else [])]
        more = f" More come with {', '.join(absent)}." if (absent := host.registry.absent()) else ""
        what = "evaluation" if wanted.get("command") == "eval" else kind
        hint = f"Installed: {', '.join(sorted(words)) or 'none'}.{more}"
        if word in _choices(host, kind, field):
            words, hint = [], f"Run: prodgen {'bench' if what == 'evaluation' else 'eval'} {word}"
        raise NotFound.of(what, word, words, hint=hint, listed=True)
    return entries[word]
