"""Where the maps of a product come from: a generator of another plugin that gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.pictures.photos import front_photo
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, NotFound
from prodgen_sdk.types import Generated, GenerationRequest, MapKind, Scene

MESH, PHOTO, WORDS = "render/mesh", "render/photo", "render/parametric"


def choose(request: GenerationRequest, geometry: str, kinds: Sequence[MapKind], ctx: Context) -> tuple[str, Any]:
    """The id of the generator that gives a request's maps, and the generator.

    Raises:
        ConfigError: there is none that gives these maps.
    """
    wanted = [geometry]
    if geometry == "auto":
        wanted = [MESH] if request.mesh is not None else [PHOTO, WORDS] if front_photo(request) is not None else [WORDS]
    for id in wanted:
        try:
            found = ctx.lookup("generator", id)
        except NotFound:
            continue
        if set(kinds) <= set(getattr(found.spec, "maps", ())):
            return id, found
    raise ConfigError(
        f"No generator gives maps of {' and '.join(kinds)} here: {' and '.join(wanted)} is not there, or gives none.",
        hint="Run: pip install prodgen-render, or set plugins.diffusers.control.geometry.",
    )


def render_maps(
    requests: Sequence[GenerationRequest], geometry: str, kinds: Sequence[MapKind], size: int, ctx: Context
) -> list[tuple[str, list[Generated]]]:
    """For each request the id of the generator that gave its maps, and a mask with maps for each view."""
    found = []
    for request in requests:
        id, generator = choose(request, geometry, kinds, ctx)
        plain = request.model_copy(
            update={
                "size": min(size, generator.spec.max_size),
                "maps": tuple(kinds),
                "maps_only": True,
                "scene": Scene(shadow=False),
                "prompts": (),
            }
        )
        (pictures,) = generator.generate([plain], ctx)
        found.append((id, pictures))
    return found
