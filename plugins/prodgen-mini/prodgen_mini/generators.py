"""`gan/mini`, `vae/mini` and `diffusion/mini`: each designs a product; the renderer draws it from every view that is asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from prodgen_mini.brief import Brief, briefs_of, renderer_of
from prodgen_mini.choosing import Way, best_of, kind_of, way_of
from prodgen_mini.config import Config, DesignerConfig
from prodgen_mini.space import BLENDS, artwork_of, rgb_of
from prodgen_mini.weights import Part, Weights, check_pin, load_codec, load_reranker, load_vae, read
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFinite
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import AssetRequest, Generated, GenerationRequest, ProductAsset

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from prodgen_mini.models.reranker import Reranker

DRAFT = "draft"
"""The word in `Scene.style` that asks for a fast preview."""
FINER = 4
"""How much finer artwork is drawn than the networks were trained on; see `Codec.decode`."""
_OF_TWO = ("checks", "dots", "gradient", "stripes")
"""Patterns of two colours and what lies between them; flowers and speckles have more."""
_PRINTED = ("tile", "surface")
"""Layouts whose artwork is printed in the second colour that the words name; a label has a ground and colours of its own."""


class MiniGenerator(Generator):
    """Makes a design from what the words fix and from noise, and has it drawn.

    A design follows from the product's words and the seed alone: every view shows the same thing, at any size.

    Attributes:
        part: which weights it uses; `own` how it designs.
        digest: names weights, codec and, where there is one, reranker.
    """

    part: ClassVar[Part]
    negatives: ClassVar[bool] = False

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self.config = config or Config()
        codec = self.config.codec
        self.codec, self.space, codec_digest = load_codec(codec.weights, codec.sha256)
        self.own: DesignerConfig = getattr(self.config, self.part)
        self.weights = read(self.part, self.own.weights, self.own.sha256)
        check_pin(self.weights, codec_digest)
        self.codec_digest = codec_digest
        self.device = ctx.device
        self.network = self.build(self.weights).to(ctx.device)
        self.codec.to(ctx.device)
        self.digest = f"{self.weights.digest}+{codec_digest}"
        self.reranker: Reranker | None = None
        if self.part in BLENDS:
            self.reranker, digest = load_reranker(self.config.reranker.weights, self.config.reranker.sha256)
            self.reranker.to(ctx.device)
            self.digest += f"+{digest}"

    def generate(self, batch: Sequence[GenerationRequest], ctx: Context) -> Sequence[Sequence[Generated]]:
        """One list of pictures a request, with the product's mask.

        Raises:
            NotFinite: the network gave NaN or infinity; the host tries once more and then reports it.
        """
        designs = self.design(batch, ctx)
        asked = [
            AssetRequest(request=request, asset=asset, draft=_is_draft(request))
            for request, (asset, _) in zip(batch, designs, strict=True)
        ]
        drawn = renderer_of(ctx).draw(asked, ctx)
        return [
            [self._signed(picture, brief, asset) for picture in pictures]
            for pictures, (asset, brief) in zip(drawn, designs, strict=True)
        ]

    def design(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[tuple[ProductAsset, Brief]]:
        """What each request would look like, before it is drawn."""
        briefs = briefs_of(batch, self.space, ctx, negatives=self.negatives)
        # One after the other: a design must not depend, in its last bits, on what it shares a batch with.
        return [(self._one(request, brief, ctx), brief) for request, brief in zip(batch, briefs, strict=True)]

    def _one(self, request: GenerationRequest, brief: Brief, ctx: Context) -> ProductAsset:
        import torch

        from prodgen_mini.models.codec import enlarged, shares_of
        from prodgen_mini.models.symmetry import settled, symmetry_of

        ctx.check()
        sketch = brief.sketch
        symmetry = symmetry_of(sketch.layout, sketch.pattern)
        # A preview chooses among as many, or it would show another product.
        count = self.own.candidates if self.way(sketch) is not None else 1
        with torch.inference_mode():
            maps, vectors = self.sample(request, brief, count, ctx)
            if not bool(torch.isfinite(maps).all() and torch.isfinite(vectors).all()):
                raise NotFinite(f"{self.part}/mini gave numbers that are NaN or infinite.")
            drawn = None if sketch.layout == "none" else self.codec.sheets(maps)
            best, finer, sheets = 0, 1 if _is_draft(request) else FINER, None
            if drawn is not None and len(maps) > 1:
                best = self.chosen(sketch, settled(shares_of(drawn), symmetry, roughly=True), vectors)
            if drawn is not None:
                one = drawn[best : best + 1]
                settle = symmetry is not None
                sheets = (enlarged(settled(shares_of(one), symmetry), finer) if settle else shares_of(one, finer))[0]
        numbers = vectors[best].float().cpu().numpy()
        shares = None if sheets is None else sheets.float().cpu().numpy()
        if shares is None:
            return self.space.asset(sketch, numbers, None)
        if not np.isfinite(shares).all():
            raise NotFinite(f"{self.part}/mini gave numbers that are NaN or infinite.")
        numbers, art = self.inked(sketch, numbers, shares)
        return self.space.asset(sketch, numbers, artwork_of(art, self.ground(sketch, numbers)))

    def way(self, sketch: ProductAsset) -> Way:
        """How designs are chosen among; None where the first is taken."""
        return None if sketch.layout == "none" else way_of(sketch.layout, sketch.pattern, self.reranker)

    def chosen(self, sketch: ProductAsset, sheets: Tensor, vectors: Tensor) -> int:
        """Which to keep of several designs of sheets [n, SHEETS, h, w] and vectors [n, vector]."""
        from prodgen_mini.models.clarity import vagueness

        vague = vagueness(sheets)
        if self.reranker is None or self.way(sketch) != "alike":
            return int(vague.argmin())
        each = zip(sheets.float().cpu().numpy(), vectors.float().cpu().numpy(), strict=True)
        arts = np.stack([self.inked(sketch, numbers, shares)[1] for shares, numbers in each])
        clear = vague.float().cpu().numpy() if sketch.layout == "tile" else None
        return best_of(self.reranker, arts, kind_of(sketch.layout, sketch.pattern), clear)

    def inked(self, sketch: ProductAsset, numbers: Any, shares: Any) -> tuple[Any, Any]:
        """A vector with its inks put right, and the artwork float32 [4, h, w] of sheets in these."""
        ground = self.ground(sketch, numbers)
        if sketch.accent is not None and sketch.layout in _PRINTED:
            second = np.array(rgb_of(sketch.accent), np.float32)
            numbers = self.space.printed_in(numbers, shares, second)
            if sketch.pattern in _OF_TWO:
                numbers = self.space.between(numbers, ground, second)
        if sketch.layout == "label" and self.part in BLENDS:
            numbers = self.space.panelled(numbers, shares, ground)
        repeats = np.array([sketch.layout == "tile"])
        return numbers, self.space.artwork(shares[None], numbers[None], ground[None], repeats)[0]

    def ground(self, sketch: ProductAsset, numbers: Any) -> Any:
        """The main colour [3] that artwork is laid over: the asked one, else what the network takes the material's to be."""
        if sketch.colour is not None:
            return np.array(rgb_of(sketch.colour), np.float32)
        return self.space.main_colour(numbers)

    def noise(self, seed: int, *shape: int) -> Tensor:
        """Noise of a shape for a request's seed, scaled by the temperature."""
        import torch

        drawn = torch.randn(*shape, generator=self.source(seed))
        return (drawn * self.config.temperature).to(self.device)

    def source(self, seed: int) -> torch.Generator:
        """Noise that differs between the models: one seed is not one design of all three."""
        from hashlib import sha256

        import torch

        digest = sha256(f"{self.part}|{seed}".encode()).digest()
        return torch.Generator("cpu").manual_seed(int.from_bytes(digest[:8], "big") >> 1)

    def condition(self, brief: Brief, count: int) -> Tensor:
        """[count, condition] on the device, all alike."""
        return self.rows(brief.condition, count)

    def rows(self, numbers: Any, count: int) -> Tensor:
        """[count, n] on the device of numbers [n]."""
        import torch

        return torch.from_numpy(numbers)[None].repeat(count, 1).to(self.device)

    @abstractmethod
    def build(self, weights: Weights) -> nn.Module:
        """The network with its weights."""

    @abstractmethod
    def sample(self, request: GenerationRequest, brief: Brief, count: int, ctx: Context) -> tuple[Tensor, Tensor]:
        """Latents [n, channels, 16, 16] and vectors [n, vector] for one request: `count` designs, or those of them that went on; one is kept."""

    def facts(self) -> dict[str, Any]:
        """What is worth knowing about how it was made."""
        return {}

    def _signed(self, picture: Generated, brief: Brief, asset: ProductAsset) -> Generated:
        facts = {
            "model": self.part, "model_digest": self.weights.digest, "codec_digest": str(self.weights.facts["codec"]),
            "layout": asset.layout, "accent": asset.accent, **self.facts(),
        }  # fmt: skip
        return picture.model_copy(
            update={"facts": {**picture.facts, **facts}, "warnings": (*picture.warnings, *brief.warnings)}
        )


def _is_draft(request: GenerationRequest) -> bool:
    return DRAFT in request.scene.style.lower().split()


class GanGenerator(MiniGenerator):
    """`gan/mini`: one pass, coarse then fine."""

    part = "gan"

    def build(self, weights: Weights) -> nn.Module:
        from prodgen_mini.models.gan import Generator as Network

        return weights.into(Network(**weights.settings))

    def sample(self, request: GenerationRequest, brief: Brief, count: int, ctx: Context) -> tuple[Tensor, Tensor]:
        noise = self.noise(request.seed, count, int(self.weights.settings["noise"]))
        _, fine, vector = self.network(noise, self.condition(brief, count))
        return fine, vector


class VaeGenerator(MiniGenerator):
    """`vae/mini`: one pass through the prior and the decoder."""

    part = "vae"

    def build(self, weights: Weights) -> nn.Module:
        from prodgen_mini.models.vae import Vae

        return weights.into(Vae(**weights.settings))

    def sample(self, request: GenerationRequest, brief: Brief, count: int, ctx: Context) -> tuple[Tensor, Tensor]:
        from prodgen_mini.models.vae import Vae

        assert isinstance(self.network, Vae)
        return self.network.invent(self.noise(request.seed, count, self.network.code), self.condition(brief, count))


