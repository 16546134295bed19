"""Makes the pictures of docs/gallery.md with what is installed; no network, no GPU.

python docs/gallery.py              all
python docs/gallery.py gan vae      only the named ones, in which prodgen-mini's pictures come with the weights that are installed
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prodgen_sdk import Product, Studio, images
from prodgen_sdk.types import Image, Scene, View, parse_views

PAGE = Path(__file__).parent / "gallery.md"
ASSETS = Path(__file__).parent / "assets"
CELL, GAP = 176, 8
VIEW = View(azimuth=20, elevation=12)
DOMAINS = (
    ("Navy striped T-shirt/apparel/t-shirt", "Wine red knit sweater/apparel/sweater", "Flowered summer dress/apparel/dress", "Canvas tote bag/apparel/tote-bag", "White sneakers/apparel/sneakers", "Denim cap/apparel/cap"),
    ("Walnut speaker/electronics/speaker", "Black smartphone/electronics/phone", "Retro camera/electronics/camera", "Steel watch with leather strap/electronics/watch", "Mint earbuds/electronics/earbuds", "Aluminium headphone stand/electronics/headphone-stand"),
    ("Olive oil/food/bottle", "Lemon soda/food/can", "Strawberry jam/food/jar", "Oat flakes/food/cereal-box", "Dark roast coffee/food/coffee-bag", "Oat milk/food/carton"),
    ("Blue mug with dots/home/mug", "Oak chair/home/chair", "Green velvet sofa/home/sofa", "Marble vase/home/vase", "Brass lamp/home/lamp", "Checked cushion/home/cushion"),
    ("Pink lipstick/beauty/lipstick", "Night cream/beauty/cream-jar", "Hand soap/beauty/pump-bottle", "Perfume/beauty/perfume", "Nail polish/beauty/nail-polish", "Face serum/beauty/serum"),
)  # fmt: skip
SHOP = (
    ("Cream knit cardigan/apparel/cardigan", "Brown ankle boots/apparel/boots", "Black high heels/apparel/shoes", "Grey backpack/apparel/backpack", "Red leather handbag/apparel/bag", "Blue suitcase/apparel/suitcase", "Black sunglasses/apparel/glasses", "Gold ring/apparel/jewellery"),
    ("55 inch smart TV/electronics/tv", "White mechanical keyboard/electronics/keyboard", "Steel electric kettle/electronics/kettle", "Wine glass/home/glass", "Red dutch oven/home/pot", "Green travel mug/home/travel-mug", "Eyeshadow palette/beauty/palette", "Handmade lavender soap bar/beauty/soap"),
    ("Grey armchair/home/armchair", "Black office chair/home/chair", "Oak bookshelf/home/shelf", "Walnut sideboard/home/cabinet", "Oak bed/home/bed", "Brass floor lamp/home/lamp", "Snake plant in a terracotta pot/home/plant", "Wall clock/home/clock"),
    ("Red umbrella/apparel/umbrella", "Black bikini/apparel/swimwear", "White game controller/electronics/controller", "Camera drone/electronics/drone", "Pink hair dryer/electronics/hair-dryer", "Cream air fryer/electronics/air-fryer", "Brown teddy bear/home/toy", "Ripe bananas/food/fruit"),
    ("Steel refrigerator/electronics/refrigerator", "White washing machine/electronics/washer", "Red blender/electronics/blender", "White rice cooker/electronics/rice-cooker", "Printer/electronics/printer", "Clear case for iPhone/electronics/case", "Red toy car/home/toy", "Oak cutting board/home/kitchen"),
    ("Navy wool blazer/apparel/blazer", "Olive puffer vest/apparel/vest", "Straw sun hat/apparel/hat", "Brown leather loafers/apparel/shoes", "Brown leather wallet/apparel/wallet", "Black pendant light/home/lamp", "Black headphones/electronics/headphones", "Leopard sneakers/apparel/sneakers"),
    ("Steel espresso machine/electronics/kitchen", "Red toaster/electronics/kitchen", "White air purifier/electronics/home", "USB microphone/electronics/audio", "Football/home/sport", "Hex dumbbell/home/sport", "Makeup brush set/beauty/tools", "Vanilla ice cream/food/frozen"),
)  # fmt: skip
PRINTED = (
    ("Leopard print dress/apparel/dress", "Camo hoodie/apparel/hoodie", "Navy argyle sweater/apparel/sweater", "Tie-dye T-shirt blue and pink/apparel/t-shirt", "Houndstooth tote bag/apparel/tote-bag", "Red socks with heart print/apparel/socks", "Burgundy paisley tie/apparel/tie", "Zebra print swimsuit/apparel/swimwear"),
    ("Camouflage cap/apparel/cap", "Yellow chevron cushion/home/cushion", "Blue geometric rug/home/rug", "Cow print mug/home/mug", "Marble print phone case/electronics/phone-case", "Blue paisley duvet cover/home/bedding", "Grey herringbone scarf/apparel/scarf", "Navy umbrella with star print/apparel/umbrella"),
)  # fmt: skip
PHOTOS = (
    "Lemon soda/food/can",
    "Oat flakes/food/cereal-box",
    "Olive oil/food/bottle",
    "Red T-shirt with a logo/apparel/t-shirt",
    "Brown teddy bear/home/toy",
)
LIT = ("White mug/home/mug", "Steel bottle/home/bottle", "Oak chair/home/chair", "Red T-shirt/apparel/t-shirt")
DESIGNED = (
    "Green tea/food/tin",
    "Strawberry jam/food/jar",
    "Polka dot mug/home/mug",
    "Flowered cushion/home/cushion",
    "Night cream/beauty/cream-jar",
    "Striped T-shirt/apparel/t-shirt",
)
PROFILES = ("marketplace", "portrait", "studio", "mirror", "studio,background=gradient:#d9a441")


def product(words: str, number: int = 0) -> Product:
    title, _, category = words.partition("/")
    return Product(sku=f"gallery-{number}", title=title, category=category)


def families() -> Image:
    """Rows of the five domains, by `render/parametric`."""
    return _parametric(DOMAINS, VIEW)


def shop() -> Image:
    """Rows of what else shops sell, by `render/parametric`."""
    return _parametric(SHOP)


def prints() -> Image:
    """Prints and weaves, by `render/parametric`."""
    return _parametric(PRINTED)


def _parametric(rows: Sequence[Sequence[str]], view: View = View(azimuth=35, elevation=15)) -> Image:
    from prodgen_render.parametric import build_model
    from prodgen_render.rendering.views import render

    return grid([[render(build_model(product(words), 1), [view], size=CELL)[0].image for words in row] for row in rows])


def photo() -> Image:
    """A made-up photo of each product, then what `render/photo` makes of it."""
    from prodgen_render.parametric import build_model
    from prodgen_render.photo.build import model_from_photos
    from prodgen_render.rendering.views import render

    rows = []
    for number, words in enumerate(PHOTOS):
        item = product(words, number)
        shot = render(build_model(item, 5), [View()], size=480)[0].image
        built = model_from_photos(shot, item)
        views = render(built.model, parse_views("30:8:1,60:8:1,-40:8:1,180:8:1"), size=CELL)
        framed = images.resize(shot, CELL, CELL)
        framed[[0, -1]] = framed[:, [0, -1]] = 190
        rows.append([framed, *(view.image for view in views)])
    return grid(rows)


def draft() -> Image:
    """The same design as a draft and in full."""
    from prodgen_render.asset.generator import DRAFT_DETAIL, model_of
    from prodgen_render.asset.made_up import made_up_asset
    from prodgen_render.rendering.quality import DRAFT, FINAL
    from prodgen_render.rendering.views import render

    made = [made_up_asset(product(words), 4) for words in (DOMAINS[2][0], DOMAINS[3][0], DOMAINS[0][0], DOMAINS[3][1])]
    return grid(
        [
            [
                render(model_of(m.product, m.asset, share=share), [VIEW], size=256, quality=quality)[0].image
                for m in made
            ]
            for share, quality in ((DRAFT_DETAIL, DRAFT), (1.0, FINAL))
        ]
    )


def light() -> Image:
    """The light rigs studio, soft and dramatic, and the panoramas window and overcast."""
    from prodgen_render.parametric import build_model
    from prodgen_render.rendering.environment import environment
    from prodgen_render.rendering.views import render

    lights: list[dict[str, Any]] = [
        {"scene": Scene.parse(f"white,light={name}")} for name in ("studio", "soft", "dramatic")
    ]
    lights += [{"light": environment(name)} for name in ("window", "overcast")]
    models = [build_model(product(words), 1) for words in LIT]
    return grid([[render(m, [VIEW], size=CELL, **how)[0].image for how in lights] for m in models])


def finish() -> Image:
    """One picture as it is, and through profiles of `finish/basic`."""
    from prodgen_render.parametric import build_model
    from prodgen_render.rendering.views import render

    from prodgen_sdk.context import Context

    picture = render(build_model(product("Red and white striped mug/home/mug"), 2), [VIEW], Scene.parse("white"), 320)[
        0
    ].image
    with Studio() as studio:
        finisher = studio.host.get("finisher")
        row = [picture]
        for profile in PROFILES:
            row.append(images.flatten(finisher.finish([picture], profile, Context())[0].image))
    return grid([[contained(item, 200) for item in row]])


def designs(model: str) -> Image:
    """Six products by a model of prodgen-mini, three seeds each."""
    with Studio() as studio:
        rows = []
        for seed in (1, 2, 3):
            pictures = [
                studio.generate(
                    product(words, n), views="20:12:1", size=CELL, seed=seed, generator=f"{model}/mini"
                ).pictures[0]
                for n, words in enumerate(DESIGNED)
            ]
            rows.append([picture.image for picture in pictures])
    return grid(rows)


def contained(picture: Image, size: int) -> Image:
    """The whole picture in the middle of a white square."""
    height, width = picture.shape[:2]
    scale = size / max(height, width)
    small = images.resize(picture, max(1, round(width * scale)), max(1, round(height * scale)))
    out = np.full((size, size, 3), 255, np.uint8)
    y, x = (size - small.shape[0]) // 2, (size - small.shape[1]) // 2
    out[y : y + small.shape[0], x : x + small.shape[1]] = small
    return out


def grid(rows: Sequence[Sequence[Image]]) -> Image:
    gap = GAP // 2
    framed = [[np.pad(cell, ((gap, gap), (gap, gap), (0, 0)), constant_values=255) for cell in row] for row in rows]
    return np.vstack([np.hstack(row) for row in framed])


PICTURES: dict[str, Callable[[], Image]] = {
    "families": families, "shop": shop, "prints": prints, "photo": photo, "draft": draft, "light": light, "finish": finish,
    "gan": lambda: designs("gan"), "vae": lambda: designs("vae"), "diffusion": lambda: designs("diffusion"),
}  # fmt: skip


def show_designs() -> None:
    """Names in the page the pictures of prodgen-mini that are there."""
    found = [name for name in ("gan", "vae", "diffusion") if (ASSETS / f"gallery-{name}.jpg").is_file()]
    shown = "\n\n".join(f"![{name}/mini: six products, three seeds each](assets/gallery-{name}.jpg)" for name in found)
    text = PAGE.read_text("utf-8")
    text = re.sub(
        r"(<!-- designs -->\n).*?(\n<!-- end of designs -->)",
        lambda match: match[1] + shown + match[2],
        text,
        flags=re.DOTALL,
    )
    PAGE.write_text(text, "utf-8")


def main() -> None:
    names = sys.argv[1:] or list(PICTURES)
    unknown = [name for name in names if name not in PICTURES]
    if unknown:
        raise SystemExit(f"There is no picture {unknown[0]!r}: {', '.join(PICTURES)}")
    for name in names:
        print(name, file=sys.stderr)
        (ASSETS / f"gallery-{name}.jpg").write_bytes(images.encode(PICTURES[name](), "jpeg", quality=84))
    show_designs()


if __name__ == "__main__":
    main()
