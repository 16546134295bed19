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
    Trace,
    TryOn,
    Variant,
    build,
)
from prodgen_sdk.types.rules import Rules
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
    """Generates product pictures, dresses people, recommends, and learns from what happens.

    Use it as a context manager, from any number of threads. Without a workspace it keeps nothing: `generate` and `try_on`
    work, and what needs state raises ConfigError.

    Args:
        workspace: where state lies, or None.
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
            host.config = self.config
        self._parts = Parts("studio")

    @classmethod
    def open(cls, folder: str | Path, *, config: Config | None = None, host: Host | None = None) -> Studio:
        """Opens the workspace in `folder`; raises ConfigError if there is none."""
        return cls(open_workspace(Path(folder)), config=config, host=host)

    @classmethod
    def create(cls, folder: str | Path, *, config: Config | None = None, host: Host | None = None) -> Studio:
        """Makes a workspace in `folder` (or opens the one that is there) and opens it."""
        return cls(init_workspace(Path(folder)), config=config, host=host)

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Cancels what is under way, then closes the store and (unless the host was given) the components.

        A second call does nothing. Raises an ExceptionGroup of what could not be closed, after closing the rest.
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
        """Adds products, or updates those whose sku is known. Photos and meshes are copied into the asset store.

        Args:
            source: a JSON Lines, CSV or Parquet file, or products.
            root: the folder that media paths are relative to and must stay in; by default that of the file.
            progress: told how many lines are done, of 0.

        Returns:
            What was added, updated and unchanged, and every rejected line with field and reason; the rest is kept.
        """
        from prodgen_sdk.pipeline.ingest import ingest

        folder = Path(root) if root is not None else None
        return ingest(source, self.store, root=folder, progress=progress or no_progress)

    def product(self, sku: str) -> Product:
        """The product of a sku; raises NotFound with its neighbours."""
        return self.store.products.get(sku)

    def products(self, category: str | None = None) -> Iterator[Product]:
        """All products in the order of their sku, or those of a category and below."""
        return self.store.products.iterate(category=category)

    # Generation

    @arguments_of(Production.order)
    def generate(self, *args: Any, **options: Any) -> GenerationResult:
        """Makes pictures of products; with a workspace they are published as variants.

        The same request finds the pictures that it already made, so a killed run is resumed by running it again.

        Args:
            products: skus of the workspace, or products. One whose sku the workspace does not know is added to it; one that it
                knows is drawn as given, and what is stored of it stays.
            views: a set, names or `az:el:dist` (see `types.parse_views`), or views.
            generator: an id; None takes the mesh generator for a product with a mesh, else the configured default.
            seed: None derives it from the request, so that a re-run is the same work; "random" draws one.
            profile: a profile of the configured finisher, such as `marketplace`.
            root: where the media of products outside a workspace lie, and must stay in.
            background: the picture for a scene with the background `image`.

        Returns:
            Pictures in order; products that were refused or failed are named in the result. If a single product is given
            (not a list), its error is raised instead.

        Raises:
            Refused, InputError, PluginError: for a single product.
            Cancelled, DeadlineExceeded: `cancelled` said so, or `timeout` seconds are over; what was published stays.
        """
        return self._production.generate(self._production.order(*args, **options))

    @arguments_of(Production.order)
    def estimate(self, *args: Any, **options: Any) -> Estimate:
        """What `generate` with the same arguments would make, find, take and cost. Nothing is kept, and no product is added.

        Prices are those of `[costs]`. Where nothing is known of a generator's speed, a few views are made to learn it.
        """
        return self._production.estimate(self._production.order(*args, **options))

    def publish_photos(
        self, products: Iterable[str | Product], *, size: int = 768, progress: Progress | None = None
    ) -> GenerationResult:
        """Publishes products' own front, flat, back and detail photos as variants, through the same measuring and screening.

        Products without such a photo are left out.
        """
        return self._production.publish_photos(products, size=size, progress=progress)

    def image(self, variant: str | Variant) -> Image:
        """The pixels of a published variant, HWC uint8."""
        from prodgen_sdk.pipeline.produce import load_variant

        return load_variant(self.store, self.store.variants.get(variant) if isinstance(variant, str) else variant)

    def image_file(self, variant: str) -> bytes:
        """The PNG file of a published variant, as it is stored: what a service sends, without decoding it.

        Raises:
            NotFound: there is no such variant.
            StoreError: the file is missing or damaged.
        """
        return self.store.variants.image(variant)

    def variants(self, sku: str | None = None, *, review: ReviewState | None = None) -> Iterator[Variant]:
        """Published variants in the order of their publication."""
        return self.store.variants.iterate(sku=sku, review=review)

    def review(self, variant: str, state: ReviewState, *, by: str, reason: str = "") -> Variant:
        """Moves a variant to another review state; who and why is kept. Raises InputError if that step is not allowed."""
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
        """Dresses a person's photo, or says why not and which photo would help.

        Args:
            person: a file, its bytes, or HWC uint8 pixels.
            garments: one or more in layering order (innermost first): files, pixels, garments, products, or skus of the
                workspace.
            category: of garments that do not say it themselves.
            mask: the only pixels that may change, bool HxW.
            user, retain: keep photo and result for this user and so long. Without both nothing is kept.

        Raises:
            InputError: an unreadable photo, an unknown sku, a garment that nobody wears.
            PluginError: the compositor failed.
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
        """One person's photo, analysed once and dressed many times; all of it is dropped when the session ends."""
        if isinstance(person, PersonPhoto):
            return TryOnSession(self, person)
        facts = {"height_cm": height_cm, "measurements_cm": dict(measurements_cm or {})}
        return TryOnSession(self, build(PersonPhoto, image=images.pixels(person), **facts))

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

        The person is analysed once, the answers come in the order of the looks, and each has the pixels that `try_on` gives for
        it alone. A look that is refused, by the compositor, by screening or by a hook, does not stop the others. All looks
        are read before the first is put on, so that a bad file costs nothing. Options as for `try_on`.

        Raises:
            InputError: an unreadable photo, an unknown sku, a garment that nobody wears.
            PluginError: the compositor failed.
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
        """Dresses the person in a short clip. Nothing is kept but what is written to `out`, whole or not at all.

        Args:
            clip: a video, an animated picture or a folder of pictures; see `clips.open_clip`, which names the limits, too.
            garments: one or more in layering order, as for `try_on`.
            out: .mp4, .webm, .mkv (lossless), .gif, or a folder for PNG files (lossless).
            rate: frames a second, where the clip does not say it.
            mask: the only pixels that may change in every frame, bool HxW.
            gaps: what becomes of frames that cannot be dressed: `refuse` the clip, `keep` them as filmed, or `cut` them out.

        Raises:
            InputError: an unreadable or too long clip, an unknown sku, an `out` that cannot be written.
            Cancelled, DeadlineExceeded: `cancelled` said so, or `timeout` seconds are over.
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

    def recommend(
        self,
        user: str,
        k: int = 10,
        *,
        filter: Filter | None = None,
        at: datetime | None = None,
        request_id: str | None = None,
        deterministic: bool = False,
        log: bool = True,
        locale: Locale = "en",
        facts: Mapping[str, str | float] | None = None,
        rules: Rules | None = None,
        budget_ms: float | None = None,
        trace: Callable[[Trace], object] | None = None,
    ) -> list[Recommendation]:
        """Products for a user, best first, each with the variant to show, its propensity and why.

        A user of whom nothing is known gets what is popular. The impressions are logged, so that `record`ed answers teach
        ranker and policy; `log=False` is for looking only.

        Where a plugin or the index fails, or the budget is spent, the next level answers: what is popular in the user's
        category, then what is popular with everybody. Each recommendation states its `source`.

        Args:
            facts: circumstances that rankers and policies may use, such as `{"category": "home"}`: the page that is open.
                Somebody unknown is first shown products of it.
            rules: business rules instead of those of the configuration; `Rules()` for none.
            budget_ms: how long an answer may take; None takes `[recommend] budget_ms`. A component that is late is no longer
                waited for.
            trace: called with how the request was answered, stage by stage.
        """
        return self.recommender.recommend(
            user,
            k,
            filter=filter,
            at=at,
            request_id=request_id,
            deterministic=deterministic,
            log=log,
            locale=locale,
            facts=facts,
            rules=rules,
            budget_ms=budget_ms,
            trace=trace,
        )

    def warm_up(self, seconds: float = 10.0) -> dict[str, float]:
        """Loads what the first requests would wait for: index, encoders, ranker, policy and the catalogue's caches.

        For a server's start. At the end all objects that live are taken from the sight of the garbage collector (`gc.freeze`).

        Args:
            seconds: after which no more of the catalogue is read ahead.

        Returns:
            Seconds by step.
        """
        return self.recommender.warm_up(seconds)

    def health(self, timeout: float = 1.0) -> Health:
        """How well this process can serve at this moment: for readiness probes and for metrics. Cheap, and never waits longer.

        Args:
            timeout: seconds that the database may take to answer.
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
        """Why a product is recommended to a user: what its score is made of, and what it would lose without each cause.

        The product is ranked by itself, so the share of diversity is missing; rules are of a request, and are not looked at.

        Raises:
            NotFound: there is no such product, or it cannot be shown.
        """
        return self.recommender.explain(user, sku, at=at, locale=locale, facts=facts)

    def similar(
        self,
        *,
        sku: str | None = None,
        image: Photo | None = None,
        text: str | None = None,
        k: int = 10,
        filter: Filter | None = None,
    ) -> list[Similar]:
        """Products near a product, a picture or some words, best first, each with its nearest variant."""
        picture = images.pixels(image) if image is not None else None
        return self.recommender.similar(sku=sku, image=picture, text=text, k=k, filter=filter)

    def record(self, events: Event | Iterable[Event | Mapping[str, Any]], *, format: str = "prodgen") -> Recorded:
        """Adds events to the log; one whose id is known is not added again. Bad ones are named and the rest is kept.

        Events may come late, twice and in any order: a profile and a fit depend on their own times. One from more than a day
        ahead, or before 1990, is rejected.

        Args:
            format: the shape of mappings, one of `prodgen_sdk.events.FORMATS`: our own, or one recorded by another service.

        Raises:
            InputError: there is no such format.
        """
        return self.recommender.record([events] if isinstance(events, Event) else events, format=format)

    def learn(self, *, at: datetime | None = None) -> dict[str, int]:
        """Fits the ranker to the log and tells the policy the feedback whose window is over at `at` (default now)."""
        return self.recommender.learn(at=at)

    def sync(self, *, progress: Progress | None = None) -> int:
        """Applies what was published, changed or withdrawn to the index; returns how many products that touched."""
        return self.recommender.sync(progress)

    def forget(self, user: str) -> Erased:
        """Erases a user's events, try-ons and all that was derived, and proves it by looking again.

        Raises:
            NotFound: nothing is known of the user.
        """
        return self.recommender.forget([user])[0]

    def forget_many(self, users: Iterable[str]) -> list[Erased]:
        """The same for many users, in the order given: what is learnt is learnt anew once, not once each.

        Of those of whom nothing is known nothing is erased.

        Raises:
            NotFound: nothing is known of any of them.
        """
        return self.recommender.forget(list(dict.fromkeys(users)))

    def prune_events(
        self, older_than: timedelta, *, types: Collection[EventType] | None = None, at: datetime | None = None
    ) -> int:
        """Deletes events that are older than a time and all that was learnt from them; returns how many there were.

        Others read and write meanwhile. Ranker and policy then learn anew from the log that is left, which takes as long as
        `learn` takes for all of it.

        Args:
            types: only events of these types, such as `["impression"]`, which most of a log is made of; None for all.
            at: the time that it is now.

        Raises:
            InputError: answers to impressions of that time may still come (`[recommend] attribution_minutes`).
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
