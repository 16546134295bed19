"""LPIPS, where its weights are at hand (Zhang, Isola, Efros, Shechtman, Wang: The Unreasonable Effectiveness of Deep Features, CVPR 2018).

The distance of two pictures in the features of AlexNet, weighted as people judge. The weights are not shipped: a safetensors file
holds `features.N.weight` and `features.N.bias` of AlexNet and `linK.model.1.weight` of LPIPS 0.1, under those names.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prodgen_sdk import images
from prodgen_sdk.errors import InputError, MissingDependency
from prodgen_sdk.types import Image

if TYPE_CHECKING:
    import torch

LAYERS = ((0, 4, 2, (64, 3, 11, 11)), (3, 1, 2, (192, 64, 5, 5)), (6, 1, 1, (384, 192, 3, 3)), (8, 1, 1, (256, 384, 3, 3)),
          (10, 1, 1, (256, 256, 3, 3)))  # fmt: skip
"""Number, stride, padding and shape of each convolution; the first two are followed by pooling."""
SHIFT, SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)


class Lpips:
    """The distance, by weights from a file; each name and shape is checked.

    Raises:
        InputError: the file is missing or holds other weights.
        MissingDependency: torch or safetensors is not installed.
    """

    def __init__(self, path: Path) -> None:
        try:
            from safetensors.torch import load_file
        except ImportError:
            raise MissingDependency(
                "LPIPS needs torch and safetensors.", hint="Run: pip install 'prodgen-tryon[diffusion]'"
            ) from None
        if path.suffix != ".safetensors" or not path.is_file():
            raise InputError(
                f"{path} is no file of LPIPS weights.", hint="Name a .safetensors file; pickles are not read."
            )
        self._weights = load_file(path)
        for place, (number, _, _, shape) in enumerate(LAYERS):
            wanted = {
                f"features.{number}.weight": shape,
                f"features.{number}.bias": shape[:1],
                f"lin{place}.model.1.weight": (1, shape[0], 1, 1),
            }
            for name, size in wanted.items():
                if name not in self._weights or tuple(self._weights[name].shape) != size:
                    raise InputError(
                        f"{path} holds no {name} of shape {size}.", hint="Convert the weights of LPIPS 0.1, alex."
                    )

    def __call__(self, a: Image, b: Image) -> float:
        """The distance of two pictures, uint8 RGB of one size: 0 for equal ones, above 1 for unrelated ones."""
        import torch

        with torch.no_grad():
            batch = images.to_tensor([a, b]) * 2 - 1
            shift, scale = (torch.tensor(values).view(1, 3, 1, 1) for values in (SHIFT, SCALE))
            total = 0.0
            for place, features in enumerate(self._features((batch - shift) / scale)):
                unit = features / (features.pow(2).sum(1, keepdim=True).sqrt() + 1e-10)
                difference = (unit[0] - unit[1]).pow(2)
                weight = self._weights[f"lin{place}.model.1.weight"][0].float()
                total += float((difference * weight).sum(0).mean())
        return total

    def _features(self, values: torch.Tensor) -> list[torch.Tensor]:
        from torch.nn import functional

        found = []
        for number, stride, padding, _ in LAYERS:
            weight, bias = (self._weights[f"features.{number}.{name}"].float() for name in ("weight", "bias"))
            values = functional.relu(functional.conv2d(values, weight, bias, stride, padding))
            found.append(values)
            if number in (0, 3):
                values = functional.max_pool2d(values, 3, 2)
        return found
