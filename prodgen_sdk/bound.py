"""Wrappers that the host puts around every component.

A wrapper checks what goes in and what comes out against the contract, splits batches, halves them when memory runs out,
measures time, and turns whatever a plugin raises into a PluginError that names the component. Plugins stay simple; callers
can trust what they get.
"""

from __future__ import annotations

import functools
import gc
import json
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Generic, Literal, ParamSpec, TypeVar, cast

from prodgen_sdk import images, interfaces
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, NotFinite, NotFound, OutOfMemory, PluginError, ProdgenError
from prodgen_sdk.metadata import Metadata
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.specs import CompositorSpec, EvaluatorSpec, FinisherSpec, GeneratorSpec, RendererSpec, SafetySpec, Spec
from prodgen_sdk.types import (
    AssetRequest,
    Body,
    Candidate,
    Choice,
    Description,
    Event,
    Feedback,
    Filter,
    Generated,
    GenerationRequest,
    Image,
    IndexChange,
    PersonPhoto,
    Product,
    ProductAsset,
    Ranked,
    RecommendationContext,
    Refusal,
    TryOn,
    TryOnRequest,
    UserProfile,
    Verdict,
    View,
)

if TYPE_CHECKING:
    from prodgen_sdk.host import Host
    from prodgen_sdk.interfaces import Vectors
    from prodgen_sdk.registry import Entry

# What torch says on the CPU, on CUDA and on MPS where it raises a plain RuntimeError.
_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory", "alloc_failed")
C = TypeVar("C")
P = ParamSpec("P")
A = TypeVar("A")


B = TypeVar("B", bound="Bound[Any]")


def _guarded(method: Callable[Concatenate[B, P], A]) -> Callable[Concatenate[B, P], A]:
    """Whatever a plugin raises, or breaks while its answer is checked, becomes a PluginError that names the component."""

    @functools.wraps(method)
    def call(self: B, *args: P.args, **kwargs: P.kwargs) -> A:
        try:
            return method(self, *args, **kwargs)
        except ProdgenError:
            raise
        except (Exception, SystemExit) as error:
            raise PluginError(f"{self.id} failed: {type(error).__name__}: {error}", component=self.id) from error

    return cast("Callable[Concatenate[B, P], A]", call)


