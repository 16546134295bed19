"""The sections of `[plugins.tryon]` that name diffusion weights; one that is absent leaves its component without any."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from prodgen_sdk.checkpoints import sources
from prodgen_sdk.checkpoints.placing import Offload

Edge = Annotated[int, Field(ge=16, le=4096, multiple_of=16)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Licensed(sources.Source):
    """A source of weights. `licence`: where neither their id nor a model card beside them says it, such as `apache-2.0`."""

    licence: str = ""


class Folder(sources.Checkpoint, Licensed):
    """A folder that save_pretrained wrote. `variant` is the middle of the files' names, such as `fp16`."""


class WeightsFile(sources.WeightsFile, Licensed):
    """One safetensors file: `model` is the file, or a folder or hub id that holds it under the name `file`."""


class Levers(Section):
    """How a network runs.

    Args:
        dtype: `auto` takes the runtime's.
        steps: denoising steps.
        width, height: pixels at which the model paints; the photo keeps its own size.
        batch: most images in one call.
        compile: `regional` compiles the repeated blocks once.
        offload: `model` keeps one part at a time on the device, `group` a few layers, `sequential` one layer.
        vae_slicing, vae_tiling: decode one image, or one tile, at a time.
    """

    dtype: Literal["auto", "float32", "float16", "bfloat16"] = "auto"
    steps: Annotated[int, Field(ge=1, le=1000)] = 50
    width: Edge = 768
    height: Edge = 1024
    batch: Annotated[int, Field(ge=1, le=64)] = 1
    compile: Literal["none", "regional"] = "none"
    offload: Offload = "none"
    vae_slicing: bool = False
    vae_tiling: bool = False


class CatVton(Levers):
    """CatVTON's attention weights over an inpainting UNet of Stable Diffusion 1.5.

    Args:
        base: a folder with `unet` (9 channels in) and `scheduler`, and with `vae` where no other is named.
        attention: the public weights, such as file `mix-48k-1024/attention/model.safetensors` of zhengchong/CatVTON.
        vae: another decoder, such as stabilityai/sd-vae-ft-mse.
        guidance: classifier-free guidance over the garment; 1 turns it off and halves the time.
        eta: of DDIM; 1 adds noise at every step, 0 none.
    """

    base: Folder
    attention: WeightsFile
    vae: Folder | None = None
    guidance: Annotated[float, Field(ge=1, le=30)] = 2.5
    eta: Annotated[float, Field(ge=0, le=1)] = 1.0


class FluxFill(Levers):
    """FLUX.1 Fill with a transformer that was trained on pairs of garment and person.

    Args:
        base: the pipeline's folder, such as black-forest-labs/FLUX.1-Fill-dev.
        transformer: in the place of its own, such as xiaozaa/catvton-flux-alpha.
        prompt: tells the model what the two halves show; the card of the weights may name the words of their training.
    """

    base: Folder
    transformer: Folder
    guidance: Annotated[float, Field(ge=0, le=100)] = 30.0
    prompt: str = (
        "Two pictures side by side: on the left a garment alone, on the right a person who wears this garment."
    )


class IpAdapter(WeightsFile):
    """An IP-Adapter, which carries the garment's looks over. `image_encoder`: the CLIP tower that it was made with."""

    image_encoder: Folder
    scale: Annotated[float, Field(ge=0, le=2)] = 0.8


class Inpaint(Levers):
    """Any inpainting checkpoint of diffusers.

    Args:
        base: the pipeline's folder.
        ip_adapter: without one the model knows the garment from `prompt` alone.
        strength: how far the masked pixels may move, 0 to 1; 1 paints them anew.
        prompt: `{category}` becomes the garment's.
    """

    base: Folder
    ip_adapter: IpAdapter | None = None
    guidance: Annotated[float, Field(ge=0, le=100)] = 5.0
    strength: Annotated[float, Field(gt=0, le=1)] = 1.0
    prompt: str = "photo of a person wearing a {category}, natural folds, soft light"
    negative: str = "blurred, distorted, extra limbs, text"

    @model_validator(mode="after")
    def _at_least_a_step(self) -> Inpaint:
        if int(self.steps * self.strength) < 1:
            raise ValueError(f"{self.steps} steps at a strength of {self.strength:g} leave none to be made")
        return self


class Hybrid(Inpaint):
    """The inpainting pass over an image of `tryon/warp`.

    Args:
        print_contrast: a pixel of the cloth that differs from its surroundings by this many units of CIE L*a*b* belongs to a print.
        folds: how much of the light of the pass is laid on plain cloth, 0 to 1.
    """

    strength: Annotated[float, Field(gt=0, le=0.6)] = 0.3
    prompt: str = "photo of a person wearing a {category}, natural folds and shadows, natural skin"
    print_contrast: Annotated[float, Field(gt=0, le=100)] = 9.0
    folds: Annotated[float, Field(ge=0, le=1)] = 0.7


class Fashn(Section):
    """FASHN VTON 1.5 through its own package.

    Args:
        weights: the folder with `model.safetensors` and `dwpose/`.
        steps, guidance: None takes the package's defaults.
    """

    weights: Folder
    device: str | None = None
    steps: Annotated[int, Field(ge=1, le=1000)] | None = None
    guidance: Annotated[float, Field(ge=0, le=30)] | None = None


class Segformer(Folder):
    """SegFormer that was trained on clothes, such as mattmdjaga/segformer_b2_clothes.

    Args:
        pose: the body parser that gives the landmarks.
        edge: pixels of the square that the network sees.
    """

    pose: str = "body/litert"
    edge: Annotated[int, Field(ge=64, le=2048, multiple_of=32)] = 512

    @model_validator(mode="after")
    def _not_itself(self) -> Segformer:
        if self.pose == "body/segformer-clothes":
            raise ValueError("`pose` names another body parser, such as body/litert")
        return self


class Vitpose(Folder):
    """ViTPose that was trained on COCO, such as usyd-community/vitpose-base-simple.

    Args:
        base: the body parser that finds the person, and the landmarks that ViTPose does not know.
        least: confidence from which a joint is taken over, 0 to 1.
    """

    base: str = "body/litert"
    least: Annotated[float, Field(ge=0, le=1)] = 0.3

    @model_validator(mode="after")
    def _not_itself(self) -> Vitpose:
        if self.base in ("body/vitpose", "body/segformer-clothes"):
            raise ValueError("`base` names a body parser that finds people by itself, such as body/litert")
        return self
