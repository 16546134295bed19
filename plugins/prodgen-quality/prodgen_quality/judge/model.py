"""The judge's network in torch, for training; `network` runs the same without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn


class Model(nn.Module):
    """Answers all questions on pictures [n, 3, h, w] in 0 to 255: a mapping to logits [n, labels]."""

    def __init__(self, widths: Sequence[int], labels: Mapping[str, int]) -> None:
        super().__init__()
        self.stages = nn.ModuleList()
        self.blocks = nn.ModuleDict()
        before = 3
        for number, width in enumerate(widths):
            self.stages.append(_layer(before, width, 2))
            if number:
                self.blocks[str(number)] = nn.ModuleDict({"a": _layer(width, width), "b": _layer(width, width)})
            before = width
        self.width = 2 * before
        self.heads = nn.ModuleDict({question: nn.Linear(self.width, count) for question, count in labels.items()})
        for block in self.blocks.values():
            last: Any = block
            nn.init.zeros_(last["b"][1].weight)  # begins as the identity (Goyal et al. 2017)

    def forward(self, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
        x = (pictures - 127.5) / 64
        for number, stage in enumerate(self.stages):
            x = torch.relu(stage(x))
            if str(number) in self.blocks:
                block: Any = self.blocks[str(number)]
                x = torch.relu(x + block["b"](torch.relu(block["a"](x))))
        pooled = torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1)
        return {question: head(pooled) for question, head in self.heads.items()}

    def folded(self) -> dict[str, Any]:
        """Numpy weights with batch normalisation folded in, by the names that `network` reads."""
        tensors: dict[str, Any] = {}
        for number, stage in enumerate(self.stages):
            tensors |= _folded(f"stage.{number}", stage)
        for name, layers in self.blocks.items():
            both: Any = layers
            tensors |= _folded(f"block.{name}.a", both["a"]) | _folded(f"block.{name}.b", both["b"])
        question: str
        head: Any
        for question, head in self.heads.items():
            tensors[f"head.{question}.weight"] = head.weight.detach().numpy().copy()
            tensors[f"head.{question}.bias"] = head.bias.detach().numpy().copy()
        return tensors


def _layer(before: int, after: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after))


def _folded(name: str, layer: Any) -> dict[str, Any]:
    convolution, norm = layer
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    weight = (convolution.weight * scale[:, None, None, None]).detach().numpy().copy()
    return {f"{name}.weight": weight, f"{name}.bias": (norm.bias - norm.running_mean * scale).detach().numpy().copy()}
