"""What is alike in every wrapper: context, identity, batches, and errors that name the component."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence, Sized
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, cast

from prodgen_sdk import images
from prodgen_sdk.bound.memory import free_device_memory, is_out_of_memory
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFinite, OutOfMemory, PluginError, ProdgenError, in_words, place_of
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.specs import Spec

if TYPE_CHECKING:
    from prodgen_sdk.host import Host
    from prodgen_sdk.registry import Entry

A = TypeVar("A")
B = TypeVar("B", bound="Bound[Any]")
C = TypeVar("C")
P = ParamSpec("P")


def guarded(method: Callable[Concatenate[B, P], A]) -> Callable[Concatenate[B, P], A]:
    """Whatever a plugin raises, or breaks while its answer is checked, becomes a PluginError that names the component."""

    @functools.wraps(method)
    def call(self: B, *args: P.args, **kwargs: P.kwargs) -> A:
        try:
            return method(self, *args, **kwargs)
        except ProdgenError:
            raise
        except (Exception, SystemExit) as error:
            place = place_of(error, type(self.component).__module__.partition(".")[0])
            raise PluginError(f"{self.id} failed: {in_words(error)}{place}", component=self.id) from error

    return cast("Callable[Concatenate[B, P], A]", call)


class Bound(Generic[C]):
    """A component as the host hands it out: `spec`, `entry`, and the interface's methods with an optional context."""

    def __init__(self, component: C, entry: Entry, host: Host, device: str | None = None) -> None:
        self.component = component
        self.device = device
        self.entry = entry
        self.spec: Spec = entry.spec
        self._host = host

    @property
    def id(self) -> str:
        return self.spec.id

    @property
    def identity(self) -> str:
        """Digest of id, version, configuration and weights: equal ones give equal answers to equal requests."""
        weights = str(getattr(self.component, "digest", ""))
        configuration = getattr(self.component, "depends_on", self._host.configuration(self.entry.plugin))
        return canonical_digest([self.id, self.entry.version, configuration, weights])

    def close(self) -> None:
        """Closes the component if it holds anything."""
        close = getattr(self.component, "close", None)
        if callable(close):
            close()

    def context(self) -> Context:
        """The context that the component is called with by default."""
        return self._context(None)

    def _context(self, ctx: Context | None) -> Context:
        changed: dict[str, Any] = {}
        if self.device is not None:
            changed["device"] = self.device
        if ctx is not None:
            changed |= {"deadline": ctx.deadline, "progress": ctx.progress, "cancelled": ctx.cancelled}
        return self._host.context(self.entry, **changed)

    def _batched(self, method: Callable[..., Any], items: Sequence[Any], ctx: Context, *more: Any) -> list[Any]:
        """Calls `method(batch, *more, ctx)` in batches of the spec's size.

        A batch that does not fit in memory is halved, a single item into what `_halves` makes of it. A batch whose numbers are
        not finite is tried once more.
        """
        answers: list[Any] = []
        size, failed = self.spec.max_batch, False
        while len(answers) < len(items):
            ctx.check()
            batch = items[len(answers) : len(answers) + size]
            part: Any = None
            halves: Sequence[Any] = ()
            fits = True
            try:
                part = method(batch, *more, ctx)
            except NotFinite as error:
                if failed:
                    raise NotFinite(
                        f"{self.id} gave numbers that are NaN or infinite, twice.",
                        component=self.id,
                        hint=error.hint or "Set runtime.dtype to float32, or take another seed.",
                    ) from error
                ctx.logger.warning("%s gave NaN or infinite numbers; it is tried once more", self.id)
                failed = True
                continue
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                fits = False
                halves = self._halves(batch[0]) if len(batch) == 1 else ()
                if len(batch) == 1 and not halves:
                    raise OutOfMemory(
                        f"{self.id} ran out of memory on a single item.",
                        component=self.id,
                        hint=getattr(error, "hint", None) or "Ask for a smaller size.",
                    ) from error
            if not fits:  # out here the error is gone, and what its traceback held of the device's memory
                ctx.logger.warning("%s ran out of memory on a batch of %d; it is halved", self.id, len(batch))
                size = max(1, len(batch) // 2)
                free_device_memory()
                if not halves:
                    continue
                part = [[answer for half in halves for answer in self._batched(method, [half], ctx, *more)[0]]]
            self.expect_one_each(part, batch)
            answers.extend(self._retried(part) if failed else part)
            failed = False
        return answers

    def _halves(self, item: Any) -> Sequence[Any]:
        """An item as two that can be answered one after the other, their answers joined; none where it cannot be parted."""
        return ()

    def _retried(self, part: Any) -> Any:
        """Answers that came at the second try, with a note where they can carry one."""
        return part

    def expect(self, holds: bool, found: str) -> None:
        if not holds:
            raise PluginError(
                f"{self.id} broke its contract: {found}.",
                component=self.id,
                hint=f"Report this to the authors of {self.entry.distribution or self.entry.plugin}.",
            )

    def expect_one_each(self, answers: Any, items: Sized, what: str = "answers to {} items") -> None:
        """A sequence of as many answers as there are items; None and an iterator are none."""
        wanted = what.format(len(items))
        self.expect(hasattr(answers, "__len__"), f"a {type(answers).__name__} instead of {wanted}")
        self.expect(len(answers) == len(items), f"{len(answers)} {wanted}")

    def _image(self, image: Any, what: str) -> None:
        try:
            images.check(image)
        except ProdgenError as error:
            self.expect(False, f"{what}: {error}")
        pixels = image.shape[0] * image.shape[1]
        self.expect(pixels <= images.MAX_PIXELS, f"{what} of {pixels} pixels, which is more than can be read again")
