"""`finish/basic`: pictures made ready for a channel by a profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prodgen_quality.config import QualityConfig
from prodgen_quality.finishing import compose, retouch
from prodgen_quality.finishing.foreground import box_of, plain_background
from prodgen_quality.finishing.marketplace import marketplace, on_white
from prodgen_quality.finishing.profiles import BUILT_IN, Profile
from prodgen_sdk import images as pictures
from prodgen_sdk.config import validate
from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, NotFound
from prodgen_sdk.images.cutout.matting import cut_out
from prodgen_sdk.interfaces import Finished, Finisher
from prodgen_sdk.types import Image


class BasicFinisher(Finisher):
    """The built-in profiles and those of `[plugins.quality.profiles]`; `profiles` lists them all.

    A profile may be changed where it is named: `marketplace,fill=0.9,background=#f4f4f4`.
    """

    def __init__(self, config: QualityConfig | None, ctx: Context) -> None:
        config = config or QualityConfig()
        own = config.marketplace
        built_in = {**BUILT_IN, "marketplace": BUILT_IN["marketplace"].model_copy(update=own.model_dump())}
        self._profiles: dict[str, Profile] = {**built_in, **config.profiles}
        self.profiles = tuple(self._profiles)
        self.depends_on = {name: profile.model_dump(mode="json") for name, profile in self._profiles.items()}

    def finish(self, images: Sequence[Image], profile: str, ctx: Context) -> Sequence[Finished]:
        chosen = chosen_profile(profile, self._profiles)
        backdrop = None
        if chosen.background == "image":
            if chosen.image is None:
                raise InputError("The background 'image' needs a file.", hint="Name it: image=FILE.")
            backdrop = pictures.load(chosen.image)
        done = []
        for image in images:
            ctx.check()
            done.append(finished(image, chosen, backdrop))
        return done


def chosen_profile(text: str, known: Mapping[str, Profile]) -> Profile:
    """The profile of a name, changed as `NAME,key=value,...` says.

    Raises:
        NotFound: there is no such profile.
        ConfigError: a key or value that a profile does not have.

    >>> chosen_profile("clean,sharpen=0", BUILT_IN).sharpen
    0.0
    """
    name, *changes = text.split(",")
    if name not in known:
        raise NotFound.of("finishing profile", name, known)
    fields: dict[str, Any] = known[name].model_dump()
    for change in changes:
        key, equals, value = (part.strip() for part in change.partition("="))
        if not equals:
            raise InputError(f"Profile {text!r}: {change!r} is not key=value.")
        if key not in Profile.model_fields:
            raise NotFound.of("setting of a profile", key, Profile.model_fields)
        fields[key] = None if value in ("", "none") and key in ("size", "fill", "image") else value
    if fields["image"] is not None and known[name].image is None and "background=" not in text:
        fields["background"] = "image"
    return validate(Profile, fields, where=f"profile {text!r}")


def finished(image: Image, profile: Profile, backdrop: Image | None = None) -> Finished:
    """A picture finished by a profile, with a note on all that was done or could not be.

    Args:
        image: HWC uint8 RGB or RGBA.
        backdrop: the picture for the background `image`.
    """
    retouched, notes = _denoised(pictures.check(image), profile)
    if profile.model_copy(update={"denoise": 0.0, "sharpen": 0.0}) == Profile():
        return Finished(image=_sharpened(retouched, profile), notes=tuple(notes))
    width, height = profile.frame(image.shape[1], image.shape[0])
    if profile.background == "white" and profile.shadow == "keep" and profile.fill is not None:
        done = marketplace(retouched, (width, height), profile.fill)
        return Finished(image=_sharpened(done.image, profile), notes=(*notes, *done.notes))
    transparent = pictures.is_transparent(retouched)
    own = None if transparent else plain_background(retouched)
    # A graded background can be taken away, but does not go on beyond the picture.
    kept = profile.background == "keep" and own is None and not transparent
    cut = None if kept else cut_out(retouched)
    box = None if cut is None else box_of(cut.alpha > 0.5)
    if cut is None or box is None:
        empty = bool((pictures.flatten(retouched) == 255).all())
        not_plain = "the background is not plain, so that it was neither cropped nor replaced"
        notes.append("the image is empty" if empty else not_plain)
        return Finished(image=_sharpened(on_white(retouched, width, height), profile), notes=tuple(notes))
    place = compose.placement(profile, image.shape, box)
    if 0 in (box.top, box.left) or box.bottom == image.shape[0] or box.right == image.shape[1]:
        notes.append("the product leaves the frame")
    if place.scale > 1.05:
        notes.append(f"enlarged {place.scale:.2f} times")
    background = compose.background_of(profile, width, height, own, backdrop)
    laid = compose.laid(compose.placed(cut, place), profile, background)
    return Finished(image=_sharpened(laid, profile), notes=tuple(notes))


def _denoised(image: Image, profile: Profile) -> tuple[Image, list[str]]:
    import numpy as np

    if not profile.denoise:
        return image, []
    mask = image[..., 3] > 127 if image.shape[2] == 4 else None
    rgb, sigma = retouch.denoised(image[..., :3], profile.denoise, mask)
    if rgb is image[..., :3] or np.shares_memory(rgb, image):
        return image, []
    notes = [f"noise of {sigma:.1f} levels was removed"]
    return (np.dstack([rgb, image[..., 3]]) if image.shape[2] == 4 else rgb), notes


def _sharpened(image: Image, profile: Profile) -> Image:
    import numpy as np

    if not profile.sharpen:
        return image
    mask = np.asarray(image[..., 3] > 0 if image.shape[2] == 4 else (image < 254).any(axis=2), bool)
    rgb = retouch.sharpened(image[..., :3], profile.sharpen, mask)
    return np.dstack([rgb, image[..., 3]]) if image.shape[2] == 4 else rgb
