"""Which family a product's words name."""

import numpy as np
import pytest
from prodgen_render.families import FAMILIES, family_of
from prodgen_render.looks.patterns import relief
from prodgen_render.parametric import build_model
from prodgen_render.rendering.views import render, silhouettes
from prodgen_render.words.reading import colours_of, material_of

from prodgen_sdk.types import Product, View


def product(title: str, category: str, **attributes: str) -> Product:
    return Product(sku="p", title=title, category=category, attributes=attributes)


@pytest.mark.parametrize(
    ("title", "category", "family"),
    [
        ("Ceramic mug", "home/mug", "mug"),
        ("陶瓷马克杯 350ml", "home/drinkware", "mug"),
        ("真无线蓝牙耳机", "electronics/audio", "earbuds"),
        ("Walnut headphone stand", "electronics/accessories", "headphone-stand"),
        ("哑光口红 正红色", "beauty/makeup", "lipstick"),
        ("Slim fit jeans", "apparel/bottoms", "trousers"),
        ("Child car seat group 1/2/3", "home/baby", "car-seat"),
        ("Baby soother 0-6 months", "home/baby", "soother"),
        ("Garden hose 20 m", "home/garden", "garden-hose"),
        ("Birthday cake with candles", "food/cake", "cake"),
        ("生日蛋糕 8寸", "food/cake", "cake"),
        ("Adjustable wrench 10 inch", "home/tools", "wrench"),
        ("尖嘴钳", "home/tools", "pliers"),
        ("Hand saw 20 inch", "home/tools", "saw"),
        ("Dog lead, red nylon", "home/pet", "pet-lead"),
        ("狗项圈 红色", "home/pet", "pet-lead"),
        ("Leather belt", "apparel/belt", "belt"),
        ("Block heel sandals", "apparel/shoes", "sandal"),
        ("Rain shower head", "home/bathroom", "shower-head"),
        ("手持花洒", "home/bathroom", "shower-head"),
        ("Beef mince 500 g", "food/meat", "food-tray"),
        ("三文鱼 200g", "food/fish", "food-tray"),
        ("Tuna chunks in brine, tin", "food/fish", "tin"),
        ("Gift box with polka dots, red", "home/gift-box", "gift-box"),
        ("Mug in gift box", "home/kitchen", "mug"),
        ("月饼礼盒", "food/pastry", "box"),
        ("Bouquet of red roses", "home/flowers", "bouquet"),
        ("玫瑰花束", "home/flowers", "bouquet"),
        ("Wooden serving tray", "home/kitchen", "tray"),
        ("High chair with tray", "home/baby", "chair"),
        ("Knife block with 6 knives", "home/kitchen", "knife-block"),
        ("Cheese grater", "home/kitchen", "grater"),
        ("擀面杖", "home/kitchen", "rolling-pin"),
        ("纯棉短袖T恤", "apparel/tops", "tshirt"),
        ("Hand cream with shea butter", "beauty/skincare", "tube"),
        ("有机蜂蜜 500g", "food/pantry", "jar"),
        ("北欧风台灯", "home/lighting", "lamp"),
        ("Coffee table", "home/furniture", "table"),
        ("Rich night cream", "beauty/jar/cream", "cream-jar"),
        ("Vitamin C serum", "beauty/bottle/serum", "dropper-bottle"),
        ("Extra virgin olive oil", "food/bottle/oil", "bottle"),
        ("Steel flask 保温杯", "home/bottle", "bottle"),
        ("11 inch tablet", "electronics/tablet", "tablet"),
        ("智能手表", "electronics/wearables", "watch"),
        ("Running shoes", "apparel/shoes", "sneakers"),
        ("连帽卫衣", "apparel/tops", "hoodie"),
        ("百褶裙", "apparel/bottoms", "skirt"),
        ("Chunky beanie", "apparel/hat", "beanie"),
        ("Honey almond crunch cereal", "food/carton", "cereal-box"),
        ("Orange juice", "food/carton", "carton"),
        ("睡衣短袖女 夏季", "apparel/pyjamas", "shirt"),
        ("Baby girls' long-sleeve bodysuits", "apparel/baby", "baby-suit"),
        ("Kids' waterproof puddle suit", "apparel/outdoor", "jumpsuit"),
        ("Nintendo Switch OLED, white", "electronics/gaming", "game-console"),
        ("PS5 controller, cosmic red", "electronics/gaming", "game-controller"),
        ("XXL gaming mouse pad", "electronics/computer", "mouse-mat"),
        ("Sheer tights, nude", "apparel/underwear", "trousers"),
        ("Boxer shorts, navy", "apparel/underwear", "underpants"),
        ("婴儿配方奶粉 700g 罐装", "food/milk", "tin"),
        ("Kindle Paperwhite, 32 GB", "electronics/e-reader", "tablet"),
        ("玻璃保鲜盒 微波炉专用", "home/kitchen", "storage-box"),
        ("Seafood cup noodles 84 g", "food/noodles", "tub"),
        ("Oat milk", "food/carton", "carton"),
        ("有机燕麦奶", "food/carton", "carton"),
        ("Green tea", "food/box", "box"),
        ("Brass table lamp", "home/decor", "lamp"),
        ("黄铜台灯 复古书桌灯", "home/lighting", "lamp"),
        ("Perfume bottle", "beauty/fragrance", "perfume"),
        ("Laptop with backlit keyboard", "electronics/computer", "laptop"),
        ("Air running shoe, black", "apparel/shoes", "sneakers"),
        ("长袖T恤 男", "apparel/tops", "tshirt"),
        ("Long sleeve floral dress", "apparel/women", "dress"),
    ],
)
def test_words_choose_the_family(title: str, category: str, family: str) -> None:
    found, fallback = family_of(product(title, category))
    assert (found.name, fallback) == (family, "")


