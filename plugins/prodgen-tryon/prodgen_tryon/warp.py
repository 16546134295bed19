"""The compositor `tryon/warp`: geometry on a CPU, no generative model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import cv2

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import Compositor
from prodgen_sdk.types import Body, Garment, Image, PersonPhoto, Refusal, TryOn, TryOnRequest
from prodgen_tryon import check, refusals
from prodgen_tryon.accessories.shape import Accessory
from prodgen_tryon.body.faces import is_worn
from prodgen_tryon.body.litert import LitertBodyParser
from prodgen_tryon.body.person import Person, analyse
from prodgen_tryon.clip.dress import dress_clip
from prodgen_tryon.config import Config
from prodgen_tryon.garment.cutout import is_cut_out
from prodgen_tryon.garment.piece import Piece, understand
from prodgen_tryon.recent import Recent
from prodgen_tryon.render import Dressed, dress, understood

DETECTION_HEIGHT = 1280
FINEST = 1.5  # longest edge at which a garment is worked on, for one pixel of the working height


class WarpCompositor(Compositor):
    """Dresses photos. Analyses are kept in memory by the digest of the pixels, so that the next garment is quick."""

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config or Config()
        # The built-in parser is used without its part masks, which are made anew in the crop that is dressed.
        own = self._config.body_parser == "body/litert"
        self._parser = LitertBodyParser(self._config, ctx) if own else None
        self._people: Recent[Person | Refusal] = Recent(self._config.cached_people)
        self._pieces: Recent[Piece | Accessory | Refusal] = Recent(self._config.cached_garments)

    def compose(self, batch: Sequence[TryOnRequest], ctx: Context) -> list[TryOn | Refusal]:
        results: list[TryOn | Refusal] = []
        for request in batch:
            ctx.check()
            explained = self.explain(request, ctx)
            results.append(explained if isinstance(explained, Refusal) else explained.answer)
        return results

    def compose_clip(
        self, frames: Iterable[Image], request: TryOnRequest, rate: float, ctx: Context
    ) -> Iterator[TryOn | Refusal]:
        """Steady: poses are smoothed over the whole clip, and masks, light and made-up pixels carried from frame to frame."""
        clip = f"clip {id(request)}"
        try:
            yield from dress_clip(
                frames,
                request,
                rate,
                lambda photo: self._seen(photo, ctx),
                lambda garment, person: self._piece(garment, person, ctx, clip),
                self._config,
                ctx,
            )
        finally:
            self._pieces.forget_owner(clip)

    def release(self, person: PersonPhoto) -> None:
        """Forgets the analysis of a photo and every picture derived from it, and garments that this person alone brought along.

        Garments of the shop, which have a sku, may stay for others.
        """
        who = images.pixel_digest(images.flatten(person.image))
        self._people.forget(who)
        self._pieces.forget_owner(who)

    def explain(self, request: TryOnRequest, ctx: Context) -> Dressed | Refusal:
        """The answer with what it was made of, or the refusal."""
        photo = images.flatten(request.person.image)
        check.mask(request.mask, photo)
        who = images.pixel_digest(photo)
        person = self._people.get(who, lambda: self._person(photo, ctx))
        if isinstance(person, Refusal):
            return person
        pieces = understood(request, person, lambda garment, person: self._piece(garment, person, ctx, who))
        if isinstance(pieces, Refusal):
            return pieces
        return dress(request, photo, person, pieces, self._config)

    def _person(self, photo: Image, ctx: Context) -> Person | Refusal:
        body, refusal = self._seen(photo, ctx)
        if refusal is not None:
            return refusal
        person = analyse(photo, body, self._config.working_height)
        return check.pose(person) or person

    def _seen(self, photo: Image, ctx: Context) -> tuple[Body, Refusal | None]:
        """Pose and person mask of a photo, which is looked at in a moderate size, and whether it shows one person well enough."""
        small = _shrunk(photo, DETECTION_HEIGHT)
        body = self._body(small, ctx)
        refusal = check.body(body, small)
        return (body if small is photo else _enlarged(body, photo.shape, small.shape)), refusal

    def _body(self, photo: Image, ctx: Context) -> Body:
        if self._parser is not None:
            return self._parser.parse_image(photo, parts=False)
        found: Sequence[Body] = ctx.lookup("body_parser", self._config.body_parser).parse(
            [PersonPhoto(image=photo)], ctx
        )
        return found[0]

    def _piece(self, garment: Garment, person: Person, ctx: Context, who: str) -> Piece | Accessory | Refusal:
        picture = garment.front
        if person.frame.facing == "back":
            if garment.back is None:
                return refusals.NO_BACK
            picture = garment.back
        ctx.check()
        key = f"{images.pixel_digest(picture)} {garment.category} {sorted(garment.keypoints.items())} {picture is garment.front}"
        return self._pieces.get(
            key, lambda: self._understood(picture, garment, ctx), who if garment.sku is None else None
        )

    def _understood(self, picture: Image, garment: Garment, ctx: Context) -> Piece | Accessory | Refusal:
        if not is_cut_out(picture):
            small = _shrunk(images.flatten(picture), 640)
            if is_worn(small, self._body(small, ctx)):
                return refusals.WORN
        front = picture is garment.front
        # More pixels than the working picture can show would only cost time.
        edge = round(FINEST * self._config.working_height)
        fine = _shrunk(picture, edge, edge)
        if fine is not picture:
            scale = fine.shape[0] / picture.shape[0]
            points = {name: (x * scale, y * scale) for name, (x, y) in garment.keypoints.items()}
            garment = garment.model_copy(update={"keypoints": points})
        return understand(fine, garment, front)


def _shrunk(photo: Image, height: int, width: int | None = None) -> Image:
    """The photo, or a smaller one where it is higher than `height` or wider than `width`, by default twice that."""
    scale = min(1.0, height / photo.shape[0], (width or 2 * height) / photo.shape[1])
    if scale == 1:
        return photo
    size = (max(round(photo.shape[1] * scale), 1), max(round(photo.shape[0] * scale), 1))
    small: Image = cv2.resize(photo, size, interpolation=cv2.INTER_AREA).astype(photo.dtype)
    return small


def _enlarged(body: Body, shape: tuple[int, ...], small: tuple[int, ...]) -> Body:
    points = body.landmarks.copy()
    points[:, 0] *= shape[1] / small[1]
    points[:, 1] *= shape[0] / small[0]
    person = cv2.resize(body.person, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return body.model_copy(update={"landmarks": points, "person": person})
