"""Weights in safetensors files, half precision, with what they are and where they come from; a model pins its codec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from prodgen_mini.space import Space
from prodgen_sdk.checkpoints.weights import fitting, read_weights, write_weights
from prodgen_sdk.errors import ConfigError

if TYPE_CHECKING:
    from torch import Tensor, nn

    from prodgen_mini.models.codec import Codec
    from prodgen_mini.models.reranker import Reranker
    from prodgen_mini.models.vae import Vae

Part = Literal["codec", "vae", "gan", "diffusion", "lora", "reranker"]
FORMAT = "prodgen-mini 1"
SHIPPED = Path(__file__).with_name("weights")
SUMS = SHIPPED / "SHA256SUMS"


@dataclass(frozen=True, eq=False)
class Weights:
    """What a file holds.

    Args:
        settings: arguments of the network's constructor.
        tensors: its state, float32.
        digest: sha256 of the file.
        facts: all that the file says of itself.
    """

    part: Part
    settings: Mapping[str, Any]
    tensors: Mapping[str, Tensor]
    digest: str
    facts: Mapping[str, Any]

    def into(self, network: nn.Module) -> nn.Module:
        """Loads the state into a network, ready for use.

        Raises:
            ConfigError: the network is another one, or a weight is not finite.
        """
        import torch

        try:
            network.load_state_dict(dict(self.tensors))
        except RuntimeError as error:
            raise ConfigError(
                f"The weights of {self.part} do not fit its network: {str(error).splitlines()[0]}.",
                hint=f"Train them anew: prodgen train {self.part}",
            ) from None
        if not all(bool(torch.isfinite(value).all()) for value in self.tensors.values()):
            raise ConfigError(
                f"The weights of {self.part} hold NaN.", hint=f"Train them anew: prodgen train {self.part}"
            )
        return network.eval().requires_grad_(False)


def read(part: Part, path: Path | None = None, sha256: str | None = None) -> Weights:
    """Reads and verifies weights.

    Args:
        path: a file of `prodgen train`; None reads those that come with the package.
        sha256: what the file's digest must be; for those of the package the one that they came with by default.

    Raises:
        ConfigError: the file is missing, cut off, damaged, of another part, or not the one that is wanted.
    """
    import numpy as np
    import torch

    where = path or SHIPPED / f"{part}.safetensors"
    again = "Install prodgen-mini again." if path is None else f"Train them anew: prodgen train {part}"
    shipped = shipped_sha256().get(where.name, "unknown") if path is None else None
    hint = f"Correct sha256, or: {again}" if sha256 else again
    stored, facts, digest = read_weights(where, part, hint=hint, sha256=sha256 or shipped)
    with fitting(where, part, hint=again):
        if facts.get("format") != FORMAT or facts.get("part") != part:
            raise ValueError(
                f"they are {facts.get('format', 'unknown')!r} {facts.get('part', '')!r}, not {FORMAT!r} {part!r}"
            )
        tensors = {name: torch.from_numpy(value.astype(np.float32)) for name, value in stored.items()}
        return Weights(part, facts["settings"], tensors, digest, facts)


def shipped_sha256() -> dict[str, str]:
    """The digests of the package's weights by file, as `sha256sum` wrote them."""
    try:
        lines = SUMS.read_text("ascii").split("\n")
    except (OSError, ValueError):
        return {}
    return {name.lstrip("*"): digest for digest, _, name in (line.partition("  ") for line in lines) if name}


def write(path: Path, part: Part, network: nn.Module, settings: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Writes a file whole or not at all; returns its sha256. Equal weights give equal files."""
    tensors = {name: value.detach().cpu().half().numpy() for name, value in network.state_dict().items()}
    return write_weights(path, tensors, {"format": FORMAT, "part": part, "settings": dict(settings), **facts})


def load_codec(path: Path | None = None, sha256: str | None = None) -> tuple[Codec, Space, str]:
    """The codec, the space of its designs, and the digest by which models pin it."""
    from prodgen_mini.models.codec import Codec

    found = read("codec", path, sha256)
    codec = Codec(**found.settings)
    found.into(codec)
    return codec, Space.of(found.facts.get("space", {})), found.digest


def load_vae(codec_digest: str, path: Path | None = None, sha256: str | None = None) -> tuple[Vae, str]:
    """The VAE whose codes the diffusion model generates, and the digest by which it is pinned."""
    from prodgen_mini.models.vae import Vae

    found = read("vae", path, sha256)
    check_pin(found, codec_digest)
    vae = Vae(**found.settings)
    found.into(vae)
    return vae, found.digest


def load_reranker(path: Path | None = None, sha256: str | None = None) -> tuple[Reranker, str]:
    """The network by which GAN and VAE choose among their designs, and its digest."""
    from prodgen_mini.models.reranker import Reranker

    found = read("reranker", path, sha256)
    reranker = Reranker(**found.settings)
    found.into(reranker)
    return reranker, found.digest


def check_pin(model: Weights, digest: str, part: Part = "codec") -> None:
    """Raises ConfigError where a model was trained on the latents or codes of another codec or VAE."""
    pinned = str(model.facts.get(part, ""))
    if pinned != digest:
        raise ConfigError(
            f"The {model.part} was trained with the {part} {pinned[:12] or 'unknown'}..., but the {part} is {digest[:12]}...",
            hint=f"Name the {part} that it was trained with (-o {part}=FILE to train, weights of [plugins.mini.{part}] to generate), or train it anew.",
        )
