"""Reviews of Amazon's published sets, in the shapes in which they are given out."""

import gzip
import json

import pytest
from prodgen_rank.evaluation.datasets import read

from prodgen_sdk.errors import InputError

ROWS = [
    ("A3SGXH7AUHU8GW", "B0009RF9DW", 5.0, 1386979200),
    ("AFKZENTNBQ7A7V7UXW5JJI6UGRYQ", "7806397051", 1.0, 1400000000),
    ("A3SGXH7AUHU8GW", "7806397051", 3.0, 1386979300),
]
OF_2014 = "\n".join(f"{user},{item},{stars},{time}" for user, item, stars, time in ROWS)
SHAPES = {
    "2014.json": "\n".join(
        json.dumps({"reviewerID": u, "asin": i, "reviewText": "a, b\n", "overall": r, "unixReviewTime": t})
        for u, i, r, t in ROWS
    ),
    "2023.jsonl": "\n".join(
        json.dumps({"rating": r, "asin": "B000VARIAN", "parent_asin": i, "user_id": u, "timestamp": t * 1000})
        for u, i, r, t in ROWS
    ),
    "ratings-2014.csv": OF_2014,
    "ratings-2018.csv": "\n".join(f"{item},{user},{stars},{time}" for user, item, stars, time in ROWS),
    "2023.csv": "user_id,parent_asin,rating,timestamp,history\n"
    + "\n".join(f"{u},{i},{r},{t * 1000},B1 B2" for u, i, r, t in ROWS),
    "recbole.inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n" + OF_2014.replace(",", "\t"),
    "any-order.csv": "unixReviewTime,overall,asin,reviewerID\n" + "\n".join(f"{t},{r},{i},{u}" for u, i, r, t in ROWS),
}


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("packed", [False, True])
def test_every_shape_says_who_reviewed_what_and_when(tmp_path, name, packed):
    path = tmp_path / (f"{name}.gz" if packed else name)
    path.write_bytes(gzip.compress(SHAPES[name].encode()) if packed else SHAPES[name].encode())
    table = read(path)
    assert [table.skus[code] for code in table.items] == [item for _, item, _, _ in ROWS]
    assert table.users.tolist() == [0, 1, 0]
    assert table.times.tolist() == [time for *_, time in ROWS]
    # A review is a review: stars neither weigh it nor make the file one of MovieLens.
    assert set(table.weights.tolist()) == {1.0}


def test_parquet_of_reviews(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    rows = [{"user_id": u, "parent_asin": i, "rating": r, "timestamp": t * 1000} for u, i, r, t in ROWS]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "reviews.parquet")
    assert read(tmp_path / "reviews.parquet").times.tolist() == [time for *_, time in ROWS]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHAPES["2014.json"].replace('"asin": "7806397051"', '"asin": null', 1), "line 2 has no parent_asin or asin"),
        (SHAPES["2014.json"] + "\n[1]", "line 4 is no JSON object"),
        (OF_2014 + "\nA3SGXH7AUHU8GW,B0009RF9DW,5.0,soon", "soon"),
        (OF_2014 + "\nA3SGXH7AUHU8GW", "line 4 has no parent_asin or asin or item_id and no timestamp"),
    ],
)
def test_a_line_that_is_no_review_is_named(tmp_path, text, said):
    path = tmp_path / "reviews.txt"
    path.write_text(text)
    with pytest.raises(InputError, match="is no file of amazon") as error:
        read(path)
    assert said in str(error.value)


def test_a_damaged_archive_is_named(tmp_path):
    path = tmp_path / "reviews.csv.gz"
    path.write_bytes(gzip.compress(OF_2014.encode())[:60])
    with pytest.raises(InputError, match="ended before the end-of-stream"):
        read(path)
