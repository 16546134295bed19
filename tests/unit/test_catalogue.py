import csv
import json
import string
import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodgen_sdk.catalogue import Rejection, Summary, read_catalogue, resolve_media, write_catalogue
from prodgen_sdk.errors import InputError, InvalidCatalogue, MissingDependency, OutsideWorkspace, StoreError
from prodgen_sdk.types import Media, Product

MUG = {"sku": "mug-1", "title": "Blue mug", "category": "home/mug"}


@pytest.fixture
def read(tmp_path):
    """Writes lines (dicts become JSON) to a file and reads it."""

    def rows(*lines, name="shop.jsonl", **options):
        texts = [line if isinstance(line, str | bytes) else json.dumps(line, ensure_ascii=False) for line in lines]
        path = tmp_path / name
        path.write_bytes(b"\n".join(text if isinstance(text, bytes) else text.encode() for text in texts))
        return list(read_catalogue(path, **options))

    return rows


# JSON Lines


def test_good_lines_become_products(read):
    (row,) = read(
        {**MUG, "price": 12.9, "tags": ["新品", "gift"], "attributes": {"colour": "blue", "ml": 300, "glazed": True}}
    )
    assert row.error is None
    assert row.line == 1
    assert row.product.price == Decimal("12.9")
    assert row.product.attributes == {"colour": "blue", "ml": 300, "glazed": True}


def test_a_null_is_a_value_not_given(read):
    nothing, (row,) = (
        read({**MUG, "attributes": None}),
        read({**MUG, "price": None, "attributes": {"ml": None, "a": 1}}),
    )
    assert nothing[0].product.attributes == {}
    assert (row.product.price, row.product.attributes) == (None, {"a": 1})


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("{broken", "", "is not JSON"),
        ("[1, 2]", "", "is an array; each line must be one JSON object"),
        ("12", "", "is a single value"),
        ("[" * 100_000, "", "nested too deeply"),
        ('{"a": ' + "1" * 5000 + "}", "", "is not JSON"),
        ({"sku": "x", "title": "y"}, "category", "category is missing; it must be domain/family, such as home/mug"),
        (
            {"sku": "x", "name": "y", "category": "home/mug"},
            "title",
            "title is missing; it is called title here, not name",
        ),
        ({"product_id": "x", "title": "y", "category": "home/mug"}, "sku", "it is called sku here, not product_id"),
        ({"sku": "x", "name": "y"}, "title", "title is missing; it is called title here, not name"),
        ({"sku": "x", "colour": "y"}, "title", "title is missing; also wrong: category, colour"),
        ({**MUG, "title": None}, "title", "title is missing"),
        ({**MUG, "title": ""}, "title", "must have at least 1 character"),
        ({**MUG, "title": " \t"}, "title", "title must have a character that can be seen"),
        ({**MUG, "title": "\u200b\ufeff"}, "title", "must have a character that can be seen"),
        ({**MUG, "translations": {"zh": {"title": "　"}}}, "translations.zh.title", "that can be seen"),
        ({**MUG, "title": 12}, "title", "title must be text, not 12"),
        ({**MUG, "sku": "a b"}, "sku", "up to 64 letters"),
        ({**MUG, "sku": "../x"}, "sku", "up to 64 letters"),
        ({**MUG, "category": "mugs"}, "category", "such as home/mug.*not 'mugs'\\.$"),
        ({**MUG, "category": "Home > Coffee Mugs"}, "category", "such as home/mug.*; write home/coffee-mugs"),
        ({**MUG, "titel": "x"}, "titel", r"is not a known field \(did you mean title\?\)"),
        ({**MUG, "colour": "x"}, "colour", "put it under attributes.colour"),
        ({**MUG, "id": "x"}, "id", r"did you mean sku\?"),
        ({**MUG, "images": ["x.jpg"]}, "images", r"put it under media, as \[\{.role.: .front., .uri.: "),
        ({**MUG, "price": "cheap"}, "price", "price must be a number"),
        ({**MUG, "price": -1}, "price", "price must be a number from 0"),
        ({**MUG, "price": 10**10}, "price", "at most 10 digits"),
        ({**MUG, "price": 1.23456}, "price", "and 4 behind it"),
        (
            '{"sku": "a", "title": "b", "category": "home/mug", "price": NaN}',
            "price",
            "price is nan, which is no number",
        ),
        ('{"sku": "a", "title": "b", "category": "home/mug", "price": 1e999}', "price", "price is inf"),
        ('{"sku": "a", "title": "b", "category": "home/mug", "attributes": {"w": NaN}}', "attributes.w", "is nan"),
        ('{"sku": "a", "sku": "b"}', "sku", "sku is given twice"),
        ({**MUG, "tags": "a"}, "tags", "tags must be a list of words"),
        ({**MUG, "tags": ["x" * 61]}, "tags[0]", "must have at most 60 characters"),
        ({**MUG, "attributes": {"colour": [1]}}, "attributes.colour", "must be text, a number"),
        ({**MUG, "attributes": {"colour": {"a": 1}}}, "attributes.colour", "must be text, a number"),
        ({**MUG, "media": [{"role": "side", "uri": "x"}]}, "media[0].role", "'front'"),
        ({**MUG, "media": [{"role": "front"}]}, "media[0].uri", "is missing"),
        ({**MUG, "media": [{"role": "front", "uri": "x", "url": "x"}]}, "media[0].url", "leave it out"),
        ({**MUG, "stock": 1.5}, "stock", "a whole number"),
        ({**MUG, "locale": "fr"}, "locale", "en or zh"),
        ({**MUG, "translations": {"fr": {"title": "x"}}}, "translations.fr", "must be"),
        ({**MUG, "description": "a\0b"}, "description", "contains a NUL"),
        ('{"sku": "a", "title": "\\ud800", "category": "home/mug"}', "title", "is not UTF-8"),
        ('{"sku": "a", "title": "杯", "category": "home/mug"}'.encode("gbk"), "title", "is not UTF-8"),
    ],
)
def test_a_bad_line_is_told_in_one_sentence_and_the_rest_is_read(read, line, field, reason):
    before, bad, after = read({**MUG, "sku": "first"}, line, {**MUG, "sku": "last"})
    assert (before.product.sku, after.product.sku) == ("first", "last")
    assert bad.product is None
    assert (bad.line, bad.error.line, bad.error.field) == (2, 2, field)
    assert bad.error.message.startswith("Line 2: ")
    with pytest.raises(InvalidCatalogue, match=reason):
        raise bad.error
    assert len(str(bad.error)) < 250
    assert "\n" not in str(bad.error)
    assert "pydantic" not in str(bad.error)


