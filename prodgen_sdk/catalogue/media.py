"""Where the media of a product lie."""

from __future__ import annotations

import re
from pathlib import Path

from prodgen_sdk.errors import InvalidCatalogue
from prodgen_sdk.files import inside, is_file
from prodgen_sdk.types import Media, Product

_ASSET = re.compile(r"asset:[0-9a-f]{64}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def resolve_media(product: Product, root: Path) -> list[tuple[Media, Path | None]]:
    """Each of the product's media with the file it names below `root`; None for an `asset:<digest>`, stored already.

    Raises:
        OutsideWorkspace: a path leaves `root`.
        InvalidCatalogue: there is no such file, or the uri is neither a path nor an asset.

    >>> _ = Path("mug.jpg").write_bytes(b"")
    >>> mug = Product(sku="mug", title="Mug", category="home/mug", media=(Media(role="front", uri="mug.jpg"),))
    >>> [(media.role, path.name) for media, path in resolve_media(mug, Path("."))]
    [('front', 'mug.jpg')]
    """
    return [(media, file_of(media.uri, root, f"media[{index}].uri")) for index, media in enumerate(product.media)]


def file_of(uri: str, root: Path, field: str = "uri") -> Path | None:
    """The file that a uri names; arguments, answer and errors as of `resolve_media`."""
    if _ASSET.fullmatch(uri):
        return None
    if uri.startswith("asset:"):
        raise InvalidCatalogue(f"{uri} is no asset.", field=field, hint="Write asset: and 64 hexadecimal digits.")
    if _SCHEME.match(uri):
        raise InvalidCatalogue(
            f"{uri} is no path.", field=field, hint="Save the file beside the catalogue and name it relative to it."
        )
    path = inside(root, uri)
    if not is_file(path):
        raise InvalidCatalogue(
            f"There is no file {uri}.", field=field, hint=f"Paths are relative to {root.absolute()}."
        )
    return path
