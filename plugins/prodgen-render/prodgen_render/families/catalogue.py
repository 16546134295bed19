"""The catalogue of parametric products: which families there are, by which words they are known, and what builds them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodgen_render.looks.look import Look
    from prodgen_render.model import Part


@dataclass(frozen=True)
class Family:
    """One kind of product.

    Args:
        domain: the first part of its category.
        words: how it is called, English and Chinese; the first match in category, type and title counts.
        builder: `module:function` that turns a `Look` into parts.
        near: what else comes nearest to this shape; drawn so, with a word of warning.
        kind_of: families that it is a special case of: a title that names it says more than a category that names one of these.
        weak: whether its words are colours, tastes and brands elsewhere: they count in its own domain alone, where no other family is named.
        also: domains besides its own whose shops sell it.
        learnt: whether data sets of made-up products hold it; those that are not are newer than the networks that ship.
    """

    name: str
    domain: str
    words: tuple[str, ...]
    builder: str
    near: tuple[str, ...] = ()
    kind_of: tuple[str, ...] = ()
    weak: bool = False
    also: tuple[str, ...] = ()
    learnt: bool = True

    def build(self, look: Look) -> list[Part]:
        """The parts of one product of this family."""
        module, _, function = self.builder.partition(":")
        build: Callable[[Look], list[Part]] = getattr(import_module(f"prodgen_render.families.{module}"), function)
        return build(look)


_ALL = (
    Family("tshirt", "apparel", ("t-shirt", "t shirt", "tshirt", "tee shirt", "tee", "tank top", "top", "t恤", "短袖", "打底衫", "上衣"), "tops:tshirt", ("背心",)),
    Family("sweater", "apparel", ("sweater", "sweatshirt", "pullover", "jumper", "毛衣", "针织衫", "圆领卫衣"), "tops:sweater", kind_of=("tshirt",)),
    Family("shirt", "apparel", ("shirt", "dress shirt", "button-down shirt", "flannel shirt", "oxford shirt", "blouse", "衬衫", "衬衣"), "shirts:shirt", kind_of=("tshirt",), learnt=False),
    Family("jacket", "apparel", ("jacket", "coat", "overcoat", "trench coat", "parka", "anorak", "windbreaker", "raincoat", "hooded jacket", "hooded coat", "puffer", "down jacket", "夹克", "外套", "大衣", "风衣", "羽绒服", "棉服", "冲锋衣", "雨衣"), "shirts:jacket", learnt=False),
    Family("polo", "apparel", ("polo", "polo shirt", "polos", "polo衫"), "shirts:polo", kind_of=("tshirt", "shirt"), learnt=False),
    Family("cardigan", "apparel", ("cardigan", "开衫", "针织开衫"), "shirts:cardigan", kind_of=("sweater", "tshirt", "jacket"), learnt=False),
    Family("boot", "apparel", ("boots", "boot", "ankle boots", "chelsea boots", "rain boots", "靴", "靴子", "短靴", "马丁靴", "雨靴"), "footwear:boot", kind_of=("sneakers",), learnt=False),
    Family("court-shoe", "apparel", ("heels", "high heels", "pumps", "stilettos", "court shoe", "court shoes", "ballet flats", "高跟鞋", "单鞋", "平底鞋", "芭蕾鞋"), "footwear:court_shoe", kind_of=("sneakers",), learnt=False),
    Family("sandal", "apparel", ("sandals", "sandal", "slippers", "slides", "flip flops", "flip-flops", "凉鞋", "拖鞋", "人字拖"), "sandals:sandal", kind_of=("sneakers", "court-shoe"), learnt=False),
    Family("backpack", "apparel", ("backpack", "rucksack", "school bag", "背包", "双肩包", "书包"), "backpacks:backpack", kind_of=("tote-bag",), learnt=False),
    Family("handbag", "apparel", ("handbag", "hand bag", "crossbody", "crossbody bag", "shoulder bag", "satchel", "messenger bag", "purse", "clutch", "手提包", "斜挎包", "单肩包", "链条包"), "handbags:handbag", kind_of=("tote-bag",), learnt=False),
    Family("suitcase", "apparel", ("suitcase", "luggage", "carry-on", "trolley case", "行李箱", "拉杆箱", "旅行箱"), "suitcases:suitcase", learnt=False),
    Family("glasses", "apparel", ("glasses", "sunglasses", "eyeglasses", "spectacles", "reading glasses", "眼镜", "太阳镜", "墨镜"), "eyewear:glasses", ("glasses case", "goggles", "眼镜盒", "泳镜"), learnt=False),
    Family("scarf", "apparel", ("scarf", "scarves", "shawl", "围巾", "披肩", "丝巾"), "textiles:folded", learnt=False),
    Family("socks", "apparel", ("socks", "sock", "袜", "袜子"), "socks:socks", ("stockings", "tights", "丝袜"), learnt=False),
    Family("ring", "apparel", ("ring", "engagement ring", "wedding band", "signet ring", "戒指", "对戒", "钻戒"), "jewellery:ring", learnt=False),
    Family("necklace", "apparel", ("necklace", "pendant", "choker", "项链", "吊坠", "锁骨链"), "jewellery:necklace", learnt=False),
    Family("earrings", "apparel", ("earrings", "earring", "hoops", "studs", "耳环", "耳钉", "耳坠"), "jewellery:earrings", learnt=False),
    Family("bracelet", "apparel", ("bracelet", "bangle", "手链", "手镯", "手串"), "jewellery:bracelet", learnt=False),
    Family("belt", "apparel", ("belt", "皮带", "腰带"), "jewellery:belt", learnt=False),
    Family("hoodie", "apparel", ("hoodie", "hooded sweatshirt", "hooded", "连帽卫衣", "卫衣", "帽衫"), "tops:hoodie", kind_of=("tshirt", "sweater")),
    Family("trousers", "apparel", ("trousers", "pants", "pant", "jeans", "shorts", "chinos", "leggings", "裤", "牛仔裤", "长裤", "短裤"), "trousers:trousers"),
    Family("dress", "apparel", ("dress", "gown", "连衣裙", "长裙", "裙"), "dresses:dress"),
    Family("skirt", "apparel", ("skirt", "miniskirt", "半身裙", "短裙", "百褶裙"), "dresses:skirt", kind_of=("dress",)),
    Family("sneakers", "apparel", ("sneakers", "sneaker", "trainers", "running shoe", "running shoes", "tennis shoe", "tennis shoes", "运动鞋", "跑鞋", "跑步鞋", "训练鞋", "休闲鞋", "板鞋", "帆布鞋", "球鞋"), "shoes:sneaker", ("shoes", "shoe", "鞋")),
    Family("cap", "apparel", ("cap", "baseball cap", "棒球帽", "鸭舌帽", "帽"), "caps:cap", ("visor", "空顶帽"), kind_of=("hat",)),
    Family("beanie", "apparel", ("beanie", "knit hat", "woolly hat", "毛线帽", "针织帽"), "accessories:beanie", kind_of=("cap", "hat")),
    Family("tote-bag", "apparel", ("tote", "tote bag", "shopping bag", "bag", "托特包", "帆布包", "购物袋", "包"), "accessories:tote_bag"),
    Family("speaker", "electronics", ("speaker", "speakers", "loudspeaker", "soundbar", "音箱", "音响", "扬声器"), "audio:speaker"),
    Family("phone", "electronics", ("phone", "smartphone", "mobile", "手机"), "devices:phone", ("phone holder", "phone stand", "screen protector", "手机膜", "手机支架")),
    Family("tablet", "electronics", ("tablet", "e-reader", "ereader", "平板电脑", "平板", "电子书阅读器"), "devices:tablet", ("tablet stand", "平板支架"), kind_of=("laptop",)),
    Family("watch", "electronics", ("watch", "smartwatch", "smart watch", "wristwatch", "fitness tracker", "fitness band", "手表", "腕表", "智能手表", "手环"), "watches:watch", ("watch strap", "watch band", "watch case", "表带")),
    Family("headphone-stand", "electronics", ("headphone stand", "耳机架", "headphone holder", "headset stand", "headset holder", "headphone hanger", "耳机支架"), "audio:headphone_stand"),
    Family("laptop", "electronics", ("laptop", "notebook", "computer", "笔记本电脑", "笔记本", "电脑"), "devices:laptop", ("laptop case", "laptop stand", "laptop sleeve", "laptop bag", "laptop charger", "电脑包", "电脑支架")),
    Family("camera", "electronics", ("camera", "相机", "照相机", "摄像机"), "devices:camera", ("camera bag", "camera lens", "camera tripod", "security camera", "webcam", "摄像头", "镜头")),
    Family("earbuds", "electronics", ("earbuds", "earphones", "earbud", "无线耳机", "耳塞", "蓝牙耳机"), "audio:earbuds", ("airpods case", "airpods pro case", "earbuds case", "耳机保护套"), kind_of=("headphones", "headphone-stand")),
    Family("display", "electronics", ("tv", "television", "smart tv", "monitor", "gaming monitor", "computer monitor", "电视", "电视机", "显示器"), "desktop:display", ("projector", "tv mount", "tv bracket", "tv box", "投影仪", "电视盒子"), kind_of=("laptop",), learnt=False),
    Family("keyboard", "electronics", ("keyboard", "mechanical keyboard", "键盘", "机械键盘"), "desktop:keyboard", kind_of=("laptop",), learnt=False),
    Family("mouse", "electronics", ("mouse", "gaming mouse", "mice", "鼠标"), "mice:mouse", ("mouse pad", "mousepad", "鼠标垫"), kind_of=("laptop",), learnt=False),
    Family("power-bank", "electronics", ("power bank", "portable charger", "充电宝", "移动电源"), "desktop:power_bank", kind_of=("charger",), learnt=False),
    Family("kettle", "electronics", ("kettle", "electric kettle", "teapot", "水壶", "电热水壶", "热水壶", "烧水壶", "茶壶"), "cookware:kettle", also=("home",), learnt=False),
    Family("bottle", "food", ("bottle", "juice", "wine", "water", "oil", "sauce", "vinegar", "cider", "iced tea", "flask", "beer", "瓶", "果汁", "葡萄酒", "红酒", "矿泉水", "酱油", "橄榄油", "啤酒", "橙汁", "苹果汁", "柠檬汁", "醋", "饮料", "凉茶", "花生油", "菜籽油", "食用油", "芝麻油", "香油", "奶茶", "柠檬茶", "气泡水", "纯净水"), "drinks:bottle"),
    Family("can", "food", ("can", "soda", "cola", "energy drink", "sparkling", "罐装", "汽水", "可乐", "易拉罐", "苏打"), "drinks:can"),
    Family("carton", "food", ("carton", "milk", "oat milk", "燕麦奶", "燕麦饮", "yogurt", "juice carton", "盒装", "牛奶", "酸奶", "纸盒", "豆奶"), "drinks:carton"),
    Family("box", "food", ("box", "biscuits", "cookies", "tea bags", "chocolate", "crackers", "盒", "饼干", "巧克力", "礼盒"), "groceries:folding_box"),
    Family("cereal-box", "food", ("cereal", "cereals", "granola", "muesli", "oats", "cornflakes", "麦片", "燕麦"), "groceries:cereal_box", kind_of=("carton", "box")),
    Family("jar", "food", ("jar", "honey", "jam", "pickles", "peanut butter", "marmalade", "spread", "蜂蜜", "果酱", "罐", "泡菜", "花生酱"), "groceries:jar"),
    Family("coffee-bag", "food", ("coffee bag", "coffee", "beans", "pouch", "snack", "chips", "nuts", "rice", "咖啡", "咖啡豆", "坚果", "零食", "薯片", "大米"), "groceries:coffee_bag", ("crisps", "袋装")),
    Family("tin", "food", ("tin", "tea", "caddy", "茶", "茶叶", "茶罐"), "groceries:tin", ("canned", "tinned", "canned tuna", "罐头")),
    Family("mug", "home", ("mug", "cup", "teacup", "马克杯", "杯子", "咖啡杯", "茶杯", "杯"), "home_table:mug", ("pitcher", "jug")),
    Family("bowl", "home", ("bowl", "碗", "沙拉碗"), "home_table:bowl"),
    Family("plate", "home", ("plate", "dish", "saucer", "盘", "盘子", "碟"), "home_table:plate"),
    Family("vase", "home", ("vase", "花瓶"), "home_table:vase", ("pot", "planter", "plant pot", "flower pot", "花盆")),
    Family("candle", "home", ("candle", "蜡烛", "香薰蜡烛", "香薰"), "home_table:candle"),
    Family("lamp", "home", ("lamp", "light", "lantern", "台灯", "灯", "落地灯"), "furniture:lamp", ("ceiling light", "ceiling lamp", "wall lamp", "wall light", "string lights", "light bulb", "吸顶灯", "壁灯", "灯串", "灯泡")),
    Family("chair", "home", ("chair", "dining chair", "椅子", "椅", "餐椅"), "seating:chair", ("bench", "high chair", "camping chair", "beach chair", "rocking chair", "长凳", "长椅", "摇椅", "折叠椅")),
    Family("stool", "home", ("stool", "ottoman", "凳子", "凳"), "seating:stool", kind_of=("chair",)),
    Family("table", "home", ("table", "desk", "coffee table", "dining table", "餐桌", "桌子", "桌", "茶几", "书桌"), "furniture:table"),
    Family("sofa", "home", ("sofa", "couch", "loveseat", "沙发"), "seating:sofa"),
    Family("cushion", "home", ("cushion", "pillow", "throw pillow", "抱枕", "靠垫", "枕", "pillowcase", "pillow case", "pillow cover", "枕套"), "seating:cushion", kind_of=("bedding",)),
    Family("armchair", "home", ("armchair", "arm chair", "accent chair", "lounge chair", "recliner", "单人沙发", "扶手椅", "休闲椅"), "seating:armchair", kind_of=("chair", "sofa"), learnt=False),
    Family("office-chair", "home", ("office chair", "desk chair", "gaming chair", "ergonomic chair", "swivel chair", "办公椅", "电脑椅", "电竞椅", "转椅", "人体工学椅"), "office:office_chair", kind_of=("chair",), learnt=False),
    Family("shelf", "home", ("shelf", "shelves", "bookshelf", "bookcase", "shelving unit", "书架", "置物架", "层架"), "storage:shelf", learnt=False),
    Family("cabinet", "home", ("cabinet", "cupboard", "nightstand", "bedside table", "dresser", "chest of drawers", "sideboard", "wardrobe", "armoire", "tv stand", "tv cabinet", "media console", "柜", "床头柜", "衣柜", "电视柜", "斗柜", "餐边柜", "书柜", "鞋柜"), "storage:cabinet", kind_of=("table",), learnt=False),
    Family("bed", "home", ("bed", "bed frame", "bunk bed", "床", "双人床", "单人床", "床架"), "beds:bed", ("crib", "mattress", "dog bed", "cat bed", "pet bed", "婴儿床", "床垫", "宠物床"), kind_of=("bedding",), learnt=False),
    Family("bedding", "home", ("bedding", "bedding set", "duvet", "duvet cover", "duvet set", "comforter", "comforter set", "quilt", "bed sheet", "bed sheets", "sheet set", "四件套", "三件套", "被套", "床单", "床品", "被子"), "beds:bedding", kind_of=("bed",), learnt=False),
    Family("towel", "home", ("towel", "towels", "bath towel", "blanket", "throw blanket", "毛巾", "浴巾", "毯子", "毛毯", "盖毯"), "textiles:folded", ("towel rack", "towel rail", "毛巾架"), kind_of=("bedding",), learnt=False),
    Family("rug", "home", ("rug", "rugs", "carpet", "doormat", "door mat", "地毯", "地垫"), "rugs:rug", ("bath mat",), learnt=False),
    Family("plant", "home", ("plant", "house plant", "houseplant", "potted plant", "succulent", "cactus", "monstera", "snake plant", "绿植", "盆栽", "多肉", "仙人掌", "龟背竹", "虎尾兰"), "plants:plant", ("bonsai", "plant stand", "盆景", "花架"), kind_of=("vase",), learnt=False),
    Family("clock", "home", ("clock", "wall clock", "时钟", "挂钟"), "wall:clock", ("alarm clock", "闹钟"), learnt=False),
    Family("picture-frame", "home", ("wall art", "framed print", "picture frame", "photo frame", "poster", "canvas print", "painting", "装饰画", "挂画", "相框", "油画"), "wall:picture_frame", learnt=False),
    Family("mirror", "home", ("mirror", "镜子", "全身镜", "穿衣镜", "化妆镜", "浴室镜"), "wall:mirror", learnt=False),
    Family("pan", "home", ("pan", "frying pan", "fry pan", "skillet", "wok", "平底锅", "煎锅", "炒锅"), "cookware:pan", ("griddle",), learnt=False),
    Family("pot", "home", ("saucepan", "casserole", "stockpot", "stock pot", "cooking pot", "dutch oven", "铁锅", "汤锅", "炖锅", "砂锅", "蒸锅", "奶锅", "高压锅"), "cookware:pot", kind_of=("pan",), learnt=False),
    Family("glass", "home", ("glass cup", "drinking glass", "drinking glasses", "glassware", "wine glass", "wine glasses", "champagne flute", "tumbler glass", "water glass", "whiskey glass", "beer glass", "玻璃杯", "红酒杯", "高脚杯", "酒杯"), "glassware:drinking_glass", kind_of=("mug",), learnt=False),
    Family("travel-mug", "home", ("tumbler", "travel mug", "travel tumbler", "thermos", "insulated cup", "保温杯", "随行杯", "吸管杯"), "glassware:travel_mug", kind_of=("mug",), learnt=False),
    Family("book", "home", ("hardcover", "paperback", "journal", "diary", "planner", "sketchbook", "a5 notebook", "spiral notebook", "novel", "cookbook", "textbook", "picture book", "日记本", "手账", "笔记簿", "绘本", "图书", "小说", "漫画", "教材"), "books:book", learnt=False),
    Family("lipstick", "beauty", ("lipstick", "lip balm", "lip gloss", "口红", "唇膏", "唇釉"), "makeup:lipstick"),
    Family("perfume", "beauty", ("perfume", "fragrance", "eau de parfum", "eau de toilette", "cologne", "perfume spray", "eau de parfum spray", "eau de toilette spray", "cologne spray", "香水", "淡香水", "香水喷雾"), "makeup:perfume"),
    Family("cream-jar", "beauty", ("cream jar", "jar", "cream", "face cream", "moisturiser", "moisturizer", "balm", "mask", "powder", "面霜", "乳霜", "眼霜", "面膜", "粉饼", "霜"), "skincare:cream_jar", ("sheet mask", "sheet masks", "面膜贴")),
    Family("tube", "beauty", ("tube", "hand cream", "toothpaste", "cleanser", "sunscreen", "gel", "护手霜", "牙膏", "洗面奶", "防晒霜", "防晒", "洁面"), "skincare:tube_of_cream", kind_of=("cream-jar",)),
    Family("pump-bottle", "beauty", ("pump bottle", "pump", "bottle", "瓶", "lotion", "shampoo", "soap", "body wash", "conditioner", "乳液", "洗发水", "沐浴露", "洗手液", "护发素"), "skincare:pump_bottle", ("micellar water", "toner", "makeup remover", "foundation", "primer", "爽肤水", "化妆水", "卸妆水", "粉底液")),
    Family("dropper-bottle", "beauty", ("dropper bottle", "dropper", "serum", "ampoule", "essence", "face oil", "facial oil", "滴管瓶", "精华液", "精华", "安瓶", "精油"), "skincare:dropper_bottle", kind_of=("pump-bottle",), learnt=False),
    Family("mascara", "beauty", ("mascara", "eyeliner", "brow gel", "睫毛膏", "眼线笔", "眼线液"), "cosmetics:mascara", ("eyebrow pencil", "concealer", "眉笔", "遮瑕"), learnt=False),
    Family("palette", "beauty", ("palette", "eyeshadow", "eye shadow", "eyeshadow palette", "blush", "bronzer", "眼影", "眼影盘", "腮红"), "cosmetics:palette", ("compact powder", "cushion compact", "气垫", "粉饼"), kind_of=("cream-jar",), learnt=False),
    Family("spray-can", "beauty", ("spray", "hairspray", "hair spray", "dry shampoo", "deodorant spray", "body spray", "aerosol", "sunscreen spray", "shaving foam", "mousse", "喷雾", "防晒喷雾", "保湿喷雾", "摩丝"), "cosmetics:spray_can", ("deodorant",), kind_of=("pump-bottle", "tube"), learnt=False),
    Family("soap-bar", "beauty", ("soap bar", "bar soap", "bar of soap", "handmade soap", "shampoo bar", "香皂", "手工皂", "肥皂"), "cosmetics:soap_bar", kind_of=("pump-bottle",), learnt=False),
    Family("nail-polish", "beauty", ("nail polish", "nail varnish", "nail lacquer", "nail colour", "nail color", "指甲油", "美甲油"), "makeup:nail_polish", kind_of=("cream-jar",), learnt=False),
    Family("umbrella", "apparel", ("umbrella", "parasol", "雨伞", "太阳伞", "遮阳伞", "晴雨伞", "伞"), "umbrellas:umbrella", ("patio umbrella", "beach umbrella", "沙滩伞", "庭院伞"), also=("home",), learnt=False),
    Family("gloves", "apparel", ("glove", "gloves", "mittens", "mitten", "手套"), "gloves:gloves", ("boxing gloves", "rubber gloves", "oven mitt", "拳击手套", "橡胶手套", "隔热手套"), learnt=False),
    Family("swimsuit", "apparel", ("swimsuit", "one piece swimsuit", "one-piece swimsuit", "bathing suit", "swimwear", "leotard", "bodysuit", "泳衣", "泳装", "连体泳衣", "游泳衣"), "swimwear:swimsuit", ("wetsuit", "潜水服"), learnt=False),
    Family("bikini", "apparel", ("bikini", "bikini set", "two piece swimsuit", "two-piece swimsuit", "比基尼", "分体泳衣"), "swimwear:bikini", kind_of=("swimsuit",), learnt=False),
    Family("tie", "apparel", ("tie", "necktie", "neck tie", "领带"), "ties:tie", ("bow tie", "bowtie", "领结"), learnt=False),
    Family("charger", "electronics", ("charger", "wall charger", "fast charger", "usb charger", "power adapter", "充电器", "充电头", "快充头", "充电插头", "电源适配器"), "charging:charger", ("car charger", "wireless charger", "charging station", "power strip", "车载充电器", "无线充电器", "插座", "排插"), learnt=False),
    Family("cable", "electronics", ("cable", "usb cable", "charging cable", "charger cable", "charger cord", "lightning cable", "hdmi cable", "data cable", "数据线", "充电线", "充电数据线", "快充线", "网线", "音频线"), "charging:cable", kind_of=("charger",), learnt=False),
    Family("vacuum-cleaner", "electronics", ("vacuum", "vacuum cleaner", "stick vacuum", "cordless vacuum", "robot vacuum", "robot vacuum cleaner", "吸尘器", "无线吸尘器", "手持吸尘器", "扫地机器人", "扫地机"), "cleaning:vacuum_cleaner", also=("home",), learnt=False),
    Family("router", "electronics", ("router", "wifi router", "wireless router", "modem", "路由器", "无线路由器"), "networking:router", ("network switch", "交换机"), learnt=False),
    Family("game-controller", "electronics", ("controller", "game controller", "gaming controller", "gamepad", "joystick", "游戏手柄", "手柄"), "gaming:game_controller", ("game console", "handheld console", "游戏机", "掌机"), learnt=False),
    Family("drone", "electronics", ("drone", "quadcopter", "无人机", "航拍器", "四轴飞行器"), "drones:drone", learnt=False),
    Family("hair-dryer", "electronics", ("hair dryer", "hairdryer", "blow dryer", "吹风机", "电吹风", "吹风筒"), "grooming:hair_dryer", also=("beauty",), learnt=False),
    Family("toothbrush", "beauty", ("toothbrush", "electric toothbrush", "tooth brush", "牙刷", "电动牙刷"), "grooming:toothbrush", also=("home", "electronics"), learnt=False),
    Family("fruit", "food", ("apple", "orange", "banana", "lemon", "pear", "peach", "tangerine", "clementine", "grapefruit", "苹果", "红富士", "香蕉", "橙", "橙子", "脐橙", "橘子", "柑橘", "柠檬", "梨", "桃", "水蜜桃", "柚子"), "produce:fruit", weak=True, learnt=False),
    Family("curtain", "home", ("curtain", "curtains", "drapes", "blackout curtain", "curtain panel", "sheer curtain", "窗帘", "窗纱", "纱帘", "遮光窗帘", "门帘"), "curtains:curtain", ("shower curtain", "blinds", "roller shade", "浴帘", "百叶窗", "卷帘"), learnt=False),
    Family("soft-toy", "home", ("teddy bear", "teddy", "soft toy", "plush", "plush toy", "plushie", "stuffed animal", "stuffed toy", "stuffed bunny", "毛绒玩具", "毛绒公仔", "玩偶", "公仔", "泰迪熊", "抱抱熊", "布娃娃"), "toys:soft_toy", ("doll", "action figure", "娃娃", "手办"), learnt=False),
    Family("building-blocks", "home", ("building blocks", "toy blocks", "wooden blocks", "building bricks", "stacking blocks", "building set", "lego", "积木", "积木玩具", "乐高"), "toys:building_blocks", learnt=False),
    Family("knife", "home", ("knife", "knives", "chef knife", "chef's knife", "kitchen knife", "paring knife", "cleaver", "菜刀", "水果刀", "切片刀", "厨刀", "主厨刀", "刀"), "cutlery:knife", ("knife set", "scissors", "刀具套装", "剪刀"), learnt=False),
    Family("cutlery", "home", ("cutlery", "cutlery set", "flatware", "silverware", "flatware set", "silverware set", "fork", "spoon", "teaspoon", "utensil set", "刀叉", "刀叉勺", "餐具", "勺子", "叉子", "汤勺", "勺"), "cutlery:cutlery", ("chopsticks", "筷子"), learnt=False),
    Family("fan", "electronics", ("fan", "electric fan", "desk fan", "table fan", "standing fan", "floor fan", "pedestal fan", "风扇", "电风扇", "落地扇", "台扇"), "appliances:fan", ("ceiling fan", "handheld fan", "吊扇", "小风扇", "手持风扇"), also=("home",), learnt=False),
    Family("air-fryer", "electronics", ("air fryer", "airfryer", "空气炸锅"), "appliances:air_fryer", also=("home",), learnt=False),
    Family("storage-box", "home", ("storage box", "storage bin", "storage basket", "basket", "laundry basket", "hamper", "storage container", "收纳盒", "收纳箱", "收纳筐", "收纳篮", "储物箱", "整理箱", "脏衣篮", "篮子", "编织篮"), "household:storage_box", learnt=False),
    Family("tissues", "home", ("tissue", "tissues", "tissue box", "facial tissue", "facial tissues", "抽纸", "面巾纸", "纸巾"), "household:tissues", ("toilet paper", "paper towel", "paper towels", "卷纸", "厨房纸"), also=("beauty",), learnt=False),
    Family("refrigerator", "electronics", ("refrigerator", "fridge", "freezer", "mini fridge", "冰箱", "电冰箱", "冰柜", "双门冰箱", "对开门冰箱"), "whitegoods:refrigerator", ("fridge magnet", "冰箱贴", "wine cooler", "酒柜"), also=("home",), learnt=False),
    Family("washing-machine", "electronics", ("washing machine", "washer", "front load washer", "washer dryer", "dryer machine", "tumble dryer", "clothes dryer", "洗衣机", "滚筒洗衣机", "洗烘一体机", "烘干机", "干衣机"), "whitegoods:washing_machine", ("dishwasher", "pressure washer", "洗碗机"), also=("home",), learnt=False),
    Family("microwave", "electronics", ("microwave", "microwave oven", "toaster oven", "countertop oven", "微波炉", "烤箱", "电烤箱", "光波炉"), "whitegoods:microwave", ("range hood", "油烟机"), also=("home",), learnt=False),
    Family("blender", "electronics", ("blender", "smoothie maker", "juicer", "food processor", "榨汁机", "破壁机", "料理机", "搅拌机", "豆浆机"), "kitchen:blender", ("hand blender", "immersion blender", "stand mixer", "coffee grinder"), also=("home",), learnt=False),
    Family("rice-cooker", "electronics", ("rice cooker", "multi cooker", "multicooker", "slow cooker", "instant pot", "pressure cooker", "electric pressure cooker", "电饭煲", "电饭锅", "电压力锅", "电炖锅"), "kitchen:rice_cooker", kind_of=("pot",), also=("home",), learnt=False),
    Family("printer", "electronics", ("printer", "inkjet printer", "laser printer", "all in one printer", "all-in-one printer", "scanner", "打印机", "喷墨打印机", "激光打印机", "扫描仪", "复印机", "一体机打印机"), "printing:printer", ("3d printer", "label printer", "ink cartridge", "printer ink", "3d打印机", "墨盒", "墨水"), also=("home",), learnt=False),
    Family("device-case", "electronics", ("phone case", "phone cases", "phone cover", "tablet case", "tablet cover", "clear case", "silicone case", "leather case", "protective case", "magnetic case", "folio case", "slim case", "pro case", "max case", "plus case", "case cover", "iphone case", "ipad case", "手机壳", "手机套", "手机保护套", "手机保护壳", "平板保护套", "平板保护壳", "保护套", "保护壳"), "cases:device_case", ("laptop case",), kind_of=("phone", "tablet"), learnt=False),
    Family("underpants", "apparel", ("underwear", "underpants", "briefs", "boxer briefs", "boxers", "boxer shorts", "panties", "trunks", "knickers", "thong", "内裤", "平角裤", "三角裤", "四角裤", "平角内裤"), "underwear:underpants", ("thermal underwear", "long johns", "swim trunks", "swim briefs", "泳裤", "保暖内衣", "秋裤"), kind_of=("trousers",), learnt=False),
    Family("bra", "apparel", ("bra", "bralette", "sports bra", "push-up bra", "brassiere", "lingerie", "文胸", "内衣", "胸罩", "运动文胸", "运动内衣"), "underwear:bra", ("bra set", "lingerie set", "内衣套装"), kind_of=("bikini", "tshirt"), learnt=False),
    Family("toy-car", "home", ("toy car", "toy cars", "model car", "die-cast car", "diecast car", "rc car", "remote control car", "race car toy", "toy truck", "玩具车", "小汽车", "遥控车", "遥控汽车", "模型车", "回力车", "合金车"), "vehicles:toy_car", ("toy train", "ride-on car", "pickup truck toy", "truck toy", "fire truck", "fire engine", "dump truck", "toy excavator", "玩具火车", "儿童电动车", "消防车", "工程车", "挖掘机", "玩具卡车", "警车"), learnt=False),
    Family("cutting-board", "home", ("cutting board", "chopping board", "charcuterie board", "serving board", "cheese board", "菜板", "砧板", "切菜板", "案板"), "kitchen:cutting_board", learnt=False),
    Family("razor", "beauty", ("razor", "safety razor", "shaver", "electric shaver", "electric razor", "rotary shaver", "剃须刀", "电动剃须刀", "刮胡刀", "手动剃须刀", "剃须刀架"), "shaving:razor", ("beard trimmer", "hair clipper", "hair trimmer", "razor blades", "epilator", "理发器", "电推剪", "刀片", "脱毛仪"), also=("electronics", "home"), learnt=False),
    Family("headphones", "electronics", ("headphones", "headphone", "headset", "gaming headset", "头戴式耳机", "耳机", "头戴耳机", "降噪耳机"), "audio:headphones", kind_of=("headphone-stand",), learnt=False),
    Family("blazer", "apparel", ("blazer", "suit jacket", "sport coat", "tuxedo jacket", "西装", "西服", "西装外套", "小西装"), "suits:blazer", ("suit", "tuxedo", "西装套装"), kind_of=("jacket",), learnt=False),
    Family("vest", "apparel", ("vest", "waistcoat", "gilet", "sweater vest", "puffer vest", "down vest", "马甲", "马夹", "羽绒马甲", "针织马甲"), "suits:vest", kind_of=("jacket", "tshirt", "sweater"), learnt=False),
    Family("hat", "apparel", ("hat", "bucket hat", "sun hat", "straw hat", "fedora", "cowboy hat", "panama hat", "渔夫帽", "草帽", "遮阳帽", "礼帽", "盆帽", "太阳帽"), "hats:hat", kind_of=("cap",), learnt=False),
    Family("loafers", "apparel", ("loafers", "loafer", "moccasins", "boat shoes", "乐福鞋", "豆豆鞋"), "loafers:loafer", ("oxford shoes", "oxfords", "derby shoes", "brogues", "dress shoes", "leather shoes", "皮鞋", "牛津鞋"), kind_of=("sneakers", "court-shoe"), learnt=False),
    Family("wallet", "apparel", ("wallet", "billfold", "bifold wallet", "long wallet", "钱包", "钱夹", "长款钱包"), "wallets:wallet", ("card holder", "coin purse", "passport holder", "卡包", "零钱包"), kind_of=("handbag", "tote-bag"), learnt=False),
    Family("pendant-lamp", "home", ("pendant light", "pendant lamp", "hanging lamp", "hanging light", "吊灯"), "lighting:pendant_lamp", ("chandelier", "枝形吊灯"), kind_of=("lamp",), learnt=False),
    Family("coffee-machine", "electronics", ("coffee machine", "coffee maker", "espresso machine", "espresso maker", "咖啡机", "意式咖啡机"), "countertop:coffee_machine", ("capsule machine", "胶囊咖啡机"), also=("home",), learnt=False),
    Family("toaster", "electronics", ("toaster", "bread toaster", "面包机", "多士炉", "烤面包机", "吐司机"), "countertop:toaster", also=("home",), learnt=False),
    Family("air-purifier", "electronics", ("air purifier", "humidifier", "空气净化器", "加湿器", "空气消毒机"), "air:air_purifier", ("dehumidifier", "space heater", "heater", "oil diffuser", "除湿机", "取暖器", "暖风机", "香薰机"), also=("home",), learnt=False),
    Family("microphone", "electronics", ("microphone", "condenser microphone", "麦克风", "话筒"), "microphones:microphone", learnt=False),
    Family("ball", "home", ("football", "soccer ball", "basketball", "tennis ball", "exercise ball", "yoga ball", "足球", "篮球", "网球", "瑜伽球", "健身球"), "sports:ball", ("volleyball", "排球", "rugby ball"), learnt=False),
    Family("dumbbell", "home", ("dumbbell", "dumbbells", "hand weights", "哑铃"), "sports:dumbbell", ("kettlebell", "壶铃", "barbell", "杠铃"), learnt=False),
    Family("yoga-mat", "home", ("yoga mat", "exercise mat", "pilates mat", "瑜伽垫", "健身垫"), "sports:yoga_mat", ("sleeping mat", "防潮垫"), kind_of=("rug",), learnt=False),
    Family("makeup-brush", "beauty", ("makeup brush", "makeup brushes", "brush set", "makeup brush set", "powder brush", "foundation brush", "化妆刷", "散粉刷", "粉底刷", "化妆刷套装"), "brushes:makeup_brush", ("hair brush", "hairbrush", "梳子"), learnt=False),
    Family("tub", "food", ("ice cream", "cup noodles", "instant noodles", "ramen", "yogurt cup", "greek yogurt", "冰淇淋", "冰激凌", "泡面", "方便面", "桶面", "杯面"), "tubs:tub", learnt=False),
    Family("waste-bin", "home", ("trash can", "waste bin", "pedal bin", "garbage can", "rubbish bin", "dustbin", "wastebasket", "垃圾桶", "纸篓", "脚踏垃圾桶"), "bins:waste_bin", learnt=False),
)  # fmt: skip
FAMILIES: dict[str, Family] = {family.name: family for family in _ALL}
LEARNT: dict[str, Family] = {family.name: family for family in _ALL if family.learnt}
"""The families of data sets."""