def test_several_faults_in_one_line_are_all_named(read):
    (row,) = read({"sku": "a", "price": "x"})
    assert {"title", "category", "price"} <= set(
        str(row.error).replace(",", "").replace(".", "").replace(":", "").split()
    )


def test_of_a_sku_given_twice_the_first_is_taken(read):
    first, second = read({**MUG, "title": "First"}, {**MUG, "title": "Second"})
    assert first.product.title == "First"
    assert second.error.field == "sku"
    assert "Line 2: " in str(second.error)
    assert "line 1" in str(second.error)


def test_a_sku_whose_first_line_is_bad_is_taken_from_the_second(read):
    _, second = read({**MUG, "price": -1}, MUG)
    assert second.product.sku == "mug-1"


def test_byte_order_mark_crlf_and_blank_lines(read):
    rows = read(b"\xef\xbb\xbf" + json.dumps(MUG).encode() + b"\r", b"\r", b"  ", json.dumps({**MUG, "sku": "b"}))
    assert [(row.line, row.product.sku) for row in rows] == [(1, "mug-1"), (4, "b")]


def test_a_huge_line_is_skipped_without_the_others(read):
    rows = read({**MUG, "description": "x" * 3_000_000}, {**MUG, "sku": "b"})
    assert "longer than" in str(rows[0].error)
    assert rows[1].line == 2
    assert rows[1].product.sku == "b"


def test_an_empty_file_has_no_rows(read):
    assert read("") == []


