"""Small changes of a picture that leave every answer as it is: no flips (they change the pose), no change of hue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def augmented(pictures: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Moved, scaled, a little brighter or darker, some blurred or noisy: as many pictures, uint8 [n, h, w, 3].

    Generators blur and shimmer; a judge that never saw that would punish it twice.
    """
    import numpy as np

    return np.stack([_changed(picture, rng) for picture in pictures])


def _changed(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    import numpy as np
    from PIL import Image as Pil

    size = len(picture)
    shown = Pil.fromarray(picture)
    if rng.random() < 0.3:  # as a generator of fewer pixels would draw it
        small = int(rng.integers(size // 2, size))
        shown = shown.resize((small, small), Pil.Resampling.BILINEAR)
    side = round(size * rng.uniform(0.85, 1.12))
    shown = shown.resize((side, side), Pil.Resampling.BILINEAR)
    canvas = Pil.new("RGB", (size, size), (255, 255, 255))
    space = size - side
    reach = 4 + abs(space) // 2
    left, top = (space // 2 + int(rng.integers(-reach, reach + 1)) for _ in range(2))
    canvas.paste(shown, (left, top))
    values = np.asarray(canvas, np.float32)
    if rng.random() < 0.5:
        values = 255 - (255 - values) * np.float32(rng.uniform(0.9, 1.1))
    if rng.random() < 0.3:
        values = values + rng.normal(0, rng.uniform(1, 8), values.shape).astype(np.float32)
    return np.asarray(np.clip(values, 0, 255).round(), np.uint8)
