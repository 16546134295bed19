"""The words for colours, materials and patterns, English and Chinese, and what colours are in #rrggbb."""

from __future__ import annotations

COLOURS: dict[str, tuple[str, tuple[str, ...]]] = {
    "white": ("#f4f3ef", ("white", "白")),
    "black": ("#1d1d1f", ("black", "黑", "午夜色")),
    "grey": ("#8b8d90", ("grey", "gray", "pewter", "灰", "浅灰", "银灰", "雾霾灰")),
    "silver": ("#c4c6c9", ("silver", "natural silver", "platinum silver", "white gold", "银", "白金", "铂金", "platinum")),
    "navy": ("#1f2f55", ("navy", "navy blue", "midnight", "midnight blue", "dark blue", "藏青", "藏蓝", "深蓝", "海军蓝", "navy-blue", "午夜蓝")),
    "sky": ("#8fbfe4", ("sky blue", "light blue", "天蓝", "浅蓝", "baby blue", "powder blue", "冰蓝", "婴儿蓝", "天空蓝", "冰川蓝")),
    "teal": ("#1f7f86", ("teal", "turquoise", "cyan", "青", "teal blue", "teal green", "aqua", "aqua blue", "aquamarine", "tiffany blue", "蒂芙尼蓝", "湖蓝", "松石绿", "青绿", "蓝绿", "孔雀蓝", "孔雀绿")),
    "mint": ("#a5d9c0", ("mint", "薄荷", "mint green", "薄荷绿", "浅绿", "seafoam", "seafoam green", "duck egg", "duck egg blue", "冰种")),
    "olive": ("#6d7043", ("olive", "khaki green", "军绿", "橄榄", "olive green", "army green", "橄榄绿", "卡其绿")),
    "wine": ("#6a1f2e", ("wine", "burgundy", "紫红", "wine red", "maroon", "oxblood", "酒红", "枣红", "burgundy red", "dark red", "深红", "波尔多红")),
    "coral": ("#ee7560", ("coral", "珊瑚", "coral pink", "coral red", "coral orange", "珊瑚红", "珊瑚粉", "珊瑚橙")),
    "beige": ("#dcc9ad", ("beige", "sand", "nude", "米色", "杏色", "米白", "米黄", "米灰", "oatmeal", "裸色", "肤色", "sand beige", "nude beige", "燕麦色")),
    "cream": ("#f0e6d2", ("cream", "ecru", "vanilla", "奶油", "奶白", "米杏", "星光色", "cream white", "off white", "off-white", "奶油白", "奶油黄", "奶油色")),
    "khaki": ("#b49b72", ("khaki", "卡其", "卡其棕")),
    "gold": ("#cfa650", ("gold", "yellow gold", "champagne", "金", "黄金", "香槟色", "香槟金", "champagne gold")),
    "rose gold": ("#d9a08f", ("rose gold", "玫瑰金")),
    "red": ("#c3272b", ("red", "cerise", "红", "scarlet", "crimson", "cherry red", "正红", "大红", "neon red")),
    "pink": ("#eda5b6", ("pink", "rose", "粉", "baby pink", "blush pink", "blush", "樱花粉", "浅粉", "藕粉", "奶粉色")),
    "orange": ("#e9802c", ("orange", "橙", "橘")),
    "yellow": ("#f0c33c", ("yellow", "黄")),
    "green": ("#3f8a55", ("green", "绿", "emerald green", "emerald")),
    "blue": ("#2f62ad", ("blue", "蓝", "neon blue")),
    "purple": ("#7a55a3", ("purple", "violet", "紫", "grape purple")),
    "lavender": ("#b9a6d9", ("lavender", "lilac", "淡紫", "lavender purple", "lilac purple", "香芋紫", "薰衣草紫", "丁香紫", "浅紫", "粉紫", "雾霾紫")),
    "brown": ("#7b5237", ("brown", "chocolate", "espresso", "mocha", "bronze", "tortoise", "tortoiseshell", "玳瑁", "棕", "褐", "咖啡色", "咖色", "深咖", "胡桃木色", "栗色", "深棕", "chestnut", "chocolate brown", "coffee brown", "dark brown")),
    "natural": ("#c9a06c", ("natural", "原木", "原色")),
    "ivory": ("#f2ead6", ("ivory", "象牙", "ivory white", "象牙白")),
    "charcoal": ("#3b3d40", ("charcoal", "graphite", "space grey", "space gray", "炭灰", "炭黑", "石墨", "深空灰", "charcoal grey", "charcoal gray", "graphite grey", "dark grey", "dark gray", "anthracite", "gunmetal", "carbon heather", "深灰", "枪灰", "枪色", "石墨灰", "石墨黑", "碳黑")),
    "taupe": ("#8c7d70", ("taupe", "灰褐", "灰棕", "taupe grey", "taupe brown", "greige")),
    "tan": ("#c19a6b", ("tan", "camel", "caramel", "cognac", "驼色", "焦糖", "奶茶色", "奶咖", "camel brown", "caramel brown", "焦糖棕", "焦糖色", "驼棕", "wheat", "小麦色")),
    "terracotta": ("#b85c3e", ("terracotta", "rust", "砖红", "陶土色", "赤陶", "terracotta red", "rust red", "rust orange", "铁锈红", "砖橙")),
    "burnt orange": ("#bf5b23", ("burnt orange", "焦橙", "锈橙")),
    "mustard": ("#cf9f2e", ("mustard", "姜黄", "芥末黄", "mustard yellow", "芥黄")),
    "ochre": ("#b9792f", ("ochre", "ocher", "amber", "琥珀", "赭石", "赭色", "土黄")),
    "peach": ("#f4b393", ("peach", "apricot", "蜜桃", "peach pink", "蜜桃粉", "蜜桃色")),
    "dusty pink": ("#c9929a", ("dusty pink", "dusty rose", "豆沙", "烟粉", "灰粉", "脏粉", "mauve")),
    "magenta": ("#e5397f", ("magenta", "fuchsia", "hot pink", "neon pink", "玫红", "玫瑰红", "玫瑰色", "荧光粉", "洋红", "magenta pink", "fuchsia pink")),
    "plum": ("#6a3a5b", ("plum", "aubergine", "eggplant", "茄紫", "梅子色", "梅子紫", "李子色", "plum purple")),
    "sage": ("#9caf88", ("sage", "鼠尾草", "灰绿", "豆沙绿", "sage green", "鼠尾草绿", "牛油果绿", "抹茶绿", "豆绿")),
    "celadon": ("#acc6b1", ("celadon", "青瓷", "天青", "豆青", "celadon green")),
    "dark green": ("#1f4a36", ("dark green", "forest green", "bottle green", "墨绿", "森林绿")),
    "dusty blue": ("#7d97ad", ("dusty blue", "slate blue", "雾霾蓝", "灰蓝")),
    "royal blue": ("#2747b8", ("royal blue", "cobalt", "钴蓝", "宝蓝", "克莱因蓝", "cobalt blue")),
    "lime green": ("#8cc63f", ("lime green", "apple green", "bright green", "果绿", "苹果绿", "嫩绿")),
    "neon green": ("#6ff03c", ("neon green", "fluorescent green", "荧光绿")),
    "neon yellow": ("#e4f23a", ("neon yellow", "fluorescent yellow", "荧光黄")),
    "neon orange": ("#ff7420", ("neon orange", "fluorescent orange", "荧光橙")),
    "indigo": ("#2f3b70", ("indigo", "靛蓝", "靛青", "indigo blue")),
}  # fmt: skip
OF_DENIM = {"blue": "#3d557c", "sky": "#8aa5c4", "navy": "#2a3851"}
"""What blue is where it is denim that is dyed."""
NOT_COLOURS = (
    "蓝牙", "蓝光", "紫外线", "红外", "黑科技", "网红", "口红", "腮红", "美白", "洁白", "白皙", "蛋白", "白领", "绿色环保", "绿色健康", "绿色食品", "灰尘", "金属", "合金", "金龙鱼", "珊瑚绒", "绿联", "白酒", "黄肉", "黄心", "蛋黄酥", "青少年", "青年",
    "(?<!樱)花粉|[衣椒淀米可啡豆珠糕打牙喱蛳辣河凉末骨身子然芥茶香]粉(?![色红])|粉[丝条扑刺末剂状皮]", "金标", "金枕", "金煌", "金骏眉", "金典", "金装", "金牌", "金纺", "金钱", "青源", "橘朵", "白象", "江小白", "红心", "红肉", "椰青", "青柑", "青汁", "青团", "青梅", "紫薯", "蓝月亮", "白猫", "红双喜", "红烧", "红星", "石墨烯", "银耳", "银鹭", "白萝卜", "青蛙",
    "gold standard", "gold blend", "blue buffalo", "dr teal", "red blend", "red flesh", "yellow tail", "green tea", "black tea", "rose water",
    "蓝山", "大红袍", "白药", "干红", "干白", "青花", "青岛", "青柠", "青菜", "青椒", "青提", "红富士", "红牛", "奶粉", "粉底", "粉饼", "蜜粉", "散粉", "蛋白粉", "面粉", "黄铜", "紫铜", "红铜", "白铜", "红木", "黑胡桃", "紫檀", "黑檀", "白蜡木", "白橡", "红橡", "红陶", "紫砂",
    "red wine", "white wine", "earl grey", "espresso machine", "espresso maker", "chocolate milk", "red bull", "blue mountain", "blush brush", "blush palette", "blue light", "black friday", "white noise", "green onion", "black pepper", "olive wood", "橄榄木", "red switch", "blue switch", "brown switch", "yellow switch", "红轴", "绿轴", "青轴", "茶轴", "黄轴", "银轴", "白轴", "小白瓶", "小棕瓶", "小黑瓶", "blue yeti", "charcoal bbq", "charcoal grill", "charcoal barbecue", "activated charcoal", "red light", "green giant", "green light",
)  # fmt: skip
"""Words in which that of a colour is none: bluetooth, whitening, milk powder, black walnut, Earl Grey."""
NOT_MATERIALS = (
    "积木", "乳木果", "龟背竹", "富贵竹", "竹炭", "竹笋", "铁观音", "铁板", "铁锈", "地铁", "钢琴", "钢笔", "铜锣烧", "木糖醇", "木瓜", "木耳", "樱木", "芝麻", "麻辣", "麻薯", "麻将", "棉花糖", "棉签",
    "王麻子", "麻布", "[紫薄]皮", "乳胶(?=枕|床|记忆)", "latex pillow", "latex mattress", "tommy jeans", "ceramic blue", "陶瓷白", "纸巾", "纸尿裤", "皮肤", "陈皮", "豆皮", "皮蛋", "调皮", "陶醉", "玻璃清洁", "steel cut", "glass skin", "paper towel", "satin floss", "crystal rose", "linen fresh", "steam iron", "clothes iron", "flat iron", "curling iron", "travel iron",
)  # fmt: skip
"""Words in which that of a material is none: a plant, a tea, a taste."""
WARES: dict[str, tuple[str, str]] = {
    "青花": ("white", "blue"),
    "persian": ("wine", "cream"),
    "波斯地毯": ("wine", "cream"),
    "breton": ("white", "navy"),
    "海魂衫": ("white", "navy"),
}
"""Names of painted and woven wares, and the colours of their ground and of what is on it."""
STRIPES = {
    "lying": ("breton", "horizontal", "海魂衫", "横条", "横纹"),
    "upright": ("vertical", "pinstripe", "pinstriped", "竖条", "竖纹"),
}
"""Words that say which way stripes go."""
MATERIALS: dict[str, tuple[str, ...]] = {
    "porcelain": ("porcelain", "bone china", "骨瓷"),
    "stoneware": ("stoneware", "concrete", "水泥", "粗陶", "炻器"),
    "terracotta": ("terracotta", "earthenware", "紫砂", "红陶", "陶土"),
    "ceramic": ("ceramic", "陶瓷", "陶", "瓷"),
    "glass": ("glass", "crystal", "玻璃", "水晶"),
    "steel": ("stainless", "steel", "不锈钢", "钢"),
    "aluminium": ("aluminium", "aluminum", "铝"),
    "brass": ("brass", "黄铜"),
    "copper": ("copper", "紫铜", "铜"),
    "gold": ("gold-plated", "gold plated", "镀金", "黄金", "足金"),
    "iron": ("cast iron", "iron", "铁"),
    "metal": (
        "metal",
        "alloy",
        "titanium",
        "sterling silver",
        "satin nickel",
        "nickel",
        "chrome",
        "钛",
        "纯银",
        "足银",
        "金属",
        "合金",
    ),
    "walnut": ("walnut", "胡桃木"),
    "bamboo": ("bamboo", "rattan", "wicker", "seagrass", "竹", "藤编", "藤制"),
    "wood": (
        "wood",
        "wooden",
        "olive wood",
        "橄榄木",
        "oak",
        "beech",
        "pine",
        "acacia",
        "橡木",
        "松木",
        "榉木",
        "实木",
        "木",
    ),
    "marble": ("marble", "sintered stone", "大理石", "岩板"),
    "suede": ("suede", "nubuck", "麂皮", "翻毛皮", "反绒皮"),
    "leather": ("leather", "皮革", "真皮", "皮"),
    "denim": ("denim", "jeans", "牛仔", "丹宁"),
    "knit": ("knit", "knitted", "cable-knit", "针织", "毛线"),
    "wool": ("wool", "cashmere", "felt", "fleece", "sherpa", "摇粒绒", "抓绒", "羊羔绒", "羊毛", "羊绒", "毛呢"),
    "velvet": ("velvet", "corduroy", "天鹅绒", "丝绒", "灯芯绒"),
    "silk": ("silk", "satin", "chiffon", "雪纺", "真丝", "丝绸", "缎"),
    "linen": ("linen", "jute", "hemp", "亚麻", "麻"),
    "canvas": ("canvas", "帆布"),
    "cotton": ("cotton", "jersey", "纯棉", "棉"),
    "nylon": ("nylon", "polyester", "microfiber", "microfibre", "网布", "超细纤维", "尼龙", "涤纶", "聚酯"),
    "kraft": ("kraft", "牛皮纸"),
    "paper": ("paper", "cardboard", "纸"),
    "rubber": ("rubber", "silicone", "latex", "乳胶", "橡胶", "硅胶"),
    "matte plastic": ("matte plastic", "matt plastic", "carbon fibre", "carbon fiber", "碳纤维", "哑光塑料", "磨砂"),
    "plastic": ("plastic", "abs", "acrylic", "resin", "塑料", "树脂", "亚克力"),
}
PATTERNS: dict[str, tuple[str, ...]] = {
    "stripes": ("stripe", "stripes", "striped", "breton", "条纹", "海魂衫"),
    "dots": ("dot", "dots", "dotted", "polka", "波点", "圆点"),
    "checks": ("check", "checks", "checked", "plaid", "tartan", "gingham", "格纹", "格子"),
    "floral": (
        "floral",
        "flower",
        "flowers",
        "flowered",
        "flowery",
        "botanical",
        "花卉",
        "碎花",
        "花朵",
        "印花",
        "青花",
        "枫叶图案",
        "树叶图案",
    ),
    "gradient": ("gradient", "ombre", "渐变"),
    "logo": ("logo", "label", "print", "printed", "slogan", "graphic", "cartoon", "卡通", "标签", "字母"),
    "speckle": ("speckle", "speckles", "speckled", "flecked", "斑点", "芝麻点"),
    "camouflage": ("camo", "camouflage", "迷彩"),
    "leopard": ("leopard", "cheetah", "animal print", "animal", "豹纹", "豹点", "动物纹"),
    "zebra": ("zebra", "zebra print", "tiger print", "斑马纹", "虎纹"),
    "cow": ("cow print", "奶牛纹", "奶牛花纹"),
    "houndstooth": ("houndstooth", "hound's tooth", "千鸟格", "千鸟"),
    "argyle": ("argyle", "菱形格", "菱格", "菱形"),
    "chevron": ("chevron", "zigzag", "zig zag", "zig-zag", "锯齿纹"),
    "herringbone": ("herringbone", "人字纹", "人字呢"),
    "geometric": ("geometric", "triangles", "aztec", "tribal", "kilim", "navajo", "moroccan", "几何"),
    "stars": ("stars", "star print", "star pattern", "星星图案", "星星印花", "星星"),
    "hearts": ("hearts", "heart print", "heart pattern", "爱心图案", "爱心印花", "爱心"),
    "paisley": ("paisley", "persian rug", "oriental rug", "persian carpet", "波斯地毯", "佩斯利", "腰果花"),
    "tie-dye": ("tie-dye", "tie dye", "tie-dyed", "tie dyed", "扎染"),
    "marbled": ("marbled", "marble print", "marble pattern", "marble effect", "faux marble", "大理石纹", "仿大理石"),
    "plain": ("plain", "solid colour", "solid color", "纯色", "素色", "echo dot"),
}
UNDRAWN: dict[str, tuple[str, ...]] = {
    "snake skin": ("snake print", "snakeskin", "snakeskin print", "蛇纹", "蛇皮纹"),
}
"""Patterns that are known by name only: a picture of such a product lacks it, and says so."""
FINER: dict[str, tuple[str, ...]] = {
    "animal": ("zebra", "cow", "leopard"),
    "checked": ("houndstooth", "argyle"),
    "geometric": ("argyle", "chevron", "herringbone"),
    "printed": ("stars", "hearts", "paisley"),
}
"""What a title may say more exactly than an attribute that names the kind of pattern."""
ANY_PRINT = (
    "print",
    "printed",
    "pattern",
    "patterned",
    "allover print",
    "all-over print",
    "boho",
    "ethnic",
    "印花",
    "花纹",
    "图案",
    "民族风",
    "波西米亚",
)
"""Words for a pattern that do not say which."""
USUAL_PRINTS: dict[str, tuple[str, ...]] = {
    "floral": ("dress", "sundress", "skirt", "blouse", "scarf", "shawl", "swimsuit", "bikini", "kimono", "bedding", "duvet", "curtain", "curtains", "tablecloth", "连衣裙", "裙", "围巾", "丝巾", "泳衣", "泳装", "床品", "被套", "四件套", "窗帘", "桌布"),
    "geometric": ("rug", "carpet", "cushion", "pillow", "blanket", "towel", "地毯", "抱枕", "靠垫", "毯", "浴巾"),
}  # fmt: skip
"""What such a pattern is on things that are printed all over."""
RAINBOW_WORDS = ("rainbow", "彩虹", "七彩")
MANY_COLOURS = (
    "multicolour", "multicolor", "multicoloured", "multicolored", "multi-colour", "multi-color", "multi-coloured", "multi-colored", "multi coloured", "multi colored", "colourful", "colorful", "多彩", "五彩", "彩色", "撞色条纹",
)  # fmt: skip
"""Words of more colours than two."""
MOTIFS = frozenset((
    "anchor", "apple", "banana", "bear", "bee", "berry", "bird", "blueberry", "butterfly", "cactus", "car", "cat", "cherry", "chili", "citrus", "dinosaur", "dog", "fish", "grapes",
    "lavender", "leaf", "lemon", "lime", "mushroom", "olive", "palm", "paw", "pineapple", "rabbit", "raspberry", "rocket", "snowflake", "tomato", "watermelon", "whale",
))  # fmt: skip
"""Things that prints show, of `pictograms.things`: "lemon print"."""
PRINTED_ALL_OVER = (
    *USUAL_PRINTS["floral"], "shirt", "pyjamas", "pajamas", "pyjama", "pajama", "shorts", "trousers", "leggings", "trunks", "boxers", "briefs", "socks", "tie", "umbrella", "romper", "jumpsuit", "case", "bedding set",
    "quilt", "wrapping", "apron", "backpack", "towel", "blanket", "rug", "衬衫", "睡衣", "短裤", "内裤", "袜", "领带", "雨伞", "手机壳", "毯", "浴帘", "围裙", "床单", "书包", "比基尼",
)  # fmt: skip
"""What is printed all over: many of a thing."""
ONE_PRINT = ("t-shirt", "t shirt", "sweatshirt", "t恤", "短袖t恤", "cushion", "pillow")
"""What shows one of a thing, though words of `PRINTED_ALL_OVER` are in its name."""
FOLIAGE = ("leaf", "palm")
"""Of what prints show many, on whatever."""
ALL_OVER_WORDS = ("all-over", "all over", "allover", "满印", "满版")
PRINT_COLOURS: dict[str, tuple[str, ...]] = {
    "camouflage": ("olive",),
    "leopard": ("tan",),
    "zebra": ("white", "black"),
    "cow": ("white", "black"),
    "houndstooth": ("white", "black"),
    "marbled": ("white",),
    "motif": ("white",),
}
"""The ground and the marks of prints whose colours go without saying."""
PACKAGES = frozenset(
    (
        "bottle",
        "can",
        "carton",
        "box",
        "jar",
        "tin",
        "pouch",
        "tube",
        "pump",
        "pump bottle",
        "bag",
        "瓶",
        "罐",
        "盒",
        "包",
    )
)
"""What things come in: a perfume bottle is perfume, and a label says neither "jar" nor "box"."""
