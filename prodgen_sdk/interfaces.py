"""What plugins implement: one small batch method each.

Subclass the interface; optional methods have a default there. Components are synchronous and take a batch. The host takes care of
waiting, batching, seeding, timing, retries, validation of what they return, and error wrapping. The arrays that a component gets
are read-only.

Several threads call one instance at once: lock whatever changes between calls. Only a generator gets one batch after another, and
has an instance per device.

A component whose answers depend on weights may have an attribute `digest` (str) that names them; it becomes part of the identity of
what it makes. So does the plugin's whole configuration; a component that depends only on a part of it may have an attribute
`depends_on` with that part, JSON-ready (None: on nothing). The host calls a factory as `factory(config, ctx)`, where `config` is
the plugin's validated configuration (None if it declares none).

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
    """Makes images of products from their words, photos or meshes.

    >>> import numpy as np
    >>> class Grey(Generator):
    ...     def generate(self, batch, ctx):
    ...         pixels = [np.full((request.size, request.size, 3), 128, np.uint8) for request in batch]
    ...         return [[Generated(image=p, view=view) for view in r.views] for r, p in zip(batch, pixels, strict=True)]
    >>> mug = Product(sku="mug-1", title="Blue mug", category="home/mug")
    >>> request = GenerationRequest(product=mug, views=(View(), View(azimuth=90)), size=64)
    >>> [made.view.name for made in Grey().generate([request], Context())[0]]
    ['front', 'right']
    """

    @abstractmethod
    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """For each request one image per view, in the order of `request.views`, `request.size` pixels square.

        `request.seed` is the item's final seed; equal requests give equal pixels on one machine.
        """


class Describer(ABC):
    """Reads products' words, and writes the prompts of their views."""

    @abstractmethod
    def describe(
        self, products: Sequence[Product], views: Sequence[View], locale: Locale | None, ctx: Context
    ) -> Sequence[Description]:
        """Attributes found in each product's words, and one prompt per view; `locale` None takes the product's own language."""


