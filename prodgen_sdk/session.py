"""A person's photo, analysed once and dressed any number of times, in memory alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk import images
from prodgen_sdk.errors import InputError, ProdgenError
from prodgen_sdk.pipeline.screen import checkers_of
from prodgen_sdk.pipeline.try_on import garment_of, try_on
from prodgen_sdk.types import (
    Fit,
    Garment,
    GarmentCategory,
    Image,
    PersonPhoto,
    Product,
    Refusal,
    TryOn,
    TryOnRequest,
    build,
)

if TYPE_CHECKING:
    from prodgen_sdk.context import Context
    from prodgen_sdk.studio import Studio

Photo = str | Path | bytes | Image
Wearable = str | Path | bytes | Image | Garment | Product


class TryOnSession:
    """One person's photo and what was found out about it, until the session ends. Made by `Studio.session`."""

    def __init__(self, studio: Studio, person: PersonPhoto) -> None:
        self._studio = studio
        self._person: PersonPhoto | None = person

    def try_on(
        self,
        garments: Wearable | Sequence[Wearable],
        *,
        category: GarmentCategory = "auto",
        fit: str | Fit = "regular",
        mask: Any = None,
        compositor: str | None = None,
        seed: int = 0,
        user: str | None = None,
        retain: timedelta | None = None,
        ctx: Context | None = None,
    ) -> TryOn | Refusal:
        """Dresses the person; see `Studio.try_on`. Raises InputError once the session has ended."""
        person = self._open()
        until = self._kept_until(user, retain)
        items: list[Any] = list(garments) if isinstance(garments, list | tuple) else [garments]
        request = build(
            TryOnRequest,
            person=person,
            garments=tuple(self.garment(item, category) for item in items),
            fit=Fit.parse(fit) if isinstance(fit, str) else fit,
            mask=mask,
            seed=seed,
        )
        host = self._studio.host
        checkers = [
            checker
            for checker in checkers_of(host, self._studio.config.defaults.safety_checkers)
            if "image" in checker.checks
        ]
        answer = try_on([request], host.get("compositor", compositor), host, checkers=checkers, ctx=ctx)[0]
        shown = isinstance(answer, TryOn) and (answer.screening is None or answer.screening.outcome == "pass")
        if user is not None and until is not None and isinstance(answer, TryOn) and shown:
            self._studio.store.tryons.keep(user, images.encode(person.image), images.encode(answer.image), until)
        return answer

    def garment(self, item: Wearable, category: GarmentCategory = "auto") -> Garment:
        """The garment that a file, its bytes, pixels, a product or a sku of the workspace stands for."""
        if isinstance(item, Garment):
            return item
        if isinstance(item, str) and self._studio.workspace is not None and not Path(item).is_file():
            item = self._studio.product(item)
        if isinstance(item, Product):
            garment = garment_of(item, self._studio.photo)
            return garment if category == "auto" else garment.model_copy(update={"category": category})
        return build(Garment, front=pixels(item), category=category)

    def close(self) -> None:
        """Drops the photo and what compositors keep of it; one that fails to does not keep the others from it."""
        person, self._person = self._person, None
        errors: list[ProdgenError] = []
        for compositor in self._studio.host.built("compositor") if person is not None else ():
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
        assert self._studio.store is not None
        return datetime.now(UTC) + retain


def pixels(photo: Photo) -> Image:
    """The pixels of a picture given as a file, its bytes or pixels."""
    return images.load(photo) if isinstance(photo, str | Path | bytes) else images.check(photo)
