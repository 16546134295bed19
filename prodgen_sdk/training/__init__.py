"""The boundary too: data, loop, options, checkpoints and record of a training run, alike for all trainers."""

from prodgen_sdk.training.record import Record
from prodgen_sdk.training.tensorboard import EventFile

__all__ = ["EventFile", "Record"]
