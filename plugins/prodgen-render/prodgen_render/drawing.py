"""What generators and renderer have in common: their configuration, and how the views of a batch are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from prodgen_render.config import Config
from prodgen_render.model import Model3D
from prodgen_render.rendering.environment import digest_of, light_of
from prodgen_render.rendering.quality import FINAL, Quality
from prodgen_render.rendering.views import outlines, render
from prodgen_sdk.context import Context
from prodgen_sdk.types import Generated, GenerationRequest


class Drawer:
    """Draws what a subclass builds, as the configuration asks for."""

    def __init__(self, config: Any = None, ctx: Context | None = None) -> None:
        del ctx
        self.config = config if isinstance(config, Config) else Config()

    @property
    def digest(self) -> str:
        """What pictures depend on besides the configuration."""
        return digest_of(self.config)

    def views(
        self,
        requests: Sequence[GenerationRequest],
        build: Callable[[int], Model3D],
        ctx: Context,
        quality: Callable[[int], Quality] = lambda _: FINAL,
    ) -> list[list[Generated]]:
        """One list of pictures a request; `build` and `quality` are asked for its model by its place, one after another."""
        total, done, out = sum(len(request.views) for request in requests), 0, []
        light = light_of(self.config)
        for place, request in enumerate(requests):
            ctx.check()
            ctx.progress(done, total, "views")

            def step(number: int, start: int = done) -> None:
                ctx.check()
                ctx.progress(start + number, total, "views")

            model, maps = build(place), request.maps
            if request.maps_only:
                out.append(outlines(model, request.views, request.size, maps=maps, before_each=step))
            else:
                out.append(
                    render(
                        model, request.views, request.scene, request.size, request.seed, maps=maps, before_each=step,
                        background=request.references.get("background"), quality=quality(place), light=light,
                    )
                )  # fmt: skip
            done += len(request.views)
        ctx.progress(total, total, "views")
        return out
