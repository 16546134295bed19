"""Encoders, describers, safety checkers, evaluators and finishers that break their contracts, each in one way."""

import time

import numpy as np
import pytest
from harness import broken

from prodgen_sdk.interfaces import Finished, Scores, ScreenItem
from prodgen_sdk.specs import Metric
from prodgen_sdk.testing import contracts
from prodgen_sdk.testing.contracts import EvaluatorContract, FinisherContract, ImageEncoderContract, TextEncoderContract
from prodgen_sdk.testing.fakes.pictures import BrightnessEvaluator, GridImageEncoder, SquareFinisher
from prodgen_sdk.testing.fakes.words import HashTextEncoder, TitleDescriber, WordChecker
from prodgen_sdk.types import Description, Verdict


@broken(TextEncoderContract, "unit_length", "empty_text")
class DoesNotNormalise(HashTextEncoder):
    def encode(self, texts, ctx):
        return super().encode(texts, ctx) * np.float32(3)


@broken(
    TextEncoderContract,
    "unit_length",
    "same_input_same_vector",
    "alone_as_in_a_batch",
    "empty_text",
)
class DividesByZero(HashTextEncoder):
    def encode(self, texts, ctx):
        vectors = super().encode(texts, ctx)
        vectors[[not text for text in texts]] = np.nan
        return vectors


@broken(TextEncoderContract, "shape_dtype_and_length")
class GivesDoubles(HashTextEncoder):
    def encode(self, texts, ctx):
        return super().encode(texts, ctx).astype(np.float64)


@broken(TextEncoderContract, "shape_dtype_and_length")
class HasAnotherDimension(HashTextEncoder):
    def encode(self, texts, ctx):
        return np.hstack([super().encode(texts, ctx), np.zeros((len(texts), 1), np.float32)])


@broken(TextEncoderContract, "alone_as_in_a_batch")
class SortsItsBatch(HashTextEncoder):
    def encode(self, texts, ctx):
        return super().encode(sorted(texts), ctx)


@broken(TextEncoderContract, "same_input_same_vector", "alone_as_in_a_batch", "several_threads_at_once")
class KeepsDropoutOn(HashTextEncoder):
    def encode(self, texts, ctx):
        vectors = super().encode(texts, ctx) * np.random.default_rng().integers(0, 2, (len(texts), 32)).astype(
            np.float32
        )
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@broken(TextEncoderContract, "same_input_same_vector", "alone_as_in_a_batch", "several_threads_at_once")
class SharesABuffer(HashTextEncoder):
    buffer = np.zeros((64, 32), np.float32)

    def encode(self, texts, ctx):
        self.buffer[: len(texts)] = super().encode(texts[::-1], ctx)[::-1]
        self.buffer[len(texts) :] = 0
        time.sleep(0.01)
        return self.buffer[: len(texts)]


@broken(TextEncoderContract, "several_threads_at_once")
class WorksOnAnAttribute(HashTextEncoder):
    def encode(self, texts, ctx):
        self.texts = texts
        time.sleep(0.01)
        return super().encode(self.texts, ctx)


@broken(TextEncoderContract, "inputs_are_told_apart")
class SaysAlwaysTheSame(HashTextEncoder):
    def encode(self, texts, ctx):
        return super().encode(["same"] * len(texts), ctx)


@broken(
    ImageEncoderContract,
    "does_not_change_its_input",
    "alone_as_in_a_batch",
    "same_input_same_vector",
    "several_threads_at_once",
)
class NormalisesItsInput(GridImageEncoder):
    def encode(self, images, ctx):
        vectors = super().encode(images, ctx)
        images[-1][:] = 127
        return vectors


@broken(ImageEncoderContract, "words_share_the_space_of_the_pictures")
class WordsInASpaceOfTheirOwn(GridImageEncoder):
    reads_text = True

    def encode_texts(self, texts, ctx):
        return np.eye(2, dtype=np.float32)


@broken(ImageEncoderContract, "transparent_picture")
class DoesNotKnowAlpha(GridImageEncoder):
    def encode(self, images, ctx):
        vectors = super().encode(images, ctx)
        vectors[[image.shape[2] == 4 for image in images]] = np.nan
        return vectors


@broken(contracts.DescriberContract, "one_prompt_a_view_in_order")
class WritesOnePrompt(TitleDescriber):
    def describe(self, products, views, locale, ctx):
        return [d.model_copy(update={"prompts": d.prompts[:3]}) for d in super().describe(products, views, locale, ctx)]


@broken(contracts.DescriberContract, "views_are_told_apart")
class RepeatsTheTitle(TitleDescriber):
    def describe(self, products, views, locale, ctx):
        return [
            Description(prompts=tuple(p.model_copy(update={"text": "a thing"}) for p in d.prompts))
            for d in super().describe(products, views, locale, ctx)
        ]


@broken(contracts.DescriberContract, "language")
class SpeaksEnglishOnly(TitleDescriber):
    def describe(self, products, views, locale, ctx):
        return super().describe(products, views, "en", ctx)


@broken(contracts.DescriberContract, "stated_attributes_are_not_repeated")
class RepeatsAttributes(TitleDescriber):
    def describe(self, products, views, locale, ctx):
        return [
            d.model_copy(update={"attributes": {"colour": "red"}})
            for d in super().describe(products, views, locale, ctx)
        ]


@broken(contracts.DescriberContract, "same_words_same_answer")
class CountsProducts(TitleDescriber):
    def describe(self, products, views, locale, ctx):
        made = super().describe(products, views, locale, ctx)
        return [d.model_copy(update={"attributes": {"place": place}}) for place, d in enumerate(made)]


@broken(contracts.DescriberContract, "does_not_change_its_input")
class FillsInAttributes(TitleDescriber):
    def describe(self, products, views, locale, ctx):
        products[0].attributes["seen"] = True
        return super().describe(products, views, locale, ctx)


class WithKnown(contracts.SafetyCheckerContract):
    @pytest.fixture
    def known(self):
        return [
            (ScreenItem(text="forbidden"), "block"),
            (ScreenItem(text="dubious"), "review"),
            (ScreenItem(text="mug"), "pass"),
        ]


@broken(WithKnown, "known_outcomes")
class PassesEverything(WordChecker):
    def check(self, items, ctx):
        return [Verdict(outcome="pass") for _ in items]


@broken(WithKnown, "known_outcomes")
class GivesNoReason(WordChecker):
    def check(self, items, ctx):
        return [Verdict(outcome=verdict.outcome) for verdict in super().check(items, ctx)]


@broken(WithKnown, "harmless_products_pass", "known_outcomes")
class BlocksEverything(WordChecker):
    def check(self, items, ctx):
        return [Verdict(outcome="block", reasons=("No.",)) for _ in items]


@broken(WithKnown, "known_outcomes", "alone_as_in_a_batch")
class TaintsTheBatch(WordChecker):
    def check(self, items, ctx):
        verdicts = super().check(items, ctx)
        worst = next((v for v in verdicts if v.outcome == "block"), None)
        return [worst] * len(items) if worst else verdicts


@broken(WithKnown, "harmless_products_pass", "known_outcomes", "alone_as_in_a_batch", "strange_items")
class AnswersOnce(WordChecker):
    def check(self, items, ctx):
        return super().check(items[:1], ctx)


@broken(contracts.SafetyCheckerContract, "known_outcomes", "alone_as_in_a_batch", "does_not_change_its_input")
class NothingKnown(WordChecker):
    """Not broken, but an author who gives no known item must be told."""


@broken(WithKnown, "checks_of_the_spec", checks=())
class ChecksNothing(WordChecker):
    pass


@broken(EvaluatorContract, "exactly_the_metrics_within_their_range")
class AddsAMetric(BrightnessEvaluator):
    def evaluate(self, images, references, ctx):
        return [Scores(values={**s.values, "extra": 1.0}) for s in super().evaluate(images, references, ctx)]


@broken(EvaluatorContract, "exactly_the_metrics_within_their_range")
class LeavesTheRange(BrightnessEvaluator):
    def evaluate(self, images, references, ctx):
        return [
            Scores(values={"brightness": s.values["brightness"] * 255})
            for s in super().evaluate(images, references, ctx)
        ]


@broken(
    EvaluatorContract,
    "exactly_the_metrics_within_their_range",
    "alone_as_in_a_batch",
    "transparent_and_tiny_pictures",
    metrics={"brightness": Metric(low=None, high=None, better="higher", blind_spots="All.")},
)
class GivesInfinity(BrightnessEvaluator):
    def evaluate(self, images, references, ctx):
        return [Scores(values={"brightness": float("inf") if image.mean() > 1 else 0.0}) for image in images]


@broken(EvaluatorContract, "alone_as_in_a_batch")
class UsesTheBatchMean(BrightnessEvaluator):
    def evaluate(self, images, references, ctx):
        mean = float(np.mean([image.mean() for image in images])) / 255
        return [Scores(values={"brightness": mean}) for _ in images]


@broken(EvaluatorContract, "the_true_picture_scores_best", needs_reference=True)
class HasTheWrongDirection(BrightnessEvaluator):
    def evaluate(self, images, references, ctx):
        differences = [abs(a[..., :3] / 255 - b[..., :3] / 255).mean() for a, b in zip(images, references, strict=True)]
        return [Scores(values={"brightness": float(difference)}) for difference in differences]


@broken(EvaluatorContract, "does_not_change_its_input", "alone_as_in_a_batch")
class EvaluatesInPlace(BrightnessEvaluator):
    def evaluate(self, images, references, ctx):
        scores = super().evaluate(images, references, ctx)
        images[0][:] = 0
        return scores


@broken(
    EvaluatorContract,
    "metrics_of_the_spec",
    metrics={"brightness": Metric(low=0, high=1, better="higher", blind_spots=" ")},
)
class HidesItsBlindSpots(BrightnessEvaluator):
    pass


@broken(FinisherContract, "one_picture_each_in_order", "alone_as_in_a_batch")
class LosesAPicture(SquareFinisher):
    def finish(self, images, profile, ctx):
        return super().finish(images, profile, ctx)[: max(1, len(images) - 1)]


@broken(FinisherContract, "alone_as_in_a_batch")
class ReversesTheBatch(SquareFinisher):
    def finish(self, images, profile, ctx):
        return super().finish(images, profile, ctx)[::-1]


@broken(FinisherContract, "unknown_profile")
class TakesAnyProfile(SquareFinisher):
    def finish(self, images, profile, ctx):
        return super().finish(images, "square", ctx)


@broken(FinisherContract, "unknown_profile")
class RaisesAKeyError(SquareFinisher):
    def finish(self, images, profile, ctx):
        return super().finish(images, {"square": "square"}[profile], ctx)


@broken(FinisherContract, "does_not_change_its_input")
class WhitensInPlace(SquareFinisher):
    def finish(self, images, profile, ctx):
        finished = super().finish(images, profile, ctx)
        images[0][0, 0] = 254
        return finished


@broken(FinisherContract, "one_picture_each_in_order")
class FinishesAsFloat(SquareFinisher):
    def finish(self, images, profile, ctx):
        made = super().finish(images, profile, ctx)
        return [Finished.model_construct(image=f.image.astype(np.float32), notes=f.notes) for f in made]


@broken(FinisherContract, "profiles_of_the_spec", profiles=())
class HasNoProfile(SquareFinisher):
    pass
