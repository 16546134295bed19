"""`prodgen train`, `prodgen bench` and `prodgen eval`: what plugins registered as trainers, benchmarks and evaluators."""

from __future__ import annotations

from typing import Any

import typer

from prodgen_sdk.cli.output import JSON, emit, find_host, progress, table


def add_to(app: typer.Typer) -> None:
    app.command("train")(train)
    app.command("bench")(bench)
    app.command("eval")(evaluate)


def train(
    ctx: typer.Context,
    kind: str = typer.Argument(..., help="What to train; an unknown word lists what there is."),
    data: str = typer.Option(..., metavar="DIR", help="The training data."),
    out: str = typer.Option(..., metavar="DIR", help="Where checkpoints go; a run that was killed goes on from there."),
    config: str = typer.Option("", metavar="FILE.toml", help="Options of the trainer."),
    as_json: bool = JSON,
) -> None:
    """Train a model with an installed trainer."""
    import tomllib
    from pathlib import Path

    from prodgen_sdk.errors import ConfigError

    options: dict[str, Any] = {}
    if config:
        try:
            options = tomllib.loads(Path(config).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{config} cannot be read ({error}).") from None
    host = find_host(ctx)
    trainer = host.get("trainer", _of(host, "trainer", "trains", kind))
    with progress("training") as tell:
        report = trainer.train(options, Path(data), Path(out), host.context(progress=tell))
    emit(
        as_json,
        report,
        lambda: table(("figure", "value"), [("checkpoint", report.checkpoint), *report.figures.items()]),
    )


def bench(
    ctx: typer.Context,
    kind: str = typer.Argument(..., help="What to measure; an unknown word lists what there is."),
    n: int = typer.Option(0, "--n", help="Size of the problem; the benchmark has a default."),
    pairs: str = typer.Option("", metavar="DIR", help="Folder of true pairs, where the benchmark takes one."),
    option: list[str] = typer.Option(
        [], "--option", "-o", metavar="KEY=VALUE", help="Further options of the benchmark."
    ),
    as_json: bool = JSON,
) -> None:
    """Measure this installation. Figures have their unit in the name."""
    from prodgen_sdk.errors import InputError

    options: dict[str, Any] = {key: value for key, value in {"n": n, "pairs": pairs}.items() if value}
    for item in option:
        key, equals, value = item.partition("=")
        if not equals:
            raise InputError(f"--option {item!r} is not KEY=VALUE.")
        options[key] = int(value) if value.isdigit() else value
    host = find_host(ctx)
    benchmark = host.get("benchmark", _of(host, "benchmark", "measures", kind))
    with progress("measuring") as tell:
        figures = dict(benchmark.run(options, host.context(progress=tell)))
    emit(as_json, figures, lambda: table(("figure", "value"), list(figures.items())))


def evaluate(
    ctx: typer.Context,
    kind: str = typer.Argument(..., metavar="images", help="What to evaluate: images."),
    files: list[str] = typer.Argument(..., metavar="FILE..."),
    reference: list[str] = typer.Option([], metavar="FILE", help="The true picture of each file, in order."),
    as_json: bool = JSON,
) -> None:
    """Measure pictures with every installed evaluator."""
    from prodgen_sdk import images
    from prodgen_sdk.errors import InputError, NotFound
    from prodgen_sdk.pipeline.evaluate import evaluate as measure

    if kind != "images":
        raise NotFound.of("kind of evaluation", kind, ["images"], hint="There is: images.")
    if reference and len(reference) != len(files):
        raise InputError(
            f"{len(reference)} references for {len(files)} files.", hint="Give one --reference a file, in order."
        )
    host = find_host(ctx)
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


def _of(host: Any, kind: Any, field: str, word: str) -> str:
    from prodgen_sdk.errors import NotFound

    words = {getattr(entry.spec, field): entry.spec.id for entry in host.registry if entry.spec.kind == kind}
    if word not in words:
        raise NotFound.of(kind, word, words, hint=f"Installed: {', '.join(sorted(words)) or 'none'}.")
    return str(words[word])
