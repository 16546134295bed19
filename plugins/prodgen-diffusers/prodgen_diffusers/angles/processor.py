"""Qwen2.5-VL's processor for words and photos, without the part for videos.

That part needs torchvision. Pictures are scaled by Pillow wherever it runs, so that they do not depend on what is installed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import Qwen2VLProcessor
from transformers.processing_utils import ProcessorMixin


class PhotoProcessor(Qwen2VLProcessor):  # type: ignore[misc]
    """A Qwen2VLProcessor of a picture processor and a tokeniser alone.

    Its answers to texts and pictures are those of the whole one.
    """

    def __init__(self, image_processor: Any, tokenizer: Any, chat_template: str | None = None) -> None:
        self.image_token, self.video_token = "<|image_pad|>", "<|video_pad|>"
        self.image_token_id = tokenizer.convert_tokens_to_ids(self.image_token)
        self.video_token_id = tokenizer.convert_tokens_to_ids(self.video_token)
        ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)

    @classmethod
    def read(cls, folder: Path) -> PhotoProcessor:
        """From the folder `processor` of a checkpoint."""
        from transformers import Qwen2Tokenizer, Qwen2VLImageProcessorPil

        return cls(
            Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True),
            Qwen2Tokenizer.from_pretrained(folder, local_files_only=True),
        )
