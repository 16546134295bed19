"""One plugin that implements every hook with its whole signature, and sees every call."""

from datetime import UTC, datetime

import numpy as np
import pytest
from pydantic import BaseModel

from prodgen_sdk.config import Config
from prodgen_sdk.errors import Refused
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.host import Host
from prodgen_sdk.specs import SPECS, Metric
from prodgen_sdk.types import (
    Candidate,
    CandidateVariant,
    Event,
    Garment,
    GenerationRequest,
    PersonPhoto,
    Product,
    RecommendationContext,
    Refusal,
    TryOnRequest,
    UserProfile,
)

REQUIRED = {
    "text_encoder": {"dimension": 8},
    "image_encoder": {"dimension": 8},
    "generator": {"modes": ("attributes",)},
    "renderer": {"families": ("mug",)},
    "compositor": {"categories": ("top",)},
    "evaluator": {
        "metrics": {"sharpness": Metric(low=0, high=None, better="higher", blind_spots="noise is sharp too")}
    },
    "safety_checker": {"checks": ("text",)},
    "finisher": {"profiles": ("plain",)},
    "trainer": {"trains": "everything"},
    "benchmark": {"measures": "everything"},
}
PIXELS = np.zeros((8, 8, 3), dtype=np.uint8)


class Options(BaseModel):
    greeting: str = "hello"


class Everything:
    """Implements every hook; `calls` lists the extension hooks that were called, with what they were given."""

    def __init__(self):
        self.calls = []

    def add(self, register, kind):
        register(
            SPECS[kind](id=f"everything/{kind.replace('_', '-')}", summary="for a test", **REQUIRED.get(kind, {})),
            lambda config, ctx: None,
        )

    @hookimpl
    def config_model(self):
        return Options

    @hookimpl
    def register_describers(self, register):
        self.add(register, "describer")

    @hookimpl
    def register_text_encoders(self, register):
        self.add(register, "text_encoder")

    @hookimpl
    def register_image_encoders(self, register):
        self.add(register, "image_encoder")

    @hookimpl
    def register_generators(self, register):
        self.add(register, "generator")

    @hookimpl
    def register_renderers(self, register):
        self.add(register, "renderer")

    @hookimpl
    def register_compositors(self, register):
        self.add(register, "compositor")

    @hookimpl
    def register_body_parsers(self, register):
        self.add(register, "body_parser")

    @hookimpl
    def register_indexes(self, register):
        self.add(register, "index")

    @hookimpl
    def register_rankers(self, register):
        self.add(register, "ranker")

    @hookimpl
    def register_policies(self, register):
        self.add(register, "policy")

    @hookimpl
    def register_evaluators(self, register):
        self.add(register, "evaluator")

    @hookimpl
    def register_safety_checkers(self, register):
        self.add(register, "safety_checker")

    @hookimpl
    def register_finishers(self, register):
        self.add(register, "finisher")

    @hookimpl
    def register_trainers(self, register):
        self.add(register, "trainer")

    @hookimpl
    def register_benchmarks(self, register):
        self.add(register, "benchmark")

    @hookimpl
    def register_models(self, register, config):
        register("everything", "a model for a test", "somewhere:pull")

    @hookimpl
    def register_commands(self, register):
        register("everything", "A command for a test.", "somewhere:app")

    @hookimpl
    def before_generation(self, request, config):
        self.calls.append(("before_generation", request, config))
        return request.model_copy(update={"size": 64})

    @hookimpl
    def after_generation(self, request, pictures, config):
        self.calls.append(("after_generation", request, pictures, config))

    @hookimpl
    def on_generation_error(self, request, error, config):
        self.calls.append(("on_generation_error", request, error, config))

    @hookimpl
    def before_try_on(self, request, config):
        self.calls.append(("before_try_on", request, config))
        raise Refused("No try-on today.")

    @hookimpl
    def after_try_on(self, request, result, config):
        self.calls.append(("after_try_on", request, result, config))

    @hookimpl
    def filter_candidates(self, user, candidates, context, products, config):
        self.calls.append(("filter_candidates", user, candidates, context, products, config))
        return [candidate for candidate in candidates if candidate.sku != "hidden"]

    @hookimpl
    def after_recommendation(self, user, recommendations, context, config):
        self.calls.append(("after_recommendation", user, recommendations, context, config))

    @hookimpl
    def on_event(self, event, config):
        self.calls.append(("on_event", event, config))


@pytest.fixture
def plugin():
    return Everything()


@pytest.fixture
def host(plugin):
    host = Host(strict=True)
    host.register(plugin, "everything")
    return host


@pytest.fixture
def request_():
    return GenerationRequest(product=Product(sku="mug-1", title="Blue mug", category="home/mug"))


@pytest.mark.parametrize("kind", SPECS)
def test_registration_hook(host, kind):
    assert host.registry.ids(kind) == [f"everything/{kind.replace('_', '-')}"]


def test_register_models_and_commands(host):
    assert host.models["everything"].pull == "somewhere:pull"
    assert host.commands["everything"].target == "somewhere:app"


def test_config_model(plugin):
    sections = Config.model_validate({"plugins": {"everything": {"greeting": 3}}})
    record = Host(sections).register(plugin, "everything")
    assert record.status == "failed"
    assert "greeting" in record.error


def test_before_generation_changes_the_request(host, plugin, request_):
    assert host.chain("before_generation", request_, "request").size == 64
    assert plugin.calls == [("before_generation", request_, Options())]


def test_before_try_on_vetoes(host, plugin):
    request = TryOnRequest(person=PersonPhoto(image=PIXELS), garments=(Garment(front=PIXELS),))
    with pytest.raises(Refused, match="No try-on today"):
        host.chain("before_try_on", request, "request")


def test_filter_candidates_drops(host):
    candidates = [
        Candidate(sku=sku, variants=(CandidateVariant(id=f"{sku}-v", score=1.0),)) for sku in ("shown", "hidden")
    ]
    context = RecommendationContext(at=datetime.now(UTC))
    kept = host.chain(
        "filter_candidates",
        candidates,
        "candidates",
        user=UserProfile(user="ann"),
        context=context,
        products=host.products,
    )
    assert [candidate.sku for candidate in kept] == ["shown"]


def notifications(request):
    context = RecommendationContext(at=datetime.now(UTC))
    refusal = Refusal(code="no-person", reason="Nobody is in the photo.", what_to_do="Take one that shows you.")
    try_on = TryOnRequest(person=PersonPhoto(image=PIXELS), garments=(Garment(front=PIXELS),))
    return {
        "after_generation": {"request": request, "pictures": []},
        "on_generation_error": {"request": request, "error": ValueError("broken")},
        "after_try_on": {"request": try_on, "result": refusal},
        "after_recommendation": {"user": UserProfile(user="ann"), "recommendations": [], "context": context},
        "on_event": {"event": Event(id="e1", user="ann", type="click", sku="mug-1", at=datetime.now(UTC))},
    }


@pytest.mark.parametrize(
    "hook", ["after_generation", "on_generation_error", "after_try_on", "after_recommendation", "on_event"]
)
def test_notification_hook(host, plugin, request_, hook):
    arguments = notifications(request_)[hook]
    host.notify(hook, **arguments)
    assert plugin.calls == [(hook, *arguments.values(), Options())]
