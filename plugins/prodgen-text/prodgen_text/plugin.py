"""What this distribution registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import DescriberSpec, Needs, TextEncoderSpec

if TYPE_CHECKING:
    from prodgen_text.config import TextConfig


@hookimpl
def config_model() -> type[TextConfig]:
    from prodgen_text.config import TextConfig

    return TextConfig


@hookimpl
def register_text_encoders(register: Register) -> None:
    register(
        TextEncoderSpec(
            id="text/hash",
            summary="Hashed words, character n-grams and bilingual concepts; no model, no download",
            dimension=None,
            max_batch=8192,
            pooling="sum of signed feature hashes",
            needs=Needs(modules=("numpy", "jieba"), install="pip install prodgen-text"),
        ),
        "prodgen_text.encoders.hashing:HashEncoder",
    )
    register(
        TextEncoderSpec(
            id="text/hf",
            summary="Any transformers text encoder or CLIP text tower, from a pinned hub id or a local folder",
            dimension=None,
            max_batch=1024,
            pooling="as configured",
            needs=Needs(modules=("torch", "transformers"), install="pip install 'prodgen-text[hf]'"),
            weights_licence="that of the checkpoint",
        ),
        "prodgen_text.encoders.hf:HfEncoder",
    )


@hookimpl
def register_describers(register: Register) -> None:
    register(
        DescriberSpec(
            id="text/describe",
            summary="Attributes from title and description by lexicon, and one prompt per view, in Chinese and English",
            max_batch=4096,
            needs=Needs(modules=("jieba",), install="pip install prodgen-text"),
        ),
        "prodgen_text.describe:LexiconDescriber",
    )
