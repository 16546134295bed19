"""Reading interactions and cutting them: nothing that is asked may be known."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_rank.evaluation import datasets, splits
from prodgen_rank.evaluation.datasets import table_of

from prodgen_sdk.errors import InputError

ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("uvwxyz"), st.just(1.0), st.integers(0, 9).map(float)),
    min_size=1,
    max_size=40,
)


@given(ROWS, st.sampled_from(sorted(splits.PROTOCOLS)))
def test_what_is_asked_is_new_and_what_is_known_comes_from_the_table(rows, protocol):
    table = table_of(rows)
    try:
        split = splits.PROTOCOLS[protocol](table)
    except InputError:
        return
    pairs = {(user, item) for user, item, _, _ in rows}
    for user, history, relevant in zip(split.users, split.histories, split.relevant, strict=True):
        known, asked = set(history.items.tolist()), set(relevant.tolist())
        assert known, "everyone who is asked about has a history"
        assert asked, "everyone who is asked about has something to be found"
        assert not known & asked
        name = list(dict.fromkeys(user for user, _, _, _ in rows))[user]
        assert all((name, table.skus[item]) in pairs for item in known | asked)
        if protocol != "movielens":
            first = {i: min(t for n, s, _, t in rows if n == name and s == table.skus[i]) for i in asked}
            assert min(first.values()) >= history.times.max()
        if protocol == "leave-last-out":
            assert len(asked) == 1
            assert known | asked == {table.skus.index(s) for n, s, _, _ in rows if n == name}


def test_stratified_takes_the_rows_of_the_published_split():
    # python_stratified_split(data, ratio=0.75, seed=42) of recommenders 1.2, worked out by hand for two users:
    # numpy.random.seed(42); rand(10) = .37 .95 .73 .60 .16 .16 .06 .87 .60 .71
    table = table_of([(user, f"i{n}", 1.0, 0.0) for n, user in enumerate("aabbaabbab")])
    split = splits.stratified(table)
    assert [table.skus[i] for i in split.train.history(0).items] == ["i0", "i4", "i5", "i8"]  # a: 4 of 5, without .95
    assert [table.skus[i] for i in split.train.history(1).items] == ["i2", "i3", "i6", "i9"]  # b: 4 of 5, without .87


def test_some_keeps_users_with_their_answers():
    table = table_of([(f"u{n}", f"i{m}", 1.0, m) for n in range(30) for m in range(n % 4, n % 4 + 4)])
    whole = splits.leave_last_out(table)
    some = whole.some(7)
    assert len(some) == 7
    for user, relevant in zip(some.users, some.relevant, strict=True):
        assert relevant.tolist() == whole.relevant[whole.users.tolist().index(user)].tolist()
    assert whole.some(30) is whole


def test_reads_each_form(tmp_path):
    (tmp_path / "u.data").write_text("1\t10\t5\t100\n2\t10\t3\t90\n1\t11\t1\t50\n")
    ratings = datasets.read(tmp_path)
    assert (ratings.skus, ratings.n_users, ratings.weights.tolist()) == (("10", "11"), 2, [5, 3, 1])
    inter = tmp_path / "ml-100k.inter"
    inter.write_text("user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t10\t5\t100\n")
    assert len(datasets.read(inter)) == 1
    lines = tmp_path / "lines.txt"
    lines.write_text("1 5 6 7\n2 6\n\n")
    found = datasets.read(lines)
    assert [found.skus[i] for i in found.interactions().history(0).items] == ["5", "6", "7"]
    lines.write_text("1 5\n2 6\n1 7\n1 6 5\n")
    history = datasets.read(lines).interactions().history(0)
    assert (history.items.tolist(), history.times.tolist()) == ([0, 2, 1, 0], [0, 1, 2, 3])
    table = tmp_path / "ratings_Shop.csv"
    table.write_text("A1,B7,5.0,1369699200\nA1,B8,2.0,1369699300\n")
    assert datasets.read(table).weights.tolist() == [5, 2]
    log = tmp_path / "log.jsonl"
    event = {"id": "1", "user": "ann", "type": "purchase", "sku": "mug", "at": "2026-01-01T00:00:00Z"}
    other = [
        event,
        event,
        event | {"id": "2", "type": "impression"},
        event | {"id": "3", "type": "hide"},
        event | {"id": "4", "sku": None},
    ]
    log.write_text("".join(json.dumps(each) + "\n" for each in other))
    read = datasets.read(log)
    assert (read.skus, read.weights.tolist(), read.times.tolist()) == (("mug",), [5.0], [1767225600.0])


def test_reads_a_log_in_parquet(tmp_path):
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    event = {"id": "1", "user": "ann", "type": "purchase", "sku": "mug", "at": datetime(2026, 1, 1, tzinfo=UTC)}
    rows = [event, event | {"id": "2", "type": "search", "sku": None, "query": "a mug"}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "log.parquet")
    read = datasets.read(tmp_path / "log.parquet")
    assert (read.skus, read.weights.tolist(), read.times.tolist()) == (("mug",), [5.0], [1767225600.0])
    (tmp_path / "log.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="damaged"):
        datasets.read(tmp_path / "log.parquet")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("log.jsonl", '{"id": "1"}\n', "line 1"),
        ("u.data", "1\t2\tnan\t3\n", "finite"),
        ("u.data", "1\t2\n", "fields"),
        ("lines.txt", "", "no interactions"),
        ("lines.txt", "7\n", "no interactions"),
    ],
)
def test_says_what_is_wrong_with_a_file(tmp_path, name, text, said):
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        datasets.read(path)


def test_says_that_there_is_nothing_to_ask(tmp_path):
    with pytest.raises(InputError, match="no file"):
        datasets.read(tmp_path / "missing.txt")
    with pytest.raises(InputError, match="holds no ratings"):
        datasets.read(tmp_path)
    for rows in ([("a", "x", 1.0, 0.0)], [("a", "x", 1.0, 0.0), ("b", "x", 1.0, 1.0)]):
        for protocol in splits.PROTOCOLS.values():
            with pytest.raises(InputError, match="No user"):
                protocol(table_of(rows))
    assert np.isfinite(splits.temporal(table_of([("a", s, 1.0, 1e18 * n) for n, s in enumerate("xyzvw")])).now)
