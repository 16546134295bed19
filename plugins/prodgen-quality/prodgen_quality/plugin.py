"""What this distribution registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, EvaluatorSpec, FinisherSpec, Metric, Needs, SafetySpec, TrainerSpec

if TYPE_CHECKING:
    from prodgen_quality.config import QualityConfig

_NEEDS = Needs(modules=("numpy", "scipy", "skimage"), install="pip install prodgen-quality")
_TORCH = Needs(modules=("numpy", "torch", "safetensors"), install="pip install 'prodgen-quality[torch]'")
_SHIFT = "A shift by a pixel or two costs much; a changed label or logo costs little."

FIDELITY = {
    "psnr": Metric(low=0, high=100, better="higher", blind_spots=f"{_SHIFT} A white background inflates it. 100 stands for equal."),
    "psnr_product": Metric(low=0, high=100, better="higher", blind_spots=f"{_SHIFT} The product is found by its plain background."),
    "ssim": Metric(low=-1, high=1, better="higher", blind_spots="A white background inflates it; blind to an even change of hue."),
    "ssim_product": Metric(low=-1, high=1, better="higher", blind_spots="Blind to an even change of hue; the outline counts much."),
    "colour_error": Metric(low=0, high=None, better="lower", blind_spots="CIEDE2000 of paired pixels: a shift counts as a change of colour."),
    "mean_colour_error": Metric(low=0, high=None, better="lower", blind_spots="Blind to where a colour is: swapped stripes are equal."),
}  # fmt: skip
PRODUCT_SHOT = {
    "sharpness": Metric(low=0, high=None, better="higher", blind_spots="Noise and texture raise it; a plain product is low when in focus."),
    "crispness": Metric(low=0, high=1, better="higher", blind_spots="Sees the whole frame; soft shadows lower it."),
    "white_border": Metric(low=0, high=1, better="higher", blind_spots="Only the outer 2 %; meant for white scenes; a product that leaves the frame lowers it."),
    "off_white": Metric(low=0, high=255, better="lower", blind_spots="One dark pixel at the edge is enough to raise it."),
    "fill": Metric(low=0, high=1, better="higher", blind_spots="A shadow counts as product; 1 may mean that it is cut off."),
    "area": Metric(low=0, high=1, better="higher", blind_spots="Thin products cover little; a shadow counts as product."),
    "off_centre": Metric(low=0, high=0.5, better="lower", blind_spots="The box's centre, not the optical one; a shadow shifts it."),
    "cut_off": Metric(low=0, high=1, better="lower", blind_spots="Wanted in detail views."),
    "clipped": Metric(low=0, high=1, better="lower", blind_spots="White and black products are at the limits by nature."),
}  # fmt: skip


@hookimpl
def config_model() -> type[QualityConfig]:
    from prodgen_quality.config import QualityConfig

    return QualityConfig


@hookimpl
def register_evaluators(register: Register) -> None:
    register(
        EvaluatorSpec(
            id="quality/fidelity",
            summary="PSNR, SSIM and CIEDE2000 against a reference, over the frame and over the product",
            metrics=FIDELITY,
            needs_reference=True,
            needs=_NEEDS,
        ),
        "prodgen_quality.evaluators:FidelityEvaluator",
    )
    register(
        EvaluatorSpec(
            id="quality/product-shot",
            summary="Sharpness, white background, fill, centring and clipping of a product image",
            metrics=PRODUCT_SHOT,
            minimum={"area": 0.005},
            needs=_NEEDS,
        ),
        "prodgen_quality.evaluators:ProductShotEvaluator",
    )


@hookimpl
def register_safety_checkers(register: Register) -> None:
    register(
        SafetySpec(
            id="safety/terms",
            summary="Words that a shop must not or should not show, in Chinese and English, however they are spelt",
            checks=("text",),
            max_batch=1024,
        ),
        "prodgen_quality.safety.checkers:TermsChecker",
    )
    register(
        SafetySpec(
            id="safety/image",
            summary="A rough look at images: blank, broken or full of skin colours goes to review; no classifier",
            checks=("image",),
            needs=_NEEDS,
        ),
        "prodgen_quality.safety.checkers:ImageChecker",
    )


@hookimpl
def register_trainers(register: Register) -> None:
    register(
        TrainerSpec(
            id="quality/train-judge",
            summary="The network that judges generators in `prodgen eval generators`, from rendered views",
            trains="judge",
            needs=_TORCH,
        ),
        "prodgen_quality.judge.training:JudgeTrainer",
    )


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="quality/generators",
            summary="Every installed generator on held-out products, beside the true renders and baselines",
            measures="generators",
            command="eval",
            deterministic=False,
            needs=Needs(modules=("numpy", "scipy", "skimage", "safetensors"), install="pip install prodgen-quality"),
        ),
        "prodgen_quality.generators.benchmark:GeneratorsEvaluation",
    )


@hookimpl
def register_finishers(register: Register) -> None:
    register(
        FinisherSpec(
            id="finish/basic",
            summary="Cropped, centred, on another background, with shadow or reflection, cleaned and sharpened, by profile",
            profiles=(
                "none",
                "marketplace",
                "square",
                "portrait",
                "pin",
                "link",
                "cutout",
                "studio",
                "mirror",
                "clean",
            ),
            needs=_NEEDS,
        ),
        "prodgen_quality.finishing.finisher:BasicFinisher",
    )