def test_unknown_families_fall_back_and_say_so() -> None:
    model = build_model(product("Zorblax", "electronics/gizmo"), 1)
    assert model.facts["family"] == "box"
    assert "electronics/gizmo" in model.facts["fallback"]
    assert "fallback" not in build_model(product("Mug", "home/mug"), 1).facts


@pytest.mark.parametrize(
    ("title", "category", "family", "word"),
    [
        ("Leather coin purse", "apparel/accessory", "wallet", "coin purse"),
        ("Phone holder for the car", "electronics/accessories", "box", "electronics/accessories"),
        ("冰箱贴 卡通", "home/decor", "box", "home/decor"),
        ("Aluminium laptop stand", "electronics/accessories", "box", "electronics/accessories"),
        ("Fashion doll, pink dress", "home/toys", "box", "doll"),
        ("Fresh rambutan", "food/fruit", "fruit", "apples"),
        ("Nintendo Switch carrying case", "electronics/gaming", "box", "electronics/gaming"),
        ("Dishwasher tablets, 60 pack", "home/cleaning", "coffee-bag", "dishwasher tablets"),
        ("小米电动牙刷架", "home/bathroom", "box", "home/bathroom"),
        ("Black tuxedo", "apparel/formal", "blazer", "tuxedo"),
        ("Tennis visor", "apparel/sports", "cap", "visor"),
        ("Knee-length kurta", "apparel/festive", "shirt", "kurta"),
        ("Crystal chandelier", "home/lighting", "pendant-lamp", "chandelier"),
        ("Soap dispenser", "home/bath", "pump-bottle", "home/bath"),
        ("Toy water gun", "home/toys", "box", "home/toys"),
        ("Water bottle rack for the fridge", "home/storage", "box", "home/storage"),
        ("Stretch sofa cover", "home/textile", "box", "home/textile"),
        ("Steel bike lock", "home/sport", "box", "home/sport"),
        ("沙发套 四季通用", "home/textile", "box", "home/textile"),
        ("胡萝卜蛋糕", "food/bakery", "cake", "蛋糕"),
    ],
)
def test_the_nearest_shape_comes_with_a_warning(title: str, category: str, family: str, word: str) -> None:
    model = build_model(product(title, category), 1)
    assert model.facts["family"] == family
    assert word in model.facts["fallback"]
    assert render(model, [View()], size=16)[0].warnings == (model.facts["fallback"],)


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("Cherry red nail polish 10 ml", "nail-polish"),
        ("指甲油 墨绿色", "nail-polish"),
        ("Vitamin C serum 30 ml", "dropper-bottle"),
        ("Serum in a pump bottle", "pump-bottle"),
        ("玻尿酸精华液", "dropper-bottle"),
        ("Hand lotion", "pump-bottle"),
        ("Flannel shirt, red checks", "shirt"),
        ("Graphic T-shirt", "tshirt"),
        ("Grey sweatshirt", "sweater"),
        ("男士牛津衬衫", "shirt"),
        ("Denim jacket", "jacket"),
        ("羊毛大衣", "jacket"),
        ("男士轻薄羽绒服 连帽 黑色", "jacket"),
        ("Classic polo shirt", "polo"),
        ("Backpack 25L, olive green", "backpack"),
        ("帆布双肩包", "backpack"),
        ("Women's crossbody bag", "handbag"),
        ("Chelsea boots", "boot"),
        ("女士高跟鞋 细跟尖头", "court-shoe"),
        ("Polarized sunglasses", "glasses"),
        ("Sterling silver hoop earrings", "earrings"),
        ("Mechanical keyboard", "keyboard"),
        ("27 inch gaming monitor", "display"),
        ("Solid oak bookshelf, 5 tier", "shelf"),
        ("TV stand, walnut", "cabinet"),
        ("Ergonomic office chair", "office-chair"),
        ("四件套 纯棉床单被套", "bedding"),
        ("Monstera plant in ceramic pot", "plant"),
        ("Crystal wine glasses, set of 4", "glass"),
        ("Handmade soap bar", "soap-bar"),
        ("防晒喷雾 SPF50", "spray-can"),
    ],
)
def test_what_the_networks_never_saw_has_a_shape_of_its_own(title: str, family: str) -> None:
    domain = FAMILIES[family].domain
    assert family_of(product(title, f"{domain}/other")) == (FAMILIES[family], "")


@pytest.mark.parametrize(
    ("category", "family"),
    [
        ("apparel/t-shirt", "tshirt"),
        ("apparel/t-shirts", "tshirt"),
        ("apparel/tee-shirt", "tshirt"),
        ("apparel/shirts", "shirt"),
        ("apparel/dresses", "dress"),
        ("food/boxes", "box"),
    ],
)
def test_a_category_names_its_family_in_any_spelling(category: str, family: str) -> None:
    assert family_of(product("Something striped", category)) == (FAMILIES[family], "")


def test_what_a_product_has_is_not_what_it_is() -> None:
    assert family_of(product("Laptop with backlit keyboard", "electronics/computer"))[0].name == "laptop"
    assert family_of(product("Desk with shelf", "home/furniture"))[0].name == "table"


def test_a_pillow_among_bedding_is_no_bed() -> None:
    assert family_of(product("Memory foam pillow", "home/bedding")) == (FAMILIES["cushion"], "")
    assert family_of(product("记忆棉床垫", "home/bedding")) == (FAMILIES["bed"], "")


@pytest.mark.parametrize(
    ("title", "category", "family"),
    [
        ("绿联Type-C数据线快充线适用华为小米手机充电线 1米 黑色", "electronics/other", "cable"),
        ("65W fast charger for laptop and phone", "electronics/other", "charger"),
        ("Cordless Stick Vacuum Cleaner for Hardwood Floor Carpet, Red", "electronics/other", "vacuum-cleaner"),
        ("千兆无线路由器家用WiFi6", "electronics/other", "router"),
        ("游戏手柄无线蓝牙适用PC Switch 手机 蓝色", "electronics/other", "game-controller"),
        ("Foldable drone with 4K camera", "electronics/other", "drone"),
        ("高速吹风机 家用静音 白色", "beauty/other", "hair-dryer"),
        ("儿童电动牙刷 恐龙款", "beauty/other", "toothbrush"),
        ("红富士苹果脆甜新鲜水果 5斤", "food/other", "fruit"),
        ("Blackout curtains, 2 panels", "home/other", "curtain"),
        ("泰迪熊毛绒玩具公仔", "home/other", "soft-toy"),
        ("Wooden building blocks set", "home/other", "building-blocks"),
        ("菜刀 家用切片刀", "home/other", "knife"),
        ("Flatware set, stainless steel", "home/other", "cutlery"),
        ("折叠晴雨伞 黑色", "apparel/other", "umbrella"),
        ("Touchscreen gloves", "apparel/other", "gloves"),
        ("连体泳衣女 波点", "apparel/other", "swimsuit"),
        ("Two piece swimsuit, high waisted", "apparel/other", "bikini"),
        ("Men's silk tie", "apparel/other", "tie"),
        ("静音落地扇 家用电风扇", "home/other", "fan"),
        ("空气炸锅家用大容量", "home/other", "air-fryer"),
        ("Woven laundry basket", "home/other", "storage-box"),
        ("抽纸 面巾纸 24包整箱", "home/other", "tissues"),
        ("海尔对开门冰箱 风冷无霜 535升", "electronics/other", "refrigerator"),
        ("Compact mini fridge with freezer", "home/other", "refrigerator"),
        ("10公斤滚筒洗衣机全自动", "electronics/other", "washing-machine"),
        ("Countertop microwave oven, stainless steel", "electronics/other", "microwave"),
        ("破壁机家用豆浆机", "electronics/other", "blender"),
        ("Personal blender for shakes and smoothies", "home/other", "blender"),
        ("电饭煲4L智能预约", "electronics/other", "rice-cooker"),
        ("Wireless laser printer, black and white", "electronics/other", "printer"),
        ("纯棉女士内裤中腰透气三角裤 3条", "apparel/other", "underpants"),
        ("Men's boxer briefs, pack of 5", "apparel/other", "underpants"),
        ("薄款蕾丝文胸聚拢无钢圈", "apparel/other", "bra"),
        ("Wireless T-shirt bra, lightly padded", "apparel/other", "bra"),
        ("合金玩具车 回力小汽车 男孩礼物", "home/other", "toy-car"),
        ("竹制砧板 加厚 双面切菜板", "home/other", "cutting-board"),
        ("飞利浦电动剃须刀 三刀头", "beauty/other", "razor"),
        ("Men's razor with 5 blades", "beauty/other", "razor"),
        ("Navy wool blazer", "apparel/jacket", "blazer"),
        ("Houndstooth suit jacket", "apparel/other", "blazer"),
        ("Quilted puffer vest", "apparel/other", "vest"),
        ("针织马甲女", "apparel/other", "vest"),
        ("渔夫帽 米色", "apparel/hats", "hat"),
        ("Straw sun hat with wide brim", "apparel/hat", "hat"),
        ("Denim cap", "apparel/hat", "cap"),
        ("Leather penny loafers", "apparel/shoes", "loafers"),
        ("Men's bifold wallet", "apparel/bag", "wallet"),
        ("水晶吊灯", "home/lighting", "pendant-lamp"),
        ("Wireless noise cancelling headphones", "electronics/audio", "headphones"),
        ("Aluminium headphone stand", "electronics/audio", "headphone-stand"),
        ("Steel espresso machine", "electronics/kitchen", "coffee-machine"),
        ("胶囊", "electronics/coffee-machine", "coffee-machine"),
        ("2-slice toaster", "home/kitchen", "toaster"),
        ("空气净化器 家用除甲醛", "electronics/other", "air-purifier"),
        ("USB condenser microphone", "electronics/audio", "microphone"),
        ("Soccer ball size 5", "home/sport", "ball"),
        ("标准7号篮球", "other/sport", "ball"),
        ("Pair of hex dumbbells", "home/sport", "dumbbell"),
        ("TPE瑜伽垫 加宽", "home/sport", "yoga-mat"),
        ("Makeup brush set, 12 pieces", "beauty/tools", "makeup-brush"),
        ("Vanilla ice cream, 500 ml", "food/frozen", "tub"),
        ("Canned tuna in olive oil", "food/canned", "tin"),
        ("Two-piece suit", "apparel/formal", "blazer"),
        ("维达卷纸 4层 27卷", "home/paper", "tissues"),
        ("大樱桃 3斤 新鲜", "food/other", "fruit"),
        ("红烧牛肉方便面 桶装", "food/instant", "tub"),
        ("脚踏垃圾桶 不锈钢", "home/kitchen", "waste-bin"),
        ("Black wide leg jumpsuit with belt", "apparel/women", "jumpsuit"),
        ("Denim dungaree shorts", "apparel/women", "jumpsuit"),
        ("Denim dungaree dress", "apparel/women", "dress"),
        ("牛仔背带裤女 宽松", "apparel/women", "jumpsuit"),
        ("Bean bag chair, navy", "home/chair", "bean-bag"),
        ("Steam iron 2400 W, blue", "electronics/home", "iron"),
        ("Wrought iron bed frame", "home/bedding", "bed"),
        ("投影仪 家用 黑色", "electronics/video", "projector"),
        ("辣椒酱 280g", "food/sauce", "jar"),
        ("Mayonnaise, squeezy", "food/bottle", "bottle"),
    ],
)
def test_what_shops_sell_much_has_a_shape_of_its_own(title: str, category: str, family: str) -> None:
    assert family_of(product(title, category)) == (FAMILIES[family], "")


