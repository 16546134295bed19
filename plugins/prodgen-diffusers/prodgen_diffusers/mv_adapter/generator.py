"""`diffusers/mv-adapter`: views that agree with each other, painted together by SDXL with MV-Adapter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.angles.matching import facts, match, warnings
from prodgen_diffusers.config import Config, MultiView, section
from prodgen_diffusers.pictures.answers import finished, without_style
from prodgen_diffusers.pictures.photos import NOT_CUT, Colour, framed, front_photo, product_cut, zoomed
from prodgen_diffusers.pipelines.loading import load_model, load_pipeline, load_weights
from prodgen_diffusers.pipelines.output import to_images
from prodgen_diffusers.pipelines.running import Job, Result
from prodgen_diffusers.pipelines.sources import kind_of
from prodgen_diffusers.words import clean, prompts_for, reads_chinese
from prodgen_sdk import images
from prodgen_sdk.checkpoints.messages import quiet
from prodgen_sdk.checkpoints.sources import WeightsFile
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.runtime import canonical_digest
from prodgen_sdk.types import Generated, GenerationRequest, Image, View

ID = "diffusers/mv-adapter"
SIZE = 768
_GREY: Colour = (128, 128, 128)
_FILL = 0.9
_NEGATIVE = "watermark, ugly, deformed, noisy, blurry, low contrast"
_GUIDANCE = {True: 3.0, False: 7.0}  # of the authors, with a photo and without
_STEPS = 50


class MultiViewGenerator(Generator):
    """A product's views in one go: from its photo where it has one and weights for that are configured, else from its title.

    The configured azimuths are painted together whatever views are asked for, and each wanted view is the nearest of them; a
    view therefore does not depend on the others.

    Raises:
        ConfigError: no checkpoint or no adapter weights are configured, or they do not fit each other.
        MissingDependency: a package is not installed, or a hub id is neither at hand nor reachable.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        from prodgen_diffusers.mv_adapter.schedule import shift_snr

        self.config: MultiView = section(config, "mv_adapter")
        _check(self.config)
        _, base = kind_of(self.config, ctx, ID)
        if not base.__name__.startswith("StableDiffusionXL"):
            raise ConfigError(
                f"{ID}: {base.__name__} is no SDXL checkpoint, for which the adapter's weights were made.",
                hint="Name stabilityai/stable-diffusion-xl-base-1.0 or a fine-tuned SDXL.",
            )
        parts = {} if self.config.vae is None else {"vae": _vae(self.config, ctx)}
        self.loaded = load_pipeline(self.config, ctx, component=ID, pipeline="StableDiffusionXLPipeline", parts=parts)
        pipe = self.loaded.pipe
        with quiet():  # of fields that another class of schedulers had
            pipe.scheduler = shift_snr(pipe.scheduler, self.config.shift)
        self.views = tuple(View(azimuth=azimuth, elevation=self.config.elevation) for azimuth in self.config.azimuths)
        self.adapters: dict[bool, Any] = {}
        digests = [self.loaded.digest]
        for source, reference in ((self.config.image_weights, True), (self.config.text_weights, False)):
            if source is not None:
                self.adapters[reference], digest = _adapter(pipe, source, ctx, reference)
                digests.append(digest)
        self.digest = canonical_digest(digests)
        self.depends_on: Any = self.config.model_dump(mode="json", exclude={"batch", "note_degrees", "most_degrees"})

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[list[Generated]]:
        hint = f"It paints azimuths {', '.join(f'{a:g}' for a in self.config.azimuths)} at elevation {self.config.elevation:g}; "
        hint += "set plugins.diffusers.mv_adapter.azimuths, or take render/photo, which draws any view."
        poses = [match(request.views, self.views, self.config.most_degrees, ID, hint) for request in batch]
        kinds = [self._kind(request) for request in batch]
        painted: list[Any] = [None] * len(batch)
        step = max(1, self.config.batch // len(self.views))
        done = 0
        for reference in (True, False):
            places = [place for place, kind in enumerate(kinds) if kind is reference]
            for start in range(0, len(places), step):
                part = places[start : start + step]
                sets = self._paint([batch[place] for place in part], reference, ctx, done, len(batch))
                done += len(part)
                for place, made in zip(part, sets, strict=True):
                    painted[place] = made
        ctx.progress(len(batch), len(batch), "products")
        return [self._finished(*one) for one in zip(batch, poses, painted, strict=True)]

    def _kind(self, request: GenerationRequest) -> bool:
        """Whether the request is answered from a photo."""
        photo = front_photo(request) is not None
        if photo in self.adapters:
            return photo
        if photo:  # weights for words alone: the photo is not looked at
            return False
        raise InputError(
            f"{ID} has weights for photos only, and {request.product.sku} has no photo of its front.",
            hint="Give one, or set plugins.diffusers.mv_adapter.text_weights.",
        )

    def _paint(
        self, batch: Sequence[GenerationRequest], reference: bool, ctx: Context, done: int, total: int
    ) -> list[tuple[str, list[Image], tuple[str, ...]]]:
        """Prompt, pictures of all configured views, and warnings, for each request."""
        import torch

        from prodgen_diffusers.mv_adapter.cameras import ray_maps
        from prodgen_diffusers.mv_adapter.sampling import Products, sample_views

        size = self.config.size or SIZE
        photos = [
            reference_picture(photo, size) for photo in map(front_photo, batch) if photo is not None and reference
        ]
        prompts = [self._prompt(request, ctx) for request in batch]

        def before_step(step: int, steps: int) -> None:
            ctx.check()
            ctx.progress(done * steps + step * len(batch), total * steps, "steps of products")

        pipe = self.loaded.pipe
        products = Products(
            prompts,
            [clean(request.negative, pipe) or _NEGATIVE for request in batch],
            [ctx.torch_rng(request.seed) for request in batch],
            images.to_tensor([picture for picture, _ in photos]) if photos else None,
        )
        rays = torch.from_numpy(ray_maps(self.views, 1))  # constant over the picture
        with self.loaded.lock:
            try:
                adapter = self.adapters[reference].attach(pipe.unet)
                made = sample_views(pipe, adapter, products, rays, self._settings(reference, size), before_step)
            finally:
                pipe.maybe_free_model_hooks()  # offloaded parts would stay on the device
        notes = [notes for _, notes in photos] or [()] * len(batch)
        return [
            (prompt, to_images(views, self.loaded.dtype), warned)
            for prompt, views, warned in zip(prompts, made, notes, strict=True)
        ]

    def _settings(self, reference: bool, size: int) -> Any:
        from prodgen_diffusers.mv_adapter.sampling import Settings

        config = self.config
        guidance = _GUIDANCE[reference] if config.guidance is None else config.guidance
        return Settings(
            size=size,
            steps=config.steps or _STEPS,
            guidance=guidance,
            rescale=config.rescale,
            camera_scale=config.camera_scale,
            view_scale=config.view_scale,
            reference_scale=config.reference_scale,
            across=config.across,
        )

    def _prompt(self, request: GenerationRequest, ctx: Context) -> str:
        """The title, as one text serves all views; where the model does not read its language, the describer's front view."""
        pipe = self.loaded.pipe
        title = clean(request.product.title, pipe)
        if not title.isascii() and not reads_chinese(pipe):
            front = request.model_copy(update={"views": (View(),), "prompts": ()})
            (title,) = prompts_for(front, pipe, ctx)
        return f"{title}, {self.config.words}" if self.config.words else title

    def _finished(
        self, request: GenerationRequest, poses: Sequence[Any], painted: tuple[str, list[Image], tuple[str, ...]]
    ) -> list[Generated]:
        prompt, pictures, notes = painted
        made = [
            (
                view,
                Job(prompt=prompt, seed=request.seed),
                Result(
                    zoomed(pictures[self.views.index(pose.view)], pose.zoom),
                    facts(pose),
                    (*notes, *warnings(view, pose, self.config.note_degrees)),
                ),
            )
            for view, pose in zip(request.views, poses, strict=True)
        ]
        return finished(without_style(request), made, self.loaded)


def reference_picture(photo: Image, size: int) -> tuple[Image, tuple[str, ...]]:
    """The photo as the adapter was trained to see it, RGB of `size` pixels: the product before mid-grey, filling 90 %.

    Returns:
        The picture, and a warning where the product could not be cut out, so that the whole photo is squeezed in.
    """
    cut = product_cut(photo)
    if cut is not None:
        return framed(cut, size, fill=_FILL, colour=_GREY), ()
    whole = images.flatten(photo)
    return framed(_opaque(whole), size, fill=1.0, colour=_GREY), (NOT_CUT,)


def _opaque(picture: Image) -> Image:
    """RGB as RGBA without transparency."""
    import numpy as np

    return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])


def _check(config: MultiView) -> None:
    if config.image_weights is None and config.text_weights is None:
        raise ConfigError(
            f"{ID} has a base model, but no weights of the adapter.",
            hint="Set plugins.diffusers.mv_adapter.image_weights or text_weights (huanngzh/mv-adapter).",
        )
    if config.offload in ("group", "sequential"):
        raise ConfigError(
            f"{ID} cannot be offloaded by {config.offload}: its layers are set into a UNet that is hooked already.",
            hint='Use offload = "model" or "none".',
        )
    if (config.size or SIZE) % 32:
        raise ConfigError(f"{ID}: its size {config.size} is no multiple of 32.", hint=f"Leave it out for {SIZE}.")
    wanted = {View(azimuth=azimuth, elevation=config.elevation) for azimuth in config.azimuths}
    if len(wanted) < len(config.azimuths):
        raise ConfigError(f"{ID}: an azimuth is named twice.", hint="Azimuths are taken modulo 360.")


def _vae(config: MultiView, ctx: Context) -> Any:
    assert config.vae is not None
    return load_model(config.vae, ctx, "AutoencoderKL", component=ID, dtype=config.dtype)


def _adapter(pipe: Any, source: WeightsFile, ctx: Context, reference: bool) -> tuple[Any, str]:
    from prodgen_diffusers.mv_adapter.adapter import MultiViewAdapter

    state, digest = load_weights(source, ctx, component=ID)
    adapter = MultiViewAdapter(pipe.unet, reference=reference, downscale=2 * pipe.vae_scale_factor)
    if strange := adapter.load(state, source.file or source.model):
        ctx.logger.warning("%s: %d tensors of %s are no adapter's: %s", ID, len(strange), source.model, strange[0])
    return adapter, digest
