"""Models to GLB files (glTF 2.0 binary), self-contained, with their textures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from prodgen_render.model import Floats, Material, Model3D, to_srgb
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import write_atomically

_WORLD_TO_GLTF = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)


def save_glb(model: Model3D, path: Path) -> Path:
    """Writes a model, in metres, Y up and facing +Z as glTF wants it; whole or not at all.

    Base colour, texture, vertex colours, metalness, roughness and emission are kept. Bumps, coats, sheen and transmission have no
    place in the core of glTF.

    Raises:
        InputError: the path does not end in .glb.
    """
    import trimesh

    path = Path(path)
    if path.suffix.lower() != ".glb":
        raise InputError(f"{path.name} is no name of a GLB file.", hint="Let it end in .glb.")
    scene = trimesh.Scene()
    for number, part in enumerate(model.parts):
        material = _material(part.material)
        visual: Any = trimesh.visual.TextureVisuals(uv=part.uv, material=material)
        if part.colours is not None:
            colours = np.concatenate([part.colours, np.ones((len(part.colours), 1), np.float32)], 1)
            visual.vertex_attributes["color"] = (colours * 255).round().astype(np.uint8)
        mesh = trimesh.Trimesh(
            part.vertices @ _WORLD_TO_GLTF.T, part.faces, vertex_normals=part.normals @ _WORLD_TO_GLTF.T, visual=visual, process=False
        )  # fmt: skip
        scene.add_geometry(mesh, geom_name=f"part-{number}")
    return write_atomically(path, scene.export(file_type="glb", include_normals=True))


def _material(material: Material) -> Any:
    from PIL import Image
    from trimesh.visual.material import PBRMaterial

    picture = None
    if material.texture is not None:
        picture = Image.fromarray((to_srgb(material.texture.pixels) * 255).round().astype(np.uint8))
    colour: Floats = np.clip(np.array([*material.colour, 1.0]), 0, 1)
    return PBRMaterial(
        name=material.name,
        baseColorFactor=(colour * 255).round().astype(np.uint8),
        baseColorTexture=picture,
        metallicFactor=material.metallic,
        # A photo holds its gloss already, unless that was taken out: a matte surface adds none.
        roughnessFactor=1.0 if material.photographed is not None and material.gloss is None else material.roughness,
        emissiveFactor=np.clip(material.emission, 0, 1),
    )
