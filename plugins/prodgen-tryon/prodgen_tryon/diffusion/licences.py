"""Which weights may be used for what: known licences, model cards, and the owner's word for the rest."""

from __future__ import annotations

import re
from pathlib import Path

from prodgen_sdk.errors import ConfigError
from prodgen_tryon.diffusion.config import Licensed

KNOWN = {
    "zhengchong/CatVTON": "CC BY-NC-SA 4.0",
    "xiaozaa/catvton-flux-alpha": "CC BY-NC 2.0",
    "black-forest-labs/FLUX.1-Fill-dev": "FLUX.1 [dev] Non-Commercial License",
    "booksforcharlie/stable-diffusion-inpainting": "CreativeML OpenRAIL-M",
    "stabilityai/sd-vae-ft-mse": "MIT",
    "fashn-ai/fashn-vton-1.5": "Apache-2.0",
    "mattmdjaga/segformer_b2_clothes": "NVIDIA Source Code License for SegFormer (non-commercial)",
    "h94/IP-Adapter": "Apache-2.0",
}
"""Licences of weights by hub id, as their model cards state them."""

_NONCOMMERCIAL = re.compile(r"\bnc\b|non[- ]?commercial|research[- ]only", re.IGNORECASE)


def is_noncommercial(licence: str) -> bool:
    """Whether a licence's name says that it forbids commercial use.

    >>> is_noncommercial("cc-by-nc-sa-4.0"), is_noncommercial("Apache-2.0")
    (True, False)
    """
    return bool(_NONCOMMERCIAL.search(licence.replace("_", "-")))


def licence_of(source: Licensed, path: Path, otherwise: str = "") -> str:
    """The licence of weights: of their hub id, else of the model card beside them, else the configured one, else `otherwise`.

    A stated licence cannot lift one that is known to forbid commercial use; `otherwise` is for weights of which only one kind exists.
    """
    return KNOWN.get(source.model) or _of_card(path) or source.licence or otherwise


def check_licence(licence: str, name: str, *, accept: bool, component: str) -> None:
    """Refuses non-commercial weights unless the configuration accepts them.

    Raises:
        ConfigError: the sentence that a merchant has to read before they set `accept_noncommercial`.
    """
    if is_noncommercial(licence) and not accept:
        raise ConfigError(
            f"{component}: the weights {name} are for non-commercial use only ({licence}).",
            hint="If your use is non-commercial, set `accept_noncommercial = true` in [plugins.tryon]; else use tryon/warp or tryon/fashn.",
        )


def _of_card(path: Path) -> str:
    """`license` (or `license_name`, where it is `other`) of the front matter of a README.md in the folder, or in that of the file."""
    card = (path if path.is_dir() else path.parent) / "README.md"
    if not card.is_file():
        return ""
    text = card.read_text("utf-8", errors="replace")
    front = re.match(r"---\r?\n(.*?)\r?\n---", text, re.DOTALL)
    if front is None:
        return ""
    found: dict[str, str] = dict(re.findall(r"^(license|license_name):\s*[\"']?([^\"'\r\n]+)", front[1], re.MULTILINE))
    licence = found.get("license", "").strip()
    return found.get("license_name", licence).strip() if licence in ("", "other") else licence