class Bound(Generic[C]):
    """A component as the host hands it out: `spec`, `entry`, and the interface's methods with an optional context."""

    def __init__(self, component: C, entry: Entry, host: Host, device: str | None = None) -> None:
        self.component = component
        self.device = device
        self.entry = entry
        self.spec: Spec = entry.spec
        self.calls = 0
        self.seconds = 0.0
        self._host = host
        self._timing = threading.Lock()

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

    def _call(self, method: Callable[..., A], *arguments: Any) -> A:
        started = time.perf_counter()
        try:
            return method(*arguments)
        finally:
            with self._timing:
                self.calls += 1
                self.seconds += time.perf_counter() - started

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
                part = self._call(method, batch, *more, ctx)
            except NotFinite as error:
                if failed:
                    raise NotFinite(
                        f"{self.id} gave numbers that are NaN or infinite, twice.",
                        component=self.id,
                        hint="Set runtime.dtype to float32, or take another seed.",
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
                        hint="Ask for a smaller size.",
                    ) from error
            if not fits:  # out here the error is gone, and what its traceback held of the device's memory
                ctx.logger.warning("%s ran out of memory on a batch of %d; it is halved", self.id, len(batch))
                size = max(1, len(batch) // 2)
                _free_device_memory()
                if not halves:
                    continue
                part = [[answer for half in halves for answer in self._batched(method, [half], ctx, *more)[0]]]
            self._expect(len(part) == len(batch), f"{len(part)} answers to {len(batch)} items")
            answers.extend(self._retried(part) if failed else part)
            failed = False
        return answers

    def _halves(self, item: Any) -> Sequence[Any]:
        """An item as two that can be answered one after the other, their answers joined; none where it cannot be parted."""
        return ()

    def _retried(self, part: Any) -> Any:
        """Answers that came at the second try, with a note where they can carry one."""
        return part

    def _expect(self, holds: bool, found: str) -> None:
        if not holds:
            raise PluginError(
                f"{self.id} broke its contract: {found}.",
                component=self.id,
                hint=f"Report this to the authors of {self.entry.distribution or self.entry.plugin}.",
            )

    def _image(self, image: Any, what: str) -> None:
        try:
            images.check(image)
        except ProdgenError as error:
            self._expect(False, f"{what}: {error}")


class BoundDescriber(Bound[interfaces.Describer]):
    @_guarded
    def describe(
        self, products: Sequence[Product], views: Sequence[View], locale: str | None = None, ctx: Context | None = None
    ) -> list[Description]:
        described = self._call(self.component.describe, products, views, locale, self._context(ctx))
        self._expect(len(described) == len(products), f"{len(described)} descriptions of {len(products)} products")
        for description in described:
            self._expect([p.view for p in description.prompts] == list(views), "prompts do not follow the views")
        return list(described)


class BoundTextEncoder(Bound[interfaces.TextEncoder]):
    @_guarded
    def encode(self, texts: Sequence[str], ctx: Context | None = None) -> Vectors:
        return _unit_rows(self, self._batched(self.component.encode, texts, self._context(ctx)))


class BoundImageEncoder(Bound[interfaces.ImageEncoder]):
    @_guarded
    def encode(self, pictures: Sequence[Image], ctx: Context | None = None) -> Vectors:
        shown = [images.read_only(images.check(picture)) for picture in pictures]
        return _unit_rows(self, self._batched(self.component.encode, shown, self._context(ctx)))

    @property
    def reads_text(self) -> bool:
        return self.component.reads_text

    @_guarded
    def encode_texts(self, texts: Sequence[str], ctx: Context | None = None) -> Vectors:
        return _unit_rows(self, self._batched(self.component.encode_texts, texts, self._context(ctx)))


class BoundGenerator(Bound[interfaces.Generator]):
    @_guarded
    def generate(self, batch: Sequence[GenerationRequest], ctx: Context | None = None) -> list[list[Generated]]:
        """Checks the requests against the spec, generates, and checks every picture.

        Raises:
            InputError: a size or background that the generator does not make.
            PluginError: it failed, or returned something else than was asked for.
        """
        for request in batch:
            _accept(self, request)
        shown = [request.model_copy(update={"references": _read_only(request.references)}) for request in batch]
        answers = self._batched(self.component.generate, shown, self._context(ctx))
        for request, pictures in zip(batch, answers, strict=True):
            _check_pictures(self, request, pictures)
        return [list(pictures) for pictures in answers]

    @property
    def views_joint(self) -> bool:
        """Whether a picture depends on which other views were asked for."""
        assert isinstance(self.spec, GeneratorSpec)
        return self.spec.views_joint

    @property
    def metadata(self) -> Metadata:
        """What is written into the files of its pictures: what kind of source they have."""
        assert isinstance(self.spec, GeneratorSpec)
        return Metadata().labelled(self.spec.digital_source)

    def accept(self, request: GenerationRequest) -> None:
        """Raises InputError for a size or background that the generator does not make."""
        _accept(self, request)

    def _halves(self, item: GenerationRequest) -> Sequence[GenerationRequest]:
        """The views of one request in two parts, unless they depend on each other."""
        if self.views_joint or len(item.views) < 2:
            return ()
        middle = len(item.views) // 2
        return [
            item.model_copy(update={"views": item.views[part], "prompts": item.prompts[part]})
            for part in (slice(middle), slice(middle, None))
        ]

    def _retried(self, part: Any) -> Any:
        return [
            [
                picture.model_copy(update={"facts": {**picture.facts, "retried": "NaN or infinite numbers"}})
                for picture in pictures
            ]
            for pictures in part
        ]


class BoundRenderer(Bound[interfaces.Renderer]):
    @_guarded
    def sketch(self, products: Sequence[Product], ctx: Context | None = None) -> list[ProductAsset]:
        assert isinstance(self.spec, RendererSpec)
        sketches = self._batched(self.component.sketch, products, self._context(ctx))
        for sketch in sketches:
            known = isinstance(sketch, ProductAsset) and sketch.family in self.spec.families
            self._expect(known, f"a sketch of {getattr(sketch, 'family', sketch)!r}, which is no family of its spec")
        return sketches

    @_guarded
    def draw(self, batch: Sequence[AssetRequest], ctx: Context | None = None) -> list[list[Generated]]:
        """Checks the requests against the spec, draws, and checks every picture.

        Raises:
            InputError: a family, size or background that the renderer does not draw.
            PluginError: it failed, or returned something else than was asked for.
        """
        assert isinstance(self.spec, RendererSpec)
        shown = []
        for asked in batch:
            _accept(self, asked.request)
            if asked.asset.family not in self.spec.families:
                raise NotFound.of("family", asked.asset.family, self.spec.families)
            request = asked.request.model_copy(update={"references": _read_only(asked.request.references)})
            art = asked.asset.artwork
            asset = asked.asset if art is None else asked.asset.model_copy(update={"artwork": images.read_only(art)})
            shown.append(asked.model_copy(update={"request": request, "asset": asset}))
        answers = self._batched(self.component.draw, shown, self._context(ctx))
        for asked, pictures in zip(batch, answers, strict=True):
            _check_pictures(self, asked.request, pictures)
        return [list(pictures) for pictures in answers]


class BoundBodyParser(Bound[interfaces.BodyParser]):
    @_guarded
    def parse(self, photos: Sequence[PersonPhoto], ctx: Context | None = None) -> list[Body]:
        shown = [_private_view(photo) for photo in photos]
        bodies = self._batched(self.component.parse, shown, self._context(ctx))
        for photo, body in zip(photos, bodies, strict=True):
            frame = photo.image.shape[:2]
            self._expect(
                body.landmarks.shape == (33, 3), f"landmarks of shape {body.landmarks.shape} instead of (33, 3)"
            )
            shapes = {body.person.shape, *(part.shape for part in body.parts.values())}
            self._expect(shapes == {frame}, f"masks of shapes {shapes} for a photo of {frame}")
        return bodies


class BoundCompositor(Bound[interfaces.Compositor]):
    @_guarded
    def compose(self, batch: Sequence[TryOnRequest], ctx: Context | None = None) -> list[TryOn | Refusal]:
        """Dresses people; guarantees that every pixel outside the edit mask is the photo's own."""
        for request in batch:
            self._takes(request)
        shown = [request.model_copy(update={"person": _private_view(request.person)}) for request in batch]
        answers = self._batched(self.component.compose, shown, self._context(ctx))
        for request, answer in zip(batch, answers, strict=True):
            self._expect(
                isinstance(answer, TryOn | Refusal), f"a {type(answer).__name__} instead of a try-on or a refusal"
            )
            if isinstance(answer, TryOn):
                self._check(request, answer)
        return answers

    def compose_clip(
        self, frames: Iterable[Image], request: TryOnRequest, rate: float, ctx: Context | None = None
    ) -> Iterator[tuple[Image, TryOn | Refusal]]:
        """Each frame with its answer, under the same guarantees as `compose`; `frames` is iterated more than once."""
        context = self._context(ctx)
        answers = self._clip(_ReadOnly(frames), request, rate, context)
        for number, frame in enumerate(frames):
            context.check()
            answer = self._next(answers)
            self._expect(answer is not None, f"no answer to frame {number} of a clip")
            assert answer is not None
            if isinstance(answer, TryOn):
                self._check(request, answer, frame)
            yield frame, answer

    @_guarded
    def _clip(
        self, frames: Iterable[Image], request: TryOnRequest, rate: float, ctx: Context
    ) -> Iterator[TryOn | Refusal]:
        self._takes(request)
        shown = request.model_copy(update={"person": _private_view(request.person)})
        return iter(self.component.compose_clip(frames, shown, rate, ctx))

    @_guarded
    def _next(self, answers: Iterator[TryOn | Refusal]) -> TryOn | Refusal | None:
        answer: TryOn | Refusal | None = self._call(next, answers, None)
        return answer

    @_guarded
    def release(self, person: PersonPhoto) -> None:
        self._call(self.component.release, person)

    def _takes(self, request: TryOnRequest) -> None:
        assert isinstance(self.spec, CompositorSpec)
        if len(request.garments) > self.spec.max_garments:
            raise InputError(
                f"{self.id} puts on up to {self.spec.max_garments} garments at once, not {len(request.garments)}."
            )
        if request.mask is not None and request.mask.shape != request.person.image.shape[:2]:
            raise InputError(
                f"The mask is {request.mask.shape}, the photo {request.person.image.shape[:2]}.",
                hint="Give a mask of the photo's size.",
            )

    def _check(self, request: TryOnRequest, answer: TryOn, frame: Image | None = None) -> None:
        photo = request.person.image if frame is None else frame
        self._expect(
            answer.image.shape == photo.shape, f"a picture of shape {answer.image.shape} of a photo of {photo.shape}"
        )
        self._expect(answer.edit_mask.shape == photo.shape[:2], "an edit mask of another size than the photo")
        kept = ~answer.edit_mask
        self._expect(bool((answer.image[kept] == photo[kept]).all()), "pixels outside the edit mask were changed")
        if request.mask is not None:
            self._expect(not (answer.edit_mask & ~request.mask).any(), "pixels outside the given mask were edited")


@dataclass(frozen=True)
class _ReadOnly:
    """Frames that a component may look at and not write to."""

    frames: Iterable[Image]

    def __iter__(self) -> Iterator[Image]:
        return map(images.read_only, self.frames)


class BoundIndex(Bound[interfaces.VectorIndex]):
    @property
    def sequence(self) -> int:
        return self._sequence()

    @_guarded
    def _sequence(self) -> int:
        return self.component.sequence

    @_guarded
    def apply(self, changes: Sequence[IndexChange], sequence: int, ctx: Context | None = None) -> None:
        self._call(self.component.apply, changes, sequence, self._context(ctx))
        self._expect(
            self.component.sequence >= sequence,
            f"its sequence is {self.component.sequence} after {sequence} was applied",
        )

    @_guarded
    def search(
        self, queries: Vectors, k_products: int, eligible: Filter | None = None, ctx: Context | None = None
    ) -> list[list[Candidate]]:
        found = self._call(self.component.search, queries, k_products, eligible or Filter(), self._context(ctx))
        self._expect(len(found) == len(queries), f"{len(found)} answers to {len(queries)} queries")
        for candidates in found:
            self._expect(
                len({c.sku for c in candidates}) == len(candidates) <= k_products, "products are repeated or too many"
            )
        return [list(candidates) for candidates in found]

    @_guarded
    def vectors(self, variants: Sequence[str], ctx: Context | None = None) -> Mapping[str, Vectors]:
        return self._call(self.component.vectors, variants, self._context(ctx))

    @_guarded
    def reset(self, ctx: Context | None = None) -> None:
        self._call(self.component.reset, self._context(ctx))

    @_guarded
    def stats(self, ctx: Context | None = None) -> Mapping[str, Any]:
        return self._call(self.component.stats, self._context(ctx))

    @_guarded
    def verify(self, ctx: Context | None = None) -> list[str]:
        return list(self._call(self.component.verify, self._context(ctx)))


class BoundRanker(Bound[interfaces.Ranker]):
    @property
    def durable(self) -> bool:
        return self.component.durable

    @_guarded
    def rank(
        self,
        user: UserProfile,
        candidates: Sequence[Candidate],
        context: RecommendationContext,
        ctx: Context | None = None,
    ) -> list[Ranked]:
        ranked = self._call(self.component.rank, user, candidates, context, self._context(ctx))
        given = {candidate.sku for candidate in candidates}
        skus = [item.candidate.sku for item in ranked]
        self._expect(
            len(set(skus)) == len(skus) and given.issuperset(skus), "ranked products were not candidates, or repeat"
        )
        self._expect(all(math.isfinite(item.score) for item in ranked), "a score is not finite")
        return list(ranked)

    @_guarded
    def propose(
        self, user: UserProfile, n: int, context: RecommendationContext, ctx: Context | None = None
    ) -> list[str]:
        """Up to `n` distinct skus, in the order of the proposal."""
        return list(dict.fromkeys(self._call(self.component.propose, user, n, context, self._context(ctx))))[:n]

    @_guarded
    def fit(self, log: Iterable[Event], ctx: Context | None = None) -> None:
        self._call(self.component.fit, log, self._context(ctx))


class BoundPolicy(Bound[interfaces.VariantPolicy]):
    @property
    def version(self) -> str:
        return f"{self.id}@{self.component.version}"

    @_guarded
    def choose(
        self,
        user: UserProfile,
        candidates: Sequence[Candidate],
        context: RecommendationContext,
        ctx: Context | None = None,
    ) -> list[Choice]:
        choices = self._call(self.component.choose, user, candidates, context, self._context(ctx))
        self._expect(len(choices) == len(candidates), f"{len(choices)} choices for {len(candidates)} products")
        for choice, candidate in zip(choices, candidates, strict=True):
            offered = {variant.id for variant in candidate.variants}
            self._expect(
                choice.variant in offered, f"{choice.variant} is no variant of {candidate.sku} that may be shown"
            )
        return list(choices)

    @_guarded
    def update(self, feedback: Sequence[Feedback], ctx: Context | None = None) -> None:
        self._call(self.component.update, feedback, self._context(ctx))

    @_guarded
    def reset(self, ctx: Context | None = None) -> None:
        self._call(self.component.reset, self._context(ctx))


class BoundEvaluator(Bound[interfaces.Evaluator]):
    @_guarded
    def evaluate(
        self, pictures: Sequence[Image], references: Sequence[Image] | None = None, ctx: Context | None = None
    ) -> list[interfaces.Scores]:
        scores = self._call(self.component.evaluate, pictures, references, self._context(ctx))
        self._expect(len(scores) == len(pictures), f"{len(scores)} answers to {len(pictures)} pictures")
        for score in scores:
            for name, value in score.values.items():
                self._in_range(name, value)
        return list(scores)

    def _in_range(self, name: str, value: float) -> None:
        assert isinstance(self.spec, EvaluatorSpec)
        metric = self.spec.metrics.get(name)
        self._expect(metric is not None, f"a figure {name!r} that its spec does not name")
        if metric is not None:
            low = -math.inf if metric.low is None else metric.low
            high = math.inf if metric.high is None else metric.high
            self._expect(low - 1e-6 <= value <= high + 1e-6, f"{name} is {value}, outside {low} to {high}")
            self._expect(math.isfinite(value), f"{name} is {value}")


class BoundSafetyChecker(Bound[interfaces.SafetyChecker]):
    @property
    def checks(self) -> tuple[Literal["text", "image"], ...]:
        assert isinstance(self.spec, SafetySpec)
        return self.spec.checks

    @_guarded
    def check(self, items: Sequence[interfaces.ScreenItem], ctx: Context | None = None) -> list[Verdict]:
        verdicts = self._call(self.component.check, items, self._context(ctx))
        self._expect(len(verdicts) == len(items), f"{len(verdicts)} verdicts on {len(items)} items")
        return [verdict.model_copy(update={"checker": self.id}) for verdict in verdicts]


class BoundFinisher(Bound[interfaces.Finisher]):
    @_guarded
    def finish(self, pictures: Sequence[Image], profile: str, ctx: Context | None = None) -> list[interfaces.Finished]:
        """Each picture finished; raises NotFound for a profile that the finisher does not have."""
        self.accept(profile)
        shown = [images.read_only(picture) for picture in pictures]
        finished = self._batched(self.component.finish, shown, self._context(ctx), profile)
        for done in finished:
            self._image(done.image, "a finished picture")
        return finished

    @property
    def profiles(self) -> tuple[str, ...]:
        """The spec's profiles, and those that its configuration added."""
        assert isinstance(self.spec, FinisherSpec)
        return tuple(dict.fromkeys((*self.spec.profiles, *getattr(self.component, "profiles", ()))))

    def accept(self, profile: str) -> None:
        """Raises NotFound for a profile that there is not; what follows a comma changes it, and is the finisher's to judge."""
        name = profile.partition(",")[0]
        if name not in self.profiles:
            raise NotFound.of(f"profile of {self.id}", name, self.profiles, hint=f"Known: {', '.join(self.profiles)}.")


class BoundTrainer(Bound[interfaces.Trainer]):
    @_guarded
    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context | None = None) -> interfaces.Report:
        return self._call(self.component.train, config, data, out, self._context(ctx))


