"""`prodgen generate`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from prodgen_sdk.cli.output import JSON, emit, find_studio, no_workspace
from prodgen_sdk.terminal import progress

if TYPE_CHECKING:
    from prodgen_sdk.cli.generation import Report
    from prodgen_sdk.studio import Studio
    from prodgen_sdk.types import Product

_HELD_BYTES = 500_000_000
_SCENES = ("white", "gradient", "transparent")
_FILES = (".json", ".jsonl", ".csv", ".parquet")


def add_to(app: typer.Typer) -> None:
    app.command("generate")(generate)


def generate(
    ctx: typer.Context,
    items: list[str] = typer.Argument(
        None,
        metavar="SKU|PRODUCT.json",
        help="Skus of the workspace, or product files (.json, .jsonl, .csv, .parquet), of which nothing is kept.",
    ),
    every: bool = typer.Option(False, "--all", help="All products of the workspace; existing images are kept."),
    category: str = typer.Option("", help="With --all: only this category and its subcategories."),
    generator: str = typer.Option(
        "", metavar="ID", help="Default: the configured one, or the mesh generator for a product with a mesh."
    ),
    views: str = typer.Option(
        "orbit8",
        metavar="SET|az:el:dist,...",
        help="hero, orbit4, orbit8, marketplace, pose96, front, right, back, left, top, detail, or az:el:dist.",
    ),
    size: int = typer.Option(512, help="Edge of the square images in pixels."),
    seed: str = typer.Option(
        "", metavar="N|random", help="Default: derived from the request, so that a re-run finds what it made."
    ),
    scene: str = typer.Option(
        "white",
        help="white, transparent, gradient, image or #rrggbb; then ,no-shadow, ,light=studio|soft|dramatic or ,style=WORDS.",
    ),
    background: str = typer.Option("", metavar="FILE", help="The image for --scene image."),
    negative: str = typer.Option("", help="What must not appear in the images."),
    replicates: int = typer.Option(1, min=1, max=100, help="How many different versions of each image."),
    profile: str = typer.Option("", help="A finisher's profile, such as marketplace."),
    out: str = typer.Option(
        "", metavar="DIR", help="Writes DIR/<sku>/<view>.png and DIR/result.json. Needed for product files."
    ),
    estimate: bool = typer.Option(
        False, "--estimate", help="Only estimate the number of images, the time and the cost."
    ),
    max_cost: float = typer.Option(
        None, min=0, metavar="N", help="Do not start if it would cost more. Default: costs.limit of prodgen.toml."
    ),
    as_json: bool = JSON,
) -> None:
    """Make images of products from any angle.

    Exit code 3 if some products failed or were refused, 4 if all were refused.
    """
    from prodgen_sdk.cli import estimation
    from prodgen_sdk.cli.generation import Report
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.files import check_writable

    report = Report(check_writable(out) if out else None)
    options: dict[str, Any] = {
        "views": views,
        "generator": generator or None,
        "size": size,
        "scene": scene,
        "negative": negative,
    }
    options |= {"seed": _seed(seed), "replicates": replicates, "profile": profile, "background": background or None}
    with ExitStack() as stack:
        studio = stack.enter_context(find_studio(ctx))
        if not items and not every:
            raise InputError("No product is named.", hint="Name skus or product files, or give --all.")
        files, skus = _split(items or [], studio)
        if every:
            skus = _all_of(studio, items or [], category)
        if files and not out and not estimate:
            raise InputError("Nothing is kept of a product file's images.", hint="Name a folder for them: --out DIR.")
        parts = _of_files(files, studio, stack) + _of_skus(skus, studio, report)
        options = _checked(options, parts)
        limit = studio.config.costs.limit if max_cost is None else max_cost
        if estimate or limit is not None:
            with progress("estimating") as tell:
                estimates = [p.studio.estimate(p.products, root=p.root, progress=tell, **options) for p in parts]
            if estimate:
                emit(as_json, estimation.to_json(estimates), lambda: estimation.show(estimates))
                return
            assert limit is not None
            estimation.keep_limit(estimates, limit)
        with progress("generating") as tell:
            try:
                _generate(parts, options, report, tell)
            finally:  # what was made before an interruption is named as well
                report.write()
    emit(as_json, report.to_json(), report.show)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


@dataclass(frozen=True)
class _Part:
    """Products of one studio whose media lie below one folder."""

    studio: Studio
    products: Sequence[Product]
    root: Path


def _split(items: list[str], studio: Studio) -> tuple[list[str], list[str]]:
    """Files and skus; a sku may end like a file, so in a workspace only a file that is there is one."""
    from prodgen_sdk.files import is_file

    given = list(dict.fromkeys(items))
    named = [item for item in given if item.lower().endswith(_FILES)]
    files = [item for item in named if studio.workspace is None or is_file(item)]
    return files, [item for item in given if item not in files]


def _all_of(studio: Studio, items: list[str], category: str) -> list[str]:
    """All skus of the workspace, or of a category."""
    from prodgen_sdk.errors import InputError

    if items:
        raise InputError("--all means all products of the workspace.", hint="Leave out --all, or what else is named.")
    if studio.workspace is None:
        raise no_workspace()
    skus = [product.sku for product in studio.products(category or None)]
    if not skus:
        where = f"in the category {category}" if category else "in the workspace"
        raise InputError(f"There is no product {where}.", hint="Add some: prodgen catalog add FILE.")
    return skus


def _of_files(files: list[str], studio: Studio, stack: ExitStack) -> list[_Part]:
    """A part per file, in a studio that keeps nothing."""
    from prodgen_sdk.studio import Studio

    if files and studio.workspace is not None:
        studio = stack.enter_context(Studio(config=studio.config, host=studio.host))
    return [_Part(studio, _read(Path(file)), Path(file).parent) for file in files]


def _of_skus(skus: list[str], studio: Studio, report: Report) -> list[_Part]:
    """The workspace's products; what it does not know is noted in the report, unless it knows none."""
    from prodgen_sdk.errors import InputError, NotFound

    if skus and studio.workspace is None:
        raise no_workspace()
    products = []
    for sku in skus:
        try:
            products.append(studio.product(sku))
        except NotFound as error:
            report.errors[sku] = error
    if skus and not products:
        raise InputError(" ".join(str(error) for error in report.errors.values()))
    return [_Part(studio, products, Path())] if products else []


