"""What diffusers and transformers say while they load: read, rather than shown between the lines of a command's output."""

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
    """A list that fills with the log messages of both libraries; they are shown nowhere, and neither are progress bars."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    messages: list[str] = []
    with _one_at_a_time:
        loggers = [logging.getLogger(name) for name in _LIBRARIES]
        before = [(logger.handlers, logger.propagate) for logger in loggers]
        bars = diffusers_logging.is_progress_bar_enabled(), transformers_logging.is_progress_bar_enabled()
        for logger in loggers:
            logger.handlers, logger.propagate = [_Collector(messages)], False
        diffusers_logging.disable_progress_bar()
        transformers_logging.disable_progress_bar()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield messages
        finally:
            for logger, (handlers, propagate) in zip(loggers, before, strict=True):
                logger.handlers, logger.propagate = handlers, propagate
            if bars[0]:
                diffusers_logging.enable_progress_bar()
            if bars[1]:
                transformers_logging.enable_progress_bar()


def missing_weights(messages: list[str]) -> str:
    """The message that says that a checkpoint lacks weights, which were then made up; empty where none does."""
    signs = ("newly initialized", "newly initialised")
    return next((message for message in messages if any(sign in message for sign in signs)), "")
