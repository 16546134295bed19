"""What every finisher must keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.interfaces import Finisher
from prodgen_sdk.specs import FinisherSpec
from prodgen_sdk.testing.contracts.base import (
    ComponentContract,
    Frozen,
    assert_count,
    assert_image,
    assert_same_pixels,
    needs_determinism,
)
from prodgen_sdk.testing.samples import sample_photo


class FinisherContract(ComponentContract):
    """Counts, shapes, profiles and repeatability of a finisher. Override the fixture `pictures` if it serves only some."""

    kind = "finisher"

    @pytest.fixture
    def pictures(self) -> tuple[Any, ...]:
        """RGB, RGBA, portrait, small."""
        ball = sample_photo()
        alpha = np.where((ball == 255).all(axis=2), 0, 255).astype(np.uint8)
        return (ball, np.dstack([ball, alpha]), sample_photo((180, 60, 60))[:, 16:80], sample_photo(size=24))

    def test_profiles_of_the_spec(self, spec: FinisherSpec) -> None:
        assert spec.profiles, "List in `profiles` what the images can be made ready for."

    def test_one_picture_each_in_order(
        self, component: Finisher, pictures: tuple[Any, ...], spec: FinisherSpec, ctx: Context
    ) -> None:
        for profile in spec.profiles:
            results = component.finish(pictures, profile, ctx)
            assert_count(results, pictures, "Finished")
            for result in results:
                assert_image(result.image, where=f"profile {profile!r}")
                assert all(isinstance(note, str) and note.strip() for note in result.notes), (
                    "Notes are sentences on what was done."
                )

    def test_alone_as_in_a_batch(
        self, component: Finisher, pictures: tuple[Any, ...], spec: FinisherSpec, ctx: Context
    ) -> None:
        needs_determinism(spec)
        for profile in spec.profiles:
            together = component.finish(pictures, profile, ctx)
            assert_count(together, pictures, "Finished")
            for picture, result in zip(pictures, together, strict=True):
                (alone,) = component.finish([picture], profile, ctx)
                why = f"Profile {profile!r}: an image came out differently alone than in a batch. Keep the order."
                assert_same_pixels(result.image, alone.image, tolerance=1, why=why)

    def test_unknown_profile(self, component: Finisher, pictures: tuple[Any, ...], ctx: Context) -> None:
        try:
            component.finish(pictures[:1], "no-such-profile", ctx)
        except InputError:
            return
        except Exception as error:
            raise AssertionError(
                f"An unknown profile raised {type(error).__name__}; raise NotFound.of('profile', name, known)."
            ) from error
        raise AssertionError("An unknown profile was accepted. Raise NotFound.of('profile', name, known).")

    def test_does_not_change_its_input(
        self, component: Finisher, pictures: tuple[Any, ...], spec: FinisherSpec, ctx: Context
    ) -> None:
        frozen = Frozen(**{f"images[{n}]": picture for n, picture in enumerate(pictures)})
        for profile in spec.profiles:
            component.finish(pictures, profile, ctx)
        frozen.assert_unchanged()