class Renderer(ABC):
    """Draws products from their assets, so that a generator can design an asset and leave the views to it: they agree by construction."""

    @abstractmethod
    def sketch(self, products: Sequence[Product], ctx: Context) -> Sequence[ProductAsset]:
        """What each product's words determine: family, material, colours, pattern; with all proportions 0.5, and no artwork."""

    @abstractmethod
    def draw(self, batch: Sequence[AssetRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """For each request one image per view, as a generator gives them. Equal requests give equal pixels on one machine."""


class TextEncoder(ABC):
    """Turns words into vectors whose dot product says how near they are in meaning."""

    @abstractmethod
    def encode(self, texts: Sequence[str], ctx: Context) -> Vectors:
        """float32 [n, dimension], each row of length 1 (an empty text may give any unit vector)."""


class ImageEncoder(ABC):
    """Turns images into vectors whose dot product says how alike they look.

    `reads_text`: whether `encode_texts` maps words into the space of the images, as CLIP does, so that words find images.
    """

    reads_text: bool = False

    @abstractmethod
    def encode(self, images: Sequence[Image], ctx: Context) -> Vectors:
        """HWC uint8 images of any size to float32 [n, dimension], each row of length 1."""

    def encode_texts(self, texts: Sequence[str], ctx: Context) -> Vectors:
        """Words to float32 [n, dimension], each row of length 1; called only if `reads_text` is true."""
        raise NotImplementedError


class BodyParser(ABC):
    """Finds the person in a photo, with pose and parts of the body."""

    @abstractmethod
    def parse(self, photos: Sequence[PersonPhoto], ctx: Context) -> Sequence[Body]:
        """Pose, person mask and part masks of each photo; a photo without a person has confidence 0 and `people` 0."""


class Compositor(ABC):
    """Puts garments on the person of a photo."""

    @abstractmethod
    def compose(self, batch: Sequence[TryOnRequest], ctx: Context) -> Sequence[TryOn | Refusal]:
        """Each person dressed, or an honest refusal. Pixels outside `edit_mask` (and `request.mask`) stay bit-identical."""

    def compose_clip(
        self, frames: Iterable[Image], request: TryOnRequest, rate: float, ctx: Context
    ) -> Iterator[TryOn | Refusal]:
        """Each frame of a clip dressed as `request`, in order, lazily; `rate` is in frames per second.

        `request.person` shows the first frame. `frames` can be iterated more than once; keep no more than a few frames.
        This default dresses every frame by itself, which flickers; a compositor that does better says `clips=True` in its spec.
        """
        for frame in frames:
            ctx.check()
            person = request.person.model_copy(update={"image": frame})
            yield self.compose([request.model_copy(update={"person": person})], ctx)[0]
            self.release(person)

    def release(self, person: PersonPhoto) -> None:  # noqa: B027 - optional: many compositors keep nothing
        """Drops what is kept in memory about a person's photo; called when the session ends."""


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

        Scores are exact, and fewer than k products are returned only if fewer are eligible. If a filter leaves few variants, the
        products are the k best; otherwise an approximate index may miss some, at its configured recall.
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

    `durable`: whether what `fit` learnt outlives the process in `ctx.state`, so that it need not be fitted at every start.
    `learns_from`: the types of events that `fit` gets. Impressions make up most of a log, so a ranker that does without them
    is fitted many times faster.
    """

    durable: ClassVar[bool] = False
    learns_from: Collection[EventType] = get_args(EventType)

    @abstractmethod
    def rank(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> Sequence[Ranked]:
        """All candidates in the order to show them, each with a score and the shares that sum to it; hooks hide, a ranker does not.

        Few of them are shown: if reasons are expensive, `LazyRanked.many` makes values that compute them on demand.
        """

    def propose(self, user: UserProfile, n: int, context: RecommendationContext, ctx: Context) -> Sequence[str]:
        """Up to `n` skus, best first, to add to the candidates that the index finds near the user.

        The host leaves out unknown products and those that may not be shown.
        """
        return ()

    @abstractmethod
    def fit(self, log: Iterable[Event], ctx: Context) -> None:
        """Learns from all events of the types in `learns_from`, in order of time, replacing what was learnt before."""


class VariantPolicy(ABC):
    """Chooses, for each product, which of its images a user sees, and learns from the answers."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Changes whenever the same context could be answered with other probabilities."""

    @abstractmethod
    def choose(
        self, user: UserProfile, candidates: Sequence[Candidate], context: RecommendationContext, ctx: Context
    ) -> Sequence[Choice]:
        """One of each candidate's variants, with the exact probability with which it was chosen.

        `context.deterministic` asks for the greedy choice, with propensity 1. The draw must depend only on `context.request_id`.
        """

    def prepare(self, candidates: Sequence[Candidate], ctx: Context) -> None:  # noqa: B027 - optional: many keep nothing
        """Readies what depends on the images alone, at `Studio.warm_up`, so that `choose` need not; by default nothing.

        Their scores mean nothing. `choose` may be given other candidates, or these, described otherwise by then.
        """

    @abstractmethod
    def update(self, feedback: Sequence[Feedback], ctx: Context) -> None:
        """Learns from impressions that were answered, or not."""

    @abstractmethod
    def reset(self, ctx: Context) -> None:
        """Forgets everything."""

    def relearn(self, parts: Iterable[Sequence[Feedback]], ctx: Context) -> None:
        """Forgets everything and learns again from `parts`, the feedback that may be kept; a user was forgotten, or a run killed.

        Requests go on meanwhile. With this default they are answered from what was learnt so far, at first from nothing; it is
        better to learn beside the old state and then replace it.
        """
        self.reset(ctx)
        for feedback in parts:
            self.update(feedback, ctx)


class Scores(Model):
    """Figures of one image, by metric name."""

    values: Mapping[str, float]
    notes: tuple[str, ...] = ()


class Evaluator(ABC):
    """Measures images."""

    @abstractmethod
    def evaluate(self, images: Sequence[Image], references: Sequence[Image] | None, ctx: Context) -> Sequence[Scores]:
        """The metrics of the spec for each image; `references`, if given, has the true image of each."""


class ScreenItem(PixelModel):
    """Words, an image or both, to be screened before they are shown or sent to a model."""

    text: str = ""
    image: Any = None
    purpose: str = "prompt"


class SafetyChecker(ABC):
    """Says whether words and images may be shown."""

    @abstractmethod
    def check(self, items: Sequence[ScreenItem], ctx: Context) -> Sequence[Verdict]:
        """One verdict per item. An exception counts as `review`, never as `pass`."""


class Finished(Answer):
    """A finished image, and what was done to it."""

    image: Image
    notes: tuple[str, ...] = ()


class Finisher(ABC):
    """Prepares images for a channel: background, frame, size."""

    @abstractmethod
    def finish(self, images: Sequence[Image], profile: str, ctx: Context) -> Sequence[Finished]:
        """Each image prepared for a channel; `profile` is one of the spec's."""


class Report(Model):
    """The result of a training run; `checkpoint` is the file or folder of its weights."""

    checkpoint: Path
    steps: int
    figures: Mapping[str, float] = {}


class Trainer(ABC):
    """Trains a model; `prodgen train` calls it."""

    @abstractmethod
    def train(self, config: Mapping[str, Any], data: Path, out: Path, ctx: Context) -> Report:
        """Trains from `data` into `out`; called again after a kill, it continues from the last checkpoint."""


class Benchmark(ABC):
    """Measures speed or quality; `prodgen bench` and `prodgen eval` call it."""

    @abstractmethod
    def run(self, options: Mapping[str, Any], ctx: Context) -> Mapping[str, Any]:
        """Flat JSON-ready figures with the unit in the name, such as `recommend_p99_ms`."""
