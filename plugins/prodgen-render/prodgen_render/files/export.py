"""Models to GLB files (glTF 2.0 binary), self-contained, with their textures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from prodgen_render.model import Bump, Floats, Material, Model3D, Part
from prodgen_sdk.errors import InputError
from prodgen_sdk.files import write_atomically
from prodgen_sdk.images.colour import to_srgb

_COAT_ROUGHNESS, _SHEEN_ROUGHNESS = 0.12, 0.5
"""How the renderer draws every coat, and about how soft the rim of cloth is."""
_TRANSFORM = "KHR_texture_transform"
_WORLD_TO_GLTF = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)


def save_glb(model: Model3D, path: Path) -> Path:
    """Writes a model, in metres, Y up and facing +Z as glTF wants it; whole or not at all.

    Base colour, texture, vertex colours, metalness, roughness and emission are kept; coats, the sheen of cloth and glass too, by
    extensions of Khronos. Glass is thin here, and so has no volume. The relief of cloth, leather or wood is a map of normals that
    repeats; the shade in its depths is left out.

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
    parts = {f"part-{number}": part for number, part in enumerate(model.parts)}
    written = scene.export(file_type="glb", include_normals=True, tree_postprocessor=lambda tree: _extend(tree, parts))
    return write_atomically(path, written)


def _extend(tree: dict[str, Any], parts: dict[str, Part]) -> None:
    """Gives each mesh of a glTF document its own material, with its exact colour and what extensions say of it.

    trimesh rounds colours to bytes, and gives materials that it cannot tell apart to one.
    """
    written, used = tree["materials"], set[str]()
    extended: list[dict[str, Any]] = []
    for mesh in tree["meshes"]:
        part = parts[mesh["name"]]
        for primitive in mesh["primitives"]:
            found = extensions(part.material)
            used |= set(found)
            base = dict(written[primitive["material"]])
            if "normalTexture" in base:
                base["normalTexture"] = base["normalTexture"] | _repeated(part)
                used.add(_TRANSFORM)
            factor = [*np.clip(part.material.colour, 0, 1).tolist(), 1.0]
            surface = {**base["pbrMetallicRoughness"], "baseColorFactor": factor}
            primitive["material"] = len(extended)
            extended.append({**base, "pbrMetallicRoughness": surface} | ({"extensions": found} if found else {}))
    tree["materials"] = extended
    if used:
        tree["extensionsUsed"] = sorted({*tree.get("extensionsUsed", ()), *used})


def _repeated(part: Part) -> dict[str, Any]:
    """How strong the relief of a part is and how often it repeats; v runs up in the renderer and down in glTF."""
    bump = part.material.bump
    if bump is None:
        return {}
    across, up = (float(metres / bump.scale) for metres in part.uv_metres)
    transform = {"offset": [0.0, (1 - up) % 1], "scale": [across, up]}
    return {"scale": float(bump.strength), "extensions": {_TRANSFORM: transform}}


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
        normalTexture=None if material.bump is None or material.photographed is not None else _normals(material.bump),
        metallicFactor=material.metallic,
        # A photo holds its gloss already, unless that was taken out: a matte surface adds none.
        roughnessFactor=1.0 if material.photographed is not None and material.gloss is None else material.roughness,
        emissiveFactor=np.asarray(material.emission) / max(1.0, *material.emission),
    )


def _normals(bump: Bump) -> Any:
    """A picture of the normals of a relief: red to the right, green up, blue outwards."""
    from PIL import Image

    slopes = bump.normals[..., :2]
    normals = np.concatenate([-slopes, np.ones_like(slopes[..., :1])], -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    return Image.fromarray(((normals + 1) * 127.5).round().astype(np.uint8))
