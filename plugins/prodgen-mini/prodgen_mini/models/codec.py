"""The codec: sheets of artwork, 128 x 128 pixels, to 16 x 16 latents of a few numbers, and back.

Patches of 8 x 8 pixels are projected onto their principal components, scaled to unit variance; convolutions learn what that leaves
out, on both sides. What is drawn are shares of the inks in each pixel, by a softmax, so that edges come out sharp.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from prodgen_mini.inks import INKS
from prodgen_mini.models.layers import Residual, conv

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PATCH, SHEETS = 8, INKS + 1


class Codec(nn.Module):
    """Encodes and decodes sheets.

    Args:
        channels: numbers in a latent cell.
        width: of the residual convolutions; `depth` blocks of them draw.

    Attributes:
        mean, scale: [channels], by which latents are standardised.
    """

    def __init__(self, channels: int = 12, width: int = 48, depth: int = 2) -> None:
        super().__init__()
        inputs = PATCH * PATCH * SHEETS
        self.project, self.restore = nn.Conv2d(inputs, channels, 1), nn.Conv2d(channels, inputs, 1)
        self.read = nn.Sequential(
            nn.Conv2d(inputs, width, 1), Residual(width), nn.LeakyReLU(0.2), _still(nn.Conv2d(width, channels, 1))
        )
        self.write = nn.Sequential(
            conv(channels, width),
            *(Residual(width) for _ in range(depth)),
            nn.LeakyReLU(0.2),
            _still(nn.Conv2d(width, inputs, 1)),
        )
        self.gain = nn.Parameter(torch.tensor(8.0))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("scale", torch.ones(channels))
        self.mean: Tensor
        self.scale: Tensor

    def begin(self, patches: NDArray[np.float32]) -> None:
        """Sets the linear maps to the principal components of patches [n, 384], each of unit variance."""
        import numpy as np

        channels = self.project.out_channels
        middle = patches.mean(0)
        variance, axes = np.linalg.eigh(np.cov((patches - middle).T.astype(np.float64)))
        best = axes[:, ::-1][:, :channels]
        spread = np.sqrt(np.maximum(variance[::-1][:channels], 1e-8))
        with torch.no_grad():
            down, up = best / spread, best * spread
            self.project.weight.copy_(torch.tensor(down.T)[:, :, None, None])
            self.restore.weight.copy_(torch.tensor(up)[:, :, None, None])
            assert self.project.bias is not None
            assert self.restore.bias is not None
            self.project.bias.copy_(torch.tensor(-(middle @ down)))
            self.restore.bias.copy_(torch.tensor(middle))

    def standardise(self, latents: Tensor) -> None:
        """Sets mean and scale from raw latents [n, channels, 16, 16], so that `encode` gives unit variance from now on."""
        with torch.no_grad():
            self.mean.copy_(latents.mean((0, 2, 3)))
            self.scale.copy_(latents.std((0, 2, 3)).clamp(min=1e-4))

    def raw(self, patches: Tensor) -> Tensor:
        """Latents of `patches_of` sheets before they are standardised."""
        out: Tensor = self.project(patches) + self.read(patches)
        return out

    def encode(self, sheets: Tensor) -> Tensor:
        """[n, SHEETS, 128, 128] in [0, 1] to [n, channels, 16, 16] of about unit variance."""
        return (self.raw(patches_of(sheets)) - self.mean[:, None, None]) / self.scale[:, None, None]

    def draw(self, raw: Tensor) -> Tensor:
        """Logarithms of the shares of inks (up to a summand) in patches, of latents that are not standardised."""
        out: Tensor = self.gain * self.restore(raw) + self.write(raw)
        return out

    def decode(self, latents: Tensor, finer: int = 1) -> Tensor:
        """Sheets [n, SHEETS, 128 finer, 128 finer] in [0, 1] that add up to 1, of latents [n, channels, 16, 16].

        Args:
            finer: how many pixels there are for one. What lies between pixels is found before the softmax, where shapes are smooth:
                so edges stay as sharp as pixels are small.
        """
        return shares_of(self.sheets(latents), finer)

    def sheets(self, latents: Tensor) -> Tensor:
        """Logarithms of the shares (up to a summand) of latents, [n, SHEETS, 128, 128]."""
        return functional.pixel_shuffle(self.logits(latents).flatten(1, 2), PATCH)

    def logits(self, latents: Tensor) -> Tensor:
        """Logarithms of the shares (up to a summand) of latents, [n, SHEETS, 64, 16, 16]: 64 pixels of each cell."""
        return by_sheet(self.draw(latents * self.scale[:, None, None] + self.mean[:, None, None]))


def shares_of(sheets: Tensor, finer: int = 1) -> Tensor:
    """Shares that add up to 1 of their logarithms [n, SHEETS, h, w], with `finer` pixels for one; see `Codec.decode`."""
    return _enlarged(sheets, finer).softmax(1)


def enlarged(sheets: Tensor, finer: int) -> Tensor:
    """Sheets [n, SHEETS, h, w] of shares with `finer` pixels for one, as `Codec.decode` gives them."""
    return sheets if finer == 1 else shares_of(sheets.clamp(min=1e-4).log(), finer)


def _enlarged(logits: Tensor, finer: int) -> Tensor:
    if finer == 1:
        return logits
    edge = 3
    padded = functional.pad(logits, (edge,) * 4, mode="circular")
    wide = functional.interpolate(padded, scale_factor=float(finer), mode="bicubic", align_corners=False)
    return wide[..., edge * finer : -edge * finer, edge * finer : -edge * finer]


def patches_of(sheets: Tensor) -> Tensor:
    """Sheets [n, SHEETS, 128, 128] as cells [n, 384, 16, 16], those of one sheet beside each other."""
    return functional.pixel_unshuffle(sheets, PATCH)


def by_sheet(patches: Tensor) -> Tensor:
    """Cells [n, 384, 16, 16] as [n, SHEETS, 64, 16, 16]."""
    return patches.view(len(patches), SHEETS, -1, *patches.shape[2:])


def _still(layer: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(layer.weight)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer
