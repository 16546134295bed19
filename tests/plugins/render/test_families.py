import colorsys

import numpy as np
import pytest
from prodgen_render.datasets.made_up import made_up_product
from prodgen_render.families import FAMILIES, LEARNT, family_of
from prodgen_render.looks.finishes import srgb
from prodgen_render.looks.look import Look
from prodgen_render.model import Model3D
from prodgen_render.parametric import build_model
from prodgen_render.rendering.views import render, silhouettes
from prodgen_render.words.parts import PARTS, part_words
from prodgen_render.words.reading import colours_of, material_of
from prodgen_render.words.vocabulary import COLOURS

from prodgen_sdk.images.colour import to_srgb
from prodgen_sdk.types import DOMAINS, VIEW_SETS, Product, View


def product(title: str, category: str, **attributes: str) -> Product:
    return Product(sku="p", title=title, category=category, attributes=attributes)


def sound(name: str, seed: int) -> Model3D:
    """The model of a family, whose meshes are."""
    model = build_model(product(f"Morning {name}", f"{FAMILIES[name].domain}/{name}"), seed)
    for part in model.parts:
        assert np.isfinite(part.vertices).all()
        assert np.isfinite(part.uv).all()
        assert part.faces.min() >= 0
        assert part.faces.max() < len(part.vertices)
        assert np.abs(np.linalg.norm(part.normals, axis=1) - 1).max() <= 1e-3
    return model


@pytest.mark.parametrize("name", sorted(FAMILIES))
def test_every_family_is_sound_from_every_pose(name: str) -> None:
    sound(name, 4)
    model = sound(name, 11)
    for view, mask in zip(VIEW_SETS["pose96"], silhouettes(model, VIEW_SETS["pose96"], 32), strict=True):
        assert mask.any(), view.slug
        if view.distance >= 1:
            assert not mask[[0, -1]].any(), view.slug
            assert not mask[:, [0, -1]].any(), view.slug
    for picture in render(model, [View(azimuth=45, elevation=30), View(azimuth=200, elevation=-30)], size=32):
        seen = picture.image[picture.mask]
        assert 15 < seen.mean() < 252
        assert seen.std() > 3


def test_all_domains_have_families() -> None:
    assert {family.domain for family in FAMILIES.values()} == set(DOMAINS) - {"other"}
    assert len(FAMILIES) >= 25


@pytest.mark.parametrize(
    ("title", "attributes", "rgb"),
    [
        ("Mug", {"colour": "terracotta", "colour_rgb": "#b85c3e"}, "#b85c3e"),
        ("Blue mug", {"colour_rgb": "#AB12CD"}, "#ab12cd"),
        ("Terracotta mug", {}, "#b85c3e"),
        ("Celadon mug", {}, "#acc6b1"),
        ("Sage mug", {}, "#9caf88"),
        ("焦橙马克杯", {}, "#bf5b23"),
        ("豆沙色马克杯", {}, "#c9929a"),
        ("卡其色马克杯", {}, "#b49b72"),
    ],
)
def test_colours_of_words_and_of_attributes(title: str, attributes: dict[str, str], rgb: str) -> None:
    assert build_model(product(title, "home/mug", **attributes), 1).facts["rgb"] == rgb


def test_an_accent_is_taken_as_it_is_given() -> None:

    item = product("Cushion", "home/cushion", colour="navy", colour_rgb="#1f2a4d", accent="white", accent_rgb="#fefefe")
    assert colours_of(item) == [("navy", "#1f2a4d"), ("white", "#fefefe")]
    named = product("Cushion", "home/cushion", colour="navy", accent="white", accent_rgb="#fefefe")
    assert colours_of(named) == [("navy", "#1f2f55"), ("white", "#fefefe")]


