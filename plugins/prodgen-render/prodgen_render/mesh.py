"""`render/mesh`: pictures of a product from its 3D file (GLB, or OBJ with MTL and textures).

Files are untrusted: their size, triangle count and texture sizes are checked before they are read in full, and a file that
names another one outside its own folder is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from prodgen_render.config import Config
from prodgen_render.drawing import Drawer
from prodgen_render.files.gltf import read_glb
from prodgen_render.files.limits import check_size
from prodgen_render.files.obj import read_obj
from prodgen_render.model import Model3D
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import Generated, GenerationRequest

_READERS = {".glb": read_glb, ".obj": read_obj}
_DIGEST = re.compile("[0-9a-f]{64}")


def load_model(path: Path, config: Config | None = None) -> Model3D:
    """Reads a mesh file into a model that stands Z-up with its front towards -Y.

    GLB follows the glTF convention, (x, y, z) becomes (x, -z, y); what of it is used is told in `prodgen_render.files.gltf`. OBJ files
    say nothing of their axes: `config.up` and `config.front` do. Of their materials diffuse colour, its texture and the gloss
    are used.

    Raises:
        InputError: no such file, another format, damaged, empty, over a limit, naming files outside its folder, or in need of a
            glTF extension that is not supported.
    """
    config = config or Config()
    path = Path(path)
    if not path.is_file():
        raise InputError(f"There is no mesh file {path}.", hint="Give the path of a GLB or OBJ file.")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"{path.name} is not a mesh that can be read.",
            hint="Convert it to GLB, or to OBJ with its MTL file beside it.",
        )
    check_size(path, config)
    parts = reader(path, config)
    if not parts:
        raise InputError(f"{path.name} holds no triangles.", hint="Export the surface as a triangle mesh.")
    return Model3D(
        tuple(parts),
        {
            "family": "mesh",
            "file": path.name,
            "triangles": sum(len(part.faces) for part in parts),
            "textured": any(part.material.texture is not None for part in parts),
        },
    )


def _load(path: Path, sku: str, config: Config) -> Model3D:
    """The model; what is wrong with a file that the workspace keeps under its digest is said of the product's mesh."""
    try:
        return load_model(path, config)
    except InputError as error:
        if _DIGEST.fullmatch(path.stem):
            error.message = error.message.replace(path.name, f"{sku}'s mesh")
        raise


class MeshGenerator(Drawer, Generator):
    """Draws the mesh file of each request."""

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """One list of pictures a request.

        Raises:
            InputError: a request without a mesh, or a mesh that cannot be used.
        """
        return self.views(batch, lambda place: self._model(batch[place]), ctx)

    def _model(self, request: GenerationRequest) -> Model3D:
        if request.mesh is None:
            raise InputError(f"{request.product.sku} has no mesh file.", hint="Give one, or use render/parametric.")
        return _load(request.mesh, request.product.sku, self.config)
