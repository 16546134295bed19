"""What several commands of `prodgen render` have in common: options, and how figures are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from prodgen_sdk.types import Scene

DataSet = Annotated[Path, typer.Option(help="Folder of the data set; an interrupted one goes on where it stopped.")]
Views = Annotated[str, typer.Option(help="View sets, view names or az:el:dist, separated by commas.")]
Size = Annotated[int, typer.Option(min=32, max=2048, help="Edge of the images in pixels.")]
SceneWords = Annotated[str, typer.Option(help="Such as white, transparent, #ddeeff or white,no-shadow,light=soft.")]
Workers = Annotated[int, typer.Option(min=1, help="Processes.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]


def scene_of(words: str) -> Scene:
    """The scene of a data set; raises InputError for one with a background image, which a data set has not."""
    from prodgen_sdk.errors import InputError
    from prodgen_sdk.types import Scene

    scene = Scene.parse(words)
    if scene.background == "image":
        raise InputError("A data set has no background image.", hint="Use white, transparent, gradient or a colour.")
    return scene


def tell(figures: Mapping[str, Any], as_json: bool, sentence: str) -> None:
    """Prints figures as JSON, or what a sentence says of them."""
    typer.echo(json.dumps(figures) if as_json else sentence)