class BoundBenchmark(Bound[interfaces.Benchmark]):
    @_guarded
    def run(self, options: Mapping[str, Any], ctx: Context | None = None) -> Mapping[str, Any]:
        return self._call(self.component.run, options, self._context(ctx))


_BOUND: dict[str, tuple[type, type[Bound[Any]]]] = {
    "describer": (interfaces.Describer, BoundDescriber),
    "text_encoder": (interfaces.TextEncoder, BoundTextEncoder),
    "image_encoder": (interfaces.ImageEncoder, BoundImageEncoder),
    "generator": (interfaces.Generator, BoundGenerator),
    "renderer": (interfaces.Renderer, BoundRenderer),
    "compositor": (interfaces.Compositor, BoundCompositor),
    "body_parser": (interfaces.BodyParser, BoundBodyParser),
    "index": (interfaces.VectorIndex, BoundIndex),
    "ranker": (interfaces.Ranker, BoundRanker),
    "policy": (interfaces.VariantPolicy, BoundPolicy),
    "evaluator": (interfaces.Evaluator, BoundEvaluator),
    "safety_checker": (interfaces.SafetyChecker, BoundSafetyChecker),
    "finisher": (interfaces.Finisher, BoundFinisher),
    "trainer": (interfaces.Trainer, BoundTrainer),
    "benchmark": (interfaces.Benchmark, BoundBenchmark),
}


