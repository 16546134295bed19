"""What diffusers and transformers say while they load: read, kept out of a command's output, and told in our words."""

from __future__ import annotations

import importlib
import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.unwarned import unwarned

LIBRARIES = ("diffusers", "transformers")
_one_at_a_time = threading.RLock()
_here = threading.local()


class _Collector(logging.Handler):
    def __init__(self, messages: list[str]) -> None:
        super().__init__()
        self.messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def collected_messages(libraries: Sequence[str] = LIBRARIES) -> Iterator[list[str]]:
    """A list that fills with the log messages of the libraries; they are shown nowhere, and neither are progress bars."""
    settings = [importlib.import_module(f"{name}.utils.logging") for name in libraries]
    messages: list[str] = []
    with _one_at_a_time:
        loggers = [logging.getLogger(name) for name in libraries]
        before = [(logger.handlers, logger.propagate) for logger in loggers]
        bars = [(module, module.is_progress_bar_enabled()) for module in settings]
        for logger in loggers:
            logger.handlers, logger.propagate = [_Collector(messages)], False
        for module in settings:
            module.disable_progress_bar()
        try:
            with unwarned():
                yield messages
        finally:
            for logger, (handlers, propagate) in zip(loggers, before, strict=True):
                logger.handlers, logger.propagate = handlers, propagate
            for module, shown in bars:
                if shown:
                    module.enable_progress_bar()


class _ToldNobody(logging.Filter):
    """Drops what a thread says within `quiet`, errors excepted."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR or not getattr(_here, "quiet", False)


_told_nobody = _ToldNobody()


@contextmanager
def quiet(libraries: Sequence[str] = LIBRARIES) -> Iterator[None]:
    """Messages of the libraries from this thread are shown nowhere; other threads, such as those of other devices, go on meanwhile.

    `collected_messages` in the same thread still collects them.
    """
    for name in libraries:
        importlib.import_module(f"{name}.utils.logging")  # makes the handler that would show them
        for handler in logging.getLogger(name).handlers:
            if not isinstance(handler, _Collector):
                handler.addFilter(_told_nobody)
    before, _here.quiet = getattr(_here, "quiet", False), True
    try:
        yield
    finally:
        _here.quiet = before


@contextmanager
def explained(
    folder: Path,
    *,
    component: str,
    hint: str = "The folder must be one that save_pretrained wrote, whole.",
    libraries: Sequence[str] = LIBRARIES,
) -> Iterator[list[str]]:
    """Turns what the libraries raise over a checkpoint into ConfigError; yields their messages, which are not shown."""
    from safetensors import SafetensorError

    try:
        with collected_messages(libraries) as messages:
            yield messages
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ImportError,
        RuntimeError,
        SafetensorError,
    ) as error:
        lines = str(error).strip().splitlines()
        reason = lines[0].split(". ")[0].rstrip(".") if lines else type(error).__name__
        raise ConfigError(f"{component}: the checkpoint {folder} could not be loaded: {reason}.", hint=hint) from error


def refuse_made_up(messages: Sequence[str], folder: Path, *, component: str) -> None:
    """Raises ConfigError where a library says that a checkpoint lacks weights, which it then makes up."""
    signs = ("newly initialized", "newly initialised")
    made_up = next((message for message in messages if any(sign in message for sign in signs)), None)
    if made_up is not None:
        found = re.search(r"([\w.]+\.(?:weight|bias)\b|[\w.]+(?=\s*\|\s*MISSING))", made_up)
        raise ConfigError(
            f"{component}: the checkpoint {folder} lacks weights, such as {found[0] if found else 'some'}.",
            hint="Fetch or save it again: the rest would be random.",
        )