class DiffusionGenerator(MiniGenerator):
    """`diffusion/mini`: a few steps of a rectified flow; with a front picture given, a variant of it."""

    part = "diffusion"
    negatives = True

    def build(self, weights: Weights) -> nn.Module:
        from prodgen_mini.models.dit import Dit
        from prodgen_mini.models.lora import add_lora

        vae, vae_digest = load_vae(self.codec_digest, self.config.vae.weights, self.config.vae.sha256)
        check_pin(weights, vae_digest, "vae")
        self.vae = vae.to(self.device)
        network = weights.into(Dit(**weights.settings))
        if self.config.diffusion.lora is not None:
            add_lora(network, self.config.diffusion.lora, weights.digest)
        return network

    def sample(self, request: GenerationRequest, brief: Brief, count: int, ctx: Context) -> tuple[Tensor, Tensor]:
        from prodgen_mini.models.clarity import vagueness
        from prodgen_mini.models.dit import Dit
        from prodgen_mini.models.flow import sample

        def clearest(codes: Tensor) -> Tensor:
            maps, _ = self.vae.decode(codes, condition)
            return vagueness(self.codec.decode(maps)).argmin()[None]

        assert isinstance(self.network, Dit)
        options, condition = self.config.diffusion, self.condition(brief, count)
        negative = None if brief.negative is None else self.rows(brief.negative, count)
        start, strength = None, 1.0
        if "front" in request.references:
            start, strength = self.given(request, brief), max(options.strength, 1e-3)
        code = sample(
            self.network, condition, self.source(request.seed), steps=options.steps, guidance=options.guidance, guided=options.guided,
            negative=negative, start=start, strength=strength, temperature=self.config.temperature, narrow=clearest if count > 1 else None,
            check=lambda step: ctx.check(),
        )  # fmt: skip
        return self.vae.decode(code, condition[: len(code)])

    def given(self, request: GenerationRequest, brief: Brief) -> Tensor:
        """The code of the picture that a variant is wanted of: its artwork is what stands in the middle of the product."""
        import torch

        from prodgen_mini.inks import INKS, registered, separate
        from prodgen_mini.reference import chart_of

        chart, colour = chart_of(request.references["front"])
        sheets, found = separate(chart, colour)
        if brief.sketch.layout == "tile":
            sheets, _ = registered(sheets)
        inks = np.full((INKS, 3), 0.5, np.float32)
        inks[: len(found)] = found
        maps = self.codec.encode(torch.from_numpy(sheets)[None].to(self.device).float() / 255)
        vector = torch.from_numpy(self.space.typical(brief.sketch, colour, inks)).to(self.device)
        code, _ = self.vae.encode(maps, vector[None], self.condition(brief, 1))
        return code

    def design(self, batch: Sequence[GenerationRequest], ctx: Context) -> list[tuple[ProductAsset, Brief]]:
        from prodgen_mini.reference import coloured

        return super().design([coloured(request) for request in batch], ctx)

    def facts(self) -> dict[str, Any]:
        options = self.config.diffusion
        return {"steps": options.steps, "guidance": options.guidance, "guided": list(options.guided)}
