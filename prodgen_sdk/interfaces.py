"""What plugins implement: one small batch method each.

Subclass the interface: what is optional has a default there. Components are synchronous and take a batch. Waiting, batching,
seeding, timing, retry, validation of what they return and error wrapping are the host's. The arrays that a component is given are
read-only.

One instance answers several threads at once, as the requests of a service come: lock what changes between calls. A generator alone
is asked for one batch after another, and has an instance per device.

A component whose answers depend on weights may have an attribute `digest` (str) that names them; it becomes part of the identity of
what it makes. So does the plugin's whole configuration; a component that depends on a part of it alone may have an attribute
`depends_on` with that part, JSON-ready (None: on nothing). A factory is called as `factory(config, ctx)`, where `config` is the
plugin's validated configuration (None if it declares none).

Stability: provisional until 1.0; a change of meaning raises `specs.API_VERSION`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from prodgen_sdk.context import Context
from prodgen_sdk.types import (
    AssetRequest,
    Body,
    Candidate,
    Choice,
    Description,
    Event,
    EventType,
    Feedback,
    Filter,
    Generated,
    GenerationRequest,
    Image,
    IndexChange,
    Locale,
    Model,
    PersonPhoto,
    PixelModel,
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
from prodgen_sdk.types.base import Answer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]


class Generator(ABC):
    @abstractmethod
    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """For each request one picture per view, in the order of `request.views`, `request.size` pixels square.

        `request.seed` is the item's final seed; equal requests give equal pixels on one machine.
        """


class Describer(ABC):
    @abstractmethod
    def describe(
        self, products: Sequence[Product], views: Sequence[View], locale: Locale | None, ctx: Context
    ) -> Sequence[Description]:
        """Attributes found in each product's words, and one prompt per view; `locale` None takes the product's own language."""


class Renderer(ABC):
    """Draws products from their assets. A generator that makes assets leaves the views to it: they agree by construction."""

    @abstractmethod
    def sketch(self, products: Sequence[Product], ctx: Context) -> Sequence[ProductAsset]:
        """What each product's words fix: family, material, colours, pattern; all proportions 0.5, and no artwork."""

    @abstractmethod
    def draw(self, batch: Sequence[AssetRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """For each request one picture per view, as a generator gives them. Equal requests give equal pixels on one machine."""


class TextEncoder(ABC):
    @abstractmethod
    def encode(self, texts: Sequence[str], ctx: Context) -> Vectors:
        """float32 [n, dimension], each row of length 1 (an empty text may give any unit vector)."""


class ImageEncoder(ABC):
    """`reads_text` says that `encode_texts` puts words into the space of the pictures, as CLIP does; then words find pictures."""

    reads_text: bool = False

    @abstractmethod
    def encode(self, images: Sequence[Image], ctx: Context) -> Vectors:
        """HWC uint8 pictures of any size to float32 [n, dimension], each row of length 1."""

    def encode_texts(self, texts: Sequence[str], ctx: Context) -> Vectors:
        """Words to float32 [n, dimension], each row of length 1; called only where `reads_text` holds."""
        raise NotImplementedError


class BodyParser(ABC):
    @abstractmethod
    def parse(self, photos: Sequence[PersonPhoto], ctx: Context) -> Sequence[Body]:
        """Pose, person mask and part masks of each photo; a photo without a person has confidence 0 and `people` 0."""


class Compositor(ABC):
    @abstractmethod
    def compose(self, batch: Sequence[TryOnRequest], ctx: Context) -> Sequence[TryOn | Refusal]:
        """Each person dressed, or an honest refusal. Pixels outside `edit_mask` (and `request.mask`) stay bit-identical."""

    def compose_clip(
        self, frames: Iterable[Image], request: TryOnRequest, rate: float, ctx: Context
    ) -> Iterator[TryOn | Refusal]:
        """Each frame of a clip dressed as `request`, in order, as they are asked for; `rate` is in frames a second.

        `request.person` shows the first frame. `frames` can be iterated more than once, and no more than a few frames are kept.
        This one dresses every frame by itself, which flickers; a compositor that does better says `clips=True` in its spec.
        """
        for frame in frames:
            ctx.check()
            person = request.person.model_copy(update={"image": frame})
            yield self.compose([request.model_copy(update={"person": person})], ctx)[0]
            self.release(person)

    def release(self, person: PersonPhoto) -> None:  # noqa: B027 - optional: many compositors keep nothing
        """Drops what is kept in memory of a person's photo; called when the session ends."""


class VectorIndex(ABC):
    """An index over the vectors of approved variants; derived from the database, never the truth."""

    @property
    @abstractmethod
    def sequence(self) -> int:
        """The last outbox sequence that was applied durably; 0 when nothing was."""

    @abstractmethod
    def apply(self, changes: Sequence[IndexChange], sequence: int, ctx: Context) -> None:
        """Applies changes in order and makes them durable together with `sequence`. Repeating a call changes nothing.

        A rebuild applies its changes with the sequence 0 and ends with an empty call that sets the sequence.
        """

    @abstractmethod
    def search(
        self, queries: Vectors, k_products: int, eligible: Filter, ctx: Context
    ) -> Sequence[Sequence[Candidate]]:
        """For each query [n, dimension] up to k distinct products, best first, each with all its eligible variants.

        Scores are exact, and fewer than k products come only if fewer are eligible. Where a filter leaves few variants these are
        the k best; elsewhere an approximate index may miss some, at the recall that it was configured for.
        """

    @abstractmethod
    def vectors(self, variants: Sequence[str], ctx: Context) -> Mapping[str, Vectors]:
        """The stored vector [dimension] of each known variant; unknown ones are left out."""

    @abstractmethod
    def reset(self, ctx: Context) -> None:
        """Forgets everything; `sequence` becomes 0."""

    @abstractmethod
    def stats(self, ctx: Context) -> Mapping[str, Any]:
        """JSON-ready facts: variants, products, dimension, sequence, bytes."""

    @abstractmethod
    def verify(self, ctx: Context) -> Sequence[str]:
        """What is wrong with the files of the index, one sentence each; empty when all checksums hold."""


class Ranker(ABC):
    """Orders candidates for a user.

    `durable` says that what `fit` learnt outlives the process in `ctx.state`, so that it need not be fitted at every start.
    `learns_from` names the types of events that `fit` is given. Impressions are most of a log: a ranker that does without them
    is fitted many times faster.
    """

    durable: ClassVar[bool] = False
    learns_from: Collection[EventType] = get_args(EventType)

    @abstractmethod
    def rank(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> Sequence[Ranked]:
        """The candidates in the order to show them, each with a score and the shares that sum to it.

        Few of them are shown: where reasons are dear, `LazyRanked.many` makes values that are explained when somebody looks.
        """

    def propose(self, user: UserProfile, n: int, context: RecommendationContext, ctx: Context) -> Sequence[str]:
        """Up to `n` skus that ought to be among the candidates, best first, besides those that the index finds near the user.

        Unknown ones and those that may not be shown are left out by the host.
        """
        return ()

    @abstractmethod
    def fit(self, log: Iterable[Event], ctx: Context) -> None:
        """Learns from all events of the types in `learns_from`, in order of time, replacing what was learnt before."""


class VariantPolicy(ABC):
    @property
    @abstractmethod
    def version(self) -> str:
        """Changes whenever the same context could be answered with other probabilities."""

    @abstractmethod
    def choose(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> Sequence[Choice]:
        """One of each candidate's variants, with the exact probability with which it was chosen.

        `context.deterministic` asks for the greedy choice, with propensity 1. The draw depends on `context.request_id` alone.
        """

    @abstractmethod
    def update(self, feedback: Sequence[Feedback], ctx: Context) -> None:
        """Learns from impressions that were answered, or not."""

    @abstractmethod
    def reset(self, ctx: Context) -> None:
        """Forgets everything."""

    def relearn(self, parts: Iterable[Sequence[Feedback]], ctx: Context) -> None:
        """Forgets everything and learns from all of `parts`, the feedback that may be kept: a user was forgotten, or a run killed.

        Requests go on meanwhile. This default has them answered by what was learnt so far, at first by nothing; a policy that
        can learn beside what it knows, and then takes the new in its place, does better.
        """
        self.reset(ctx)
        for feedback in parts:
            self.update(feedback, ctx)


class Scores(Model):
    """Figures of one picture, by metric name."""

    values: Mapping[str, float]
    notes: tuple[str, ...] = ()


class Evaluator(ABC):
    @abstractmethod
    def evaluate(self, images: Sequence[Image], references: Sequence[Image] | None, ctx: Context) -> Sequence[Scores]:
        """Figures of each picture, of the metrics in the spec; `references` pairs a true picture with each one."""


class ScreenItem(PixelModel):
    """Words, a picture or both, to be screened before they are shown or sent to a model."""

    text: str = ""
    image: Any = None
    purpose: str = "prompt"


class SafetyChecker(ABC):
    @abstractmethod
    def check(self, items: Sequence[ScreenItem], ctx: Context) -> Sequence[Verdict]:
        """One verdict per item. To raise means `review`, never `pass`."""


class Finished(Answer):
    """A finished picture, and what was done to it."""

    image: Image
    notes: tuple[str, ...] = ()


class Finisher(ABC):
    @abstractmethod
    def finish(self, images: Sequence[Image], profile: str, ctx: Context) -> Sequence[Finished]:
        """Each picture made ready for a channel; `profile` is one of the spec's."""


class Report(Model):
    """What a training run ends with; `checkpoint` is where its weights lie."""

    checkpoint: Path
    steps: int
    figures: Mapping[str, float] = {}


class Trainer(ABC):
    @abstractmethod
    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        """Trains from `data` into `out`; called again after a kill, it goes on where the last checkpoint lies."""


class Benchmark(ABC):
    @abstractmethod
    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """Flat JSON-ready figures with the unit in the name, such as `recommend_p99_ms`."""
