"""A data set of designs as the renderer writes it, drawn here: few families, stripes, dots and labels in random colours."""

import hashlib
import json

import numpy as np

FAMILIES = {
    "mug": {"domain": "home", "proportions": 4},
    "box": {"domain": "food", "proportions": 2},
    "chair": {"domain": "home", "proportions": 5},
}


def split_of(number: int) -> str:
    return {6: "val", 7: "test"}.get(number % 8, "train")


def artwork(rng, layout, base, accent):
    y, x = np.mgrid[0:128, 0:128]
    period, phase = int(rng.choice([16, 32])), int(rng.integers(0, 32))
    drawn = {
        "tile": (y + phase) // (period // 2) % 2 == 0,
        "label": (abs(x - 64) < 20 + phase) & (abs(y - 40) < 12 + phase // 2),
    }.get(layout, np.zeros((128, 128), bool))
    art = np.where(drawn[..., None], accent, base).astype(np.uint8)
    return np.dstack([art, np.where(drawn, 255, 0).astype(np.uint8)])


def write_designs(folder, products=48):
    """`products` designs in two shards; returns the folder."""
    (folder / "shards").mkdir(parents=True)
    rng = np.random.default_rng(0)
    lines, half = [], products // 2
    for shard in range(2):
        columns = {name: [] for name in ("proportions", "used", "finish", "palette", "palette_used", "artwork")}
        for row in range(half):
            number = shard * half + row
            family = list(FAMILIES)[number % 3]
            layout = {"mug": "tile", "box": "label", "chair": "none"}[family]
            base, accent = rng.integers(0, 256, (2, 3))
            count = FAMILIES[family]["proportions"]
            used = np.arange(5) < count
            columns["proportions"].append(np.where(used, rng.random(5), 0.5))
            columns["used"].append(used)
            columns["finish"].append([0.4 + 0.1 * (number % 2), 0.0, 0.3, 0.0, 0.0])
            columns["palette"].append([base, accent])
            columns["palette_used"].append([number % 5 != 4, layout != "none"])
            columns["artwork"].append(artwork(rng, layout, base, accent))
            sku = f"p{number}"
            lines.append({
                "sku": sku, "title": f"{family} {number}", "locale": "en", "category": f"{FAMILIES[family]['domain']}/{family}",
                "domain": FAMILIES[family]["domain"], "attributes": {}, "split": split_of(number // 3), "family": family,
                "material": ("ceramic", "wood")[number % 2], "colour": "red", "rgb": "#000000",
                "pattern": "stripes" if layout == "tile" else "plain", "layout": layout, "style": layout, "seed": number,
                "shard": shard, "row": row,
            })  # fmt: skip
        kinds = {
            "proportions": "f4",
            "used": bool,
            "finish": "f4",
            "palette": "u1",
            "palette_used": bool,
            "artwork": "u1",
        }
        arrays = {name: np.array(values, kinds[name]) for name, values in columns.items()}
        np.savez_compressed(folder / "shards" / f"{shard:05d}.npz", **arrays)
    plan = {"format": 1, "kind": "assets", "products": products, "families": FAMILIES, "most_proportions": 5}
    (folder / "dataset.json").write_text(json.dumps(plan))
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def digest(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