def bind(component: Any, entry: Entry, host: Host, device: str | None = None) -> Bound[Any]:
    """The wrapper for a component of its kind, built for a device; raises PluginError if it is not of the interface."""
    interface, wrapper = _BOUND[entry.spec.kind]
    if not isinstance(component, interface):
        raise PluginError(
            f"The factory of {entry.spec.id} returned a {type(component).__name__}, which is no {interface.__name__}.",
            component=entry.spec.id,
            hint=f"Derive it from prodgen_sdk.interfaces.{interface.__name__}.",
        )
    return wrapper(component, entry, host, device)


def _accept(bound: Bound[Any], request: GenerationRequest) -> None:
    """Refuses a size or background that is not in the spec."""
    spec = bound.spec
    assert isinstance(spec, GeneratorSpec | RendererSpec)
    if not spec.min_size <= request.size <= spec.max_size:
        raise InputError(f"{bound.id} makes pictures of {spec.min_size} to {spec.max_size} pixels, not {request.size}.")
    if request.scene.background not in spec.backgrounds:
        raise InputError(
            f"{bound.id} does not make the background {request.scene.background!r}.",
            hint=f"It makes {', '.join(spec.backgrounds)}.",
        )
    if request.scene.background == "image" and "background" not in request.references:
        raise InputError("The background 'image' needs a picture.", hint="Give a reference with the role 'background'.")
    maps = spec.maps if isinstance(spec, GeneratorSpec) else ()
    if set(request.maps) - set(maps):
        raise InputError(
            f"{bound.id} gives no maps of {', '.join(sorted(set(request.maps) - set(maps)))}.",
            hint="render/mesh and render/parametric do.",
        )


