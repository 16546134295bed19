"""Which pictogram goes with the words of a product."""

from __future__ import annotations

import re
from functools import cache

Words = tuple[str, ...]

THINGS: tuple[tuple[str, Words], ...] = (
    ("tea", ("tea", "matcha", "oolong", "茶", "抹茶", "普洱", "龙井", "乌龙")),
    ("palm", ("palm leaf", "palm tree", "palm", "tropical leaf", "banana leaf", "tropical", "hawaiian", "棕榈", "芭蕉叶", "热带")),
    ("cactus", ("cactus", "cacti", "仙人掌")),
    ("pineapple", ("pineapple", "凤梨", "菠萝")),
    ("banana", ("banana", "bananas", "香蕉")),
    ("watermelon", ("watermelon", "西瓜")),
    ("mushroom", ("mushroom", "mushrooms", "shiitake", "truffle", "蘑菇", "香菇", "松露")),
    ("leaf", ("leaf", "leaves", "maple leaf", "树叶", "枫叶", "叶子", "aloe", "mint", "basil", "herb", "herbal", "eucalyptus", "tea tree", "neem", "bay leaf", "spinach", "seaweed", "cannabis", "hemp", "芦荟", "薄荷", "草本", "绿叶", "茶树", "桉树", "艾草", "海苔", "紫菜")),
    ("sprig", ("rosemary", "thyme", "oregano", "botanical", "plant-based", "vegan", "organic herbs", "bamboo", "cedar", "pine", "迷迭香", "百里香", "植物", "竹", "松")),
    ("olive", ("olive", "olives", "olive oil", "橄榄", "橄榄油")),
    ("lemon", ("lemon", "lemonade", "yuzu", "柠檬", "柚")),
    ("lime", ("lime", "key lime", "青柠")),
    ("citrus", ("orange juice", "orange", "citrus", "grapefruit", "bergamot", "tangerine", "vitamin c", "橙", "橘", "佛手柑", "柑橘", "维c")),
    ("berry", ("strawberry", "strawberries", "草莓")),
    ("blueberry", ("blueberry", "blueberries", "bilberry", "blackcurrant", "蓝莓", "黑加仑")),
    ("cherry", ("cherry", "cherries", "cranberry", "cranberries", "berry", "berries", "樱桃", "车厘子", "蔓越莓", "莓")),
    ("raspberry", ("raspberry", "raspberries", "树莓", "覆盆子")),
    ("grapes", ("grape", "grapes", "wine", "blackberry", "raisin", "raisins", "acai", "葡萄", "红酒", "葡萄酒", "提子")),
    ("apple", ("apple", "peach", "apricot", "pear", "plum", "mango", "fruit", "cider", "苹果", "桃", "杏子", "梨", "李子", "芒果", "水果", "果汁")),
    ("tomato", ("tomato", "ketchup", "tomatoes", "passata", "pizza sauce", "番茄", "西红柿")),
    ("chili", ("chili", "chilli", "hot sauce", "chillies", "jalapeno", "sriracha", "paprika", "spicy", "hot pepper", "curry", "辣椒", "辣", "麻辣", "咖喱")),
    ("bean", ("coffee", "espresso", "arabica", "latte", "mocha", "cappuccino", "cold brew", "咖啡", "拿铁", "摩卡")),
    ("cocoa", ("cocoa", "chocolate", "cacao", "brownie", "可可", "巧克力")),
    ("almond", ("almond", "nut", "nuts", "peanut", "hazelnut", "walnut", "cashew", "pistachio", "argan", "macadamia", "杏仁", "坚果", "花生", "榛子", "核桃", "腰果", "开心果", "夏威夷果")),
    ("pea", ("pea", "peas", "soy", "soya", "soybean", "soy sauce", "tofu", "lentil", "lentils", "chickpea", "edamame", "酱油", "黄豆", "大豆", "豆奶", "豆浆", "豆")),
    ("ear", ("oat", "oats", "oatmeal", "wheat", "cereal", "granola", "muesli", "corn", "cornflakes", "barley", "rice", "flour", "bread", "spaghetti", "penne", "macaroni", "ramen", "cracker", "biscuit", "cookie", "beer", "pasta", "noodle", "bran", "whisky", "燕麦", "麦", "麦片", "面粉", "饼干", "米", "大米", "面条", "挂面", "拉面", "意面", "啤酒", "谷物", "曲奇")),
    ("fish", ("fish", "tuna", "salmon", "sardine", "anchovy", "anchovies", "mackerel", "cod", "herring", "omega-3", "鱼", "金枪鱼", "三文鱼", "沙丁鱼", "鳕鱼", "吞拿鱼", "鱼油")),
    ("honeycomb", ("honey", "manuka", "propolis", "beeswax", "royal jelly", "蜂蜜", "蜂胶", "蜂王浆", "蜂")),
    ("lavender", ("lavender", "lilac", "wisteria", "薰衣草", "丁香")),
    ("rose", ("rose", "roses", "peony", "camellia", "玫瑰", "牡丹", "山茶", "蔷薇")),
    ("daisy", ("chamomile", "daisy", "calendula", "sunflower", "洋甘菊", "雏菊", "菊", "金盏花", "向日葵")),
    ("blossom", ("cherry blossom", "sakura", "peach blossom", "樱花", "桃花")),
    ("flower", ("flower", "floral", "jasmine", "blossom", "orange blossom", "hibiscus", "lily", "magnolia", "orchid", "lotus", "gardenia", "vanilla", "花", "茉莉", "桂花", "百合", "玉兰", "兰花", "莲", "栀子", "香草")),
    ("sun", ("sunscreen", "sun cream", "sunblock", "sun lotion", "after sun", "spf", "uv", "summer", "sunrise", "防晒", "阳光", "夏")),
    ("moon", ("night", "sleep", "overnight", "moonlight", "midnight", "晚霜", "夜", "睡眠", "安睡", "月")),
    ("snowflake", ("ice", "ice cream", "frozen", "cooling", "winter", "snow", "snowflake", "冰", "雪", "冰淇淋", "清凉", "冬")),
    ("waves", ("sea", "ocean", "marine", "salt", "coastal", "sea salt", "surf", "beach", "海", "海盐", "盐", "海洋")),
    ("hills", ("mountain", "alpine", "spring water", "mineral water", "glacier", "山", "矿泉水", "山泉", "冰川")),
    ("flame", ("bbq", "barbecue", "smoked", "grill", "campfire", "烧烤", "烟熏")),
    ("cat", ("cat", "kitten", "kitty", "cats", "猫", "喵")),
    ("dog", ("dog", "puppy", "dogs", "dachshund", "corgi", "犬", "狗", "柯基")),
    ("bear", ("bear", "bears", "panda", "teddy", "koala", "熊")),
    ("rabbit", ("rabbit", "bunny", "bunnies", "兔")),
    ("butterfly", ("butterfly", "butterflies", "蝴蝶图案", "蝴蝶印花")),
    ("bird", ("bird", "flamingo", "toucan", "parrot", "robin", "swallow", "crane", "owl", "火烈鸟", "飞鸟", "小鸟", "仙鹤")),
    ("bee", ("bee", "bumblebee", "bees", "蜜蜂")),
    ("dinosaur", ("dinosaur", "dino", "t-rex", "恐龙")),
    ("whale", ("whale", "dolphin", "shark", "鲸", "海豚", "鲨鱼")),
    ("anchor", ("anchor", "nautical", "船锚")),
    ("car", ("car", "truck", "vehicle", "汽车图案", "小汽车", "赛车")),
    ("rocket", ("rocket", "spaceship", "space", "火箭", "太空", "宇航员")),
    ("moon", ("moon", "月亮")),
    ("paw", ("paw", "pet", "爪", "宠物")),
    ("heart", ("heart logo", "heart print", "heart motif", "baby", "kids", "love", "valentine", "wedding", "infant", "宝宝", "婴儿", "儿童", "爱心", "婴")),
    ("tooth", ("toothpaste", "dental", "teeth", "whitening strips", "mouthwash", "牙膏", "漱口水", "牙")),
    ("star", ("star", "christmas", "holiday", "party", "星", "圣诞")),
)  # fmt: skip
"""Pictures that show what a title names."""
WARES: tuple[tuple[str, Words], ...] = (
    ("bubbles", ("soap", "shampoo", "body wash", "shower gel", "foam", "bubble", "bubble bath", "cleanser", "detergent", "hand wash", "dish soap", "face wash", "soda", "sparkling", "香皂", "洗发", "沐浴", "洗手液", "洁面", "洗面奶", "泡沫", "洗衣液", "洗洁精", "汽水", "气泡", "肥皂", "苏打")),
    ("oil", ("oil", "油")),
    ("drop", ("serum", "essence", "water", "toner", "lotion", "conditioner", "milk", "moisturizer", "moisturiser", "hydrating", "hyaluronic", "ampoule", "yogurt", "cream", "gel", "vinegar", "护发", "精华", "水", "乳", "奶", "霜", "保湿", "补水", "玻尿酸", "牛奶", "酸奶", "醋", "凝胶")),
    ("flower", ("perfume", "fragrance", "cologne", "eau de parfum", "eau de toilette", "香水", "香薰", "香氛")),
    ("flame", ("candle", "蜡烛")),
    ("apple", ("jam", "marmalade", "juice", "smoothie", "fruit spread", "果酱")),
    ("tomato", ("sauce", "pasta sauce", "酱")),
    ("chili", ("snack", "chips", "crisps", "薯片")),
)  # fmt: skip
"""Pictures that go with a kind of ware, where its title names no such thing."""


def subject_of(title: str) -> str:
    """Which of `things` fits a title in English or Chinese; empty where nothing tells.

    What is named first counts, of two that begin together the longer one, and a thing before a kind of ware.

    >>> subject_of("Strawberry jam 340 g"), subject_of("金枪鱼罐头"), subject_of("Rose gold tin")
    ('berry', 'fish', '')
    """
    text = title[:400].lower()
    for table in (THINGS, WARES):
        pattern, names = _compiled(table)
        if found := pattern.search(text):
            return names[found[1] or found[2]]
    return ""


@cache
def _compiled(table: tuple[tuple[str, Words], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    names = {word: picture for picture, words in table for word in words}
    ordered = sorted(names, key=len, reverse=True)
    latin, chinese = (
        "|".join(re.escape(word) for word in ordered if word.isascii() == is_latin) for is_latin in (True, False)
    )
    return re.compile(rf"(?<![a-z])({latin})s?(?![a-z])(?!\s+gold)|({chinese})"), names