def test_reading_is_streaming(tmp_path):
    path = tmp_path / "shop.jsonl"
    with path.open("w") as file:
        for number in range(20_000):
            file.write(json.dumps({**MUG, "sku": f"s{number}", "description": "x" * 500}) + "\n")
    import tracemalloc

    rows = read_catalogue(path)
    next(rows)
    tracemalloc.start()
    for _ in range(1000):
        next(rows)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    rows.close()


@pytest.mark.parametrize(
    ("start", "what"),
    [
        ("sku".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04", "zip or Excel"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"PAR1", "Parquet"),
    ],
)
def test_a_file_of_another_kind_is_told_at_once(read, start, what):
    with pytest.raises(InvalidCatalogue, match=what):
        read(start)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InvalidCatalogue, match="no file"):
        list(read_catalogue(tmp_path / "none.csv"))
    with pytest.raises(InvalidCatalogue, match=r"no known kind.*\.jsonl"):
        read_catalogue(tmp_path / "shop.xlsx")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InvalidCatalogue, match="cannot be read"):
        list(read_catalogue(tmp_path / "folder.csv"))


# CSV


def test_csv_with_attribute_columns_and_tags(read):
    header = "sku,title,category,price,tags,attributes.colour,attributes.size,stock,withdrawn"
    full, sparse = read(
        header,
        'mug-1,"Blue, ""big"" mug",home/mug,12.90, new | gift ,blue,01,3,true',
        "b,B,home/mug,,,,,,",
        name="a.csv",
    )
    assert full.product == Product(
        **{**MUG, "title": 'Blue, "big" mug'}, price="12.90", tags=("new", "gift"), attributes={"colour": "blue", "size": "01"}, stock=3, withdrawn=True
    )  # fmt: skip
    assert sparse.product == Product(sku="b", title="B", category="home/mug")


def test_csv_with_json_cells(read):
    row = 'a,A,home/mug,"{""ml"": 300}","[{""role"": ""front"", ""uri"": ""a.png""}]","[""x|y""]"'
    (row,) = read("sku,title,category,attributes,media,tags", row, name="a.csv")
    assert row.product.attributes == {"ml": 300}
    assert row.product.media == (Media(role="front", uri="a.png"),)
    assert row.product.tags == ("x|y",)


def test_csv_with_columns_of_files(read):
    header = "sku,title,category,media.front,media.detail,media.mesh"
    shown, bare = read(header, "a,A,home/mug,p/a.jpg, p/b.jpg | p/c.jpg ,", "b,B,home/mug,,,", name="a.csv")
    assert [(media.role, media.uri) for media in shown.product.media] == [
        ("front", "p/a.jpg"),
        ("detail", "p/b.jpg"),
        ("detail", "p/c.jpg"),
    ]
    assert bare.product.media == ()


def test_csv_lines_are_counted_where_a_record_begins(read):
    rows = read(
        "sku,title,category,description",
        '"a",A,home/mug,"two',
        'lines"',
        "",
        "b,B,nope,",
        "c,C,home/mug,",
        name="a.csv",
    )
    assert [(row.line, row.error is None) for row in rows] == [(2, True), (5, False), (6, True)]
    assert rows[0].product.description == "two\nlines"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_with_another_delimiter_and_a_mark(read, delimiter):
    lines = [delimiter.join(cells) for cells in (["sku", "title", "category"], ["a", "A, big", "home/mug"])]
    (row,) = read(b"\xef\xbb\xbf" + lines[0].encode() + b"\r", lines[1], name="a.csv")
    assert row.product.title == "A, big"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a,A", "has 2 cells where the header has 4"),
        ("a,A,home/mug,{", "attributes is not JSON"),
        ("a,,home/mug,", "title is missing"),
        ("a,杯,home/mug,".encode("gbk"), "title is not UTF-8"),
        ("a," + "x" * 200_000 + ",home/mug,", "is no CSV"),
        ("a,A,home/mug," + "x," * 1_000_000, "longer than"),
    ],
)
def test_a_bad_csv_record_leaves_the_others(read, line, reason):
    first, bad, last = read("sku,title,category,attributes", "f,F,home/mug,", line, "l,L,home/mug,", name="a.csv")
    assert (first.product.sku, last.product.sku, last.line) == ("f", "l", 4)
    assert bad.line == 3
    assert reason in str(bad.error)