@pytest.mark.parametrize(
    ("title", "category", "family"),
    [
        ("橙汁1L*6盒 纸盒装 果汁饮料整箱", "food/other", "carton"),
        ("可乐330ml*24罐", "food/other", "can"),
        ("土蜂蜜 500g 玻璃罐装", "food/other", "jar"),
        ("龙井茶叶 250g 罐装", "food/other", "tin"),
        ("Black tea bags, 100 count box", "food/other", "box"),
        ("Assorted truffles in a red box", "food/other", "box"),
        ("Body lotion tube, travel size", "beauty/other", "tube"),
        ("身体乳保湿 按压瓶 500ml", "beauty/other", "pump-bottle"),
        ("Serum in a pump bottle", "beauty/other", "pump-bottle"),
        ("Sparkling water, lime, 12 fl oz cans", "food/other", "can"),
        ("凉茶 310ml*24罐", "food/other", "can"),
        ("普洱茶饼 357g 盒装", "food/other", "box"),
        ("速溶咖啡粉 玻璃瓶装", "food/other", "jar"),
        ("压榨花生油 5L 桶装", "food/other", "bottle"),
        ("Gold blend instant coffee 200 g jar", "food/coffee", "jar"),
        ("Draught stout, 10 x 440 ml cans", "food/beer", "can"),
        ("Bedtime herbal tea, 17 bags", "food/tea", "box"),
        ("即食燕麦片 袋装", "food/cereal", "coffee-bag"),
        ("婴儿配方奶粉 700g 罐装", "food/baby", "tin"),
        ("Champagne 75cl with gift box", "food/wine", "bottle"),
        ("氨基酸洁面慕斯 按压瓶", "beauty/cleanser", "pump-bottle"),
        ("玻尿酸面膜 10片装", "beauty/mask", "coffee-bag"),
    ],
)
def test_food_and_cosmetics_have_the_shape_of_what_they_come_in(title: str, category: str, family: str) -> None:
    assert family_of(product(title, category)) == (FAMILIES[family], "")


@pytest.mark.parametrize(
    ("title", "category", "family"),
    [
        ("Set of 6 porcelain dinner plates", "home/other", "plate"),
        ("客厅地毯 北欧简约短毛茶几毯", "home/other", "rug"),
        ("手工皂 精油皂 洁面皂", "beauty/other", "soap-bar"),
        ("Eau de toilette spray for men", "beauty/other", "perfume"),
        ("真丝衬衫女长袖通勤上衣", "apparel/other", "shirt"),
        ("苹果醋饮料 275ml 玻璃瓶", "food/other", "bottle"),
        ("Raw orange blossom honey", "food/other", "jar"),
        ("Argan oil of Morocco shampoo 385 ml", "beauty/shampoo", "pump-bottle"),
        ("Quick dry swim shorts, palm print", "apparel/swimwear", "trousers"),
    ],
)
def test_the_head_of_a_title_names_the_product(title: str, category: str, family: str) -> None:
    assert family_of(product(title, category)) == (FAMILIES[family], "")


@pytest.mark.parametrize(
    ("title", "category"),
    [("Toothbrush holder", "home/other"), ("陶瓷杯垫", "home/other"), ("Coffee filter papers", "electronics/other")],
)
def test_what_is_for_a_thing_is_not_the_thing(title: str, category: str) -> None:
    family, warning = family_of(product(title, category))
    assert family.name == "box"
    assert "no model" in warning


@pytest.mark.parametrize(
    ("title", "family"),
    [
        ("Clear Case for iPhone", "device-case"),
        ("iPad保护套", "device-case"),
        ("Shockproof clear case for iPhone 14 Pro", "device-case"),
        ("Silicone case compatible with Galaxy S24", "device-case"),
        ("透明手机壳 防摔 适用华为", "device-case"),
        ("适用iPad 平板保护套 带笔槽", "device-case"),
        ("Galaxy Tab S9 tablet with S Pen", "tablet"),
        ("Smartphone with a case", "phone"),
        ("Wireless earbuds with charging case", "earbuds"),
        ("沙发保护套 三人", "sofa"),
    ],
)
def test_a_case_is_not_what_it_protects(title: str, family: str) -> None:
    domain = "home" if family == "sofa" else "electronics"
    assert family_of(product(title, f"{domain}/other"))[0].name == family


@pytest.mark.parametrize(
    ("title", "category", "family"),
    [
        ("Lemon print sundress", "apparel/other", "dress"),
        ("Patent leather Mary Janes", "apparel/other", "court-shoe"),
        ("Sugar-free cola", "food/other", "can"),
        ("Brown sugar 500 g", "food/other", "coffee-bag"),
        ("Protein bar, peanut butter", "food/other", "box"),
        ("白糖 400g", "food/other", "coffee-bag"),
        ("Vine tomatoes", "food/other", "fruit"),
        ("Tomato ketchup", "food/other", "bottle"),
        ("Sugar lip scrub", "beauty/other", "tube"),
        ("Sugar bowl", "home/other", "bowl"),
        ("Notebook, dotted", "home/other", "book"),
        ("Tinted lip oil", "beauty/other", "lipstick"),
    ],
)
def test_contents_count_where_no_other_word_names_a_product(title: str, category: str, family: str) -> None:
    assert family_of(product(title, category)) == (FAMILIES[family], "")


@pytest.mark.parametrize(("title", "category"), [("面包 全麦", "food/other"), ("U形枕套装盘", "electronics/other")])
def test_one_hanzi_names_nothing_in_another_domain(title: str, category: str) -> None:
    assert family_of(product(title, category))[0].name not in ("tote-bag", "plate")


@pytest.mark.parametrize("title", ["Printer paper A4, 500 sheets", "Freezer bags, reusable", "Toner cartridge"])
def test_what_a_machine_uses_up_is_not_the_machine(title: str) -> None:
    assert family_of(product(title, "electronics/other"))[0].name not in ("printer", "refrigerator")


@pytest.mark.parametrize(
    ("title", "category", "family"),
    [
        ("Ribena Blackcurrant Squash 1.5 L", "food/drink", "bottle"),
        ("脉动青柠口味 600ml*15", "food/drink", "bottle"),
        ("Smoked paprika", "food/spices", "jar"),
        ("Ninja Barista System, 12 Cup", "electronics/coffee", "coffee-machine"),
        ("Insta-Dri, Mint Sprint", "beauty/nails", "nail-polish"),
        ("Raspberry sorbet bites", "food/frozen", "coffee-bag"),
    ],
)
def test_a_category_says_what_its_wares_come_in_where_no_word_names_any(title: str, category: str, family: str) -> None:
    assert family_of(product(title, category)) == (FAMILIES[family], "")


@pytest.mark.parametrize(
    ("title", "category", "family"),
    [
        ("微波炉手套 隔热 防烫 灰色", "home/kitchen", "gloves"),
        ("Cetaphil Gentle Skin Cleanser 473 ml", "beauty/cleanser", "pump-bottle"),
        ("Face wash 150 ml", "beauty/cleanser", "tube"),
        ("Baby food pouches, apple, 12 x 99 g", "food/baby", "coffee-bag"),
        ("Aptamil First Infant Milk 800 g", "food/baby", "tin"),
        ("Espresso pods, 50 capsules", "food/coffee", "box"),
        ("白象方便面 5袋", "food/noodles", "coffee-bag"),
        ("Velvet hair ties, 10 pack", "apparel/hair", "box"),
        ("VR headset 128 GB", "electronics/vr", "box"),
        ("Tonic water 1 L", "food/drink", "bottle"),
        ("Tonic water 150 ml", "food/can", "can"),
        ("美年达橙味汽水 2L", "food/drink", "bottle"),
    ],
)
def test_words_that_hold_the_names_of_other_things(title: str, category: str, family: str) -> None:
    assert family_of(product(title, category))[0].name == family


@pytest.mark.parametrize(
    ("title", "category", "names"),
    [
        ("Rose lipstick", "beauty/lipstick", ["pink"]),
        ("孜然粉 烧烤撒料 500g", "food/spice", []),
        ("粉色洗衣粉", "home/cleaning", ["pink"]),
        ("樱花粉马克杯", "home/mug", ["pink"]),
        ("金骏眉红茶", "food/tea", ["red"]),
        ("T-shirt, Wine, M", "apparel/t-shirt", ["wine"]),
        ("Red wine glasses", "home/glass", []),
        ("红心猕猴桃", "food/fruit", []),
        ("Laptop, Natural Silver", "electronics/laptop", ["silver"]),
    ],
)
def test_colours_that_are_names_of_goods_and_names_of_goods_that_are_none(
    title: str, category: str, names: list[str]
) -> None:
    assert [name for name, _ in colours_of(product(title, category))] == names


def test_words_in_the_plural_are_described_too() -> None:
    assert family_of(product("Set of 4 stoneware cereal bowls", "other/set"))[0].name == "bowl"
    assert family_of(product("坚果 750g 礼盒", "food/gift"))[0].name == "box"
    assert family_of(product("Align high-rise pant", "apparel/other"))[0].name == "trousers"


def test_a_fruit_outside_a_grocery_is_a_brand_or_a_colour() -> None:
    assert family_of(product("Apple AirPods case", "electronics/other"))[0].name == "earbuds"
    assert family_of(product("Orange handle brush", "beauty/other"))[0].name == "box"


@pytest.mark.parametrize(
    ("title", "category", "colours", "material", "pattern"),
    [
        ("青花瓷碗 家用饭碗", "home/bowl", ["white", "blue"], "ceramic", "floral"),
        ("龟背竹 绿色 仿真盆栽", "home/plant", ["green"], "", ""),
        ("蓝山咖啡豆 454g", "food/coffee-bag", [], "", ""),
        ("Natural spring water, plastic bottle", "food/bottle", [], "plastic", ""),
        ("铁观音茶叶", "food/tin", [], "", ""),
        ("Chiffon dress with polka dots", "apparel/dress", [], "silk", "dots"),
        ("小金条口红 正红色 哑光丝绒质地", "beauty/lipstick", ["red", "gold"], "", ""),
        ("圆形浴室镜 黑色边框", "home/mirror", ["black"], "", ""),
        ("黄金手镯", "apparel/bracelet", ["gold"], "gold", ""),
        ("14K yellow gold ring", "apparel/ring", ["gold"], "", ""),
        ("18K white gold earrings", "apparel/earrings", ["silver"], "", ""),
        ("Ecru double-breasted coat", "apparel/jacket", ["cream"], "", ""),
        ("乳木果护手霜", "beauty/tube", [], "", ""),
        ("珊瑚绒睡衣 灰色", "apparel/pyjamas", ["grey"], "", ""),
        ("铝合金人字梯 4步", "home/tools", [], "aluminium", ""),
        ("Doorbell, satin nickel", "electronics/doorbell", [], "metal", ""),
        ("Echo Dot speaker", "electronics/speaker", [], "", "plain"),
        ("男童卡通恐龙T恤 黄色", "apparel/t-shirt", ["yellow"], "", "logo"),
        ("Boys' dinosaur pyjamas, green", "apparel/pyjamas", ["green"], "", "motif"),
    ],
)
def test_words_within_names_are_not_read_by_themselves(
    title: str, category: str, colours: list[str], material: str, pattern: str
) -> None:
    from prodgen_render.words.reading import pattern_of

    item = product(title, category)
    assert ([name for name, _ in colours_of(item)], material_of(item), pattern_of(item)) == (colours, material, pattern)


def test_of_a_product_of_no_domain_the_words_are_enough() -> None:
    assert family_of(product("Wooden chair", "other/misc")) == (FAMILIES["chair"], "")


@pytest.mark.parametrize(
    ("title", "category", "colour"),
    [
        ("Matcha powder", "food/tin", "green"),
        ("Espresso beans", "food/coffee-bag", "brown"),
        ("巧克力", "food/chocolate", "brown"),
        ("Red box of Earl Grey tea", "food/box", "red"),
    ],
)
def test_a_food_gives_its_package_a_colour_where_no_words_do(title: str, category: str, colour: str) -> None:
    for seed in range(3):
        item = Product(sku="f", title=title, category=category)
        assert build_model(item, seed).facts["colour"] == colour


@pytest.mark.parametrize(
    ("title", "rgb"),
    [
        ("Skinny jeans blue", "#3d557c"),
        ("Blue denim jacket", "#3d557c"),
        ("Blue cotton jacket", "#2f62ad"),
        ("Natural cotton tote bag", "#efebe1"),
        ("Natural oak chair", "#c9a06c"),
    ],
)
def test_a_colour_is_what_it_is_on_its_material(title: str, rgb: str) -> None:
    assert [code for _, code in colours_of(product(title, "apparel/other"))] == [rgb]


def test_a_cap_has_no_patch_that_nobody_asked_for() -> None:
    for seed in range(5):
        assert all(
            part.material.texture is None for part in build_model(product("Navy cap", "apparel/cap"), seed).parts
        )


@pytest.mark.parametrize("title", ["Gold watch with leather strap", "Leather strap watch gold"])
def test_gold_is_what_a_watch_s_case_is_of(title: str) -> None:
    parts = build_model(product(title, "electronics/watch"), 1).parts
    assert parts[0].material.name == "leather"
    assert parts[1].material.metallic == 1


@pytest.mark.parametrize(("title", "cloth"), [("Bluetooth speaker red", True), ("Bookshelf speakers walnut", False)])
def test_words_say_what_kind_of_speaker(title: str, cloth: bool) -> None:
    for seed in range(3):
        parts = build_model(product(title, "electronics/speaker"), seed).parts
        assert (parts[0].material.name == "canvas") is cloth


@pytest.mark.parametrize(("title", "leather"), [("Canvas tote bag", False), ("Brown leather tote bag", True)])
def test_a_tote_bag_has_neither_print_nor_leather_that_nobody_asked_for(title: str, leather: bool) -> None:
    for seed in range(4):
        materials = [part.material for part in build_model(product(title, "apparel/tote-bag"), seed).parts]
        assert all(material.texture is None for material in materials)
        assert any(material.name == "leather" for material in materials) is leather


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Sage green sofa", ["sage"]),
        ("Mustard yellow cushion", ["mustard"]),
        ("薄荷绿 水杯", ["mint"]),
        ("奶油白 沙发", ["cream"]),
        ("Burgundy and cream scarf", ["wine", "cream"]),
        ("婴儿奶粉", []),
    ],
)
def test_two_words_for_a_shade_are_one_colour(title: str, names: list[str]) -> None:
    assert [name for name, _ in colours_of(product(title, "home/other"))] == names


def test_a_mirror_is_arched_where_words_say_so() -> None:
    """Its frame is narrower near its top than near its foot."""
    for title, arched in (("Arched mirror", True), ("拱形镜子", True), ("Wall mirror", False)):
        (mask,) = silhouettes(build_model(product(title, "home/mirror"), 1), [View()], 128)
        rows = np.flatnonzero(mask.any(1))
        assert (mask[rows[3]].sum() < 0.8 * mask[rows[-3]].sum()) == arched, title


@pytest.mark.parametrize("seed", range(3))
def test_a_dial_has_the_colour_that_words_give_it(seed: int) -> None:
    seen = {}
    for colour in ("red", "blue"):
        (dial,) = (
            part.material.texture.pixels
            for part in build_model(product(f"Watch with {colour} dial", "apparel/watch"), seed).parts
            if part.material.name == "dial"
        )
        seen[colour] = np.median(dial.reshape(-1, 3), axis=0)
    assert (seen["red"].argmax(), seen["blue"].argmax()) == (0, 2)


@pytest.mark.parametrize(
    ("title", "shape"),
    [
        ("Smartwatch", (1.1, 1.3)),
        ("Round smartwatch", (0.98, 1.02)),
        ("圆形智能手表", (0.98, 1.02)),
        ("智能手环", (2, 2.5)),
    ],
)
def test_a_screen_on_the_wrist_is_upright_round_or_slim(title: str, shape: tuple[float, float]) -> None:
    parts = build_model(product(title, "electronics/watch"), 1).parts
    (screen,) = (part.vertices for part in parts if part.material.name == "dial")
    across, _, high = np.ptp(screen, axis=0)
    assert shape[0] < high / across < shape[1]


def test_salad_servers_are_a_fork_and_a_spoon_of_wood() -> None:
    servers = build_model(product("Olive wood salad servers", "home/kitchen"), 1)
    assert servers.facts["family"] == "cutlery"
    assert {part.material.name for part in servers.parts} == {"wood"}
    assert colours_of(product("Olive wood salad servers", "home/kitchen")) == []


def test_a_title_that_ends_as_its_category_says_more() -> None:
    assert family_of(product("Baked beans in tomato sauce 415 g", "food/beans"))[0].name == "tin"
    assert family_of(product("Espresso beans", "food/beans"))[0].name == "coffee-bag"


def test_a_sauce_in_a_bottle_has_its_own_colour() -> None:
    shades = {}
    for title in ("Oyster sauce 510 g", "Sunflower oil 1 L, plastic bottle", "Mayonnaise squeezy 430 ml"):
        model = build_model(product(title, "food/bottle"), 1)
        shades[title.split()[0]] = model.facts["colour"]
    assert shades == {"Oyster": "black", "Sunflower": "gold", "Mayonnaise": "cream"}


def test_wine_and_beer_come_in_tinted_glass() -> None:
    shades = [
        build_model(product(t, "food/bottle"), 1).parts[0].material.colour for t in ("Sparkling wine", "Lager beer")
    ]
    assert shades[0][1] > max(shades[0][0], shades[0][2])
    assert shades[1][0] > 1.5 * shades[1][2]
    assert colours_of(product("Red wine glasses", "home/glass")) == []


def test_only_coffee_needs_a_valve() -> None:
    pouches = {title: build_model(product(title, "food/coffee-bag"), 3).parts for title in ("Coffee", "Crisps")}
    assert len(pouches["Coffee"]) == len(pouches["Crisps"]) + 1


def height(title: str, category: str) -> float:
    low, high = build_model(product(title, category), 1).bounds
    return float(high[2] - low[2])


def test_what_is_canned_comes_in_a_sealed_can() -> None:
    tuna, soup = (build_model(product(title, "food/tin"), 1) for title in ("Tuna chunks 145 g", "Tomato soup 400 g"))
    assert {tuna.facts["material"], soup.facts["material"]} == {"steel"}
    assert height("Tuna chunks 145 g", "food/tin") < 0.6 * height("Tomato soup 400 g", "food/tin")
    assert build_model(product("Green tea", "food/tin"), 1).facts["material"] == "lacquer"


@pytest.mark.parametrize(
    ("title", "colour"),
    [
        ("Fresh strawberries 400 g", "red"),
        ("车厘子 2斤装", "wine"),
        ("Blueberries", "indigo"),
        ("青提 5斤", "lime green"),
    ],
)
def test_small_fruit_lies_in_a_heap(title: str, colour: str) -> None:
    model = build_model(product(title, "food/fruit"), 1)
    assert len(model.parts) > 9
    assert model.facts["colour"] == colour


@pytest.mark.parametrize(
    ("title", "category", "least"),
    [
        ("Two-piece wool suit", "apparel/suit", 1.4),
        ("睡衣女 长袖两件套", "apparel/pyjamas", 1.4),
        ("Zip tracksuit", "apparel/tracksuit", 1.4),
    ],
)
def test_what_is_sold_with_trousers_is_shown_with_them(title: str, category: str, least: float) -> None:
    assert height(title, category) > least
    assert height("Suit jacket", "apparel/suit") < 1


def test_shelves_for_a_wall_are_boards_alone() -> None:
    assert height("Floating shelf", "home/shelf") < 0.05
    assert height("Floating wall shelves, set of 3", "home/shelf") > 0.6


def test_a_lamp_to_work_by_has_arms_and_no_cloth() -> None:
    parts = build_model(product("LED护眼台灯 白色", "home/lamp"), 1).parts
    assert all(part.material.name != "linen" for part in parts)
    assert any(part.material.emission[0] > 0 for part in parts)


def test_an_e_reader_shows_a_page_without_colours() -> None:
    parts = build_model(product("E-reader 6.8 inch", "electronics/tablet"), 1).parts
    (pixels,) = (part.material.texture.pixels for part in parts if part.material.name == "screen")
    assert np.ptp(pixels, axis=2).max() < 0.1


def test_a_digital_clock_has_no_hands() -> None:
    digital, round_one = (build_model(product(title, "home/clock"), 1) for title in ("LED digital clock", "Clock"))
    assert any(part.material.name == "screen" for part in digital.parts)
    assert all(part.material.name != "screen" for part in round_one.parts)


def test_gloss_is_seen_in_its_tube() -> None:
    names = [part.material.name for part in build_model(product("Lip gloss, pink", "beauty/lips"), 1).parts]
    assert "glass" in names
    assert "wax" not in names


def test_paper_on_a_roll_is_no_box() -> None:
    kitchen, toilet = height("Kitchen roll, 2 pack", "home/paper"), height("Toilet paper, 9 rolls", "home/paper")
    assert kitchen > 2 * toilet


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("Woven straw tote bag", "apparel/tote-bag"),
        ("草编手提包 米色", "apparel/handbag"),
        ("Rattan pendant light", "home/lighting"),
        ("Seagrass basket", "home/storage"),
    ],
)
def test_what_is_woven_has_strands(title: str, category: str) -> None:
    wicker = relief("wicker")
    skin = build_model(product(title, category), 1).parts[0].material
    assert wicker is not None
    assert skin.bump is not None
    assert np.array_equal(skin.bump.normals, wicker.normals)


def test_a_camera_that_watches_a_room_is_round() -> None:
    model = build_model(product("Indoor security camera, white", "electronics/camera"), 1)
    low, high = model.bounds
    assert "fallback" not in model.facts
    assert high[2] - low[2] > 0.9 * (high[0] - low[0])


def test_a_hairbrush_has_pins_in_a_cushion() -> None:
    model = build_model(product("Detangling hairbrush, pink", "beauty/hair"), 1)
    assert (model.facts["family"], "fallback" in model.facts) == ("makeup-brush", False)
    assert sum(part.material.name == "plastic" for part in model.parts) > 30


def widths(title: str, category: str) -> np.ndarray:
    """The width of its outline from the front, by rows from the top."""
    mask = silhouettes(build_model(product(title, category), 3), [View(azimuth=0, elevation=0)], 96)[0]
    return np.asarray([row.sum() for row in mask if row.any()])


def test_what_is_drunk_comes_in_ribbed_plastic_unless_words_say_glass() -> None:
    def turns(title: str) -> int:
        low = widths(title, "food/drink")[-26:]
        return int((np.diff(np.sign(np.diff(low[low > 0]))) != 0).sum())

    assert turns("Mineral water 500 ml") > turns("Mineral water, glass bottle 500 ml")


def test_tablets_come_in_an_opaque_bottle_and_powder_in_a_larger_tub() -> None:
    vitamins, whey, honey = (
        build_model(product(title, "food/jar"), 3) for title in ("Vitamin C tablets", "Whey protein powder", "Honey")
    )
    assert vitamins.facts["material"] == whey.facts["material"] == "plastic"
    assert honey.facts["material"] == "glass"
    assert whey.facts["size_cm"][0] > 1.8 * vitamins.facts["size_cm"][0]


@pytest.mark.parametrize(
    ("title", "category", "other"),
    [
        ("Kitchen surface cleaner 750 ml", "home/cleaning", "Hand soap 750 ml"),
        ("Steel saucepan 18 cm", "home/pot", "Steel stockpot 18 cm"),
        ("Bed pillow", "home/pillow", "Throw pillow"),
        ("Pillar candle", "home/candle", "Scented candle"),
        ("Food storage container", "home/storage", "Storage basket"),
        ("Baby nappies", "home/tissue", "Box of tissues"),
        ("Deodorant stick", "beauty/spray-can", "Deodorant spray"),
        ("Wired earphones", "electronics/earbuds", "Wireless earbuds"),
        ("Countertop oven", "electronics/microwave", "Microwave"),
        ("Chopsticks", "home/cutlery", "Forks"),
        ("Silicone utensil set", "home/cooking-tool", "Silicone spatula"),
        ("Gaming PC", "electronics/desktop-computer", "Office PC"),
        ("Chest freezer 200 l", "electronics/refrigerator", "Fridge freezer 200 l"),
        ("Black oxford shoes", "apparel/loafers", "Black penny loafers"),
        ("Gooseneck electric kettle", "electronics/kettle", "Electric kettle"),
    ],
)
def test_words_choose_a_kind_within_a_family(title: str, category: str, other: str) -> None:
    one, two = (build_model(product(words, category), 3) for words in (title, other))
    assert one.facts["family"] == two.facts["family"]
    shapes = [np.asarray(model.facts["size_cm"]) / max(model.facts["size_cm"]) for model in (one, two)]
    assert len(one.parts) != len(two.parts) or np.abs(shapes[0] - shapes[1]).max() > 0.1


def test_vegetables_have_shapes_of_their_own() -> None:
    names = (
        "Red onions",
        "大蒜 5斤",
        "Bell pepper",
        "Cucumber",
        "Broccoli",
        "Cabbage",
        "榴莲",
        "Dragon fruit",
        "蘑菇",
        "水果玉米",
    )
    models = [build_model(product(name, "food/vegetables"), 2) for name in names]
    assert {model.facts["family"] for model in models} == {"fruit"}
    assert not any("fallback" in model.facts for model in models)
    assert len({tuple(model.facts["size_cm"]) for model in models}) == len(names)


@pytest.mark.parametrize(
    ("title", "category", "family"),
    [
        ("Garden trowel and fork set", "home/garden", "garden-tool"),
        ("园艺铲子 三件套", "home/garden", "garden-tool"),
        ("Kitchen sponges scrub, 8 pack", "home/cleaning", "sponge"),
        ("美妆蛋 粉色", "beauty/sponge", "sponge"),
        ("Huggies Size 5 Nappies 84 Pack", "home/baby", "tissues"),
        ("苏菲卫生巾 夜用 420mm", "beauty/sanitary", "tissues"),
        ("Swagger Deodorant Stick, 85 g", "beauty/deodorant", "spray-can"),
        ("Desktop Computer Tower, i7, 32 GB", "electronics/pc", "desktop-computer"),
        ("狗窝 四季通用 中型犬", "home/pet", "pet-bed"),
        ("Dog bed, large", "home/pet", "pet-bed"),
        ("猫爬架大型猫抓板 剑麻", "home/pet", "cat-tree"),
        ("Aluminium camera tripod", "electronics/accessories", "tripod"),
        ("Singer Heavy Duty Sewing Machine", "electronics/other", "sewing-machine"),
        ("电磁炉家用2200W 火锅套装", "electronics/kitchen", "hob"),
        ("魔方三阶 磁力", "home/toy", "puzzle-cube"),
        ("Packing tape, 6 rolls", "home/stationery", "tape"),
        ("Kitchen utensil set, silicone", "home/kitchen", "cooking-tool"),
        ("合金筷子 10双", "home/kitchen", "cutlery"),
    ],
)
def test_what_shops_sell_has_a_shape_of_its_own(title: str, category: str, family: str) -> None:
    assert family_of(product(title, category)) == (FAMILIES[family], "")


def test_paint_hides_most_of_the_grain_of_wood() -> None:
    def grain(colour: str) -> float:
        material = build_model(product(f"{colour} wooden cabinet", "home/cabinet"), 3).parts[0].material
        assert material.texture is not None
        return float(material.texture.pixels.std((0, 1)).max() / material.texture.pixels.mean())

    assert grain("white") < 0.5 * grain("natural")
