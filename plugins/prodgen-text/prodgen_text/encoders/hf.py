"""Texts as vectors by any transformers text encoder or CLIP-like text tower."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_sdk.checkpoints.finding import find_folder
from prodgen_sdk.checkpoints.messages import explained
from prodgen_sdk.checkpoints.sources import Checkpoint
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency, NotConfigured
from prodgen_sdk.interfaces import TextEncoder
from prodgen_text.config import HfConfig, TextConfig
from prodgen_text.encoders.pooling import pool, stated_pooling

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray

_ID = "text/hf"
_OFFLINE = "Check the id and the network, or download it once where there is one and name the local folder as `model`."

# Text towers of two-tower models, and the class that loads the tower alone with its projection into the shared space.
_TOWERS = {
    "clip": "CLIPTextModelWithProjection",
    "clip_text_model": "CLIPTextModelWithProjection",
    "siglip": "SiglipTextModel",
    "siglip_text_model": "SiglipTextModel",
    "siglip2": "Siglip2TextModel",
    "siglip2_text_model": "Siglip2TextModel",
}


class HfEncoder(TextEncoder):
    """`text/hf`. The checkpoint loads when the component is made.

    Attributes:
        pooling: what `auto` came to: `mean`, `cls`, `eos` or `projection`.
        dimension: length of a vector.

    Raises:
        NotConfigured: no checkpoint is configured.
        ConfigError: it may not be loaded (see `finding.find_folder`).
        MissingDependency: torch or transformers is not installed, or the checkpoint is neither at hand nor reachable.
    """

    def __init__(self, config: TextConfig | None, ctx: Context) -> None:
        if config is None or config.hf is None:
            raise NotConfigured(
                "text/hf has no checkpoint.",
                hint='Write in prodgen.toml: [plugins.text.hf] model = "..." and revision = "...".',
            )
        try:
            import torch
            import transformers  # noqa: F401
        except ImportError as error:
            raise MissingDependency(
                f"text/hf needs {error.name}.", hint="Run: pip install 'prodgen-text[hf]'"
            ) from None
        self.config: HfConfig = config.hf
        source = Checkpoint(model=self.config.model, revision=self.config.revision)
        folder = find_folder(source, ctx, component=_ID, offline=_OFFLINE, native=True)
        self.tokenizer, self.model, self.pooling = _load(folder, self.config, getattr(torch, ctx.dtype))
        self.model.to(ctx.device).eval()
        self.max_length = _limit(self.tokenizer, self.model.config, self.config.max_length)
        self.dimension = _dimension(self.model, self.pooling)
        ctx.logger.info("text/hf: %s, %s pooling, %d dimensions", self.config.model, self.pooling, self.dimension)

    def encode(self, texts: Sequence[str], ctx: Context) -> NDArray[np.float32]:
        import numpy as np
        import torch

        rows = np.empty((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))  # little padding within a batch
        with torch.inference_mode():
            for start in range(0, len(order), self.config.batch_size):
                ctx.check()
                places = order[start : start + self.config.batch_size]
                vectors = self._forward([self.config.prefix + texts[place] for place in places])
                rows[places] = vectors.float().cpu().numpy()
        return rows

    def _forward(self, texts: list[str]) -> torch.Tensor:
        import torch

        # SigLIP was trained on texts padded to the full length and has no attention mask; the others take the longest of the batch.
        padding = "max_length" if "siglip" in self.model.config.model_type else True
        tokens = self.tokenizer(
            texts, padding=padding, truncation=True, max_length=self.max_length, return_tensors="pt"
        )
        if tokens["input_ids"].shape[1] == 0:
            return torch.eye(1, self.dimension).expand(len(texts), -1)
        inputs = {
            name: value.to(self.model.device)
            for name, value in tokens.items()
            if name != "token_type_ids" or "bert" in self.model.config.model_type
        }
        output = self.model(**inputs)
        if self.pooling == "projection":
            vectors = output.text_embeds if hasattr(output, "text_embeds") else output.pooler_output
        else:
            mask = inputs.get("attention_mask")
            mask = torch.ones(output.last_hidden_state.shape[:2], device=self.model.device) if mask is None else mask
            vectors = pool(output.last_hidden_state.float(), mask, self.pooling)
        vectors = vectors.float()
        vectors[~(vectors.norm(dim=-1) > 0), 0] = 1.0  # a text without a single token
        return torch.nn.functional.normalize(vectors, dim=-1)


def _load(folder: Path, config: HfConfig, dtype: Any) -> tuple[Any, Any, str]:
    import transformers

    options: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
    hint = "The folder must hold config.json, a tokenizer and model.safetensors of a text model."
    with explained(folder, component=_ID, hint=hint, libraries=("transformers",)):
        settings = transformers.AutoConfig.from_pretrained(folder, **options)
        tower = _tower(settings, config.pooling)
        loader = getattr(transformers, tower) if tower else transformers.AutoModel
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
        model, report = loader.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, output_loading_info=True, **options
        )
    # transformers fills what the file lacks with random numbers. Without a tower the pooler is not used.
    missing = sorted(name for name in report["missing_keys"] if tower or "pooler" not in name)
    if missing:
        raise ConfigError(
            f"{_ID}: the weights of {folder} do not fit a text model: {len(missing)} are missing, such as {missing[0]}.",
            hint="Name a checkpoint of a text encoder or of a CLIP-like model.",
        )
    if model.config.is_encoder_decoder:
        model = model.get_encoder()
    tokenizer.padding_side = "right"  # positions then count from the text's first token, and pooling goes by the mask
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    if config.pooling != "auto":
        return tokenizer, model, config.pooling
    if tower:
        return tokenizer, model, "eos" if tower == "CLIPTextModel" else "projection"
    return tokenizer, model, stated_pooling(folder) or "mean"


def _tower(settings: Any, pooling: str) -> str | None:
    """The class that loads the text tower alone, with its projection where `auto` wants it; None for a plain encoder."""
    tower = _TOWERS.get(settings.model_type)
    bare = "CLIPTextModel" in (settings.architectures or ())  # a file with nothing but the tower has no projection
    return "CLIPTextModel" if tower == "CLIPTextModelWithProjection" and (bare or pooling != "auto") else tower


def _limit(tokenizer: Any, settings: Any, wanted: int | None) -> int:
    """The smallest of what is asked for, what the tokenizer says and what the model has positions for."""
    settings = getattr(settings, "text_config", settings)
    limits = [wanted or 8192, tokenizer.model_max_length]
    positions = getattr(settings, "max_position_embeddings", None)
    if positions and positions > 0:
        # RoBERTa and its kin start counting positions after the padding index.
        offset = (
            settings.pad_token_id + 1 if settings.model_type in ("roberta", "xlm-roberta", "camembert", "mpnet") else 0
        )
        limits.append(positions - offset)
    return int(min(limits))


def _dimension(model: Any, pooling: str) -> int:
    settings = getattr(model.config, "text_config", model.config)
    projected = getattr(settings, "projection_dim", None) or getattr(settings, "projection_size", None)
    return int(projected if pooling == "projection" and projected else settings.hidden_size)
