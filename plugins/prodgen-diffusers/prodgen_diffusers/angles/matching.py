"""Wanted views and the views that a model knows: what is near enough, what is noted, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from prodgen_diffusers.angles.poses import Pose, nearest
from prodgen_sdk.errors import InputError
from prodgen_sdk.types import View


def match(wanted: Sequence[View], known: Sequence[View], most_degrees: float, component: str, hint: str) -> list[Pose]:
    """The nearest known view of each wanted one.

    Raises:
        InputError: a view has none within `most_degrees`; all such views are named.
    """
    poses = [nearest(view, tuple(known)) for view in wanted]
    far = [(view, pose) for view, pose in zip(wanted, poses, strict=True) if pose.degrees > most_degrees]
    if far:
        named = ", ".join(f"{view.slug} ({pose.degrees:.0f}° from {pose.view.slug})" for view, pose in far[:4])
        more = f" and {len(far) - 4} more" if len(far) > 4 else ""
        raise InputError(f"{component} knows no camera near {named}{more}.", hint=hint)
    return poses


def facts(pose: Pose) -> dict[str, Any]:
    """For the record: the view that the model was asked for, and how far it is from the wanted one."""
    return {"pose": pose.view.slug, "pose_off_degrees": round(pose.degrees, 2), "pose_zoom": round(pose.zoom, 4)}


def warnings(wanted: View, pose: Pose, note_degrees: float) -> tuple[str, ...]:
    """For the person who reviews it: a picture that looks from visibly elsewhere than its view says."""
    if pose.degrees <= note_degrees:
        return ()
    return (f"Painted as {pose.view.slug}, {pose.degrees:.0f} degrees from the view {wanted.slug} that was asked for.",)
