"""The section `[plugins.render]` of prodgen.toml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from prodgen_sdk.paths import ConfigPathOrName

Axis = Literal["+x", "-x", "+y", "-y", "+z", "-z"]


class Config(BaseModel):
    """Options of the generators and the renderer; axes and limits are those of mesh files.

    Args:
        up, front: axes of an OBJ file: which one points up, and which one the product's front faces.
            The defaults suit files that are Z-up with the front towards -Y; a Y-up file that faces +Z has up="+y", front="+z".
        max_triangles: a larger mesh is refused.
        max_texture_pixels: a larger texture is refused before it is decoded.
        max_file_mb: a larger file, its textures included, is refused before it is read.
        environment: light from a panorama in place of the scene's: `window`, `overcast`, or the path of a .hdr or .exr file.
        environment_turn: degrees by which it is turned counter-clockwise, seen from above.
        photo_shape: the body that photos are put on; `auto` chooses by words and outline.
        photo_back: the unseen back of a relief: `plain` drops the print, `mirror` repeats it mirrored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    up: Axis = "+z"
    front: Axis = "-y"
    max_triangles: Annotated[int, Field(ge=1, le=20_000_000)] = 2_000_000
    max_texture_pixels: Annotated[int, Field(ge=1, le=268_435_456)] = 67_108_864
    max_file_mb: Annotated[int, Field(ge=1, le=4096)] = 512
    environment: ConfigPathOrName = ""
    environment_turn: Annotated[float, Field(ge=-360, le=360)] = 0.0
    photo_shape: Literal["auto", "revolution", "cuboid", "sheet", "relief"] = "auto"
    photo_back: Literal["plain", "mirror"] = "plain"
