"""Every error that the SDK raises on purpose.

```
ProdgenError                  exit code 1: a fault of ours, or of a plugin
├── InputError                exit code 2: wrong usage or bad input; the caller can mend it
│   ├── InvalidImage          a file or an array that is no usable image
│   ├── InvalidCatalogue      a catalogue line that cannot become a product
│   ├── ConfigError           prodgen.toml or an option
│   │   └── NotConfigured     a component has no section of its own there, such as a checkpoint
│   ├── NotFound              an unknown component id, sku, variant or user
│   ├── OutsideWorkspace      a path that leaves the folder it must stay in
│   └── MissingDependency     an optional package or model that is not installed
├── PartlyDone                exit code 3: some items failed, the rest was kept
├── Refused                   exit code 4: screening or a plugin said no
├── PluginError               a plugin raised, or returned something outside its contract
│   ├── OutOfMemory           a batch does not fit: the host halves it and goes on
│   └── NotFinite             a model's numbers are NaN or infinite: the host tries once more
├── StoreError                the database or the asset store failed
├── Busy                      the queue is full: back-pressure
├── Cancelled                 the caller cancelled the work
└── DeadlineExceeded          the time budget is spent
```
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path


def in_words(error: BaseException) -> str:
    """The kind of an error and what it says, for a sentence about it.

    Of a pydantic error each field with what is wrong, and neither links nor the values, which may be a person's.

    >>> in_words(ValueError("no such tint"))
    'ValueError: no such tint'
    """
    from pydantic import ValidationError

    from prodgen_sdk.faults import sentence

    kind = type(error).__name__
    if not isinstance(error, ValidationError):
        return f"{kind}: {error}" if str(error) else kind
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return f"{kind} of {error.title}: {'; '.join(map(sentence, found))}"


def place_of(error: BaseException, package: str) -> str:
    """Where in a package an error was raised, or passed through at last: ` (mine/tint.py, line 33)`; empty if nowhere."""
    steps = traceback.walk_tb(error.__traceback__)
    places = [(f.f_code.co_filename, line) for f, line in steps if _top(f.f_globals.get("__name__", "")) == package]
    if not places:
        return ""
    file, line = places[-1]
    return f" ({'/'.join(Path(file).parts[-2:])}, line {line})"


def _top(module: str) -> str:
    return module.partition(".")[0]


_ENDS = (".", "!", "?", ":", "\n")  # of a sentence, which what a library says need not be


class ProdgenError(Exception):
    """Base of all errors of the SDK.

    Args:
        message: what was wrong and where, in one sentence.
        hint: what to do next, in one sentence; may be empty.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The message and, as a sentence of its own, the hint.

        >>> str(ProdgenError("The pipeline said: invalid size", hint="Set `size`."))
        'The pipeline said: invalid size. Set `size`.'
        """
        if not self.hint:
            return self.message
        return f"{self.message}{'' if self.message.endswith(_ENDS) else '.'} {self.hint}"


class InputError(ProdgenError):
    """Wrong usage or bad input: the caller can mend it."""

    exit_code = 2


class InvalidImage(InputError):
    """A file or an array that is no usable image."""


class InvalidCatalogue(InputError):
    """A catalogue line that cannot become a product; `line` and `field` say where."""

    def __init__(self, message: str, *, line: int | None = None, field: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.line = line
        self.field = field


class ConfigError(InputError):
    """The configuration file, or an option, does not hold what it should."""


class NotConfigured(ConfigError):
    """The configuration file does not mention what a component cannot do without, such as a checkpoint."""


_FEW, _LONG = 30, 100


class NotFound(InputError):
    """An unknown component id, sku, variant or user."""

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str], *, hint: str = "", listed: bool = False) -> NotFound:
        """Builds the error with the closest known names as a suggestion; all of them where none is close and they are few.

        Args:
            hint: what to do besides; `listed` says that it names all known ones itself.

        >>> NotFound.of("colour", "gren", ["green", "blue"]).hint
        'Did you mean green?'
        >>> NotFound.of("colour", "mauve", ["green", "red"]).hint
        'Known: green, red.'
        """
        names = list(known)
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        suggestion = f"Did you mean {' or '.join(near)}?" if near else ""
        if not near and not listed and 0 < len(names) <= _FEW:
            suggestion = f"Known: {', '.join(names)}."
        shown = name if len(name) <= _LONG else f"{name[: _LONG - 3]}..."
        return cls(f"There is no {what} {shown!r}.", hint=" ".join(filter(None, (suggestion, hint))))


class OutsideWorkspace(InputError):
    """A path that leaves the folder it must stay in."""


class MissingDependency(InputError):
    """An optional package or model file that is not installed; the hint is the command that adds it."""


class PartlyDone(ProdgenError):
    """Some items failed; what succeeded was kept. `failures` maps an item to its reason."""

    exit_code = 3

    def __init__(self, message: str, failures: dict[str, str], *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.failures = failures


class Refused(ProdgenError):
    """Screening, a hook or a compositor said no. `reasons` are for people."""

    exit_code = 4

    def __init__(self, message: str, *, reasons: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reasons = reasons


class PluginError(ProdgenError):
    """A plugin raised, or returned something outside its contract; `component` names it."""

    def __init__(self, message: str, *, component: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.component = component


class OutOfMemory(PluginError):
    """A batch does not fit in memory. A plugin may raise it; the host halves the batch and goes on.

    What torch raises for the same reason, and MemoryError, count as this.
    """


class NotFinite(PluginError):
    """What a model computed is NaN or infinite. A plugin may raise it; the host tries once more, then passes it on."""


class StoreError(ProdgenError):
    """The database or the asset store failed; nothing half-written is visible."""


class Busy(ProdgenError):
    """The queue is full: try again later, or raise its limit."""


class Cancelled(ProdgenError):
    """The caller cancelled the work."""


class DeadlineExceeded(ProdgenError):
    """The time budget is spent."""