def test_files_in_a_cell_of_json_are_told_where_they_go(read):
    bare, twice = read(
        "sku,title,category,media,media.back",
        "a,A,home/mug,photos/a.jpg,",
        'b,B,home/mug,"[{""role"": ""front"", ""uri"": ""a.png""}]",b.png',
        name="a.csv",
    )
    assert str(bare.error) == "Line 2: media is not JSON; name files in columns such as media.front."
    assert "media is given both as JSON and as columns" in str(twice.error)


def test_a_quote_left_open_is_a_rejected_record(read):
    rows = read("sku,title,category", 'a,"A,home/mug', "b,B,home/mug", name="a.csv")
    assert [row.product for row in rows] == [None]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("sku,title,category,colour", "product: 'colour'.*attributes.colour"),
        (
            "id,name,category,image_url",
            "'id', 'name', .* Rename id to sku, name to title, image_url to media.front, or",
        ),
        ("编号,名称,类目,价格", "Rename 编号 to sku, 名称 to title, 类目 to category, 价格 to price, or"),
        ("sku,title,category,media.side", "product: 'media.side'"),
        ("sku,title", "no column 'category'"),
        ("sku,title,category,sku", "two columns 'sku'"),
        ('sku,title,category,"price' + "x" * 900, r"product: 'price.{40,60}\.\.\.\..*A quote may be left open"),
        ("", "no column 'sku'"),
    ],
)
def test_a_bad_csv_header_concerns_the_whole_file(read, header, reason):
    with pytest.raises(InvalidCatalogue, match=reason) as caught:
        read(header, "a,A,home/mug,x", name="a.csv")
    assert caught.value.line == 1


# Parquet


