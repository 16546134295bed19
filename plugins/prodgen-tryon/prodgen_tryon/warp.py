"""The compositor `tryon/warp`: geometry on a CPU, no generative model."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Compositor
from prodgen_sdk.types import Body, Garment, Image, Layer, PersonPhoto, Refusal, TryOn, TryOnRequest
from prodgen_tryon import check
from prodgen_tryon.compose import Composed
from prodgen_tryon.confidence import LEAST, assess, measure
from prodgen_tryon.config import Config
from prodgen_tryon.filters import Float, dilate
from prodgen_tryon.garment import Piece, understand
from prodgen_tryon.litert import LitertBodyParser
from prodgen_tryon.outfit import Outfit, lay, lay_again, order
from prodgen_tryon.person import Person, analyse

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
        self._pieces: Recent[Piece | Refusal] = Recent(self._config.cached_garments)

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
        pieces = []
        for garment in request.garments:
            ctx.check()
            piece = self._piece(garment, person)
            if isinstance(piece, Refusal):
                return piece
            refusal = check.reach(person, piece.category)
            if refusal is not None:
                return refusal
            pieces.append(piece)
        return _render(request, photo, person, pieces, self._config)

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

    def _piece(self, garment: Garment, person: Person) -> Piece | Refusal:
        picture = garment.front
        if person.frame.facing == "back":
            if garment.back is None:
                return check.NO_BACK
            picture = garment.back
        key = f"{images.pixel_digest(picture)} {garment.category} {sorted(garment.keypoints.items())} {picture is garment.front}"
        return self._pieces.get(key, lambda: understand(picture, garment, picture is garment.front))


def _render(
    request: TryOnRequest, photo: Image, person: Person, pieces: Sequence[Piece], config: Config
) -> TryOn | Refusal:
    warnings: list[str] = []
    confidence = 1.0
    quality: list[dict[str, float]] = []
    if person.frame.facing == "back":
        warnings.append("The person is seen from behind: the garment's back is shown.")
    done: dict[int, Composed] = {}
    outfit = Outfit(person.image.astype(np.float32))
    for number, again in order([piece.category for piece in pieces], request.fit.tuck):
        if again:
            lay_again(outfit, person, done[number])
            continue
        piece = pieces[number]
        composed, parts = lay(
            outfit, person, piece, request.garments[number], request, keep_top=config.outerwear_keeps_top
        )
        cover = check.coverage(person, piece.category, composed.alpha)
        if cover < 0.5:
            return check.NOT_COVERED
        signs = measure(
            person,
            piece.category,
            piece.cutout,
            piece.shape,
            parts,
            composed.image,
            composed.alpha,
            composed.whole,
            cover,
        )
        sure, weak = assess(signs)
        if sure < LEAST:
            return check.UNSURE
        confidence = min(confidence, sure)
        warnings += [w for w in (*piece.warnings, *weak) if w not in warnings]
        quality.append({name: round(value, 3) for name, value in signs.items()})
        done[number] = composed
    warnings += [w for w in outfit.warnings if w not in warnings]
    image, mask = restore(photo, person, outfit.picture, request.mask)
    names = [piece.category for piece in pieces]
    return TryOn(
        image=image,
        edit_mask=mask,
        layers=tuple(Layer(name=f"{i}-{names[i]}", image=_layer(photo, person, done[i])) for i in range(len(pieces))),
        confidence=float(np.clip(confidence, 0, 1)),
        warnings=tuple(warnings),
        facts={
            "categories": names,
            "facing": person.frame.facing,
            "working_scale": round(person.scale, 4),
            "signs": quality,
        },
    )


def restore(
    photo: Image, person: Person, picture: Float, allowed: NDArray[np.bool_] | None
) -> tuple[Image, NDArray[np.bool_]]:
    """The dressed working picture in the photo: only pixels that changed are touched, all others are the photo's own.

    Args:
        picture: float32 RGB of the working crop.
        allowed: the only pixels of the photo that may change.

    Returns:
        the picture in the photo's size, and the mask of the pixels that may differ.
    """
    x, y = person.origin
    width, height = person.size
    working = picture.round().clip(0, 255).astype(np.uint8)
    changed = (np.abs(working.astype(np.int16) - person.image) > 0).any(-1)
    out = photo.copy()
    mask = np.zeros(photo.shape[:2], bool)
    crop = photo[y : y + height, x : x + width]
    if person.scale < 1:
        # Fade into the photo over the rim of the change: the crop was resampled, the photo was not.
        soft = cv2.GaussianBlur(dilate(changed.astype(np.float32), 1), (0, 0), 1.0)
        soft = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
        large = cv2.resize(working, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
        large = crop + (large - crop) * soft[..., None]
        inside = soft > 1 / 255
        result = large.round().clip(0, 255).astype(np.uint8)
    else:
        result, inside = working, changed
    if allowed is not None:
        inside = inside & allowed[y : y + height, x : x + width]
    target = out[y : y + height, x : x + width]
    target[inside] = result[inside]
    mask[y : y + height, x : x + width] = inside
    return out, mask


def _layer(photo: Image, person: Person, done: Composed) -> Image:
    x, y = person.origin
    rgba = np.dstack([done.cloth, done.alpha * 255]).round().clip(0, 255).astype(np.uint8)
    if person.scale < 1:
        rgba = cv2.resize(rgba, person.size, interpolation=cv2.INTER_CUBIC)
    out = np.zeros((*photo.shape[:2], 4), np.uint8)
    out[y : y + person.size[1], x : x + person.size[0]] = rgba
    return out


def _enlarged(body: Body, shape: tuple[int, ...], small: tuple[int, ...]) -> Body:
    points = body.landmarks.copy()
    points[:, 0] *= shape[1] / small[1]
    points[:, 1] *= shape[0] / small[0]
    person = cv2.resize(body.person, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    return body.model_copy(update={"landmarks": points, "person": person})
