"""A person and understood garments -> a dressed photo with its mask, layers, confidence and warnings, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Garment, Image, Layer, Refusal, TryOn, TryOnRequest
from prodgen_tryon import check, refusals
from prodgen_tryon.accessories.shape import Accessory
from prodgen_tryon.accessories.wear import Worn, wear
from prodgen_tryon.body.person import Person
from prodgen_tryon.confidence import LEAST, assess, measure
from prodgen_tryon.config import Config
from prodgen_tryon.fidelity import fidelity, traits, trusted
from prodgen_tryon.filters import Float, box_of, differs, dilate, to_bytes
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.garment.keypoints import TopShape
from prodgen_tryon.garment.piece import Piece
from prodgen_tryon.picture.composed import Composed
from prodgen_tryon.picture.outfit import Outfit, lay, lay_again, order

Understand = Callable[[Garment, Person], Piece | Accessory | Refusal]


@dataclass(frozen=True)
class Dressed:
    """An answer with what it was made of: the person, the garments, and for clothes, by number, what was composed of which parts."""

    answer: TryOn
    person: Person
    pieces: Sequence[Piece | Accessory]
    composed: dict[int, Composed]
    parts: dict[int, tuple[Part, ...]]


@dataclass
class _Clothes:
    """The clothes of a request as they were laid, by number."""

    composed: dict[int, Composed] = field(default_factory=dict)
    parts: dict[int, tuple[Part, ...]] = field(default_factory=dict)
    signs: dict[int, dict[str, float]] = field(default_factory=dict)
    confidence: float = 1.0
    warnings: list[str] = field(default_factory=list)


def understood(request: TryOnRequest, person: Person, understand: Understand) -> list[Piece | Accessory] | Refusal:
    """The garments of a request as `understand` sees them for this person, or why one cannot be worn."""
    pieces: list[Piece | Accessory] = []
    for garment in request.garments:
        piece = understand(garment, person)
        if isinstance(piece, Refusal):
            return piece
        refusal = check.reach(person, piece.category) if isinstance(piece, Piece) else None
        if refusal is not None:
            return refusal
        pieces.append(piece)
    return pieces


def dress(
    request: TryOnRequest, photo: Image, person: Person, pieces: Sequence[Piece | Accessory], config: Config
) -> Dressed | Refusal:
    """Lays clothes, then accessories; `pieces` belong to `request.garments`, `photo` is uint8 RGB [h, w, 3]."""
    outfit = Outfit(person, request, config.outerwear_keeps_top)
    clothes = _lay_clothes(outfit, pieces)
    if isinstance(clothes, Refusal):
        return clothes
    worn = Worn(*restore(photo, person, outfit.picture, request.mask), clothes.confidence, clothes.warnings)
    extras = [(number, piece) for number, piece in enumerate(pieces) if isinstance(piece, Accessory)]
    refusal = wear(worn, person, [(piece, request.garments[number]) for number, piece in extras], request.mask)
    if refusal is not None:
        return refusal
    layers = {number: _layer(photo, person, composed) for number, composed in clothes.composed.items()}
    layers |= {number: layer for (number, _), layer in zip(extras, worn.layers, strict=True)}
    names = [piece.category for piece in pieces]
    answer = TryOn(
        image=worn.image,
        edit_mask=worn.mask,
        layers=tuple(Layer(name=f"{number}-{name}", image=layers[number]) for number, name in enumerate(names)),
        confidence=float(np.clip(worn.confidence, 0, 1)),
        warnings=tuple(worn.warnings),
        facts={
            "categories": names,
            "facing": person.frame.facing,
            "working_scale": round(person.scale, 4),
            "signs": [*clothes.signs.values(), *worn.signs],
        },
    )
    return Dressed(answer, person, pieces, clothes.composed, clothes.parts)


def _lay_clothes(outfit: Outfit, pieces: Sequence[Piece | Accessory]) -> _Clothes | Refusal:
    """Puts all clothes of the request on; the first one that fails is refused."""
    person, request, done = outfit.person, outfit.request, _Clothes()
    if person.frame.facing == "back":
        done.warnings.append("The person is seen from behind: the garment's back is shown.")
    clothes = [(number, piece) for number, piece in enumerate(pieces) if isinstance(piece, Piece)]
    for place, again in order([piece.category for _, piece in clothes], request.fit.tuck):
        number, piece = clothes[place]
        if again:
            lay_again(outfit, done.composed[number])
            continue
        composed, parts = lay(outfit, piece, request.garments[number])
        cover = check.coverage(person, piece.category, composed.covered)
        if cover < 0.5:
            return refusals.NOT_COVERED
        signs = measure(person, piece, parts, composed, cover)
        sure, weak = assess(signs)
        if sure < LEAST:
            return refusals.UNSURE
        if isinstance(piece.shape, TopShape):
            hard = traits(person, composed.cloth, composed.whole)
            signs, sure = signs | hard, trusted(fidelity(hard), sure)
        done.confidence = min(done.confidence, sure)
        done.warnings += [w for w in (*piece.warnings, *weak) if w not in done.warnings]
        done.composed[number], done.parts[number] = composed, parts
        done.signs[number] = {name: round(value, 3) for name, value in signs.items()}
    done.warnings += [w for w in outfit.warnings if w not in done.warnings]
    return done


def restore(
    photo: Image, person: Person, picture: Float, allowed: NDArray[np.bool_] | None
) -> tuple[Image, NDArray[np.bool_]]:
    """The dressed working picture in the photo: only pixels that changed are touched, all others, face and hands are the photo's own.

    Args:
        picture: float32 RGB of the working crop.
        allowed: the only pixels of the photo that may change.

    Returns:
        the picture in the photo's size, and the mask of the pixels that may differ.
    """
    x, y = person.origin
    width, height = person.size
    working = to_bytes(picture)
    changed = differs(working, person.image)
    out = photo.copy()
    mask = np.zeros(photo.shape[:2], bool)
    target = out[y : y + height, x : x + width]
    if person.scale < 1:
        # Fade into the photo over the rim of the change: the crop was resampled, the photo was not.
        soft = cv2.GaussianBlur(dilate(changed.astype(np.float32), 1), (0, 0), 1.0)
        soft = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
        result = cv2.resize(working, (width, height), interpolation=cv2.INTER_CUBIC)
        inside = soft > 1 / 255
        box = box_of(inside)
        if box is not None:
            result[box] = cv2.blendLinear(target[box].copy(), result[box].copy(), 1 - soft[box], soft[box].copy())
    else:
        result, inside = working, changed
    own = (np.maximum(person.parts["face"], person.parts["hands"]) > 0.5).astype(np.uint8)
    inside = inside & (cv2.resize(own, (width, height), interpolation=cv2.INTER_NEAREST) == 0)
    if allowed is not None:
        inside = inside & allowed[y : y + height, x : x + width]
    np.copyto(target, result, where=inside[..., None])
    mask[y : y + height, x : x + width] = inside
    return out, mask


def _layer(photo: Image, person: Person, done: Composed) -> Image:
    x, y = person.origin
    rgba = to_bytes(cv2.merge([*cv2.split(done.cloth), done.alpha * np.float32(255)]))
    if person.scale < 1:
        rgba = cv2.resize(rgba, person.size, interpolation=cv2.INTER_CUBIC)
    out = np.zeros((*photo.shape[:2], 4), np.uint8)
    out[y : y + person.size[1], x : x + person.size[0]] = rgba
    return out