def test_parquet_with_native_columns(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet

    table = pa.table(
        {
            "sku": ["a", "b", "c"],
            "title": ["A", None, "B"],
            "category": ["home/mug"] * 3,
            "price": pa.array([Decimal("9.5000"), None, Decimal("100")], pa.decimal128(12, 4)),
            "attributes": pa.array([[("colour", "blue")], None, []], pa.map_(pa.string(), pa.string())),
            "attributes.ml": [300, None, None],
            "media": [[{"role": "front", "uri": "a.png", "view": None}], None, None],
            "tags": [["x"], None, []],
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    first, second, third = read_catalogue(tmp_path / "a.parquet")
    assert str(first.product.price) == "9.5"
    assert first.product.attributes == {"colour": "blue", "ml": 300}
    assert first.product.media[0].uri == "a.png"
    assert str(second.error) == "Line 2: title is missing."
    assert str(third.product.price) == "100"


def test_a_damaged_parquet_file_and_a_missing_package(tmp_path, monkeypatch):
    import pyarrow.parquet

    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(InvalidCatalogue, match="no Parquet file"):
        list(read_catalogue(path))
    pyarrow.parquet.write_table(pyarrow.table({"sku": ["a"], "title": ["A"]}), path)
    path.write_bytes(path.read_bytes().replace(b"title", b"ti\xfflo"))
    with pytest.raises(InvalidCatalogue, match="no Parquet file"):
        list(read_catalogue(path))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingDependency, match=r"prodgen-sdk\[parquet\]"):
        list(read_catalogue(path))


# Media


def test_media_stay_inside_the_folder(tmp_path):
    root = tmp_path / "shop"
    root.mkdir()
    (root / "a.png").touch()
    (tmp_path / "secret.png").touch()
    (root / "link.png").symlink_to(tmp_path / "secret.png")

    def resolve(uri):
        return resolve_media(Product(**MUG, media=[Media(role="front", uri=uri)]), root)[0][1]

    assert resolve("a.png") == (root / "a.png").resolve()
    assert resolve(f"asset:{'0' * 64}") is None
    for uri in ("../secret.png", str(tmp_path / "secret.png"), "link.png", "a/../../secret.png"):
        with pytest.raises(OutsideWorkspace):
            resolve(uri)
    for uri, reason in {
        "b.png": "no file",
        "http://x/a.png": "no path",
        "asset:12": "no asset",
        "x" * 1000: "no file",
    }.items():
        with pytest.raises(InvalidCatalogue, match=reason):
            resolve(uri)


def test_a_line_whose_media_leave_the_folder_is_rejected(read, tmp_path):
    (tmp_path / "ok.png").touch()
    lines = [
        {**MUG, "sku": name, "media": [{"role": "front", "uri": uri}]}
        for name, uri in {"a": "../x.png", "b": "ok.png", "c": "no.png"}.items()
    ]
    outside, fine, missing = read(*lines, root=tmp_path)
    assert str(outside.error).startswith("Line 1: ../x.png lies outside")
    assert outside.error.field == "media"
    assert fine.product.sku == "b"
    assert (missing.error.line, missing.error.field) == (3, "media[0].uri")


# Writing

# Control characters other than tab and line ends do not belong in a shop's texts, but must survive all the same.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
# A title of spaces or control characters alone is refused.
TITLE = st.builds("".join, st.tuples(TEXT, st.sampled_from("M杯👕?")))
NAME = st.text(string.ascii_letters + string.digits, min_size=1, max_size=12)
VALUE = st.one_of(
    TEXT,
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(TEXT, max_size=3).map(tuple),
)
PRODUCTS = st.lists(
    st.builds(
        Product,
        sku=NAME,
        title=TITLE,
        description=st.one_of(st.just(""), TEXT),
        category=st.sampled_from(["home/mug", "apparel/t-shirt/long"]),
        attributes=st.dictionaries(TEXT, VALUE, max_size=3),
        price=st.none() | st.decimals(0, 10**9, places=4) | st.integers(0, 10**10 - 1).map(Decimal),
        currency=st.sampled_from(["USD", "CNY"]),
        tags=st.lists(TEXT, max_size=3).map(tuple),
        media=st.lists(st.builds(Media, role=st.just("front"), uri=TEXT), max_size=2).map(tuple),
        locale=st.sampled_from(["en", "zh"]),
        translations=st.dictionaries(
            st.sampled_from(["en", "zh"]), st.fixed_dictionaries({"title": TITLE}), max_size=2
        ),
        stock=st.none() | st.integers(0, 2**40),
        withdrawn=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda product: product.sku,
)


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(products=PRODUCTS)
def test_what_is_written_is_read_back(tmp_path_factory, ending, products):
    path = tmp_path_factory.mktemp("catalogue") / f"shop.{ending}"
    assert write_catalogue(products, path) == len(products)
    rows = list(read_catalogue(path))
    assert [row.error for row in rows] == [None] * len(products)
    assert [row.product for row in rows] == products
    for row, product in zip(rows, products, strict=True):
        assert [type(value) for value in row.product.attributes.values()] == [
            type(value) for value in product.attributes.values()
        ]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "parquet"])
def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, ending):
    def failing():
        yield Product(**MUG)
        raise OSError(28, "No space left on device")

    path = tmp_path / f"shop.{ending}"
    write_catalogue([Product(**MUG)], path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="No space left"):
        write_catalogue(failing(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_is_told(tmp_path):
    with pytest.raises(InputError, match="no known kind"):
        write_catalogue([], tmp_path / "shop.xml")
    with pytest.raises(InputError, match="could not be written"):
        write_catalogue([Product(**MUG, stock=2**70)], tmp_path / "shop.parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_summary_says_how_many():
    rejected = Rejection.of(InvalidCatalogue("Line 3: title is missing.", line=3, field="title"))
    summary = Summary(added=2, unchanged=1, rejected=(rejected,))
    assert str(summary) == "2 added, 0 updated, 1 unchanged, 1 rejected"
    assert summary.model_dump()["rejected"] == ({"line": 3, "field": "title", "reason": "Line 3: title is missing."},)


@pytest.mark.parametrize(
    "text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "'=1", "''=1", "'s-Gravenhage mug", "mug =1", "'"]
)
def test_no_cell_of_a_csv_file_is_a_formula(tmp_path, text):
    product = Product(sku="mug", title=text, category="home/mug", description=text, tags=(text,))
    write_catalogue([product], tmp_path / "mugs.csv")
    with (tmp_path / "mugs.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.reader(file))[1]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert [row.product for row in read_catalogue(tmp_path / "mugs.csv")] == [product]
