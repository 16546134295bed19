"""A tiny rendered data set, in the format of `prodgen render dataset`: coloured boxes and discs, wider from the side."""

import hashlib
import json

import numpy as np

FAMILIES, COLOURS = ("box", "ball"), {"red": (200, 40, 40), "blue": (40, 60, 190)}
SIZE = 48


def draw(family, colour, azimuth, grow=0, pattern="plain"):
    """One view and its mask."""
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    wide = 1 + 0.4 * abs(np.sin(np.radians(azimuth)))
    if family == "box":
        mask = (abs(x) < (10 + grow) * wide) & (abs(y) < 12 + grow)
    else:
        mask = np.hypot(x / wide, y) < 12 + grow
    picture = np.full((SIZE, SIZE, 3), 255, np.uint8)
    picture[mask] = COLOURS[colour]
    if pattern == "stripes":
        picture[mask & (y.astype(int) % 6 < 2)] = (250, 240, 120)
    if azimuth == 0:  # what faces the front
        picture[(np.hypot(x, y) < 3)] = (20, 20, 20)
    return picture, mask


def write_dataset(folder, products=20, azimuths=(0, 90, 180, 270), splits=("train", "train", "train", "test", "val")):
    (folder / "shards").mkdir(parents=True)
    pictures, masks, lines = [], [], []
    for number in range(products):
        family, colour = FAMILIES[number % 2], list(COLOURS)[number // 2 % 2]
        pattern = ("plain", "stripes")[number // 4 % 2]
        for azimuth in azimuths:
            picture, mask = draw(family, colour, azimuth, number % 3, pattern)
            lines.append(
                {
                    "sku": f"p-{number}", "split": splits[number % len(splits)], "shard": 0, "row": len(pictures),
                    "file": "shards/00000.npz", "category": f"home/{family}", "domain": "home",
                    "title": f"{colour} {family}", "locale": "en", "family": family, "colour": colour,
                    "material": "wood", "pattern": pattern, "azimuth": float(azimuth), "elevation": 15.0, "distance": 1.0,
                    "seed": int(hashlib.sha256(str(number).encode()).hexdigest()[:6], 16), "size": SIZE,
                }
            )  # fmt: skip
            pictures.append(picture)
            masks.append(mask)
    np.savez_compressed(folder / "shards/00000.npz", images=np.stack(pictures), masks=np.stack(masks))
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder
