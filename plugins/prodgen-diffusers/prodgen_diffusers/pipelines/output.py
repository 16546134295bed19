"""What a pipeline returns, as images."""

from __future__ import annotations

from typing import Any

from prodgen_sdk.errors import NotFinite
from prodgen_sdk.types import Image

_NAN = "The model's image is full of NaN or infinite numbers."
_NAN_HINTS = {
    "float16": 'Set `dtype = "bfloat16"`, or "float32" where the GPU has none: float16 overflows in FLUX, Qwen-Image and others.',
    "bfloat16": 'Set `dtype = "float32"` to see whether it comes of half precision or of the weights.',
    "float32": "Precision is not at fault: fetch the weights again, and try without LoRA and with less `guidance`.",
}
"""What to do where numbers are not finite, by what the pipeline computes in."""


def to_images(output: Any, dtype: str) -> list[Image]:
    """What a pipeline returns (tensor [n, 3, h, w] in 0 to 1, array [n, h, w, 3], or PIL pictures) as HWC uint8 pictures.

    Args:
        dtype: what the pipeline computes in, for what is said of numbers that are not finite.

    Raises:
        NotFinite: there are NaN or infinite numbers among them.
    """
    import numpy as np
    import torch

    if isinstance(output, list | tuple) and output and isinstance(output[0], torch.Tensor):
        output = torch.stack([item.squeeze(0) for item in output])
    if isinstance(output, torch.Tensor):
        values = output.detach()
        if not bool(torch.isfinite(values).all()):
            raise NotFinite(_NAN, hint=_NAN_HINTS[dtype])
        # Rounded on the device, so that a quarter of the bytes cross the bus.
        whole = values.float().mul(255).round_().clamp_(0, 255).to(torch.uint8)
        return list(whole.permute(0, 2, 3, 1).contiguous().cpu().numpy())
    if isinstance(output, np.ndarray):
        if not np.isfinite(output).all():
            raise NotFinite(_NAN, hint=_NAN_HINTS[dtype])
        return list((output * 255).round().clip(0, 255).astype(np.uint8))
    return [np.asarray(picture.convert("RGB")).copy() for picture in output]
