"""What an edit mask touches that it should not."""

from __future__ import annotations

import numpy as np

from prodgen_sdk.types import Body, Image, TryOn
from prodgen_tryon.filters import dilate


def edits(photo: Image, answer: TryOn, body: Body) -> dict[str, float]:
    """`outside_changed`: pixels that changed outside of the mask; `beyond_share`: share of the frame in the mask that is neither old
    clothes nor new ones nor skin; `face_share`, `hands_share`: share of face and hands in the mask.

    Args:
        body: with part masks of the photo.
    """
    height = photo.shape[0]
    parts = body.parts
    mask = answer.edit_mask
    new = np.zeros(mask.shape, bool)
    for layer in answer.layers:
        new |= layer.image[..., 3] > 25
    old = (parts["upper"] > 0.3) | (parts["lower"] > 0.3)
    skin = (parts["skin"] > 0.3) | (parts["neck"] > 0.3)
    around = dilate(old | new | skin, max(0.006 * height, 2))
    found = {
        "outside_changed": float(((answer.image != photo).any(-1) & ~mask).sum()),
        "beyond_share": float((mask & ~around).mean()),
    }
    for name, key in (("face", "face_share"), ("hands", "hands_share")):
        area = parts[name] > 0.7
        found[key] = float((mask & area).sum() / max(area.sum(), 1))
    return found
