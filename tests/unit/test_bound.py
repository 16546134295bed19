import numpy as np
import pytest

from prodgen_sdk import InputError, PluginError, Product
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, DeadlineExceeded, NotFinite, OutOfMemory
from prodgen_sdk.images import from_chw_float
from prodgen_sdk.interfaces import Compositor, Finished, Finisher, Generator, SafetyChecker, ScreenItem, TextEncoder
from prodgen_sdk.specs import CompositorSpec, FinisherSpec, GeneratorSpec, SafetySpec, TextEncoderSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.types import (
    Garment,
    Generated,
    GenerationRequest,
    PersonPhoto,
    Scene,
    TryOn,
    TryOnRequest,
    Verdict,
    View,
)

PRODUCT = Product(sku="m", title="Mug", category="home/mug")
BLACK = np.zeros((32, 32, 3), np.uint8)
REQUEST = GenerationRequest(product=PRODUCT, views=(View(), View(azimuth=90)), size=32)


class Answers(Generator):
    """A generator that answers with whatever a function makes of the batch."""

    def __init__(self, answer):
        self.answer = answer
        self.batches = []

    def generate(self, batch, ctx):
        self.batches.append(len(batch))
        return self.answer(batch)


def bound(answer, **spec):
    component = Answers(answer)
    made = GeneratorSpec(id="mine/gen", summary="x", modes=("text",), min_size=32, max_size=64, **spec)
    return component, fake_host(plugin_of(made, lambda config, ctx: component)).get("generator", "mine/gen")


def honest(batch):
    return [[Generated(image=np.zeros((r.size, r.size, 3), np.uint8), view=v) for v in r.views] for r in batch]


def unchecked(image, **fields):
    """An image that was made around the validation."""
    return Generated.model_construct(**{"image": image, "facts": {}, "maps": {}, **fields})


def test_an_honest_answer_passes():
    _, generator = bound(honest)
    assert [picture.view for picture in generator.generate([REQUEST])[0]] == list(REQUEST.views)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda batch: honest(batch)[:-1], "0 answers to 1 items"),
        (lambda batch: None, "a NoneType instead of answers to 1 items"),
        (lambda batch: iter(honest(batch)), "iterator instead of answers to 1 items"),
        (lambda batch: [honest(batch)[0][:1]], "1 images for 2 views"),
        (lambda batch: [None], "a NoneType instead of images for 2 views"),
        (
            lambda batch: [
                [Generated(image=np.zeros((32, 32, 3), np.float32), view=v) for v in r.views] for r in batch
            ],
            "mine/gen failed.*must be uint8",
        ),
        (lambda batch: [honest(batch)[0][::-1]], "in the place of"),
        (
            lambda batch: [[Generated(image=np.zeros((16, 16, 3), np.uint8), view=v) for v in r.views] for r in batch],
            "shape",
        ),
        (
            lambda batch: [[unchecked(np.zeros((32, 32, 3)), view=v) for v in r.views] for r in batch],
            "an image of float64 instead of uint8",
        ),
        (lambda batch: [[unchecked("a file", view=v) for v in r.views] for r in batch], r"an image of shape \(\)"),
        (
            lambda batch: [[unchecked(BLACK, view=v, facts={"name": "\ud800"}) for v in r.views] for r in batch],
            "facts that are not JSON-ready",
        ),
        (
            lambda batch: [[unchecked(BLACK, view=v, facts={"log": "x" * 70_000}) for v in r.views] for r in batch],
            "70011 bytes of facts, of at most 65536",
        ),
        (lambda batch: [][0], "IndexError"),
    ],
)
def test_a_broken_answer_names_the_component(answer, words):
    _, generator = bound(answer)
    with pytest.raises(PluginError, match=words) as caught:
        generator.generate([REQUEST])
    assert caught.value.component == "mine/gen"


def test_a_transparent_scene_wants_alpha():
    _, generator = bound(honest)
    with pytest.raises(PluginError, match="shape"):
        generator.generate([REQUEST.model_copy(update={"scene": Scene(background="transparent")})])


def test_what_the_spec_does_not_offer_is_refused_before_the_plugin_is_asked():
    component, generator = bound(honest, backgrounds=("white",))
    with pytest.raises(InputError, match="32 to 64"):
        generator.generate([REQUEST.model_copy(update={"size": 65})])
    with pytest.raises(InputError, match="gradient"):
        generator.generate([REQUEST.model_copy(update={"scene": Scene(background="gradient")})])
    assert component.batches == []


def test_batches_keep_to_the_spec():
    component, generator = bound(honest, max_batch=3)
    assert len(generator.generate([REQUEST] * 7)) == 7
    assert component.batches == [3, 3, 1]


