"""Several processes on several devices: each works on its share of a batch, gradients are averaged.

`torchrun --nproc-per-node N -m prodgen_sdk train ...` starts N of them, and so does `accelerate launch --multi_gpu --num_processes N`.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from prodgen_sdk.errors import MissingDependency

if TYPE_CHECKING:
    import torch


def is_first() -> bool:
    """Whether this process is the one of several that reports; a launcher numbers them."""
    return int(os.environ.get("RANK", "0")) == 0


class Parallel:
    """One process among the others.

    Attributes:
        rank, world: number of this process, and how many there are.
        device: where this process computes.
    """

    def __init__(self, device: str) -> None:
        self.rank, self.world, self.device = 0, 1, device
        self._accelerator: Any = None
        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            if find_spec("accelerate") is None:
                raise MissingDependency("Several processes need accelerate.", hint="Run: pip install accelerate")
            from accelerate import Accelerator

            self._accelerator = Accelerator(cpu=device == "cpu")
            self.rank, self.world = self._accelerator.process_index, self._accelerator.num_processes
            self.device = str(self._accelerator.device)

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def share(self, rows: torch.Tensor) -> torch.Tensor:
        """The rows of a batch that this process works on."""
        return rows[self.rank :: self.world]

    def average(self, gradients: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """The mean over all processes of each gradient, all of one dtype; they are sent as one, as a message costs more than its bytes."""
        if self.world == 1:
            return list(gradients)
        import torch

        whole = self._accelerator.reduce(torch.cat([gradient.flatten() for gradient in gradients]), "mean")
        parts = whole.split([gradient.numel() for gradient in gradients])
        return [part.view_as(gradient) for part, gradient in zip(parts, gradients, strict=True)]

    def mean(self, figures: dict[str, float]) -> dict[str, float]:
        """The mean over all processes of each figure."""
        if self.world == 1:
            return figures
        import torch

        whole = self._accelerator.reduce(torch.tensor(list(figures.values()), device=self.device), "mean")
        return dict(zip(figures, whole.tolist(), strict=True))

    def wait(self) -> None:
        """Until all processes are here."""
        if self._accelerator is not None:
            self._accelerator.wait_for_everyone()
