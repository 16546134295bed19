"""A model from a file: a photo (with its back beside it) or a mesh."""

from __future__ import annotations

from pathlib import Path

from prodgen_render.config import Config
from prodgen_render.model import Model3D
from prodgen_sdk import images
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Product, build

MESHES = (".glb", ".obj")
PHOTOS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")


def product_of(path: Path, title: str = "", category: str = "other/product", **attributes: str) -> Product:
    """A product named after a file, for what has no catalogue entry."""
    import re

    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")[:64] or "product"
    given = {key: value for key, value in attributes.items() if value}
    name = title or path.stem.replace("_", " ")
    return build(Product, sku=stem, title=name, category=category, attributes=given)


def model_of(
    path: Path, config: Config | None = None, product: Product | None = None, back: Path | None = None
) -> tuple[Model3D, tuple[str, ...]]:
    """The model that a file tells of, and what a person should look at.

    Raises:
        InputError: neither a photo nor a mesh, or one that cannot be used.
    """
    path = Path(path)
    if path.suffix.lower() in MESHES:
        from prodgen_render.mesh import load_model

        return load_model(path, config), ()
    if path.suffix.lower() not in PHOTOS:
        raise InputError(
            f"{path.name} is neither a photo nor a mesh.", hint=f"Give one of {', '.join((*PHOTOS[:4], *MESHES))}."
        )
    from prodgen_render.photo.build import model_from_photos

    behind = None if back is None else images.load(back, alpha=True)
    built = model_from_photos(images.load(path, alpha=True), product or product_of(path), behind, config)
    return built.model, built.warnings
