"""`image/hf`: pictures, and words where the checkpoint has a text tower, by any transformers vision model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodgen_rank.config import Config
from prodgen_sdk import images as pictures
from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.checkpoints.finding import find_folder
from prodgen_sdk.checkpoints.messages import explained
from prodgen_sdk.checkpoints.sources import Checkpoint
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency, NotConfigured
from prodgen_sdk.interfaces import ImageEncoder

if TYPE_CHECKING:
    import numpy as np
    import torch
    from numpy.typing import NDArray
    from PIL.Image import Image as PilImage

    from prodgen_sdk.types import Image

_ID = "image/hf"
_OFFLINE = "Check the id and the network; or download it once where there is one and name the folder as `model`."
_STRIP = 8
"""A picture that is longer than this many times its width is laid on white first: scaled by its short side it would be huge."""


class HfImageEncoder(ImageEncoder):
    """CLIP, SigLIP, SigLIP 2, Chinese-CLIP, FashionCLIP, DINOv2, ViT, ConvNeXt, ...: what transformers' AutoModel knows.

    The checkpoint loads when the component is made. Pictures are prepared as the checkpoint's preprocessor_config.json says, by
    Pillow.

    Attributes:
        digest: of the weights and of how pictures are prepared.
        dimension: length of a vector.
        reads_text: whether the checkpoint has a text tower that shares the space of its pictures.

    Raises:
        NotConfigured: no checkpoint is configured.
        ConfigError: it may not be loaded (see `finding.find_folder`), or it is no vision model.
        MissingDependency: torch or transformers is not installed, or the hub is not reachable.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        if config is None or config.hf is None:
            raise NotConfigured(
                "image/hf has no checkpoint.",
                hint='Write in prodgen.toml: [plugins.rank.hf] model = "..." and revision = "...".',
            )
        try:
            import torch
            import transformers  # noqa: F401
        except ImportError as error:
            raise MissingDependency(
                f"image/hf needs {error.name}.", hint="Run: pip install 'prodgen-rank[hf]'"
            ) from None
        self.options = config.hf
        self.depends_on = config.hf.model_dump(mode="json", exclude={"batch_size"})
        source = Checkpoint(model=self.options.model, revision=self.options.revision)
        folder = find_folder(source, ctx, component=_ID, offline=_OFFLINE, native=True)
        self.digest = identity(source, folder, ctx.state)
        self.processor, self.model, self.tokenizer = _load(folder, getattr(torch, ctx.dtype))
        self.reads_text = self.tokenizer is not None
        self.model.to(ctx.device).eval()
        import numpy as np

        self.dimension = int(self.encode([np.full((32, 32, 3), 255, np.uint8)], ctx).shape[1])
        ctx.logger.info("image/hf: %s, %d dimensions, reads text: %s", folder, self.dimension, self.reads_text)

    def encode(self, images: Sequence[Image], ctx: Context) -> NDArray[np.float32]:
        """float32 [n, dimension], each row of length 1; transparent pictures are laid on white."""
        import torch

        if not images:
            return self._empty()
        parts = []
        with torch.inference_mode():
            for start in range(0, len(images), self.options.batch_size):
                ctx.check()
                shown = [_prepared(image) for image in images[start : start + self.options.batch_size]]
                inputs = self.processor(images=shown, return_tensors="pt")
                parts.append(_unit(self._pooled(self._on_device(inputs))))
        return _rows(parts)

    def encode_texts(self, texts: Sequence[str], ctx: Context) -> NDArray[np.float32]:
        """Words in the space of the pictures: float32 [n, dimension], each row of length 1.

        Raises:
            ConfigError: the checkpoint has no text tower.
        """
        import torch

        if self.tokenizer is None:
            raise ConfigError(
                f"{self.options.model} has no text tower.", hint="Use CLIP, SigLIP, Chinese-CLIP or their like."
            )
        if not texts:
            return self._empty()
        parts = []
        with torch.inference_mode():
            for start in range(0, len(texts), self.options.batch_size):
                ctx.check()
                words = [self.options.text_prefix + text for text in texts[start : start + self.options.batch_size]]
                parts.append(_unit(_vectors(self.model.get_text_features(**self._on_device(self._tokens(words))))))
        return _rows(parts)

    def _pooled(self, inputs: dict[str, torch.Tensor]) -> torch.Tensor:
        joint, auto = hasattr(self.model, "get_image_features"), self.options.pooling == "auto"
        if joint and auto:
            return _vectors(self.model.get_image_features(**inputs))
        output = self.model.vision_model(**inputs) if joint else self.model(**inputs)
        if auto:
            for name in ("image_embeds", "pooler_output"):
                found: torch.Tensor | None = getattr(output, name, None)
                if found is not None:
                    return found.flatten(1)
        states: torch.Tensor = output.last_hidden_state
        if states.ndim == 4:  # a convolutional network's map: channels first
            return states.mean((2, 3))
        return states.mean(1) if self.options.pooling == "mean" else states[:, 0]

    def _tokens(self, words: list[str]) -> dict[str, torch.Tensor]:
        settings = self.model.config
        # SigLIP was trained on texts padded to the full length, without an attention mask.
        is_siglip = "siglip" in settings.model_type
        padding, wanted = ("max_length", ("input_ids",)) if is_siglip else (True, self.tokenizer.model_input_names)
        limit = min(self.tokenizer.model_max_length, settings.text_config.max_position_embeddings)
        tokens = self.tokenizer(words, padding=padding, truncation=True, max_length=limit, return_tensors="pt")
        return {name: tokens[name] for name in wanted if name in tokens}

    def _on_device(self, inputs: Any) -> dict[str, torch.Tensor]:
        placed = {}
        for name, value in inputs.items():
            value = value.to(self.model.device)
            placed[name] = value.to(self.model.dtype) if value.is_floating_point() else value
        return placed

    def _empty(self) -> NDArray[np.float32]:
        import numpy as np

        return np.empty((0, self.dimension), np.float32)


