"""What diffusers and transformers say while they load: read, and kept out of a command's output."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_LIBRARIES = ("diffusers", "transformers")
_one_at_a_time = threading.RLock()


class _Collector(logging.Handler):
    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self.messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def collected_messages() -> Iterator[list[str]]:
    """A list that fills with the log messages of both libraries; neither they nor progress bars are shown."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    messages: list[str] = []
    with _one_at_a_time:
        loggers = [logging.getLogger(name) for name in _LIBRARIES]
        before = [(logger.handlers, logger.propagate) for logger in loggers]
        bars = [(module, module.is_progress_bar_enabled()) for module in (diffusers_logging, transformers_logging)]
        for logger in loggers:
            logger.handlers, logger.propagate = [_Collector(messages)], False
        for module, _ in bars:
            module.disable_progress_bar()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield messages
        finally:
            for logger, (handlers, propagate) in zip(loggers, before, strict=True):
                logger.handlers, logger.propagate = handlers, propagate
            for module, shown in bars:
                if shown:
                    module.enable_progress_bar()


def missing_weights(messages: list[str]) -> str:
    """The message that says that a checkpoint lacks weights, which were then made up; empty where none does."""
    return next((message for message in messages if "newly initiali" in message), "")
