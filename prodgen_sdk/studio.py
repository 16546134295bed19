"""Studio: the one facade over plugins, pipeline and store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from prodgen_sdk import images
from prodgen_sdk.config import Config
from prodgen_sdk.context import Context, Progress, no_progress
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.host import Host
from prodgen_sdk.parts import Parts
from prodgen_sdk.production import Production
from prodgen_sdk.serving.request import Question
from prodgen_sdk.session import Dressing, TryOnSession, Wearable
from prodgen_sdk.signatures import arguments_of
from prodgen_sdk.types import (
    DressedClip,
    Erased,
    Event,
    EventType,
    Filter,
    Fit,
    GarmentCategory,
    Image,
    Locale,
    Media,
    PersonPhoto,
    Photo,
    Product,
    Recommendation,
    Refusal,
    ReviewState,
    TryOn,
    Variant,
    build,
)
from prodgen_sdk.workspace import Workspace, init_workspace, open_workspace

if TYPE_CHECKING:
    from prodgen_sdk.catalogue import Summary
    from prodgen_sdk.clips import Clip
    from prodgen_sdk.pipeline.estimate import Estimate
    from prodgen_sdk.pipeline.explain import Explanation
    from prodgen_sdk.pipeline.run import GenerationResult
    from prodgen_sdk.pipeline.try_on_clip import Gaps
    from prodgen_sdk.serving.health import Health
    from prodgen_sdk.serving.recommender import Recommender
    from prodgen_sdk.serving.recording import Recorded
    from prodgen_sdk.serving.similar import Similar
    from prodgen_sdk.store import Store


class Studio:
    """Generates product images, dresses people, recommends products, and learns from what users do.

    Use it as a context manager, from any number of threads. Without a workspace it keeps nothing: `generate` and `try_on`
    work, and methods that need state raise ConfigError.

    Args:
        workspace: where state is kept, or None.
        config: overrides the workspace's configuration.
        host: the plugins to use; by default all that are installed.

    >>> from prodgen_sdk.testing.fakes import fake_host
    >>> from prodgen_sdk.types import Product
    >>> with Studio(host=fake_host()) as studio:
    ...     made = studio.generate(Product(sku="mug-1", title="Blue mug", category="home/mug"), views="orbit4", size=64)
    >>> len(made.pictures)
    4
    """

    def __init__(self, workspace: Workspace | None = None, *, config: Config | None = None, host: Host | None = None):
        own = host.config if host is not None else Config()
        self.config = config or (workspace.config if workspace is not None else own)
        self.workspace = replace(workspace, config=self.config) if workspace is not None else None
        state, folder = (workspace.state, workspace.folder) if workspace is not None else (None, None)
        self._owns_host = host is None
        self.host = host if host is not None else Host.discover(self.config, state=state, folder=folder)
        if host is not None and state is not None:
            host.bind_state(state)
        self.host.config = self.config
        self._parts = Parts("studio")

    @classmethod
    def open(cls, folder: str | Path, *, config: Config | None = None, host: Host | None = None) -> Studio:
        """Opens the workspace in `folder`; raises ConfigError if there is none."""
        return cls(open_workspace(Path(folder)), config=config, host=host)

    @classmethod
    def create(cls, folder: str | Path, *, config: Config | None = None, host: Host | None = None) -> Studio:
        """Opens the workspace in `folder`, and creates it first if there is none.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> with Studio.create("shop", host=fake_host()) as studio:
        ...     print(studio.add_products([{"sku": "mug-1", "title": "Blue mug", "category": "home/mug"}]))
        1 added, 0 updated, 0 unchanged, 0 rejected
        """
        return cls(init_workspace(Path(folder)), config=config, host=host)

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Cancels running work, then closes the store and (unless the host was given) the components.

        A second call does nothing. If something cannot be closed, the rest is closed and an ExceptionGroup is raised.
        """
        # In reverse: whoever still works through a batcher needs the store, which is made first.
        self._parts.close(*([self.host] if self._owns_host else []))

    # The catalogue

    @property
    def store(self) -> Store:
        """The workspace's state; raises ConfigError without a workspace."""
        return self._parts.get("store", self._open_store)

    def add_products(
        self,
        source: str | Path | Iterable[Product | Mapping[str, Any]],
        *,
        root: str | Path | None = None,
        progress: Progress | None = None,
    ) -> Summary:
        """Adds products, or updates those whose sku is known, and copies their photos and meshes into the asset store.

        Args:
            source: a JSON Lines, CSV or Parquet file, or products.
            root: the folder that media paths are relative to and must stay in; by default that of the file.
            progress: called with the number of lines done (and 0 for the total, which is not known).

        Returns:
            What was added, updated and unchanged, and every rejected line with field and reason. The other lines are kept.
        """
        from prodgen_sdk.pipeline.ingest import ingest

        folder = Path(root) if root is not None else None
        return ingest(source, self.store, root=folder, progress=progress or no_progress)

    def product(self, sku: str) -> Product:
        """The product of a sku; raises NotFound, which suggests similar skus."""
        return self.store.products.get(sku)

    def products(self, category: str | None = None) -> Iterator[Product]:
        """All products in the order of their sku, or those of a category and its subcategories."""
        return self.store.products.iterate(category=category)

    # Generation

    @arguments_of(Production.order)
    def generate(self, *args: Any, **options: Any) -> GenerationResult:
        """Makes images of products; with a workspace they are published as variants.

        The same request finds the images that it already made: repeat a killed run, and it continues.

        Args:
            products: skus of the workspace, or products. A product that is new to the workspace is added to it; a known one is
                drawn as given, and its stored data stay as they are.
            views: a set, names or `az:el:dist` (see `types.parse_views`), or a list of names and views.
            generator: an id; None takes the mesh generator for a product with a mesh, else the configured default.
            size: edge of the square images in pixels.
            seed: None derives it from the request, so that the same request gives the same images; "random" draws one.
            scene: background, light and shadow, such as "white,no-shadow" (see `types.Scene.parse`).
            negative: what must not appear in the images, in words.
            locale: the language of the words that the generator gets, `en` or `zh`; None takes that of each product.
            replicates: how many different versions of each image, 1 to 10,000.
            profile: a profile of the configured finisher, such as `marketplace`.
            root: the folder that media of products outside a workspace are relative to and must stay in.
            background: the image for a scene with the background `image`.
            progress: called with the work done, its total and what is counted.
            cancelled: asked now and then; the run stops once it returns true.
            timeout: seconds after which the run stops.

        Returns:
            The images in order; the result also names the products that were refused or failed. If you pass a single product
            (not a list), its error is raised instead.

        Raises:
            Refused, InputError, PluginError: for a single product.
            Cancelled, DeadlineExceeded: `cancelled` or `timeout` stopped the run; what was published stays.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> from prodgen_sdk.types import Product
        >>> mug = Product(sku="mug-1", title="Blue mug", category="home/mug")
        >>> with Studio(host=fake_host()) as studio:
        ...     made = studio.generate([mug], views="front,45:20:1", size=64)
        >>> [path.name for path in made.save("images")]
        ['front.png', 'az45_el20_d1.png']
        """
        return self._production.generate(self._production.order(*args, **options))

    @arguments_of(Production.order)
    def estimate(self, *args: Any, **options: Any) -> Estimate:
        """Estimates what `generate` with the same arguments would make, and at what time and cost. Nothing is kept.

        Prices come from `[costs]`. If the speed of a generator is not known yet, a few views are made to measure it.
        """
        return self._production.estimate(self._production.order(*args, **options))

    def publish_photos(
        self, products: str | Product | Iterable[str | Product], *, size: int = 768, progress: Progress | None = None
    ) -> GenerationResult:
        """Publishes products' own front, flat, back and detail photos as variants, measured and screened like generated ones.

        Products without such a photo are left out.

        Args:
            size: edge of the square images in pixels.
            progress: called with the products done, their total and what is counted.
        """
        return self._production.publish_photos(products, size=size, progress=progress)

    def image(self, variant: str | Variant) -> Image:
        """The pixels of a published variant, HWC uint8."""
        from prodgen_sdk.pipeline.produce import load_variant

        return load_variant(self.store, self.store.variants.get(variant) if isinstance(variant, str) else variant)

    def image_file(self, variant: str) -> bytes:
        """The PNG file of a published variant, as it is stored, for a service to send.

        Raises:
            NotFound: there is no such variant.
            StoreError: the file is missing or damaged.
        """
        return self.store.variants.image(variant)

    def variants(self, sku: str | None = None, *, review: ReviewState | None = None) -> Iterator[Variant]:
        """Published variants in the order of their publication."""
        return self.store.variants.iterate(sku=sku, review=review)

    def review(self, variant: str, state: ReviewState, *, by: str, reason: str = "") -> Variant:
        """Moves a variant to another review state and records who did it, and why; raises InputError if that step is not allowed."""
        return self.store.reviews.move(variant, state, by, reason)

    # Try-on

    def try_on(
        self,
        person: Photo | PersonPhoto,
        garments: Wearable | Sequence[Wearable],
        *,
        category: GarmentCategory = "auto",
        fit: str | Fit = "regular",
        height_cm: float | None = None,
        measurements_cm: Mapping[str, float] | None = None,
        mask: Any = None,
        compositor: str | None = None,
        seed: int = 0,
        user: str | None = None,
        retain: timedelta | None = None,
        ctx: Context | None = None,
    ) -> TryOn | Refusal:
        """Dresses a person's photo, or refuses and says which photo would work.

        Args:
            person: a file, its bytes, or HWC uint8 pixels.
            garments: one or more in layering order (innermost first): files, pixels, garments, products, or skus of the
                workspace.
            category: for garments that do not state their own.
            fit: tight, regular or loose, or a `Fit` with a size.
            height_cm, measurements_cm: of the person; they make sizes exact.
            mask: the only pixels that may change, bool HxW.
            compositor: an id; None takes the configured default.
            seed: of compositors that draw random numbers.
            user, retain: keep photo and result for this user and this long. Without both, nothing is kept.

        Returns:
            The image (HWC uint8, of the photo's size) with the mask of what may have changed (bool HxW), or what to do instead.

        Raises:
            InputError: an unreadable photo, an unknown sku, a garment that nobody wears.
            PluginError: the compositor failed.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> from prodgen_sdk.testing.samples import sample_garment, sample_person
        >>> with Studio(host=fake_host()) as studio:
        ...     dressed = studio.try_on(sample_person(), sample_garment(), fit="loose")
        >>> dressed.image.shape == sample_person().image.shape, dressed.edit_mask.dtype
        (True, dtype('bool'))
        """
        with self.session(person, height_cm=height_cm, measurements_cm=measurements_cm) as session:
            return session.try_on(
                garments,
                category=category,
                fit=fit,
                mask=mask,
                compositor=compositor,
                seed=seed,
                user=user,
                retain=retain,
                ctx=ctx,
            )

    def session(
        self,
        person: Photo | PersonPhoto,
        *,
        height_cm: float | None = None,
        measurements_cm: Mapping[str, float] | None = None,
    ) -> TryOnSession:
        """A session with one person's photo, analysed once and dressed many times; it drops everything when it ends.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> from prodgen_sdk.testing.samples import sample_garment, sample_person
        >>> with Studio(host=fake_host()) as studio, studio.session(sample_person()) as session:
        ...     looks = [session.try_on(sample_garment(), fit=fit) for fit in ("tight", "loose")]
        >>> [look.image.dtype.name for look in looks]
        ['uint8', 'uint8']
        """
        if not isinstance(person, PersonPhoto):
            facts = {"height_cm": height_cm, "measurements_cm": dict(measurements_cm or {})}
            person = build(PersonPhoto, image=images.pixels(person), **facts)
        return TryOnSession(
            person,
            self.host,
            self.config,
            product=self.product if self.workspace is not None else None,
            photo=self.photo,
            store=lambda: self.store,
        )

    def try_on_many(
        self,
        person: Photo | PersonPhoto,
        looks: Iterable[Wearable | Sequence[Wearable]],
        *,
        height_cm: float | None = None,
        measurements_cm: Mapping[str, float] | None = None,
        **options: Unpack[Dressing],
    ) -> list[TryOn | Refusal]:
        """Dresses one person in each look separately: a garment, or a list of garments in layering order.

        The person is analysed once. The answers come in the order of the looks, with the same pixels as `try_on` gives for
        each. A look that is refused, by the compositor, by screening or by a hook, does not stop the others. All looks
        are read before the first is put on, so that a bad file costs nothing. The options are those of `try_on`.

        Raises:
            InputError: an unreadable photo, an unknown sku, a garment that nobody wears.
            PluginError: the compositor failed.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> from prodgen_sdk.testing.samples import sample_garment, sample_person
        >>> shirt = sample_garment()
        >>> jacket = shirt.model_copy(update={"sku": "jacket-1", "category": "outerwear"})
        >>> with Studio(host=fake_host()) as studio:
        ...     looks = studio.try_on_many(sample_person(), [shirt, [shirt, jacket]], fit="loose")
        >>> [[layer.name for layer in look.layers] for look in looks]
        [['tee-1'], ['tee-1', 'jacket-1']]
        """
        with self.session(person, height_cm=height_cm, measurements_cm=measurements_cm) as session:
            return session.try_on_many(looks, **options)

    def try_on_clip(
        self,
        clip: str | Path | Clip,
        garments: Wearable | Sequence[Wearable],
        out: str | Path,
        *,
        rate: float | None = None,
        category: GarmentCategory = "auto",
        fit: str | Fit = "regular",
        height_cm: float | None = None,
        measurements_cm: Mapping[str, float] | None = None,
        mask: Any = None,
        compositor: str | None = None,
        gaps: Gaps = "refuse",
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        timeout: float | None = None,
    ) -> DressedClip | Refusal:
        """Dresses the person in a short clip. Nothing is kept except `out`, which is written whole or not at all.

        Args:
            clip: a video, an animated image or a folder of images; see `clips.open_clip`, which names the limits, too.
            garments, category, fit, height_cm, measurements_cm, compositor: as for `try_on`.
            out: .mp4, .webm, .mkv (lossless), .gif, or a folder for PNG files (lossless).
            rate: frames per second, if the clip does not state it.
            mask: the only pixels that may change in every frame, bool HxW.
            progress: called with the frames done, their total and what is counted.
            gaps: what to do with frames that cannot be dressed: `refuse` the clip, `keep` them as filmed, or `cut` them out.

        Raises:
            InputError: an unreadable or too long clip, an unknown sku, an `out` that cannot be written.
            Cancelled, DeadlineExceeded: `cancelled` or `timeout` stopped it.
        """
        from prodgen_sdk.clips import Clip, check_target, open_clip

        target = check_target(out)
        clip = clip if isinstance(clip, Clip) else open_clip(clip, rate=rate)
        with self.session(next(iter(clip)), height_cm=height_cm, measurements_cm=measurements_cm) as session:
            return session.try_on_clip(
                clip,
                garments,
                target,
                category=category,
                fit=fit,
                mask=mask,
                compositor=compositor,
                gaps=gaps,
                ctx=self._production.context(progress, cancelled, timeout),
            )

    # Recommendation

    @property
    def recommender(self) -> Recommender:
        """The serving side, with its caches; made on first use."""
        return self._parts.get("recommender", self._open_recommender)

    @arguments_of(Question.__init__)
    def recommend(self, *args: Any, **options: Any) -> list[Recommendation]:
        """Recommends products to a user, best first, each with the variant to show, its propensity and the reasons.

        An unknown user gets what is popular. Impressions are logged, so that ranker and policy can learn from the events that
        you `record`; pass `log=False` if nobody sees the answer.

        If a plugin or the index fails, or the budget is spent, the next level answers: what is popular in the user's
        category, then what is popular with everybody. Each recommendation states its `source`.

        Args:
            k: how many products.
            filter: only products that pass it.
            at: the time of the request; None for now.
            request_id: names the request in the log; None makes one up.
            deterministic: choose variants without exploration.
            locale: the language of the reasons.
            facts: circumstances that rankers and policies may use, such as `{"category": "home"}` for the open page, whose
                products an unknown user sees first.
            rules: business rules instead of those of the configuration; `Rules()` for none.
            budget_ms: how long the answer may take; None takes `[recommend] budget_ms`. Late components are not waited for.
            trace: called with a record of how the request was answered, stage by stage.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> mug = {"sku": "mug-1", "title": "Blue mug", "category": "home/mug"}
        >>> with Studio.create("shop", host=fake_host()) as studio:
        ...     added = studio.add_products([mug])
        ...     made = studio.generate("mug-1", views="orbit4", size=64)
        ...     (first,) = studio.recommend("ann", k=10)
        ...     studio.image(first.variant).shape
        (64, 64, 3)
        >>> first.sku, first.source, first.propensity  # one of four images
        ('mug-1', 'popular', 0.25)
        """
        return self.recommender.recommend(Question(*args, **options))

    def warm_up(self, seconds: float = 10.0) -> dict[str, float]:
        """Loads what the first requests would wait for: index, encoders, ranker, policy and the catalogue's caches.

        Call it when a server starts. At the end it freezes all live objects for the garbage collector (`gc.freeze`).

        Args:
            seconds: after this time no more of the catalogue is read ahead.

        Returns:
            Seconds by step.
        """
        return self.recommender.warm_up(seconds)

    def health(self, timeout: float = 1.0) -> Health:
        """How well this process can serve right now, for readiness probes and metrics. Cheap enough to call often.

        Args:
            timeout: seconds that the database may take to answer; `health` never waits longer.
        """
        return self.recommender.health(timeout)

    def explain(
        self,
        user: str,
        sku: str,
        *,
        at: datetime | None = None,
        locale: Locale = "en",
        facts: Mapping[str, str | float] | None = None,
    ) -> Explanation:
        """Why a product is recommended to a user: what its score consists of, and how it would change without each cause.

        The product is ranked by itself, so diversity and business rules play no part.

        Raises:
            NotFound: there is no such product, or it cannot be shown.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> from prodgen_sdk.types import Product
        >>> goods = [Product(sku=sku, title=sku, category="home/mug") for sku in ("mug-1", "mug-2")]
        >>> view = {"id": "7", "user": "ann", "type": "view", "sku": "mug-1", "at": "2026-03-01T12:00:00Z"}
        >>> with Studio.create("explained", host=fake_host()) as studio:
        ...     made = studio.generate(goods, views="front", size=64)
        ...     told = studio.record([view])
        ...     why = studio.explain("ann", "mug-2")
        >>> [(cause.kind, cause.what, cause.share > 0) for cause in why.causes]
        [('product', 'mug-1', True)]
        """
        return self.recommender.explain(user, sku, at=at, locale=locale, facts=facts)

    def similar(
        self,
        sku: str | None = None,
        *,
        image: Photo | None = None,
        text: str | None = None,
        k: int = 10,
        filter: Filter | None = None,
    ) -> list[Similar]:
        """Products similar to a product, an image, a text, or the mean of several of these, best first.

        Each comes with its nearest variant that may be shown.

        Raises:
            InputError: nothing is given, or the text has more than 1000 characters.
            NotFound: the product is unknown, or has no approved image.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> from prodgen_sdk.types import Product
        >>> kinds = {"mug-1": "home/mug", "mug-2": "home/mug", "tea-1": "food/tea"}
        >>> goods = [Product(sku=sku, title=sku, category=kind) for sku, kind in kinds.items()]
        >>> with Studio.create("alike", host=fake_host()) as studio:
        ...     made = studio.generate(goods, views="front", size=64)
        ...     found = studio.similar("mug-1", k=2)
        ...     same = studio.similar(image=made.pictures[0].image, k=1)
        >>> [product.sku for product in found], same[0].sku
        (['mug-2', 'tea-1'], 'mug-1')
        """
        picture = images.pixels(image) if image is not None else None
        return self.recommender.similar(sku=sku, image=picture, text=text, k=k, filter=filter)

    def record(self, events: Event | Iterable[Event | Mapping[str, Any]], *, format: str = "prodgen") -> Recorded:
        """Adds events to the log. An event whose id is known is not added again; bad events are listed and the rest is kept.

        Events may arrive late, twice and in any order: only their own times count. Events from more than a day
        ahead, or before 1990, are rejected.

        Args:
            format: the format of mappings, one of `prodgen_sdk.events.FORMATS`: our own, or that of another service.

        Raises:
            InputError: there is no such format.

        >>> from prodgen_sdk.testing.fakes import fake_host
        >>> click = {"id": "7", "user": "ann", "type": "click", "sku": "mug-1", "at": "2026-03-01T12:00:00Z"}
        >>> with Studio.create("shop", host=fake_host()) as studio:
        ...     told = studio.record([click, click, {**click, "id": "8", "type": "look"}])
        >>> told.new, told.known, len(told.rejected)
        (1, 1, 1)
        """
        return self.recommender.record([events] if isinstance(events, Event) else events, format=format)

    def learn(self, *, at: datetime | None = None) -> dict[str, int]:
        """Fits the ranker to the log, and updates the policy with the feedback whose window is over at `at` (default: now)."""
        return self.recommender.learn(at=at)

    def sync(self, *, progress: Progress | None = None) -> int:
        """Updates the index with what was published, changed or withdrawn; returns the number of products concerned."""
        return self.recommender.sync(progress)

    def forget(self, user: str) -> Erased:
        """Erases a user's events, try-ons and everything derived from them, and looks again to prove it.

        Raises:
            NotFound: nothing is known about the user.
        """
        return self.recommender.forget([user])[0]

    def forget_many(self, users: Iterable[str]) -> list[Erased]:
        """Forgets many users, in the order given; ranker and policy learn again once, instead of once per user.

        Unknown users are skipped.

        Raises:
            NotFound: nothing is known about any of them.
        """
        return self.recommender.forget(list(dict.fromkeys(users)))

    def prune_events(
        self, older_than: timedelta, *, types: Collection[EventType] | None = None, at: datetime | None = None
    ) -> int:
        """Deletes old events and everything learnt from them; returns the number of deleted events.

        Others can read and write meanwhile. Ranker and policy then learn again from the rest of the log, which takes as long
        as `learn`.

        Args:
            older_than: delete events that are older than this.
            types: only events of these types, such as `["impression"]`, which make up most of a log; None for all.
            at: the current time; None asks the clock.

        Raises:
            InputError: impressions of that age may still get answers (`[recommend] attribution_minutes`).
        """
        return self.recommender.prune_events(older_than, types=types, at=at)

    # Parts

    def photo(self, media: Media, root: Path = Path()) -> Image:
        """The pixels of a product's photo: an asset of the workspace, or a file below `root`."""
        return self._production.photo(media, root)

    def _open_store(self) -> Store:
        if self.workspace is None:
            raise ConfigError(
                "This needs a workspace.", hint="Run: prodgen init, or open one with Studio.open(folder)."
            )
        from prodgen_sdk.store import open_store

        return open_store(self.workspace.database, self.workspace.assets_url)

    def _open_recommender(self) -> Recommender:
        from prodgen_sdk.serving.recommender import Recommender

        return Recommender(self.store, self.host, self.config.recommend)

    @property
    def _production(self) -> Production:
        return Production(self.host, self.config, self._parts, self.workspace, lambda: self.store)
