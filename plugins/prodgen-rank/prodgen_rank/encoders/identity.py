"""What names the weights of a vision model and how it prepares pictures: vectors of two identities do not mix."""

from __future__ import annotations

import hashlib
from pathlib import Path

from prodgen_sdk.checkpoints.sources import Source, local_path
from prodgen_sdk.files import file_digest


def identity(source: Source, folder: Path) -> str:
    """The pinned revision, or a digest of weights and configurations, by their names within the folder and their content."""
    if local_path(source.model) is None:
        return f"{source.model}@{source.revision}"
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.suffix in (".safetensors", ".json", ".txt", ".model"):
            total.update(f"{path.relative_to(folder)}\0{file_digest(path)}\n".encode())
    return total.hexdigest()
