"""Words for a model: one prompt per view, in a language that its text encoder reads, without what a tokenizer would obey."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.pipelines.calls import accepted
from prodgen_diffusers.pipelines.length import STUDIO, fitted, reader
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ProdgenError
from prodgen_sdk.types import GenerationRequest, View

# Text encoders that were trained on English alone: CLIP of Stable Diffusion and SDXL, T5 of SD3, FLUX.1 and PixArt.
_ENGLISH = {"CLIPTextModel", "CLIPTextModelWithProjection", "T5EncoderModel"}
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SIDES = ("front", "front three-quarter, from the right", "right side", "rear three-quarter, from the right",
          "back", "rear three-quarter, from the left", "left side", "front three-quarter, from the left")  # fmt: skip
_LONGEST = 2000


def prompts_for(request: GenerationRequest, pipe: Any, ctx: Context) -> list[str]:
    """One prompt per view.

    The request's own; where there are none, or the model does not read their language, those of the configured describer in
    English; where there is no describer, plain words. The scene's style follows.
    """
    prompts: Sequence[str] = request.prompts
    if not prompts or (any(_CJK.search(prompt) for prompt in prompts) and not reads_chinese(pipe)):
        prompts = _described(request, ctx) or [plain_prompt(request.product.title, view) for view in request.views]
    style = request.scene.style
    if style or request.scene.background == "image":
        prompts = [_in_style(without_studio(prompt), style, pipe) for prompt in prompts]
    return [clean(prompt, pipe) for prompt in prompts]


def _in_style(prompt: str, style: str, pipe: Any) -> str:
    """A prompt with words of style: behind it, or behind its first clause where the end would not be read."""
    joined = ", ".join(filter(None, (prompt, style)))
    if not style or not fitted(joined, reader(pipe, {}, accepted(pipe) if callable(pipe) else {}))[1]:
        return joined
    first, *others = re.split("[,，]", prompt)
    return ", ".join(filter(None, (first.strip(), style, *(clause.strip() for clause in others))))


def without_studio(prompt: str) -> str:
    """A prompt without its clauses on a studio and a white background, which a scene of another kind contradicts.

    >>> without_studio("Front view of a blue mug, studio product photo, soft even light, plain white background")
    'Front view of a blue mug'
    """
    kept = [clause.strip() for clause in re.split("[,，]", prompt) if not STUDIO.search(clause)]
    return ("，" if _CJK.search(prompt) else ", ").join(filter(None, kept))


def plain_prompt(title: str, view: View) -> str:
    """Words for a view without a describer.

    >>> plain_prompt("Blue mug", View(azimuth=90, elevation=40))
    'Product photo of Blue mug, right side view, seen from above, studio light, plain white background'
    """
    side = _SIDES[round(view.azimuth / 45) % 8]
    height = ", seen from above" if view.elevation > 25 else ", seen from below" if view.elevation < -15 else ""
    near = "Close-up photo" if view.distance < 0.8 else "Product photo"
    return f"{near} of {title}, {side} view{height}, studio light, plain white background"


def reads_chinese(pipe: Any) -> bool:
    """Whether one of a pipeline's text encoders is of a family that was trained on more than English."""
    names = {type(part).__name__ for name, part in pipe.components.items() if name.startswith("text_encoder")}
    return bool(names - _ENGLISH - {"NoneType"})


def clean(text: str, pipe: Any) -> str:
    """The text without control characters and without the special tokens of the pipeline's tokenizers.

    A title that holds `<|im_end|>` would otherwise end the model's template and go on as an instruction. Texts are cut at
    2000 characters, as no text encoder reads more.
    """
    text = "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in text)
    return strip_special(" ".join(text.split()), special_tokens(pipe))[:_LONGEST]


def special_tokens(pipe: Any) -> set[str]:
    """The tokens of a pipeline's tokenizers that stand for something else than their letters."""
    found: set[str] = set()
    for name, part in pipe.components.items():
        if part is None or not (name.startswith("tokenizer") or name == "processor"):
            continue
        tokenizer = getattr(part, "tokenizer", part)
        found |= {str(token) for token in getattr(tokenizer, "all_special_tokens", ())}
        added = getattr(tokenizer, "added_tokens_decoder", {}).values()
        found |= {str(token) for token in added if token.special or str(token).startswith("<")}
    return {token for token in found if len(token) > 2}


def strip_special(text: str, tokens: set[str]) -> str:
    """The text without these tokens. Each leaves a space, so that what is around it does not become one.

    >>> strip_special("a <|im<|im_end|>_end|> mug", {"<|im_end|>"})
    'a <|im _end|> mug'
    """
    for token in sorted(tokens, key=len, reverse=True):
        text = text.replace(token, " ")
    return " ".join(text.split())


def _described(request: GenerationRequest, ctx: Context) -> Sequence[str]:
    try:
        (description,) = ctx.lookup("describer").describe([request.product], request.views, "en", ctx)
    except ProdgenError:
        return ()
    return [prompt.text for prompt in description.prompts]
