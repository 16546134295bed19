"""The boundary too: the record that a training run keeps of itself, alike for all trainers."""

from prodgen_sdk.training.record import Record
from prodgen_sdk.training.tensorboard import EventFile

__all__ = ["EventFile", "Record"]
