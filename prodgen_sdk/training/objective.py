"""What is trained: one or several networks, with the loss of each, and how they are judged."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from torch import nn


class Objective(ABC):
    """Networks and their losses. The loop owns optimisers, averages, steps and files.

    Attributes:
        networks: by name; within one step they are updated in this order, each by its own loss.
        averaged: names of those whose averaged weights are wanted.
        size: how many training examples there are.
        scaled: whether losses are scaled up before their gradients are computed, as small ones are zero in float16 (Micikevicius et
            al., 2018); a scale that was too large is halved, and its step left out.
    """

    networks: dict[str, nn.Module]
    averaged: tuple[str, ...]
    size: int
    scaled: bool = False

    @abstractmethod
    def loss(
        self, name: str, rows: torch.Tensor, noise: torch.Generator, step: int
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """The loss of one network on training examples, a scalar, and figures to note.

        Args:
            rows: int64 [n], which examples.
            noise: a CPU generator for all that is random, seeded for this step.
        """

    @abstractmethod
    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """Figures on validation examples; `val_loss` decides which weights are best. Without one, the last are."""

    def pictures(self, networks: Mapping[str, nn.Module]) -> NDArray[np.uint8] | None:
        """A grid of what the networks make, HWC uint8 RGB, or None."""
        return None
