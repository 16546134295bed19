"""The training loop: alternating updates, averaged weights, validation, early stopping, checkpoints.

Nothing random is kept between steps: batches and noise follow from the seed and the number of the step, so that a run that was
killed goes on bit by bit where its last checkpoint lies.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, NotFinite, StoreError
from prodgen_sdk.training import Record, checkpoint
from prodgen_sdk.training.checkpoint import State
from prodgen_sdk.training.objective import Objective
from prodgen_sdk.training.optimiser import average, optimiser_of
from prodgen_sdk.training.parallel import Parallel
from prodgen_sdk.training.recipe import Recipe

if TYPE_CHECKING:
    import torch
    from torch import nn

    Improved = Callable[[Mapping[str, nn.Module], State], None]


def fit(
    objective: Objective,
    recipe: Recipe,
    out: Path,
    ctx: Context,
    start: dict[str, Any] | None = None,
    improved: Improved | None = None,
) -> State:
    """Trains until `recipe.steps`, or until validation no longer improves; goes on from a checkpoint in `out`.

    Files in `out`: `checkpoint.safetensors`, `best.safetensors` (the averaged weights of the best validation),
    `log.jsonl`, `tensorboard/` and `samples/`.

    Args:
        start: weights by network that a fresh run begins with.
        improved: called with the averaged networks whenever validation is better than before, or there is none.

    Raises:
        NotFinite: the loss or its gradient is no longer a number; the last checkpoint stays.
        Cancelled, DeadlineExceeded: the last checkpoint stays.
        StoreError: the disk is full or not writable; the last checkpoint stays.
        KeyboardInterrupt: it stays as well; a note says from where the run goes on.
    """
    try:
        return _fit(objective, recipe, out, ctx, start or {}, improved)
    except OSError as error:
        raise StoreError(
            f"{out} could not be written: {error.strerror or error}.",
            hint="Free some space and give the same command again: it goes on from the last checkpoint.",
        ) from error


def _fit(
    objective: Objective, recipe: Recipe, out: Path, ctx: Context, start: dict[str, Any], improved: Improved | None
) -> State:
    import torch

    if recipe.threads:
        torch.set_num_threads(recipe.threads)
    run = _Run(objective, recipe, out, ctx, improved)
    for name, weights in start.items():
        if not run.resumed:
            objective.networks[name].load_state_dict(weights)
            if name in run.averages:
                run.averages[name].load_state_dict(weights)
    shown = "loss" if len(objective.networks) == 1 else f"{objective.averaged[0]}_loss"
    try:
        ctx.progress(run.state.step, recipe.steps, "steps")
        while run.state.step < recipe.steps and not run.state.stopped:
            ctx.check()
            run.advance()
            ctx.progress(run.state.step, recipe.steps, f"loss {run.state.last.get(shown, 0.0):.4f}")
    except KeyboardInterrupt as stop:
        where = f"goes on from step {run.saved}" if run.saved else "begins anew"
        stop.add_note(f"stopped at step {run.state.step} of {recipe.steps}; the same command {where}")
        raise
    finally:
        run.close()
    return run.state


class _Run:
    def __init__(self, objective: Objective, recipe: Recipe, out: Path, ctx: Context, improved: Any) -> None:
        import torch

        self.objective, self.recipe, self.out, self.improved = objective, recipe, out, improved
        self.parallel = Parallel(ctx.device)
        if recipe.batch % (recipe.accumulate * self.parallel.world):
            raise ConfigError(
                f"A batch of {recipe.batch} cannot be cut into {recipe.accumulate} parts for {self.parallel.world} processes.",
                hint="Choose a batch that both divide.",
            )
        on_gpu = self.parallel.device.startswith("cuda")
        if recipe.precision == "bfloat16" and not on_gpu:
            raise ConfigError(
                f"Training computes in bfloat16 on a GPU alone, not on {self.parallel.device}.",
                hint="Set precision to auto or float32.",
            )
        self.networks = {name: net.to(self.parallel.device).train() for name, net in objective.networks.items()}
        self.averages = {
            name: copy.deepcopy(self.networks[name]).eval().requires_grad_(False) for name in objective.averaged
        }
        self.optimisers = {name: optimiser_of(net, recipe) for name, net in self.networks.items()}
        device = self.parallel.device.partition(":")[0]
        self.scalers = {name: torch.amp.GradScaler(device, enabled=objective.scaled) for name in self.networks}
        self.path = out / checkpoint.FILE
        self.resumed = self.path.is_file()
        self.state = checkpoint.load(self.path, self.networks, self.averages, self.optimisers)
        for name, scale in self.state.scales.items():
            self.scalers[name].load_state_dict(scale)
        self.saved = self.state.step
        self.record = Record(out, self.state.step) if self.parallel.is_first else None
        self.autocast: Any = nullcontext()
        if on_gpu and (
            recipe.precision == "bfloat16" or (recipe.precision == "auto" and torch.cuda.is_bf16_supported(False))
        ):
            self.autocast = torch.autocast("cuda", torch.bfloat16)

    def advance(self) -> None:
        """One step of every network, and what is due after it."""
        recipe, state = self.recipe, self.state
        started = time.perf_counter()
        rows = batch_rows(self.objective.size, recipe.batch, state.step, recipe.seed)
        figures: dict[str, float] = {}
        for name in self.networks:
            figures |= self._update(name, rows)
        state.step += 1
        state.last |= figures
        self._note(figures | {"rate": recipe.rate(state.step - 1), "seconds": time.perf_counter() - started})
        if state.step % recipe.validate_every == 0 or state.step == recipe.steps:
            self._validate()
        if recipe.sample_every and state.step % recipe.sample_every == 0 and self.record:
            self.record.picture(state.step, self.objective.pictures(self.averages))
        if state.step % recipe.checkpoint_every == 0 or state.step == recipe.steps or state.stopped:
            self._save()

    def _update(self, name: str, rows: torch.Tensor) -> dict[str, float]:
        """One step of a network on some examples; its figures."""
        recipe, network, step = self.recipe, self.networks[name], self.state.step
        parameters = [p for p in network.parameters() if p.requires_grad]
        sums, figures = self._gradients(name, parameters, self.parallel.share(rows))
        figures = self.parallel.mean(figures)
        for parameter, gradient in zip(parameters, self.parallel.average(sums), strict=True):
            parameter.grad = gradient / recipe.accumulate
        figures |= self._step(name, parameters)
        if name in self.averages:
            # A short memory in the beginning, as the first weights say nothing (Karras et al. 2024 give the reason at length).
            average(self.averages[name], network, min(recipe.ema, (step + 1) / (step + 10)))
        return figures

    def _gradients(
        self, name: str, parameters: Sequence[nn.Parameter], rows: torch.Tensor
    ) -> tuple[list[torch.Tensor], dict[str, float]]:
        """The gradients of the parts of a batch, scaled and summed, and the mean figures."""
        import torch

        recipe, step, scaler = self.recipe, self.state.step, self.scalers[name]
        sums: list[torch.Tensor] = []
        figures: dict[str, float] = {}
        for part, chunk in enumerate(rows.chunk(recipe.accumulate)):
            seeds = [seed_of(recipe.seed, step, name, part, self.parallel.rank, use) for use in (1, 2)]
            with torch.random.fork_rng(devices=[]):
                # Dropout draws from the global generator.
                torch.manual_seed(seeds[0])
                noise = torch.Generator("cpu").manual_seed(seeds[1])
                with self.autocast:
                    loss, notes = self.objective.loss(name, chunk, noise, step)
                gradients = torch.autograd.grad(scaler.scale(loss), parameters, allow_unused=True)
            # At a scale of 1, which is also that of no scaling, it is not the scale.
            if not torch.isfinite(loss) and scaler.get_scale() <= 1:
                raise _not_finite(f"The loss of {name} is {float(loss.detach())}", step)
            whole = [g if g is not None else torch.zeros_like(p) for g, p in zip(gradients, parameters, strict=True)]
            sums = whole if part == 0 else [a + b for a, b in zip(sums, whole, strict=True)]
            for key, value in {"loss": loss.detach(), **notes}.items():
                label = self._label(name, key)
                figures[label] = figures.get(label, 0.0) + float(value) / recipe.accumulate
        return sums, figures

    def _step(self, name: str, parameters: Sequence[nn.Parameter]) -> dict[str, float]:
        """Moves a network along its gradients; the norm of these, where it is limited."""
        import torch

        recipe, step = self.recipe, self.state.step
        optimiser, scaler = self.optimisers[name], self.scalers[name]
        figures = {}
        for group in optimiser.param_groups:
            group["lr"] = recipe.rate(step) * group["factor"]
        scaler.unscale_(optimiser)
        if recipe.clip:
            norm = float(torch.nn.utils.clip_grad_norm_(parameters, recipe.clip))
            if not math.isfinite(norm) and scaler.get_scale() <= 1:
                raise _not_finite(f"The gradient of {name} is {norm}", step)
            figures[self._label(name, "norm")] = norm
        scaler.step(optimiser)
        scaler.update()
        optimiser.zero_grad(set_to_none=True)
        return figures

    def _label(self, name: str, figure: str) -> str:
        """The name of a network's figure in the record."""
        return figure if len(self.networks) == 1 else f"{name}_{figure}"

    def _validate(self) -> None:
        import torch

        state, recipe = self.state, self.recipe
        with torch.no_grad():
            figures = self.objective.validate({**self.networks, **self.averages})
        for network in self.networks.values():
            network.train()
        state.last |= figures
        self._note(figures)
        loss = figures.get("val_loss")
        if loss is None or loss < state.best:
            state.best, state.best_step = state.best if loss is None else loss, state.step
            if self.parallel.is_first:
                checkpoint.save(self.out / "best.safetensors", state, {}, self.averages, {})
                if self.improved is not None:
                    self.improved(self.averages, state)
        elif recipe.patience and state.step - state.best_step >= recipe.patience * recipe.validate_every:
            state.stopped = True

    def _note(self, figures: dict[str, float]) -> None:
        if self.record:
            self.record.figures(self.state.step, figures)

    def _save(self) -> None:
        if self.parallel.is_first:
            self.state.scales = {name: scaler.state_dict() for name, scaler in self.scalers.items()}
            checkpoint.save(self.path, self.state, self.networks, self.averages, self.optimisers)
        self.parallel.wait()
        self.saved = self.state.step

    def close(self) -> None:
        if self.record:
            self.record.close()


def batch_rows(size: int, batch: int, step: int, seed: int) -> torch.Tensor:
    """int64 [batch]: the examples of a step; each epoch is a permutation of its own, and a batch may span two.

    >>> sorted(int(row) for step in range(3) for row in batch_rows(6, 2, step, 1))
    [0, 1, 2, 3, 4, 5]
    """
    import numpy as np
    import torch

    places = np.arange(step * batch, (step + 1) * batch)
    orders = {
        int(epoch): np.random.default_rng([seed, 11, int(epoch)]).permutation(size)
        for epoch in np.unique(places // size)
    }
    rows = [orders[epoch][places[places // size == epoch] % size] for epoch in sorted(orders)]
    return torch.from_numpy(np.concatenate(rows))


def _not_finite(what: str, step: int) -> NotFinite:
    return NotFinite(
        f"{what} at step {step}.",
        hint="Lower learning_rate or clip, or set precision to float32; the last checkpoint is still good.",
    )


def seed_of(*parts: int | str) -> int:
    """A seed that follows from what it is for."""
    import hashlib

    return int.from_bytes(hashlib.sha256("|".join(map(str, parts)).encode()).digest()[:7], "big")
