"""Prompts that are longer than what a pipeline reads: what matters most stays, and what is left out is told."""

import re

import pytest

pytest.importorskip("diffusers")

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from prodgen_diffusers.config import Config
from prodgen_diffusers.pipelines.calls import accepted
from prodgen_diffusers.pipelines.length import fitted, reader, told
from prodgen_diffusers.text import TextGenerator
from prodgen_diffusers.words import prompts_for

from prodgen_sdk.context import Context
from prodgen_sdk.testing.samples import sample_products
from prodgen_sdk.types import GenerationRequest, Scene, parse_views


def words_of(text, truncation=False, verbose=True):
    """A tokenizer that has a token for each word, and two around them."""
    return {"input_ids": [0, *re.findall(r"\w+|[^\w\s]", text), 0]}


CLAUSE = st.text("abc", min_size=1, max_size=5)


@given(st.lists(st.lists(CLAUSE, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=6), st.integers(3, 40))
def test_what_is_kept_fits_and_nothing_is_lost(clauses, limit):
    text = ", ".join(clauses)
    kept, left = fitted(text, (words_of, limit))
    assert len(words_of(kept)["input_ids"]) <= limit
    assert (left == "") == (len(words_of(text)["input_ids"]) <= limit)
    assert sorted(re.findall(r"\w+", kept + " " + left)) == sorted(re.findall(r"\w+", text))
    assert text.startswith(kept.split(",")[0])


def test_the_studio_goes_first_and_the_product_stays():
    text = "Front view of a blue mug, studio product photo, matte glaze, soft even light, plain white background"
    kept, left = fitted(text, (words_of, 12))
    assert kept == "Front view of a blue mug, matte glaze"
    assert left == "studio product photo, soft even light, plain white background"
    assert fitted("a b c d e", (words_of, 5)) == ("a b c", "d e")
    assert fitted("蓝色马克杯", (lambda text, **_: {"input_ids": [*text, 0]}, 4)) == ("蓝色马", "克杯")
    assert fitted(text, None) == (text, "")


def test_a_long_rest_is_told_by_its_beginning():
    assert told("blue", 77) == "The prompt is longer than the 77 tokens that the model reads; left out: 'blue'."
    assert len(told("word " * 100, 77)) < 220


class CLIPTokenizer:
    model_max_length = 77


class T5Tokenizer:
    model_max_length = 10**30

    def __call__(self, text, truncation=False, verbose=True):
        return words_of(text)


class Flux:
    def __init__(self, **components):
        self.components = components
        vars(self).update(components)

    def __call__(self, prompt, max_sequence_length=512):
        raise AssertionError("not called")


CLIPTokenizer.__call__ = T5Tokenizer.__call__


def test_the_encoder_that_reads_most_decides():
    both = Flux(tokenizer=CLIPTokenizer(), text_encoder=1, tokenizer_2=T5Tokenizer(), text_encoder_2=1)
    takes = accepted(both)
    assert reader(both, {}, takes)[1] == 512
    assert reader(both, {"max_sequence_length": 128}, takes)[1] == 128
    without = Flux(tokenizer=CLIPTokenizer(), text_encoder=1, tokenizer_2=T5Tokenizer(), text_encoder_2=None)
    assert reader(without, {}, takes)[1] == 77
    assert reader(SimpleNamespace(components={"tokenizer": None}), {}, {}) is None
    words = T5Tokenizer()
    processor = SimpleNamespace(tokenizer=words)  # as in FLUX.2 [dev]: its own call takes images first
    assert reader(Flux(tokenizer=processor, text_encoder=1), {}, takes) == (words, 512)


def test_words_of_style_are_read_where_the_end_is_not():
    pipe = Flux(tokenizer=CLIPTokenizer(), text_encoder=1)
    long = "Front view of a mug, " + "glazed " * 90
    request = GenerationRequest(
        product=sample_products()[0], views=parse_views("front"), prompts=(long,), scene=Scene(style="on moss")
    )
    assert prompts_for(request, pipe, Context())[0].startswith("Front view of a mug, on moss, glazed")
    short = request.model_copy(update={"prompts": ("Front view of a mug, glazed",)})
    assert prompts_for(short, pipe, Context()) == ["Front view of a mug, glazed, on moss"]


def request(prompt, **changes):
    return GenerationRequest(
        product=sample_products()[0], views=parse_views("front"), prompts=(prompt,), size=48, seed=5, **changes
    )


def test_a_reviewer_is_told_by_the_true_pipeline(sd15):
    generator = TextGenerator(Config.model_validate({"text": {"model": str(sd15), "steps": 1}}), Context())
    long = "Front view of a blue mug, " + ", ".join(f"with detail number {n}" for n in range(40))
    ((short,), (made,)) = generator.generate([request("a mug"), request(long, negative="ugly " * 100)], Context())
    assert not [warning for warning in short.warnings if "left out" in warning]
    first, second = (warning for warning in made.warnings if "left out" in warning)
    assert first.startswith("The prompt is longer than the 77 tokens")
    assert second.startswith("The negative prompt")
    assert "with detail number 39" in first or first.endswith("...'.")


@pytest.mark.parametrize("family", ["sdxl", "flux2_klein", "z_image", "qwen_image", "sana_sprint", "sd3"])
def test_every_family_says_how_much_it_reads(family, tiny, tmp_path):
    section = {"model": str(getattr(tiny, family)(tmp_path)), "steps": 1, "size": 64}
    pipe = TextGenerator(Config.model_validate({"text": section}), Context()).loaded.pipe
    takes = accepted(pipe)
    _, limit = reader(pipe, {}, takes)
    assert limit == (takes["max_sequence_length"].default if "max_sequence_length" in takes else 77)
