"""What is in a package, by its words."""

from __future__ import annotations

from prodgen_render.looks.look import Look
from prodgen_render.looks.patterns import Srgb
from prodgen_render.words.reading import mentions, words_of

CONTENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("#2f1810", ("oyster sauce", "hoisin", "teriyaki", "worcestershire", "balsamic", "bbq sauce", "stout", "蚝油", "生抽", "老抽", "陈醋", "香醋")),
    ("#5b4631", ("black pepper", "cinnamon", "nutmeg", "cumin", "allspice", "黑胡椒", "肉桂", "孜然", "花椒")), ("#b8431f", ("paprika", "红椒粉")), ("#d9a01f", ("turmeric", "saffron", "姜黄")),
    ("#f1e7cd", ("mayonnaise", "mayo", "ranch", "蛋黄酱", "沙拉酱")),
    ("#b3301c", ("chilli", "chili", "sriracha", "hot sauce", "ketchup", "harissa", "salsa", "辣椒", "辣酱", "剁椒", "老干妈")),
    ("#d4a21e", ("mustard", "curry", "芥末", "咖喱")), ("#66802f", ("pesto", "gherkin", "pickles", "olives", "橄榄菜", "酸黄瓜")),
    ("#e6c877", ("champagne", "prosecco", "cava", "white wine", "chardonnay", "sauvignon blanc", "riesling", "霞多丽", "雷司令", "sparkling wine", "beer", "lager", "cider", "香槟", "白葡萄酒", "啤酒")),
    ("#7a1230", ("red wine", "红酒", "葡萄酒", "cabernet", "merlot", "shiraz", "syrah", "malbec", "pinot noir", "rioja", "赤霞珠", "设拉子", "梅洛")), ("#f3a11f", ("orange juice", "orange", "橙汁", "橙")), ("#d9382b", ("tomato", "pasta sauce", "marinara", "bolognese", "strawberry", "番茄", "草莓")),
    ("#c9892b", ("honey", "蜂蜜", "tea", "茶")), ("#4a2413", ("coffee", "cola", "pepsi", "coke", "百事", "soy", "咖啡", "可乐", "酱油", "酱")), ("#d8b53a", ("oil", "油", "apple", "苹果")),
    ("#f4efe2", ("milk", "yogurt", "牛奶", "酸奶", "豆奶")), ("#5b2a6e", ("grape", "blueberry", "blackcurrant", "blackberry", "葡萄", "蓝莓")), ("#4a2413", ("chocolate", "hazelnut spread", "巧克力", "榛子酱")), ("#b5793a", ("peanut", "花生")),
    ("#a3182c", ("cranberry", "pomegranate", "蔓越莓", "石榴")), ("#b9702a", ("whisky", "whiskey", "bourbon", "brandy", "cognac", "dark rum", "maple syrup", "威士忌", "白兰地")),
    ("#eebd4a", ("juice", "smoothie", "果汁", "芒果汁", "菠萝汁", "柠檬汁")), ("#e9a2a0", ("rosé", "rose wine", "桃红葡萄酒")),
    ("#7d4420", ("sauce", "gravy", "marinade", "dressing")),
)  # fmt: skip


def contents_colour(look: Look, default: str) -> Srgb:
    text = words_of(look.product)
    code = next((code for code, words in CONTENTS if any(mentions(text, word) >= 0 for word in words)), default)
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)
