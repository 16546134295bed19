"""Models to GLB files (glTF 2.0 binary), self-contained, with their textures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from prodgen_render.model import Floats, Material, Model3D, to_srgb
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import write_atomically

_COAT_ROUGHNESS, _SHEEN_ROUGHNESS = 0.12, 0.5
"""How the renderer draws every coat, and about how soft the rim of cloth is."""
_WORLD_TO_GLTF = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)


def save_glb(model: Model3D, path: Path) -> Path:
    """Writes a model, in metres, Y up and facing +Z as glTF wants it; whole or not at all.

    Base colour, texture, vertex colours, metalness, roughness and emission are kept; coats, the sheen of cloth and glass too, by
    extensions of Khronos. Glass is thin here, and so has no volume. Bumps are left out.

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
    materials = {f"part-{number}": part.material for number, part in enumerate(model.parts)}
    written = scene.export(
        file_type="glb", include_normals=True, tree_postprocessor=lambda tree: _extend(tree, materials)
    )
    return write_atomically(path, written)


def _extend(tree: dict[str, Any], materials: dict[str, Material]) -> None:
    """Gives each mesh of a glTF document its own material, with its exact colour and what extensions say of it.

    trimesh rounds colours to bytes, and gives materials that it cannot tell apart to one.
    """
    written, used = tree["materials"], set[str]()
    extended: list[dict[str, Any]] = []
    for mesh in tree["meshes"]:
        material = materials[mesh["name"]]
        for primitive in mesh["primitives"]:
            found = extensions(material)
            used |= set(found)
            base = written[primitive["material"]]
            factor = [*np.clip(material.colour, 0, 1).tolist(), 1.0]
            surface = {**base["pbrMetallicRoughness"], "baseColorFactor": factor}
            primitive["material"] = len(extended)
            extended.append({**base, "pbrMetallicRoughness": surface} | ({"extensions": found} if found else {}))
    tree["materials"] = extended
    if used:
        tree["extensionsUsed"] = sorted({*tree.get("extensionsUsed", ()), *used})


def extensions(material: Material) -> dict[str, Any]:
    """What the extensions of glTF 2.0 (Khronos) say of a material.

    >>> extensions(Material(coat=0.8))
    {'KHR_materials_clearcoat': {'clearcoatFactor': 0.8, 'clearcoatRoughnessFactor': 0.12}}
    """
    found: dict[str, Any] = {}
    if material.photographed is not None:  # a photo's light is in its colours
        return found
    if material.coat:
        coat = {"clearcoatFactor": min(material.coat, 1.0), "clearcoatRoughnessFactor": _COAT_ROUGHNESS}
        found["KHR_materials_clearcoat"] = coat
    if material.sheen:
        sheen = {"sheenColorFactor": [min(material.sheen, 1.0)] * 3, "sheenRoughnessFactor": _SHEEN_ROUGHNESS}
        found["KHR_materials_sheen"] = sheen
    if material.transmission:
        found["KHR_materials_transmission"] = {"transmissionFactor": min(material.transmission, 1.0)}
    if (strength := max(material.emission)) > 1:
        found["KHR_materials_emissive_strength"] = {"emissiveStrength": strength}
    return found


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
        emissiveFactor=np.asarray(material.emission) / max(1.0, *material.emission),
    )