def _load(folder: Path, dtype: Any) -> tuple[Any, Any, Any]:
    """Processor, model and, where pictures and words share a space, tokenizer."""
    import transformers

    options: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
    hint = "The folder must hold config.json, preprocessor_config.json and model.safetensors (and the tokenizer, for CLIP)."
    with explained(folder, component=_ID, hint=hint, libraries=("transformers",)):
        settings = transformers.AutoConfig.from_pretrained(folder, **options)
        alone = "CLIPVisionModelWithProjection" in (settings.architectures or ())
        loader = transformers.CLIPVisionModelWithProjection if alone else transformers.AutoModel
        processor = transformers.AutoImageProcessor.from_pretrained(folder, backend="pil", **options)
        model, report = loader.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, output_loading_info=True, **options
        )
        joint = hasattr(model, "get_text_features") and hasattr(model, "get_image_features")
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options) if joint else None
    if not (joint or (hasattr(model, "get_input_embeddings") and model.main_input_name == "pixel_values")):
        raise ConfigError(
            f"{_ID}: {folder} is no vision model but {type(model).__name__}.",
            hint="Name a checkpoint that takes images.",
        )
    # transformers fills what a file lacks with random numbers.
    missing = sorted(report["missing_keys"])
    if missing and all("pooler" in name for name in missing):
        model.pooler = None  # then the class token is taken
    elif missing:
        raise ConfigError(
            f"{_ID}: the weights of {folder} do not fit {type(model).__name__}: {len(missing)} are missing, such as {missing[0]}.",
            hint="Name a whole checkpoint of a vision model.",
        )
    return processor, model, tokenizer


def _prepared(image: Image) -> PilImage:
    """RGB; a strip is laid on white until its sides are as 1 to 8."""
    from PIL import Image as Pil

    picture = Pil.fromarray(pictures.flatten(pictures.check(image)))
    short = -(-max(picture.size) // _STRIP)
    if min(picture.size) >= short:
        return picture
    sheet = Pil.new("RGB", (max(picture.width, short), max(picture.height, short)), "white")
    sheet.paste(picture, ((sheet.width - picture.width) // 2, (sheet.height - picture.height) // 2))
    return sheet


def _vectors(output: Any) -> torch.Tensor:
    """The projected vectors, whether transformers gives them alone or within an output."""
    vectors: torch.Tensor = getattr(output, "pooler_output", output)
    return vectors


def _unit(vectors: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.nn.functional.normalize(vectors.float(), dim=-1)


def _rows(parts: list[torch.Tensor]) -> NDArray[np.float32]:
    import torch

    rows: NDArray[np.float32] = torch.cat(parts).cpu().numpy()
    return rows
