"""A clip and garments -> a dressed clip, frame by frame, or an honest refusal."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal

from prodgen_sdk.bound import BoundCompositor
from prodgen_sdk.context import Context
from prodgen_sdk.host import Host
from prodgen_sdk.interfaces import ScreenItem
from prodgen_sdk.pipeline.screen import Checker, combine, screen
from prodgen_sdk.types import DressedClip, Gap, Image, Refusal, Screening, TryOn, TryOnRequest, Verdict

Gaps = Literal["refuse", "keep", "cut"]


def try_on_clip(
    frames: Iterable[Image],
    request: TryOnRequest,
    rate: float,
    compositor: BoundCompositor,
    host: Host,
    write: Callable[[Iterator[Image]], object],
    *,
    gaps: Gaps = "refuse",
    total: int | None = None,
    checkers: Sequence[Checker] = (),
    ctx: Context | None = None,
) -> DressedClip | Refusal:
    """Dresses every frame as `request`, whose person shows the first one, and hands them on as they come.

    Args:
        frames: can be iterated more than once.
        write: takes the frames of the result; what it made must vanish when the iteration raises.
        gaps: what becomes of frames that cannot be dressed: one of them refuses the whole clip, or they are kept as they were
            filmed, or cut out.
        total: how many frames there are, for progress.

    Screening looks at the first dressed frame and then at one a second; one that it blocks refuses the clip.
    """
    run = _Run(rate, gaps, total, checkers, ctx or Context())
    prepared: TryOnRequest = host.chain("before_try_on", request, "request")
    answer: DressedClip | Refusal
    try:
        write(run.shown(compositor.compose_clip(frames, prepared, rate, ctx)))
        answer = run.report()
    except _Stop as stop:
        answer = stop.refusal
    first = answer if isinstance(answer, Refusal) else run.first
    if first is not None:
        host.notify("after_try_on", request=prepared, result=first)
    return answer


class _Stop(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class _Run:
    def __init__(self, rate: float, gaps: Gaps, total: int | None, checkers: Sequence[Checker], ctx: Context) -> None:
        self._rate, self._gaps, self._total, self._checkers, self._ctx = rate, gaps, total, checkers, ctx
        self.first: TryOn | None = None
        self._frames = self._written = self._bridged = self._next_look = 0
        self._sure: list[float] = []
        self._missed: list[Gap] = []
        self._warnings: dict[str, int] = {}
        self._verdicts: list[Screening] = []

    def shown(self, answers: Iterable[tuple[Image, TryOn | Refusal]]) -> Iterator[Image]:
        """The frames of the result."""
        for number, (frame, answer) in enumerate(answers):
            self._frames = number + 1
            self._ctx.progress(number, self._total or number + 1, "frames")
            if isinstance(answer, TryOn):
                self._screen(number, answer)
                self._count(answer)
                yield answer.image
                continue
            self._miss(number, answer)
            if self._gaps == "keep":
                self._written += 1
                yield frame
        if not self._sure:
            raise _Stop(self._missed[0].refusal if self._missed else _EMPTY)

    def _count(self, answer: TryOn) -> None:
        self._written += 1
        self._sure.append(answer.confidence)
        self._bridged += bool(answer.facts.get("bridged"))
        for warning in answer.warnings:
            self._warnings[warning] = self._warnings.get(warning, 0) + 1
        if self.first is None:
            self.first = answer

    def _screen(self, number: int, answer: TryOn) -> None:
        if not self._checkers or number < self._next_look:
            return
        self._next_look = number + max(round(self._rate), 1)
        item = ScreenItem(image=answer.image, purpose="try-on")
        found = screen([item], self._checkers, required=(), ctx=self._ctx)[0]
        if found.outcome == "block":
            reason = f"At {number / self._rate:.1f} s: {'; '.join(found.reasons)}"
            raise _Stop(Refusal(code="screened", reason=reason, what_to_do="Use another clip or garment."))
        self._verdicts.append(found)

    def _miss(self, number: int, refusal: Refusal) -> None:
        if self._gaps == "refuse":
            what = f"{refusal.what_to_do} Or cut that part out, or let such frames be kept as they were filmed."
            reason = f"At {number / self._rate:.1f} s: {refusal.reason}"
            raise _Stop(Refusal(code=refusal.code, reason=reason, what_to_do=what))
        last = self._missed[-1] if self._missed else None
        if last is not None and last.last == number - 1 and last.refusal.code == refusal.code:
            self._missed[-1] = last.model_copy(update={"last": number})
        else:
            self._missed.append(Gap(first=number, last=number, refusal=refusal))

    def report(self) -> DressedClip:
        """What came of it, once all frames are out."""
        often = [text for text, times in self._warnings.items() if times >= 0.1 * len(self._sure)]
        verdicts: list[Verdict] = list(dict.fromkeys(each for found in self._verdicts for each in found.verdicts))
        return DressedClip(
            frames=self._frames,
            written=self._written,
            dressed=len(self._sure),
            bridged=self._bridged,
            rate=self._rate,
            gaps=tuple(self._missed),
            confidence=statistics.median(self._sure),
            warnings=tuple(often),
            screening=combine(verdicts) if self._verdicts else None,
        )


_EMPTY = Refusal(code="no-person", reason="The clip has no frames.", what_to_do="Use a clip that shows a person.")
