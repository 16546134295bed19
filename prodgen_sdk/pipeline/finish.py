"""Images -> images made ready for a channel."""

from __future__ import annotations

from collections.abc import Sequence

from prodgen_sdk.bound import BoundFinisher
from prodgen_sdk.context import Context
from prodgen_sdk.types import Generated


def finish(
    pictures: Sequence[Generated], finisher: BoundFinisher | None, profile: str = "", *, ctx: Context | None = None
) -> list[Generated]:
    """Each image finished by a profile; what was done is added to its facts. Without a finisher nothing changes."""
    if finisher is None or not profile:
        return list(pictures)
    finished = finisher.finish([picture.image for picture in pictures], profile, ctx)
    return [
        picture.model_copy(
            update={
                "image": done.image,
                "mask": None,
                "facts": {
                    **picture.facts,
                    "finisher": finisher.id,
                    "profile": profile,
                    "finish_notes": list(done.notes),
                },
            }
        )
        for picture, done in zip(pictures, finished, strict=True)
    ]