def _checked(options: dict[str, Any], parts: list[_Part]) -> dict[str, Any]:
    """The options, parsed; what would be wrong for every product is an error now, once and before any work."""
    from prodgen_sdk import images
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import GenerationRequest, Scene, build, parse_views

    skus = Counter(product.sku for part in parts for product in part.products)
    if skus and (most := skus.most_common(1)[0])[1] > 1:
        raise InputError(f"{most[0]} is given twice.", hint="Its images would overwrite each other.")
    options = options | {"views": parse_views(options["views"]), "scene": Scene.parse(options["scene"])}
    if options["background"] in _SCENES:
        raise InputError(
            f"--background names an image's file, and {options['background']!r} is a scene.",
            hint=f"Use --scene {options['background']}.",
        )
    if options["background"]:
        options["background"] = images.load(options["background"])
    request = {name: options[name] for name in ("views", "scene", "size", "negative")}
    if options["background"] is not None:
        request["references"] = {"background": options["background"]}
    profile = options["profile"]
    for part in parts:
        build(GenerationRequest, product=part.products[0], **request)
        if options["generator"] or any(all(m.role != "mesh" for m in product.media) for product in part.products):
            part.studio.host.get("generator", options["generator"])
        if profile:
            part.studio.host.get("finisher").accept(profile)
    return options


def _generate(
    parts: list[_Part], options: dict[str, Any], report: Report, tell: Callable[[int, int, str], None]
) -> None:
    """Makes the images of a batch of products at a time, and has them written before the next."""
    total = sum(len(part.products) for part in parts) * options["replicates"]
    done = 0

    def go_on(now: int, of: int, name: str) -> None:
        if total == 1:  # the progress of its views
            tell(now, of, name)
        else:
            tell(done + now, total, name)

    for part in parts:
        size = _at_once(part.studio, options)
        for start in range(0, len(part.products), size):
            batch = part.products[start : start + size]
            report.add(part.studio.generate(batch, root=part.root, progress=go_on, **options))
            done += len(batch) * options["replicates"]


def _at_once(studio: Studio, options: dict[str, Any]) -> int:
    """Products whose images are held at once: enough to keep all devices busy, in half a gigabyte where it goes."""
    config = studio.config
    least = config.scheduler.max_batch * max(1, len(config.runtime.devices))
    each: int = len(options["views"]) * options["replicates"] * 4 * options["size"] ** 2
    return max(least, min(8 * least, _HELD_BYTES // each))


def _seed(text: str) -> Any:
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import MAX_SEED

    if text in ("", "random"):
        return text or None
    if not text.isdigit() or int(text) > MAX_SEED:
        raise InputError(f"The seed {text!r} is neither a number from 0 to 2^63 - 1 nor 'random'.")
    return int(text)


def _read(path: Path) -> list[Product]:
    """The products of a file; the first bad line is an error, because nothing is kept that could be completed later."""
    from prodgen_sdk.catalogue import read_catalogue
    from prodgen_sdk.errors import InvalidCatalogue

    products = []
    for row in read_catalogue(path):
        if row.product is None:
            assert row.error is not None
            fault = row.error
            told = f"{path}, {fault.message[:1].lower()}{fault.message[1:]}"  # "Line 3: ..."
            raise InvalidCatalogue(told, line=row.line, field=fault.field, hint=fault.hint)
        products.append(row.product)
    if not products:
        raise InvalidCatalogue(f"{path} holds no product.")
    return products