def _check_pictures(bound: Bound[Any], request: GenerationRequest, pictures: Sequence[Generated]) -> None:
    bound._expect(len(pictures) == len(request.views), f"{len(pictures)} pictures for {len(request.views)} views")
    channels = 4 if request.scene.background == "transparent" else 3
    wanted = (request.size, request.size, channels)
    for picture, view in zip(pictures, request.views, strict=True):
        bound._expect(picture.view == view, f"a picture of {picture.view.slug} in the place of {view.slug}")
        bound._expect(picture.image.shape == wanted, f"a picture of shape {picture.image.shape} instead of {wanted}")
        bound._expect(_is_json(picture.facts), "facts that are not JSON-ready")
        shapes = {kind: getattr(values, "shape", None) for kind, values in picture.maps.items()}
        asked = {kind: wanted[:2] if kind == "depth" else (*wanted[:2], 3) for kind in request.maps}
        bound._expect(shapes == asked, f"maps of shapes {shapes} instead of {asked}")


def _unit_rows(bound: Bound[Any], rows: Sequence[Any]) -> Vectors:
    import numpy as np

    if not rows:
        return np.zeros((0, getattr(bound.spec, "dimension", None) or 0), np.float32)
    vectors = np.stack(rows)
    bound._expect(
        vectors.dtype == np.float32 and vectors.ndim == 2,
        f"vectors of {vectors.dtype} {vectors.shape} instead of float32 [n, dimension]",
    )
    lengths = np.linalg.norm(vectors, axis=1)
    bound._expect(
        bool((np.abs(lengths - 1) < 1e-3).all()),
        f"vectors of length {lengths.min():.3f} to {lengths.max():.3f} instead of 1",
    )
    return vectors


def _read_only(references: Mapping[Any, Image]) -> dict[Any, Image]:
    return {role: images.read_only(image) for role, image in references.items()}


def _private_view(person: PersonPhoto) -> PersonPhoto:
    return person.model_copy(update={"image": images.read_only(person.image)})


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error, or what it was raised from, says that memory is spent; torch is known by name, never imported.

    >>> is_out_of_memory(RuntimeError("CUDA error: out of memory"))
    True
    """
    seen: BaseException | None = error
    while seen is not None:
        words = str(seen).lower() if type(seen) is RuntimeError else ""
        if (
            isinstance(seen, MemoryError | OutOfMemory)
            or type(seen).__name__ == "OutOfMemoryError"
            or any(sign in words for sign in _OUT_OF_MEMORY)
        ):
            return True
        seen = seen.__cause__
    return False


def _free_device_memory() -> None:
    import sys

    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        gc.collect()
        torch.cuda.empty_cache()
