"""A person's photo, analysed once and dressed any number of times, in memory alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack, get_args

from prodgen_sdk import images
from prodgen_sdk.clips import Clip, check_target, write_clip
from prodgen_sdk.errors import InputError, NotFound, ProdgenError
from prodgen_sdk.files import is_file
from prodgen_sdk.pipeline.screen import checkers_of
from prodgen_sdk.pipeline.try_on import garment_of, try_on
from prodgen_sdk.pipeline.try_on_clip import Gaps, try_on_clip
from prodgen_sdk.types import (
    DressedClip,
    Fit,
    Garment,
    GarmentCategory,
    Image,
    Media,
    PersonPhoto,
    Photo,
    Product,
    Refusal,
    TryOn,
    TryOnRequest,
    build,
)

if TYPE_CHECKING:
    from prodgen_sdk.config import Config
    from prodgen_sdk.context import Context
    from prodgen_sdk.host import Host
    from prodgen_sdk.store import Store

Wearable = Photo | Garment | Product


class Dressing(TypedDict, total=False):
    """The options of `TryOnSession.try_on` and `try_on_many`."""

    category: GarmentCategory
    fit: str | Fit
    mask: Any
    compositor: str | None
    seed: int
    user: str | None
    retain: timedelta | None
    ctx: Context | None


def product_named(item: str, product: Callable[[str], Product] | None) -> Product | None:
    """The product of a sku, or None for what names a file. Raises NotFound for a sku that the workspace does not know.

    Args:
        product: finds the product of a sku in the workspace; None without one.
    """
    path = Path(item)
    if product is None or is_file(path) or path.name != item:
        return None
    try:
        return product(item)
    except NotFound:
        if (guess_type(item)[0] or "").startswith("image/"):
            return None  # a file that is not there, which reading it will say
        raise


class TryOnSession:
    """One person's photo and what was found out about it, until the session ends. Made by `Studio.session`.

    Args:
        product: finds the product of a sku in the workspace; None without one.
        photo: the pixels of a product's photo.
        store: the workspace's; raises ConfigError without one.
    """

    def __init__(
        self,
        person: PersonPhoto,
        host: Host,
        config: Config,
        *,
        product: Callable[[str], Product] | None,
        photo: Callable[[Media], Image],
        store: Callable[[], Store],
    ) -> None:
        self._host, self._config = host, config
        self._product, self._photo, self._store = product, photo, store
        self._person: PersonPhoto | None = person
        self._lock = threading.Lock()
        self._at_work = 0

    def try_on(self, garments: Wearable | Sequence[Wearable], **options: Unpack[Dressing]) -> TryOn | Refusal:
        """Dresses the person; see `Studio.try_on`. Raises InputError once the session has ended."""
        return self._dress([garments], "raise", **options)[0]

    def try_on_many(
        self, looks: Iterable[Wearable | Sequence[Wearable]], **options: Unpack[Dressing]
    ) -> list[TryOn | Refusal]:
        """Dresses the person in each look separately; see `Studio.try_on_many`."""
        return self._dress(looks, "refuse", **options)

    def _dress(
        self,
        looks: Iterable[Wearable | Sequence[Wearable]],
        vetoes: Literal["raise", "refuse"],
        *,
        category: GarmentCategory = "auto",
        fit: str | Fit = "regular",
        mask: Any = None,
        compositor: str | None = None,
        seed: int = 0,
        user: str | None = None,
        retain: timedelta | None = None,
        ctx: Context | None = None,
    ) -> list[TryOn | Refusal]:
        until = self._kept_until(user, retain)
        with self._working() as person:
            requests = [self._request(person, look, category, fit, mask, seed) for look in looks]
            answers = try_on(requests, **self._means(compositor), ctx=ctx, vetoes=vetoes)
            for answer in answers:
                self._keep(answer, user, until)
        return answers

    def try_on_clip(
        self,
        clip: Clip,
        garments: Wearable | Sequence[Wearable],
        out: Path,
        *,
        category: GarmentCategory = "auto",
        fit: str | Fit = "regular",
        mask: Any = None,
        compositor: str | None = None,
        gaps: Gaps = "refuse",
        ctx: Context | None = None,
    ) -> DressedClip | Refusal:
        """Dresses the person in every frame of a clip, of which the session's photo is the first; see `Studio.try_on_clip`."""
        if gaps not in get_args(Gaps):
            raise InputError(
                f"Frames that cannot be dressed are not {gaps!r}.", hint=f"Say {', '.join(get_args(Gaps))}."
            )
        check_target(out)

        def write(frames: Iterator[Image]) -> int:
            return write_clip(out, frames, clip.rate)

        with self._working() as person:
            request = self._request(person, garments, category, fit, mask, 0)
            means = self._means(compositor)
            return try_on_clip(clip, request, clip.rate, write=write, gaps=gaps, total=clip.frames, ctx=ctx, **means)

    def _request(
        self,
        person: PersonPhoto,
        look: Wearable | Sequence[Wearable],
        category: GarmentCategory,
        fit: str | Fit,
        mask: Any,
        seed: int,
    ) -> TryOnRequest:
        items: list[Any] = list(look) if isinstance(look, list | tuple) else [look]
        return build(
            TryOnRequest,
            person=person,
            garments=tuple(self.garment(item, category) for item in items),
            fit=Fit.parse(fit) if isinstance(fit, str) else fit,
            mask=mask,
            seed=seed,
        )

    def _means(self, compositor: str | None) -> dict[str, Any]:
        checkers = checkers_of(self._host, self._config.defaults.safety_checkers)
        return {
            "compositor": self._host.get("compositor", compositor),
            "host": self._host,
            "checkers": [checker for checker in checkers if "image" in checker.checks],
        }

    def _keep(self, answer: TryOn | Refusal, user: str | None, until: datetime | None) -> None:
        shown = isinstance(answer, TryOn) and (answer.screening is None or answer.screening.outcome == "pass")
        if user is not None and until is not None and isinstance(answer, TryOn) and shown:
            photo = images.encode(self._open().image)
            self._store().tryons.keep(user, photo, images.encode(answer.image), until)

    def garment(self, item: Wearable, category: GarmentCategory = "auto") -> Garment:
        """The garment that a file, its bytes, pixels, a product or a sku of the workspace stands for."""
        if isinstance(item, Garment):
            return item
        if isinstance(item, str):
            item = product_named(item, self._product) or item
        if isinstance(item, Product):
            garment = garment_of(item, self._photo)
            return garment if category == "auto" else garment.model_copy(update={"category": category})
        return build(Garment, front=images.pixels(item), category=category)

    def close(self) -> None:
        """Drops the photo and what compositors keep of it; one that fails to does not keep the others from it.

        A call that is under way on another thread is not waited for: what it still leaves behind is dropped as it ends.
        """
        with self._lock:
            person, self._person = self._person, None
        if person is not None:
            self._release(person)

    @contextmanager
    def _working(self) -> Iterator[PersonPhoto]:
        """The person, for a piece of work; after it, the compositors let go of somebody whose session has ended meanwhile."""
        with self._lock:
            person = self._open()
            self._at_work += 1
        try:
            yield person
        finally:
            with self._lock:
                self._at_work -= 1
                last = self._person is None and not self._at_work
            if last:
                self._release(person)

    def _release(self, person: PersonPhoto) -> None:
        errors: list[ProdgenError] = []
        for compositor in self._host.built("compositor"):
            try:
                compositor.release(person)
            except ProdgenError as error:
                errors.append(error)
        if errors:
            raise errors[0]

    def __enter__(self) -> TryOnSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> PersonPhoto:
        if self._person is None:
            raise InputError("The session has ended and its photo is gone.", hint="Open another one.")
        return self._person

    def _kept_until(self, user: str | None, retain: timedelta | None) -> datetime | None:
        if (user is None) != (retain is None):
            raise InputError(
                "To keep a try-on takes both a user and how long.", hint="Give user and retain, or neither."
            )
        if retain is None:
            return None
        if not timedelta(0) < retain <= timedelta(days=3650):
            raise InputError(f"A try-on cannot be kept for {retain}.", hint="Give a period of up to ten years.")
        self._store()  # which needs a workspace: said before the work
        return datetime.now(UTC) + retain