@pytest.mark.parametrize(("accent", "rgb", "ground"), [("red", "#c62828", "white"), ("white", "#ffffff", "grey")])
def test_a_pattern_whose_colour_alone_is_known_lies_on_a_plain_ground(accent: str, rgb: str, ground: str) -> None:
    item = product(
        f"Mug with {accent} dots and a black handle", "home/mug", accent=accent, accent_rgb=rgb, pattern="dotted"
    )
    assert colours_of(item) == [(ground, COLOURS[ground][0]), (accent, rgb)]


@pytest.mark.parametrize("seed", range(6))
def test_without_a_colour_word_the_material_gives_one(seed: int) -> None:
    facts = build_model(product("Speckled stoneware mug", "home/mug"), seed).facts
    assert (facts["rgb"], facts["material"], facts["pattern"]) == ("#cdc0aa", "stoneware", "speckle")


def test_solid_says_that_a_thing_is_of_one_colour_only_as_a_pattern() -> None:
    from prodgen_render.words.reading import pattern_of

    assert pattern_of(product("Striped bench in solid oiled oak", "home/chair")) == "stripes"
    assert pattern_of(product("Bench in solid oiled oak", "home/chair")) == ""
    assert pattern_of(product("Striped cushion", "home/cushion", pattern="solid")) == "plain"


@pytest.mark.parametrize("material", ["marble", "ceramic", "glass", "steel", "copper", "walnut", "bamboo", "iron"])
def test_a_lamp_shows_its_material_in_every_shape(material: str) -> None:
    for seed in range(8):
        parts = build_model(product("Lamp", "home/lamp", material=material), seed).parts
        own = [part for part in parts if part.material.name == material]
        low = min(float(part.vertices[:, 2].min()) for part in own)
        high = max(float(part.vertices[:, 2].max()) for part in own)
        assert low < 0.01
        assert high > 0.15


def test_facts_name_what_was_drawn() -> None:
    facts = build_model(product("海军蓝条纹抱枕", "home/cushion", 材质="亚麻"), 1).facts
    assert len(facts.pop("size_cm")) == 3
    assert facts == {"family": "cushion", "material": "linen", "colour": "navy", "rgb": "#1f2f55", "pattern": "stripes"}


@pytest.mark.parametrize(("colour", "hue"), [("red", 0.0), ("green", 0.38), ("blue", 0.6), ("yellow", 0.13)])
@pytest.mark.parametrize("category", ["home/mug", "apparel/tshirt", "home/sofa", "food/can"])
def test_colour_is_visible(colour: str, hue: float, category: str) -> None:
    model = build_model(product("Thing", category, colour=colour, pattern="plain"), 2)
    picture = render(model, [View(azimuth=150, elevation=10)], size=48)[0]
    r, g, b = np.median(picture.image[picture.mask], axis=0) / 255
    found, saturation, _ = colorsys.rgb_to_hsv(r, g, b)
    assert saturation > 0.3
    assert min(abs(found - hue), 1 - abs(found - hue)) < 0.09


def test_patterns_are_visible() -> None:
    def variety(pattern: str) -> float:
        model = build_model(product("T-shirt", "apparel/tshirt", colour="white, red", pattern=pattern), 2)
        picture = render(model, [View()], size=96)[0]
        return float(picture.image[picture.mask].astype(float)[:, 1].std())

    plain = variety("plain")
    assert all(variety(pattern) > plain + 15 for pattern in ("stripes", "dots", "checks", "floral", "gradient"))


def test_metal_differs_from_ceramic() -> None:
    def spread(material: str) -> float:
        model = build_model(
            product("Mug", "home/mug", material=material, colour="white" if material == "ceramic" else ""), 2
        )
        picture = render(model, [View()], size=96)[0]
        return float(picture.image[picture.mask].astype(float).std())

    assert spread("steel") > spread("ceramic")


def test_seed_and_capacity_change_proportions() -> None:
    shapes = {
        round(float(np.ptp(build_model(product("Mug", "home/mug"), seed).parts[0].vertices[:, 2])), 5)
        for seed in range(4)
    }
    assert len(shapes) == 4

    def height(capacity: str) -> float:
        low, high = build_model(product("Bottle", "food/bottle", capacity=capacity), 1).bounds
        return float((high - low)[2])

    assert height("1 l") > height("250 ml") * 1.2


def test_made_up_products_cover_all_families_and_repeat() -> None:
    made = [made_up_product(number, 5) for number in range(len(FAMILIES))]
    assert {family_of(p)[0].name for p in made} == set(LEARNT)
    assert made[7] == made_up_product(7, 5)
    assert made[7] != made_up_product(7, 6)


def test_colours_that_the_shop_lists_come_before_what_was_read_out_of_words() -> None:
    found = {"colour": ("white", "navy"), "colour_rgb": "#ffffff", "accent": "white", "accent_rgb": "#ffffff"}
    shirt = Product(
        sku="t", title="Breton T-shirt in navy and white stripes", category="apparel/t-shirt", attributes=found
    )
    assert [name for name, _ in colours_of(shirt)] == ["white", "navy"]


@pytest.mark.parametrize(
    ("title", "category", "part", "rgb"),
    [
        ("Black watch with brown leather strap", "electronics/watch", "strap", COLOURS["brown"][0]),
        ("White shampoo bottle, black pump", "beauty/pump-bottle", "pump", COLOURS["black"][0]),
        ("Hand cream with red cap", "beauty/tube", "lid", COLOURS["red"][0]),
        ("White sneakers with green sole", "apparel/sneakers", "sole", COLOURS["green"][0]),
        ("白色帆布鞋 绿色鞋底", "apparel/sneakers", "sole", COLOURS["green"][0]),
        ("White mug with a red handle", "home/mug", "handle", COLOURS["red"][0]),
        ("Smart watch, silver case with red sport strap", "electronics/watch", "strap", COLOURS["red"][0]),
        ("Olive canvas bag with brown shoulder straps", "apparel/bag", "strap", COLOURS["brown"][0]),
        ("Marble table with black legs", "home/table", "legs", COLOURS["black"][0]),
        ("Men's watch blue dial brown strap", "electronics/watch", "strap", COLOURS["brown"][0]),
    ],
)
def test_the_colour_of_a_part_is_the_part_s_alone(title: str, category: str, part: str, rgb: str) -> None:
    item = product(title, category)
    found = part_words(item, part)
    assert found is not None
    assert found.colour is not None
    assert found.colour[1] == rgb
    assert rgb not in [code for _, code in colours_of(item)]
    drawn = {tuple(round(255 * float(c)) for c in to_srgb(p.material.colour)) for p in build_model(item, 1).parts}
    assert any(max(abs(a - b) for a, b in zip(colour, srgb(rgb), strict=True)) <= 2 for colour in drawn)


@pytest.mark.parametrize(
    ("title", "category", "part", "material", "main"),
    [
        ("Steel watch with leather strap", "electronics/watch", "strap", "leather", "steel"),
        ("Green velvet sofa with brass legs", "home/sofa", "legs", "brass", "velvet"),
        ("White mug with wooden handle", "home/mug", "handle", "wood", ""),
        ("蜂蜜 木盖玻璃罐", "food/jar", "lid", "wood", "glass"),
        ("Night cream with bamboo lid", "beauty/cream-jar", "lid", "bamboo", ""),
        ("Lamp with marble base", "home/lamp", "base", "marble", ""),
        ("Black chair with oak seat", "home/chair", "seat", "wood", ""),
        ("White mug with gold-plated rim", "home/mug", "rim", "gold", ""),
    ],
)
def test_the_material_of_a_part_is_the_part_s_alone(
    title: str, category: str, part: str, material: str, main: str
) -> None:
    item = product(title, category)
    found = part_words(item, part)
    assert found is not None
    assert found.material == material
    assert material_of(item) == main
    assert material in {p.material.name for p in build_model(item, 1).parts}


@pytest.mark.parametrize(
    ("longer", "shorter", "category"),
    [
        ("长袖T恤", "T恤", "apparel/t-shirt"),
        ("Long-sleeved top", "Top", "apparel/t-shirt"),
        ("T-shirt", "Tank top", "apparel/t-shirt"),
        ("Sweater", "Short sleeve sweater", "apparel/sweater"),
        ("Shirt", "短袖衬衫", "apparel/shirt"),
        ("Short sleeve blouse", "Sleeveless blouse", "apparel/shirt"),
        ("Dress with long sleeves", "Short sleeved dress", "apparel/dress"),
        ("短袖连衣裙", "Dress", "apparel/dress"),
    ],
)
def test_sleeves_are_as_long_as_the_words_say(longer: str, shorter: str, category: str) -> None:
    def cloth(title: str) -> float:
        """Square metres of front and back."""
        corners = [part.vertices[part.faces] for part in build_model(product(title, category), 1).parts[:2]]
        areas = [np.linalg.norm(np.cross(c[:, 1] - c[:, 0], c[:, 2] - c[:, 0]), axis=1).sum() / 2 for c in corners]
        return float(sum(areas))

    assert cloth(longer) > 1.05 * cloth(shorter)


def test_patterns_that_are_not_drawn_are_named() -> None:
    assert "fallback" not in build_model(product("Striped cap", "apparel/cap"), 1).facts
    for title in ("Snakeskin print cap", "蛇纹棒球帽"):
        facts = build_model(product(title, "apparel/cap"), 1).facts
        assert facts["fallback"] == "there is no pattern 'snake skin': drawn plain"
    facts = build_model(product("Marble print laptop", "electronics/laptop"), 1).facts
    assert facts["fallback"] == "the shape 'laptop' takes no pattern: drawn plain, not marbled"


@pytest.mark.parametrize("colour", ["sky", "pink", "yellow", "beige", "navy"])
def test_the_other_stripe_is_white_where_the_words_name_one_colour(colour: str) -> None:
    word = COLOURS[colour][1][0]
    look = Look(product(f"{word} striped mug", "home/mug"), np.random.default_rng(1))
    assert min(look.accent(look.colour())) > 230


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("White plate with blue rim", "home/plate"),
        ("Red bowl with blue rim", "home/bowl"),
        ("白色花瓶 蓝边", "home/vase"),
    ],
)
def test_a_named_rim_is_a_band_along_the_upper_edge(title: str, category: str) -> None:
    bare, banded = (build_model(product(t, category), 1).parts for t in (title.split(" ")[0] + " ware", title))
    (band,) = banded[len(bare) :]
    top = max(float(part.vertices[:, 2].max()) for part in bare)
    assert abs(float(band.vertices[:, 2].max()) - top) < 0.001
    assert float(band.vertices[:, 2].min()) > top - 0.008


def test_a_shirt_has_sleeves_as_the_title_says_and_a_coat_is_long() -> None:
    def size(title: str) -> np.ndarray:
        found = np.concatenate([part.vertices for part in build_model(product(title, "apparel/other"), 2).parts])
        return np.asarray(np.ptp(found, axis=0))

    # A long sleeve hangs lower than a short one reaches out.
    assert size("Linen shirt")[0] > size("Short-sleeve linen shirt")[0]
    assert size("Wool coat")[2] > 1.2 * size("Wool jacket")[2]


@pytest.mark.parametrize(
    ("title", "colour"),
    [
        ("Orange foot massager", "orange"),
        ("Black seat cushion for office chairs", "black"),
        ("Green base coat nail polish", "green"),
        ("白色腿裤", "white"),
        ("Pink cover for tablets", "pink"),
    ],
)
def test_the_name_of_a_part_that_describes_another_thing_takes_no_colour(title: str, colour: str) -> None:
    item = product(title, "other/things")
    assert [name for name, _ in colours_of(item)] == [colour]
    assert all(part_words(item, part) is None for part in PARTS)


def test_without_a_named_part_nothing_changes() -> None:
    assert part_words(product("Green sneakers", "apparel/sneakers"), "sole") is None
    assert colours_of(product("Red mug", "home/mug"))[0][0] == "red"
    assert colours_of(product("Navy cap", "apparel/cap"))[0][0] == "navy"
    assert material_of(product("Leather strap", "other/strap")) == "leather"


@pytest.mark.parametrize("seed", range(4))
def test_a_round_table_is_round(seed: int) -> None:
    top = build_model(product("Round marble coffee table", "home/table"), seed).parts[0].vertices
    assert np.ptp(top[:, 0]) == pytest.approx(np.ptp(top[:, 1]), rel=0.01)


def spread(title: str, category: str) -> np.ndarray:
    """Metres across, deep and high."""
    low, high = build_model(product(title, category), 1).bounds
    return np.asarray(high - low)


def test_words_of_size_and_number_are_drawn() -> None:
    assert spread("Oak desk", "home/table")[2] > 1.3 * spread("Oak coffee table", "home/table")[2]
    assert spread("Bookshelf, 5 tiers", "home/shelf")[2] > 1.5 * spread("白色置物架 3层", "home/shelf")[2]
    assert spread("三人沙发", "home/sofa")[0] > 1.3 * spread("双人沙发", "home/sofa")[0]
    assert spread("L-shaped sofa, 3 seater", "home/sofa")[1] > 1.5 * spread("Sofa, 3 seater", "home/sofa")[1]
    assert spread("Wardrobe", "home/cabinet")[2] > 3 * spread("TV stand", "home/cabinet")[2]
    assert 1.8 > spread("黄铜落地灯", "home/lamp")[2] > 2.5 * spread("Brass lamp", "home/lamp")[2]
    assert spread("High-top sneakers", "apparel/shoes")[2] > 1.3 * spread("Sneakers", "apparel/shoes")[2]
    assert spread("Bar stool", "home/stool")[2] > 1.3 * spread("Stool", "home/stool")[2]
    assert spread("Bar stool with back", "home/stool")[2] > 0.2 + spread("Bar stool", "home/stool")[2]
    assert spread("双篮空气炸锅", "home/kitchen")[0] > 1.3 * spread("空气炸锅", "home/kitchen")[0]
    assert spread("Knee-high boots", "apparel/boot")[2] > 1.5 * spread("Ankle boots", "apparel/boot")[2]


def test_a_jacket_with_a_hood_has_one() -> None:
    def behind(title: str) -> float:
        """How far something stands out behind, beside the neck."""
        parts = build_model(product(title, "apparel/jacket"), 1).parts
        corners = np.concatenate([part.vertices for part in parts])
        return float(corners[corners[:, 2] > corners[:, 2].max() - 0.15, 1].max())

    assert behind("Rain jacket with hood") > behind("Rain jacket") + 0.02


def test_a_kind_of_ceramic_says_more_than_ceramic() -> None:
    assert material_of(product("Stoneware bowl", "home/bowl", material="ceramic")) == "stoneware"
    assert material_of(product("Bowl", "home/bowl", material="ceramic")) == "ceramic"


def test_suede_is_matte_and_suits_whatever_leather_suits() -> None:
    model = build_model(product("Suede ankle boots, tan", "apparel/boots"), 1)
    assert (model.facts["material"], model.facts["colour"]) == ("suede", "tan")
    assert build_model(product("Suede mug", "home/mug"), 1).facts["material"] == "ceramic"


def test_new_families_follow_their_words() -> None:
    assert spread("Boxer briefs", "apparel/underwear")[2] > 1.2 * spread("Cotton briefs", "apparel/underwear")[2]
    assert spread("iPad case", "electronics/case")[2] > 1.4 * spread("Phone case", "electronics/case")[2]
    assert spread("电动剃须刀", "beauty/razor")[0] > 1.2 * spread("Safety razor", "beauty/razor")[0]


@pytest.mark.parametrize(
    ("title", "category", "family", "shape"),
    [
        ("Oil filled radiator 2 kW", "electronics/heater", "heater", "high"),
        ("Tower fan", "electronics/fan", "fan", "pole"),
        ("Soundbar for TV", "electronics/speaker", "speaker", "bar"),
        ("乳胶床垫 1.5m", "home/bedding", "bed", "flat"),
        ("Roller blind, navy", "home/curtain", "curtain", "sheet"),
        ("Hair straightener", "electronics/hair", "hair-iron", "bar"),
        ("Curling wand", "beauty/hair", "hair-iron", "bar"),
        ("立式挂烫机 蒸汽熨斗", "electronics/iron", "garment-steamer", "pole"),
        ("电动滑板车 成人", "home/scooter", "kick-scooter", "sheet"),
        ("Mountain bike 26 inch", "home/bike", "bicycle", "sheet"),
        ("Maple skateboard", "home/sports", "skateboard", "bar"),
        ("Whole pineapple", "food/fruit", "fruit", "pole"),
        ("Gym duffel bag, navy", "apparel/bag", "tote-bag", "long"),
        ("PS5 游戏主机", "electronics/console", "game-console", "high"),
        ("Nintendo Switch OLED", "electronics/console", "game-console", "sheet"),
        ("Video doorbell", "electronics/security", "camera", "high"),
        ("HB pencils, pack of 12", "home/stationery", "pen", "bar"),
        ("羽毛球拍 双拍", "home/sports", "racket", "sheet"),
        ("Ukulele 23 inch", "home/music", "guitar", "high"),
        ("体重秤 电子秤", "home/scale", "scale", "sheet"),
        ("插线板 6位", "electronics/charger", "charger", "bar"),
        ("Organic carrots 1 kg", "food/vegetables", "fruit", "bar"),
        ("Dressing gown, grey", "apparel/robe", "jacket", "high"),
        ("Boiler suit, navy", "apparel/workwear", "jumpsuit", "high"),
        ("Opaque tights, black", "apparel/socks", "trousers", "high"),
        ("Fanny pack, pink", "apparel/bag", "handbag", "long"),
        ("法式衬衫袖扣 银色", "apparel/accessories", "earrings", "long"),
        ("Kids' bike helmet", "home/bike", "helmet", "high"),
        ("厨房围裙 防水", "home/kitchen", "apron", "high"),
        ("Stand mixer, red", "electronics/kitchen", "mixer", "high"),
        ("Hand blender", "electronics/kitchen", "blender", "high"),
        ("超大鼠标垫 游戏桌垫", "electronics/mouse-pad", "mouse-mat", "sheet"),
        ("浇花水壶 3L", "home/garden", "watering-can", "long"),
        ("4 person tent, green", "home/outdoor", "tent", "long"),
        ("婴儿推车 可折叠", "home/baby", "stroller", "high"),
        ("Cordless drill, green", "home/tools", "drill", "long"),
        ("Claw hammer", "home/tools", "hammer", "pole"),
        ("螺丝刀 十字", "home/tools", "screwdriver", "bar"),
        ("铝合金人字梯 4步", "home/tools", "ladder", "high"),
        ("LED torch, black", "electronics/torch", "torch", "bar"),
        ("南孚5号电池", "electronics/batteries", "batteries", "sheet"),
        ("小米盒子 机顶盒", "electronics/tv-box", "router", "flat"),
        ("French press 1 l", "home/coffee", "coffee-pot", "high"),
        ("Ironing board, grey", "home/laundry", "ironing-board", "long"),
        ("马桶刷 白色", "home/bath", "toilet-brush", "pole"),
        ("LED灯泡 E27", "home/lighting", "light-bulb", "high"),
        ("科学计算器 黑色", "electronics/office", "calculator", "sheet"),
        ("61-key portable keyboard", "home/music", "piano", "bar"),
        ("Alarm clock, pink", "home/clock", "clock", "high"),
        ("Bagged cylinder vacuum, red", "electronics/vacuum", "vacuum-cleaner", "high"),
        ("筋膜枪 肌肉放松", "electronics/massager", "massage-gun", "sheet"),
        ("Kitchen scissors", "home/kitchen", "scissors", "pole"),
        ("奶瓶 新生儿 240ml", "home/baby", "baby-bottle", "pole"),
        ("Velvet coat hangers, pack of 30", "home/storage", "hanger", "bar"),
        ("Kettle charcoal BBQ, black", "home/garden", "grill", "high"),
        ("旋转拖把 家用", "home/cleaning", "broom", "pole"),
        ("Balloon whisk", "home/kitchen", "cooking-tool", "pole"),
        ("Kettlebell 12 kg", "home/sports", "dumbbell", "high"),
        ("儿童上下床 实木", "home/bed", "bed", "high"),
        ("Baby high chair", "home/chair", "chair", "high"),
        ("3 piece luggage set", "apparel/suitcase", "suitcase", "long"),
        ("婴儿连体衣 长袖 米色", "apparel/baby", "baby-suit", "high"),
    ],
)
def test_words_give_things_their_shape(title: str, category: str, family: str, shape: str) -> None:
    assert build_model(product(title, category), 1).facts["family"] == family
    wide, deep, high = spread(title, category)
    assert {
        "bar": wide > 1.9 * max(deep, high),
        "flat": high < 0.3 * min(wide, deep),
        "high": high > deep,
        "long": wide > 1.15 * high,
        "pole": high > 1.8 * max(wide, deep),
        "sheet": deep < 0.75 * min(wide, high),
    }[shape]


def test_litres_of_it_have_a_handle() -> None:
    for large, small in (("花生油 5L", "花生油 500ml"), ("Laundry detergent 3 kg", "Body lotion 300 ml")):
        category = "food/oil" if "油" in large else "home/cleaning"
        jug, bottle = spread(large, category), spread(small, category)
        assert jug[0] > 1.2 * jug[1]
        assert bottle[0] == pytest.approx(bottle[1], rel=0.2)
    # Of glass there are no such bottles.
    assert spread("Olive oil 3 l glass bottle", "food/oil")[0] < 0.12


def test_a_garment_has_the_size_of_who_wears_it() -> None:
    for title in ("T-shirt", "Denim jeans", "Wool coat"):
        grown, child = spread(title, "apparel/clothes"), spread(f"Boys' {title}", "apparel/clothes")
        assert 0.5 < child[2] / grown[2] < child[0] / grown[0] < 0.7
    for title in ("Baby blue cardigan", "Baby alpaca cardigan", "婴儿蓝针织开衫", "Women's cardigan, girls' weekend"):
        assert spread(title, "apparel/cardigan")[2] > 0.65
    assert spread("Baby sleepsuit", "apparel/baby")[2] < 0.7
    # Feet close it; one without ends at the ankles, and a bodysuit at the hips.
    long, short = (spread(title, "apparel/baby")[2] for title in ("Baby romper", "Baby bodysuit"))
    assert short < 0.8 * long


def test_a_clear_case_is_seen_through() -> None:
    clear = build_model(product("Clear case", "electronics/case"), 1)
    assert max(part.material.transmission for part in clear.parts) > 0.5
    assert (
        max(part.material.transmission for part in build_model(product("Black case", "electronics/case"), 1).parts) == 0
    )


def test_a_sneaker_stands_on_its_sole_and_its_upper_goes_up_from_it() -> None:
    parts = build_model(product("White sneakers", "apparel/sneakers"), 1).parts
    wall, skin = parts[0].vertices, parts[3].vertices
    around = skin[skin[:, 2] < wall[:, 2].max()]
    assert len(around) > 100
    # What of the upper is below the sole's edge lies within the sole, all around.
    for axis in (0, 1):
        assert around[:, axis].min() > wall[:, axis].min()
        assert around[:, axis].max() < wall[:, axis].max()