def test_out_of_memory_halves_the_batch_and_goes_on():
    def small_memory(batch):
        if len(batch) > 2:
            raise MemoryError
        return honest(batch)

    component, generator = bound(small_memory, max_batch=8)
    assert len(generator.generate([REQUEST] * 8)) == 8
    assert component.batches == [8, 4, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("error", "advice"), [(MemoryError(), "smaller size"), (OutOfMemory("x", hint="Set offload."), "Set offload")]
)
def test_out_of_memory_on_a_single_item_is_told(error, advice):
    def no_memory(batch):
        raise error

    _, generator = bound(no_memory)
    with pytest.raises(PluginError, match=advice):
        generator.generate([REQUEST] * 2)


class OutOfMemoryError(RuntimeError):
    """As torch.OutOfMemoryError is: known by its name."""


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OutOfMemory("too much"),
        OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: can't allocate memory"),
        RuntimeError("MPS backend out of memory (MPS allocated: 8.00 GB)"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
)
def test_out_of_memory_is_known_by_any_name_and_behind_another_error(error):
    def small(batch, wrapped):
        if len(batch) > 1:
            if not wrapped:
                raise error
            raise PluginError("the model failed") from error
        return honest(batch)

    for wrapped in (False, True):
        component, generator = bound(lambda batch, wrapped=wrapped: small(batch, wrapped), max_batch=4)
        assert len(generator.generate([REQUEST] * 4)) == 4
        assert component.batches == [4, 2, 1, 1, 1, 1]


def test_another_runtime_error_is_no_lack_of_memory():
    component, generator = bound(lambda batch: 1 / 0, max_batch=4)
    with pytest.raises(PluginError, match="ZeroDivisionError"):
        generator.generate([REQUEST] * 4)
    assert component.batches == [4]


def test_a_request_that_does_not_fit_is_made_a_few_views_at_a_time():
    views = tuple(View(azimuth=10.0 * n) for n in range(7))
    most = []

    def small(batch):
        views = sum(len(request.views) for request in batch)
        if views > 2:
            raise MemoryError
        most.append(views)
        return honest(batch)

    request = REQUEST.model_copy(update={"views": views, "prompts": tuple(map(str, range(7)))})
    _, generator = bound(small)
    (pictures,) = generator.generate([request])
    assert [picture.view for picture in pictures] == list(views)
    assert sum(most) == 7
    _, joint = bound(small, views_joint=True)
    with pytest.raises(OutOfMemory, match="smaller size"):
        joint.generate([request])


@pytest.mark.parametrize("times", [1, 2])
def test_numbers_that_are_not_finite_are_tried_once_more_and_told(times, caplog):
    left = [times]

    def sometimes(batch):
        if left[0]:
            left[0] -= 1
            from_chw_float(np.full((3, 32, 32), np.nan, np.float32))
        return honest(batch)

    _, generator = bound(sometimes)
    if times == 2:
        with pytest.raises(NotFinite, match="mine/gen gave numbers that are NaN or infinite, twice"):
            generator.generate([REQUEST])
    else:
        (pictures,) = generator.generate([REQUEST])
        assert all(picture.facts["retried"] == "NaN or infinite numbers" for picture in pictures)
        assert "retried" not in generator.generate([REQUEST])[0][0].facts
    assert "tried once more" in caplog.text


def test_cancellation_and_deadline_stop_between_batches():
    component, generator = bound(honest, max_batch=1)
    with pytest.raises(Cancelled):
        generator.generate([REQUEST] * 3, Context(cancelled=lambda: len(component.batches) >= 1))
    assert component.batches == [1]
    with pytest.raises(DeadlineExceeded):
        generator.generate([REQUEST], Context(deadline=0.0))


@pytest.mark.parametrize(
    ("vectors", "words"),
    [
        (np.ones((2, 4), np.float32), "length 2.000 to 2.000"),
        (np.full((2, 4), 0.5, np.float64), "float64"),
        (np.full((2, 4), np.nan, np.float32), "NaN"),
        (np.full((1, 4), 0.5, np.float32), "1 answers to 2 items"),
        (np.full((2, 1), 1.0, np.float32), r"\[2, 1\] instead of float32 \[n, 4\]"),
    ],
)
def test_vectors_must_be_unit_float32_of_the_specs_dimension_one_a_text(vectors, words):
    class Encoder(TextEncoder):
        def encode(self, texts, ctx):
            return vectors

    spec = TextEncoderSpec(id="mine/enc", summary="x", dimension=4)
    encoder = fake_host(plugin_of(spec, lambda config, ctx: Encoder())).get("text_encoder", "mine/enc")
    with pytest.raises(PluginError, match=f"mine/enc.*{words}"):
        encoder.encode(["a", "b"])


