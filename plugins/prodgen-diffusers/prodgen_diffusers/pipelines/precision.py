"""A VAE in float32 beside a denoiser in half precision, in whose numbers the VAE would overflow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from prodgen_sdk.checkpoints.messages import quiet


@contextmanager
def upcast(vae: Any) -> Iterator[None]:
    """Lets a VAE that its checkpoint says to overflow in float16 (`force_upcast`, as SDXL's does) compute in float32 meanwhile."""
    import torch

    dtype = vae.dtype
    needed = dtype == torch.float16 and getattr(vae.config, "force_upcast", False)
    if needed:
        _cast(vae, torch.float32)
    try:
        yield
    finally:
        if needed:
            _cast(vae, dtype)


def in_float32(vae: Any) -> None:
    """Lets a VAE compute in float32; to the pipeline it goes on in the precision that it had.

    Most pipelines hand latents of their own dtype to the VAE, and go on in that of the latents which it gives: weights in
    float32 alone would fail there. Pictures are left in float32.

    Args:
        vae: an autoencoder of diffusers in float16 or bfloat16.
    """
    import torch

    half, encode, decode = vae.dtype, vae.encode, vae.decode

    # Some pipelines move their VAE between precisions themselves: that of the moment counts.
    def encoded(pictures: Any, *args: Any, **options: Any) -> Any:
        return _halved(encode(pictures.to(vae.dtype), *args, **options), half)

    def decoded(latents: Any, *args: Any, **options: Any) -> Any:
        return decode(latents.to(vae.dtype), *args, **options)

    vae.encode, vae.decode = encoded, decoded
    _cast(vae, torch.float32)


def _cast(vae: Any, dtype: Any) -> None:
    with quiet():  # diffusers warns of it, even of models without any part that has to keep its precision
        vae.to(dtype)


def _halved(output: Any, dtype: Any) -> Any:
    """An encoder's output, of diffusers' class or a tuple, whose one part is latents or their distribution, in `dtype`."""
    (part,) = tuple(output) if isinstance(output, tuple) else output.to_tuple()
    kept = type(part)(part.parameters.to(dtype)) if hasattr(part, "parameters") else part.to(dtype)
    return (kept,) if isinstance(output, tuple) else type(output)(kept)
