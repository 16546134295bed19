import numpy as np
import pytest

from prodgen_sdk.interfaces import Evaluator, SafetyChecker, Scores, ScreenItem
from prodgen_sdk.pipeline.evaluate import Quality, evaluate
from prodgen_sdk.pipeline.publish import review_state
from prodgen_sdk.pipeline.screen import screen
from prodgen_sdk.specs import EvaluatorSpec, Metric, SafetySpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.types import Screening, Verdict

IMAGE = np.full((8, 8, 3), 128, np.uint8)


def checker(answer, checks=("text",)):
    class Mine(SafetyChecker):
        def check(self, items, ctx):
            return answer(items)

    spec = SafetySpec(id="mine/check", summary="x", checks=checks)
    return fake_host(plugin_of(spec, lambda config, ctx: Mine())).get("safety_checker", "mine/check")


def says(outcome):
    return checker(lambda items: [Verdict(outcome=outcome, reasons=(f"said {outcome}",)) for _ in items])


def broken(items):
    raise RuntimeError("model is gone")


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [(["pass", "pass"], "pass"), (["pass", "review"], "review"), (["block", "review"], "block"), (["pass"], "pass")],
)
def test_the_strictest_verdict_counts(outcomes, expected):
    assert screen([ScreenItem(text="mug")], [says(o) for o in outcomes])[0].outcome == expected


@pytest.mark.parametrize(
    "failing",
    [broken, lambda items: [], lambda items: [Verdict(outcome="pass")] * (len(items) + 1), lambda items: None],
)
def test_a_checker_that_breaks_means_review_never_pass(failing):
    found = screen([ScreenItem(text="mug"), ScreenItem(text="jar")], [checker(failing), says("pass")])
    assert [s.outcome for s in found] == ["review", "review"]
    assert "could not check" in found[0].reasons[0]


@pytest.mark.parametrize(
    ("failing", "told"),
    [
        (broken, "RuntimeError (unit/test_screen_and_evaluate.py, line "),
        (lambda items: [], "mine/check broke its contract: 0 verdicts on 1 items."),
        (
            lambda items: ["ok"],
            "mine/check broke its contract: the outcome 'ok' instead of one of pass, review, block.",
        ),
    ],
)
def test_the_log_says_how_a_checker_broke_and_not_in_its_words(failing, told, caplog):
    screen([ScreenItem(text="mug")], [checker(failing)])
    assert f"the safety checker mine/check failed: {told}" in caplog.text
    assert "model is gone" not in caplog.text


def test_checkers_and_evaluators_are_called_with_no_more_than_their_spec_says():
    seen = []

    class Both(SafetyChecker, Evaluator):
        def check(self, items, ctx):
            seen.append(len(items))
            return [Verdict(outcome="pass") for _ in items]

        def evaluate(self, images, references, ctx):
            seen.append(len(images))
            assert len(references) == len(images)
            return [Scores(values={}) for _ in images]

    specs = (
        SafetySpec(id="mine/check", summary="x", checks=("text",), max_batch=3),
        EvaluatorSpec(id="mine/score", summary="x", metrics={}, max_batch=3),
    )
    host = fake_host(*(plugin_of(spec, lambda config, ctx: Both()) for spec in specs))
    assert len(host.get("safety_checker", "mine/check").check([ScreenItem(text="mug")] * 7)) == 7
    assert len(host.get("evaluator", "mine/score").evaluate([IMAGE] * 4, [IMAGE] * 4)) == 4
    assert host.get("evaluator", "mine/score").evaluate([], []) == []
    assert seen == [3, 3, 1, 3, 1, 0]


def test_what_nobody_checked_is_not_passed():
    assert screen([ScreenItem(text="mug")], [])[0].outcome == "review"
    assert screen([ScreenItem(image=IMAGE)], [says("pass")], required=("image",))[0].outcome == "review"
    assert screen([ScreenItem(image=IMAGE)], [], required=())[0].outcome == "pass"


def test_a_checker_sees_only_what_it_checks():
    seen = []

    def look(items):
        seen.extend(items)
        return [Verdict(outcome="pass") for _ in items]

    screen([ScreenItem(text="words"), ScreenItem(image=IMAGE)], [checker(look, ("image",))], required=())
    assert [item.text for item in seen] == [""]


def evaluator(values, **spec):
    class Mine(Evaluator):
        def evaluate(self, images, references, ctx):
            return [Scores(values=values(image)) for image in images]

    metric = {
        "sharp": Metric(low=0, high=1, better="higher", blind_spots="x"),
        "noise": Metric(low=0, high=1, better="lower", blind_spots="x"),
    }
    made = EvaluatorSpec(id="mine/eval", summary="x", metrics=metric, **spec)
    return fake_host(plugin_of(made, lambda config, ctx: Mine())).get("evaluator", "mine/eval")


def test_bounds_hold_in_the_metrics_direction():
    poor = evaluator(lambda image: {"sharp": 0.1, "noise": 0.9}, minimum={"sharp": 0.5, "noise": 0.2})
    assert evaluate([IMAGE], [poor])[0].shortcomings == ("sharp is 0.1, below 0.5", "noise is 0.9, above 0.2")
    good = evaluator(lambda image: {"sharp": 0.6, "noise": 0.1}, minimum={"sharp": 0.5, "noise": 0.2})
    assert evaluate([IMAGE], [good])[0] == Quality(values={"sharp": 0.6, "noise": 0.1})


def test_an_evaluator_that_breaks_is_a_shortcoming():
    def fails(image):
        raise RuntimeError

    assert evaluate([IMAGE], [evaluator(fails)])[0].shortcomings == ("mine/eval could not measure it",)
    assert evaluate([IMAGE], [evaluator(lambda image: {"sharp": float("nan")})])[0].shortcomings != ()


def test_an_evaluator_that_needs_a_reference_is_left_out_without_one():
    needy = evaluator(lambda image: {"sharp": 1.0}, needs_reference=True)
    assert evaluate([IMAGE], [needy])[0].values == {}
    assert evaluate([IMAGE], [needy], references=[IMAGE])[0].values == {"sharp": 1.0}


@pytest.mark.parametrize(
    ("outcome", "shortcomings", "auto", "state"),
    [
        ("pass", (), True, "approved"),
        ("pass", (), False, "in_review"),
        ("pass", ("blurred",), True, "in_review"),
        ("review", (), True, "in_review"),
        ("block", (), True, "rejected"),
    ],
)
def test_only_what_passed_everything_is_approved_unseen(outcome, shortcomings, auto, state):
    assert review_state(Screening(outcome=outcome), Quality(shortcomings=shortcomings), auto_approve=auto) == state


def test_a_bound_of_no_metric_is_refused():
    with pytest.raises(ValueError, match="no metric"):
        evaluator(lambda image: {}, minimum={"sharpnes": 0.5})


def test_a_figure_outside_its_range_is_a_shortcoming():
    assert evaluate([IMAGE], [evaluator(lambda image: {"sharp": 7.0})])[0].shortcomings != ()
    assert evaluate([IMAGE], [evaluator(lambda image: {"unnamed": 0.5})])[0].shortcomings != ()
