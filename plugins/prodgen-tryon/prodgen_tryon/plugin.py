"""Registers what this distribution offers; nothing heavy is imported here."""

from __future__ import annotations

from pydantic import BaseModel

from prodgen_sdk.hookspecs import Register, RegisterModel, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, BodyParserSpec, CompositorSpec, Needs
from prodgen_tryon.config import Config

_NEEDS = Needs(
    modules=("ai_edge_litert", "cv2"), install="pip install 'prodgen-tryon[headless]'", memory_mb=600, models=("pose",)
)
_WEIGHTS = "Apache-2.0 (MediaPipe pose models)"
_CLOTHES = ("top", "outerwear", "trousers", "shorts", "skirt", "dress", "overall")
_ACCESSORIES = ("hat", "glasses", "bag", "scarf")
_PARTS = ("person", "face", "hair", "neck", "skin", "hands", "upper", "lower", "feet")
_DIFFUSION = Needs(
    modules=("torch", "diffusers", "transformers", "accelerate", "safetensors", "cv2"),
    install="pip install 'prodgen-tryon[headless,diffusion]'",
)
_TRANSFORMERS = _DIFFUSION.model_copy(update={"modules": ("torch", "transformers", "safetensors", "cv2")})
_FASHN = Needs(
    modules=("fashn_vton", "torch", "cv2"),
    install="pip install 'fashn-vton @ git+https://github.com/fashn-AI/fashn-vton-1.5'",
    memory_mb=8000,
)


@hookimpl
def config_model() -> type[BaseModel]:
    return Config


@hookimpl
def register_compositors(register: Register) -> None:
    register(
        CompositorSpec(
            id="tryon/warp", summary="Dresses a photo by warping the garment's image onto the body; CPU only, prints stay intact",
            categories=_CLOTHES + _ACCESSORIES, max_garments=8, max_batch=8, clips=True, needs=_NEEDS,
            digital_source="compositeSynthetic", weights_licence=_WEIGHTS,
        ),
        "prodgen_tryon.warp:WarpCompositor",
    )  # fmt: skip
    painted = "prodgen_tryon.diffusion."
    register(
        CompositorSpec(
            id="tryon/catvton", summary="Paints the garment by CatVTON's weights over Stable Diffusion 1.5, inside a mask",
            categories=_CLOTHES, max_batch=8, needs=_DIFFUSION.model_copy(update={"memory_mb": 8000}),
            weights_licence="CC BY-NC-SA 4.0, non-commercial (CatVTON); CreativeML OpenRAIL-M (base); MIT (VAE)",
        ),
        painted + "catvton:CatVtonCompositor",
    )  # fmt: skip
    register(
        CompositorSpec(
            id="tryon/flux-fill", summary="Paints the garment by FLUX.1 Fill with CatVTON-FLUX's transformer, inside a mask",
            categories=_CLOTHES, max_batch=8, needs=_DIFFUSION.model_copy(update={"memory_mb": 36000}),
            weights_licence="FLUX.1 [dev] Non-Commercial License; CC BY-NC 2.0 (CatVTON-FLUX)",
        ),
        painted + "flux:FluxFillCompositor",
    )  # fmt: skip
    register(
        CompositorSpec(
            id="tryon/hf-inpaint", summary="Paints the garment by any diffusers inpainting checkpoint, its looks by an IP-Adapter",
            categories=_CLOTHES, max_batch=8, needs=_DIFFUSION, weights_licence="that of the checkpoint",
        ),
        painted + "inpaint:InpaintCompositor",
    )  # fmt: skip
    register(
        CompositorSpec(
            id="tryon/fashn", summary="Paints the garment by FASHN VTON 1.5 through its own package, kept inside a mask",
            categories=_CLOTHES, max_batch=8, needs=_FASHN, weights_licence="Apache-2.0 (FASHN VTON 1.5, DWPose)",
        ),
        painted + "fashn:FashnCompositor",
    )  # fmt: skip
    register(
        CompositorSpec(
            id="tryon/hybrid", summary="tryon/warp, then a gentle inpainting pass over seams, folds and made-up skin; prints stay",
            categories=tuple(name for name in _CLOTHES if name != "overall"), max_garments=8, max_batch=8,
            needs=_DIFFUSION.model_copy(update={"modules": (*_DIFFUSION.modules, "ai_edge_litert"), "models": ("pose",)}),
            weights_licence="that of the checkpoint; " + _WEIGHTS,
        ),
        painted + "hybrid:HybridCompositor",
    )  # fmt: skip


@hookimpl
def register_body_parsers(register: Register) -> None:
    register(
        BodyParserSpec(
            id="body/litert", summary="Pose, person mask and part masks by MediaPipe's pose models on LiteRT",
            parts=_PARTS, max_batch=8, needs=_NEEDS, weights_licence=_WEIGHTS,
        ),
        "prodgen_tryon.body.litert:LitertBodyParser",
    )  # fmt: skip
    register(
        BodyParserSpec(
            id="body/segformer-clothes", summary="Part masks by a SegFormer that was trained on clothes; pose by another body parser",
            parts=(*_PARTS, "accessories"), max_batch=8,
            needs=_TRANSFORMERS,
            weights_licence="NVIDIA Source Code License for SegFormer, non-commercial (segformer_b2_clothes)",
        ),
        "prodgen_tryon.diffusion.segformer:SegformerBodyParser",
    )  # fmt: skip
    register(
        BodyParserSpec(
            id="body/vitpose", summary="Joints by ViTPose, surer in unusual poses; the person by another body parser",
            parts=_PARTS, max_batch=8,
            needs=_TRANSFORMERS,
            weights_licence="that of the checkpoint; Apache-2.0 (ViTPose)",
        ),
        "prodgen_tryon.diffusion.vitpose:VitposeBodyParser",
    )  # fmt: skip


@hookimpl
def register_models(register: RegisterModel, config: Config | None) -> None:
    register(
        "pose",
        "MediaPipe pose detector and landmarks (two tflite files, 9 MB, Apache-2.0)",
        "prodgen_tryon.body.models:pull",
    )
    if config is None:
        return
    from prodgen_sdk.checkpoints.pulling import pullable

    # FASHN's package has a script of its own: what it needs is not all safetensors.
    for name, summary, pull in pullable(config.model_copy(update={"fashn": None})):
        register(name, summary, pull)


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="tryon/pairs",
            summary="Time and memory, and images on true pairs beside trivial floors",
            measures="tryon",
            needs=_NEEDS,
        ),
        "prodgen_tryon.benchmark:TryOnBenchmark",
    )
    register(
        BenchmarkSpec(
            id="tryon/clips",
            summary="Flicker of a clip with a known answer, beside its frames as filmed and each dressed by itself",
            measures="tryon-clip",
            needs=_NEEDS,
        ),
        "prodgen_tryon.clip.benchmark:ClipBenchmark",
    )
    register(
        BenchmarkSpec(
            id="tryon/gpu",
            summary="The compositors that paint, on a GPU: seconds, host overhead, batches, memory",
            measures="tryon-gpu",
            needs=_DIFFUSION,
        ),
        "prodgen_tryon.diffusion.benchmark:GpuBenchmark",
    )
