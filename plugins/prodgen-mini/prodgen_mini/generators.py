"""`gan/mini`, `vae/mini` and `diffusion/mini`: each designs a product; the renderer draws it from every view that is asked for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from prodgen_mini.artwork import HABITS, Artist, Asked
from prodgen_mini.brief import Brief, briefs_of, renderer_of
from prodgen_mini.config import Config, DesignerConfig
from prodgen_mini.units import artwork_of
from prodgen_mini.weights import Part, Weights, check_pin, load_codec, load_reranker, load_vae, read
from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFinite
from prodgen_sdk.interfaces import Generator
from prodgen_sdk.types import AssetRequest, Generated, GenerationRequest, ProductAsset

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

DRAFT = "draft"
"""The word in `Scene.style` that asks for a fast preview."""
FINER = 4
"""How much finer artwork is drawn than the networks were trained on; see `Codec.decode`."""


class MiniGenerator(Generator):
    """Makes a design from what the words fix and from noise, and has it drawn.

    A design follows from the product's words and the seed alone: every view shows the same thing, at any size.

    Attributes:
        part: which weights it uses; `own` how it designs.
        negatives: whether it is told what is unwanted; `chooses`: whether it takes the reranker's choice of several designs.
        digest: names weights, codec and, where there is one, reranker.
    """

    part: ClassVar[Part]
    negatives: ClassVar[bool] = False
    chooses: ClassVar[bool] = True

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
        reranker = None
        if self.chooses:
            reranker, digest = load_reranker(self.config.reranker.weights, self.config.reranker.sha256)
            reranker.to(ctx.device)
            self.digest += f"+{digest}"
        self.artist = Artist(self.space, HABITS[self.part], reranker)
        self.artist.prepare()

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
        briefs = briefs_of(batch, self.space, ctx, part=self.part, negatives=self.negatives)
        # One after the other: a design must not depend, in its last bits, on what it shares a batch with.
        return [(self._one(request, brief, ctx), brief) for request, brief in zip(batch, briefs, strict=True)]

    def _one(self, request: GenerationRequest, brief: Brief, ctx: Context) -> ProductAsset:
        import torch

        ctx.check()
        sketch, product = self._shaped(brief.sketch, request.seed), request.product
        asked = Asked.of(brief.sketch, product.title, product.domain)
        # A preview chooses among as many, or it would show another product.
        count = 1 if self.artist.way(asked) is None else self.own.candidates
        with torch.inference_mode():
            maps, vectors = self.sample(request, brief, count, ctx)
            self._check(maps, vectors)
            if sketch.layout == "none":
                return self.space.asset(sketch, vectors[0].float().cpu().numpy(), None)
            logits = self.codec.sheets(maps)
            places = self.source(request.seed, "places")
            best = self.artist.choose(asked, logits, vectors, places)
            shares = self.artist.draw(asked, logits[best : best + 1], places, 1 if _is_draft(request) else FINER)
            self._check(shares)
        vector, art = self.artist.ink(asked, vectors[best].float().cpu().numpy(), shares.float().cpu().numpy())
        return self.space.asset(sketch, vector, artwork_of(art, self.artist.ground(asked, vector)))

    def _shaped(self, sketch: ProductAsset, seed: int) -> ProductAsset:
        """Proportions by chance, as they are spread over products, for a family that the weights do not know."""
        import torch

        if sketch.family in self.space.families:
            return sketch
        shares = torch.rand(len(sketch.proportions), generator=self.source(seed, "proportions")).tolist()
        return sketch.model_copy(update={"proportions": tuple(round(share, 4) for share in shares)})

    def _check(self, *given: Tensor) -> None:
        import torch

        if not all(bool(torch.isfinite(one).all()) for one in given):
            raise NotFinite(f"{self.part}/mini gave numbers that are NaN or infinite.")

    def noise(self, seed: int, *shape: int) -> Tensor:
        """Noise of a shape for a request's seed, scaled by the temperature."""
        import torch

        drawn = torch.randn(*shape, generator=self.source(seed))
        return (drawn * self.config.temperature).to(self.device)

    def source(self, seed: int, what: str = "") -> torch.Generator:
        """Noise for a seed that differs between the models, so that one seed is not one design of all three, and by what it is for."""
        from hashlib import sha256

        import torch

        digest = sha256(f"{self.part}|{seed}{what}".encode()).digest()
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
    chooses = False

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
            start, strength = self.given(request, brief), options.strength
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
        from prodgen_mini.reference import SHADED, chart_of

        chart, colour = chart_of(request.references["front"])
        sheets, found = separate(chart, colour, enough=SHADED)
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
