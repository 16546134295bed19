"""Tiny checkpoints with random weights, made where a test needs them."""

from pathlib import Path

WORDS = ["blue", "red", "mug", "sofa", "ceramic", "a", "of", "the", "photo", "query:"]


def _tokenizer(folder: Path, special: dict[str, str], *, begin: str, end: str, side: str = "right") -> int:
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    names = list(dict.fromkeys([*special.values(), begin, end]))
    vocabulary = {word: index for index, word in enumerate([*names, *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=special["unk_token"]))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{begin} $A {end}", special_tokens=[(begin, vocabulary[begin]), (end, vocabulary[end])]
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=16, padding_side=side, **special)
    fast.save_pretrained(folder)
    return len(vocabulary)


def save_bert(folder: Path, side: str = "right") -> Path:
    """BERT of two layers and 32 dimensions."""
    import torch
    from transformers import BertConfig, BertModel

    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    size = _tokenizer(folder, special, begin="[CLS]", end="[SEP]", side=side)
    torch.manual_seed(1)
    settings = BertConfig(
        vocab_size=size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=48,
        max_position_embeddings=16,
    )
    BertModel(settings).eval().save_pretrained(folder)
    return folder


def save_clip(folder: Path, *, projection: bool = True) -> Path:
    """The text tower of CLIP: 32 dimensions, projected to 24."""
    import torch
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    special = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<start>", "eos_token": "<end>"}
    size = _tokenizer(folder, special, begin="<start>", end="<end>")
    torch.manual_seed(2)
    settings = CLIPTextConfig(
        vocab_size=size, hidden_size=32, projection_dim=24, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48,
        max_position_embeddings=16, pad_token_id=0, bos_token_id=2, eos_token_id=3,
    )  # fmt: skip
    (CLIPTextModelWithProjection if projection else CLIPTextModel)(settings).eval().save_pretrained(folder)
    return folder
