"""The compositor `tryon/warp`: geometry on a CPU, no generative model."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

import cv2

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Compositor
from prodgen_sdk.types import Body, Garment, Image, PersonPhoto, Refusal, TryOn, TryOnRequest
from prodgen_tryon import check
from prodgen_tryon.accessories.wear import Accessory
from prodgen_tryon.config import Config
from prodgen_tryon.garment import Piece, understand
from prodgen_tryon.litert import LitertBodyParser
from prodgen_tryon.person import Person, analyse
from prodgen_tryon.render import dress

DETECTION_HEIGHT = 1280
T = TypeVar("T")


class Recent(Generic[T]):
    """The last few results by key, in memory only; safe to use from several threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._items: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return cast(T, self._items[key])
        value = make()
        with self._lock:
            self._items[key] = value
            while len(self._items) > self._size:
                self._items.popitem(last=False)
        return value

    def drop(self, key: str) -> None:
        """Forgets one result."""
        with self._lock:
            self._items.pop(key, None)


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
        results = []
        for request in batch:
            ctx.check()
            results.append(self._dress(request, ctx))
        return results

    def release(self, person: PersonPhoto) -> None:
        """Forgets the analysis of a photo and every picture derived from it; garments, which show nobody, may stay."""
        self._people.drop(images.pixel_digest(images.flatten(person.image)))

    def _dress(self, request: TryOnRequest, ctx: Context) -> TryOn | Refusal:
        photo = images.flatten(request.person.image)
        if request.mask is not None and request.mask.shape != photo.shape[:2]:
            raise InputError(
                f"The mask is {request.mask.shape[1]} x {request.mask.shape[0]} and the photo {photo.shape[1]} x {photo.shape[0]} pixels.",
                hint="Give a mask of the photo's size.",
            )
        person = self._people.get(images.pixel_digest(photo), lambda: self._person(photo, ctx))
        if isinstance(person, Refusal):
            return person
        pieces: list[Piece | Accessory] = []
        for garment in request.garments:
            ctx.check()
            piece = self._piece(garment, person)
            if isinstance(piece, Refusal):
                return piece
            refusal = check.reach(person, piece.category) if isinstance(piece, Piece) else None
            if refusal is not None:
                return refusal
            pieces.append(piece)
        dressed = dress(request, photo, person, pieces, self._config)
        return dressed if isinstance(dressed, Refusal) else dressed.answer

    def _person(self, photo: Image, ctx: Context) -> Person | Refusal:
        scale = min(1.0, DETECTION_HEIGHT / photo.shape[0], 2 * DETECTION_HEIGHT / photo.shape[1])
        small = photo
        if scale < 1:
            size = (max(round(photo.shape[1] * scale), 1), max(round(photo.shape[0] * scale), 1))
            small = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
        body = self._body(small, ctx)
        refusal = check.body(body)
        if refusal is not None:
            return refusal
        if scale < 1:
            body = _enlarged(body, photo.shape, small.shape)
        person = analyse(photo, body, self._config.working_height)
        return check.pose(person) or person

    def _body(self, photo: Image, ctx: Context) -> Body:
        if self._parser is not None:
            return self._parser.parse_image(photo, parts=False)
        found: Sequence[Body] = ctx.lookup("body_parser", self._config.body_parser).parse(
            [PersonPhoto(image=photo)], ctx
        )
        return found[0]

    def _piece(self, garment: Garment, person: Person) -> Piece | Accessory | Refusal:
        picture = garment.front
        if person.frame.facing == "back":
            if garment.back is None:
                return check.NO_BACK
            picture = garment.back
        key = f"{images.pixel_digest(picture)} {garment.category} {sorted(garment.keypoints.items())} {picture is garment.front}"
        return self._pieces.get(key, lambda: understand(picture, garment, picture is garment.front))


def _enlarged(body: Body, shape: tuple[int, ...], small: tuple[int, ...]) -> Body:
    points = body.landmarks.copy()
    points[:, 0] *= shape[1] / small[1]
    points[:, 1] *= shape[0] / small[0]
    person = cv2.resize(body.person, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return body.model_copy(update={"landmarks": points, "person": person})
