"""What every safety checker must keep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import SafetyChecker, ScreenItem
from prodgen_sdk.specs import SafetySpec
from prodgen_sdk.testing.contracts.base import ComponentContract, Frozen, assert_count, needs_determinism
from prodgen_sdk.testing.samples import sample_noise, sample_photo, sample_products

Known = Sequence[tuple[ScreenItem, Literal["pass", "review", "block"]]]


class SafetyCheckerContract(ComponentContract):
    """Verdicts, order and repeatability of a safety checker.

    Override the fixture `known` with items whose outcome is known, at least one of which does not pass: a checker that
    lets everything pass is none.
    """

    kind = "safety_checker"

    @pytest.fixture
    def known(self) -> Known:
        """Items and the outcome that each must have. There is no default: what must not pass is the checker's subject."""
        pytest.fail(
            "Override the fixture `known` with pairs of ScreenItem and 'pass', 'review' or 'block', of which one does not pass: "
            "return [(ScreenItem(text='a mug'), 'pass'), (ScreenItem(text='a forbidden word'), 'block')]."
        )

    @pytest.fixture
    def harmless(self, spec: SafetySpec) -> list[ScreenItem]:
        """Ordinary product texts and images, of what the spec checks."""
        items = []
        if "text" in spec.checks:
            items += [ScreenItem(text=f"{p.title} {p.description}") for p in sample_products()] + [ScreenItem(text="")]
        if "image" in spec.checks:
            items += [
                ScreenItem(image=sample_photo(), purpose="picture"),
                ScreenItem(image=sample_photo((200, 40, 40)), purpose="picture"),
            ]
        return items

    def test_checks_of_the_spec(self, spec: SafetySpec) -> None:
        assert spec.checks, "List in `checks` what is looked at: text, image or both."

    def test_harmless_products_pass(self, component: SafetyChecker, harmless: list[ScreenItem], ctx: Context) -> None:
        verdicts = component.check(harmless, ctx)
        assert_count(verdicts, harmless, "Verdict")
        for item, verdict in zip(harmless, verdicts, strict=True):
            assert verdict.outcome == "pass", (
                f"An ordinary product ({item.text or 'a picture'!r}) was not passed: {verdict.reasons}."
            )

    def test_known_outcomes(self, component: SafetyChecker, known: Known, ctx: Context) -> None:
        assert any(wanted != "pass" for _, wanted in known), (
            "`known` holds nothing that must not pass; such a test proves nothing."
        )
        verdicts = component.check([item for item, _ in known], ctx)
        assert_count(verdicts, known, "Verdict")
        for (item, wanted), verdict in zip(known, verdicts, strict=True):
            assert verdict.outcome == wanted, (
                f"{item.text or 'A picture'!r} must be {wanted!r}, not {verdict.outcome!r}."
            )
            if verdict.outcome != "pass":
                assert any(reason.strip() for reason in verdict.reasons), (
                    f"A {verdict.outcome!r} needs a reason that a reviewer can act on."
                )

    def test_alone_as_in_a_batch(
        self, component: SafetyChecker, known: Known, harmless: list[ScreenItem], spec: SafetySpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        items = [*harmless, *(item for item, _ in known), *harmless]
        together = [verdict.outcome for verdict in component.check(items, ctx)]
        alone = [component.check([item], ctx)[0].outcome for item in items]
        assert together == alone, (
            "An item was judged differently alone than in a batch. Keep the order; one item must not taint another."
        )

    def test_strange_items(self, component: SafetyChecker, spec: SafetySpec, ctx: Context) -> None:
        items = (
            [ScreenItem(text="a" * 20_000), ScreenItem(text="💡\x00 \u202e"), ScreenItem()]
            if "text" in spec.checks
            else []
        )
        items += (
            [ScreenItem(image=sample_noise(16)), ScreenItem(image=sample_photo()[:2])] if "image" in spec.checks else []
        )
        assert_count(component.check(items, ctx), items, "Verdict")

    def test_does_not_change_its_input(
        self, component: SafetyChecker, harmless: list[ScreenItem], known: Known, ctx: Context
    ) -> None:
        items = [*harmless, *(item for item, _ in known)]
        frozen = Frozen(**{f"items[{n}].image": item.image for n, item in enumerate(items)})
        component.check(items, ctx)
        frozen.assert_unchanged()