@pytest.mark.parametrize("verdict", [None, True, "pass", Verdict.model_construct(outcome="PASS", reasons=())])
def test_a_verdict_must_be_one(verdict):
    class Checker(SafetyChecker):
        def check(self, items, ctx):
            return [verdict for _ in items]

    spec = SafetySpec(id="mine/safe", summary="x", checks=("text",))
    checker = fake_host(plugin_of(spec, lambda config, ctx: Checker())).get("safety_checker", "mine/safe")
    with pytest.raises(PluginError, match="mine/safe"):
        checker.check([ScreenItem(text="mug")])


@pytest.mark.parametrize(
    ("finished", "words"),
    [
        (None, "no attribute 'image'"),
        (Finished.model_construct(image=np.zeros((8, 8, 3)), notes=()), "must be uint8, not float64"),
        (Finished(image=np.broadcast_to(np.uint8(9), (8001, 8001, 3))), "64016001 pixels"),
    ],
)
def test_a_finished_picture_must_be_one_that_can_be_read_again(finished, words):
    class Mine(Finisher):
        def finish(self, pictures, ctx, profile):
            return [finished for _ in pictures]

    spec = FinisherSpec(id="mine/fin", summary="x", profiles=("shop",))
    finisher = fake_host(plugin_of(spec, lambda config, ctx: Mine())).get("finisher", "mine/fin")
    with pytest.raises(PluginError, match=f"mine/fin.*{words}"):
        finisher.finish([BLACK], "shop")


def compositor(change, mask):
    class Mine(Compositor):
        def compose(self, batch, ctx):
            return [TryOn(image=change(r.person.image.copy()), edit_mask=mask, confidence=1.0) for r in batch]

    spec = CompositorSpec(id="mine/comp", summary="x", categories=("top",), max_garments=1)
    return fake_host(plugin_of(spec, lambda config, ctx: Mine())).get("compositor", "mine/comp")


def request(**fields):
    return TryOnRequest(
        person=PersonPhoto(image=np.zeros((8, 6, 3), np.uint8)),
        garments=(Garment(front=np.full((4, 4, 3), 9, np.uint8)),),
        **fields,
    )


def painted(image):
    image[2:4, 2:4] = 200
    return image


def test_pixels_outside_the_edit_mask_must_be_the_photos_own():
    mask = np.zeros((8, 6), bool)
    mask[2:4, 2:4] = True
    assert compositor(painted, mask).compose([request()])[0].image[2, 2, 0] == 200
    leak = mask.copy()
    leak[3, 3] = False
    with pytest.raises(PluginError, match="outside the edit mask"):
        compositor(painted, leak).compose([request()])
    with pytest.raises(PluginError, match="outside the given mask"):
        compositor(painted, mask).compose([request(mask=leak)])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"image": np.zeros((8, 6, 3))}, "an image of float64 instead of uint8"),
        ({"edit_mask": np.zeros((8, 6), np.uint8)}, "an edit mask of uint8 instead of bool"),
    ],
)
def test_a_try_on_is_checked_however_it_was_made(wrong, words):
    class Mine(Compositor):
        def compose(self, batch, ctx):
            sound = {"image": batch[0].person.image, "edit_mask": np.zeros((8, 6), bool), "confidence": 1.0}
            return [TryOn.model_construct(**{**sound, **wrong})]

    spec = CompositorSpec(id="mine/comp", summary="x", categories=("top",))
    with pytest.raises(PluginError, match=f"mine/comp broke its contract: {words}"):
        fake_host(plugin_of(spec, lambda config, ctx: Mine())).get("compositor", "mine/comp").compose([request()])


def test_a_mask_of_another_size_and_too_many_garments_are_input_errors():
    mask = np.zeros((8, 6), bool)
    with pytest.raises(InputError, match="photo's size"):
        compositor(painted, mask).compose([request(mask=np.zeros((4, 4), bool))])
    two = request().model_copy(update={"garments": request().garments * 2})
    with pytest.raises(InputError, match="up to 1"):
        compositor(painted, mask).compose([two])


def test_an_error_inside_a_component_says_where():
    def answer(batch):
        return {}["colour"]

    with pytest.raises(PluginError, match=r"failed: KeyError: 'colour' \(unit/test_bound\.py, line \d+\)"):
        bound(answer)[1].generate([REQUEST])


def test_the_place_of_an_error_is_in_the_components_own_code_not_in_what_it_calls():
    def answer(batch):
        return np.zeros((2, 2)).reshape(3)

    with pytest.raises(PluginError, match=r"\(unit/test_bound\.py, line \d+\)$"):
        bound(answer)[1].generate([REQUEST])
