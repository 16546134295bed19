"""The files of the index survive kills, show damage, and are followed by other processes."""

from __future__ import annotations

import itertools
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from prodgen_rank.config import Config, IndexConfig
from prodgen_rank.index import delta_log
from prodgen_rank.index.delta_log import Record, together
from prodgen_rank.index.faiss_index import FaissIndex
from prodgen_rank.index.snapshot import Snapshot

from prodgen_sdk.context import Context
from prodgen_sdk.errors import StoreError
from prodgen_sdk.types import Facets, Filter, Remove, Upsert

CONFIG = Config(index=IndexConfig(factory="SQ8", delta_limit=12))


def opened(folder: Path) -> FaissIndex:
    return FaissIndex(CONFIG, Context(state=folder))


def change(step: int, variant: int) -> Upsert:
    vector = np.asarray([step, variant, 1, -step], np.float32)
    return Upsert(
        variant=f"v{variant}", sku=f"p{variant // 2}", vector=vector, facets=Facets(category="home/mug", price=step)
    )


def batch(step: int) -> list[Upsert | Remove]:
    """Three variants at this step's vectors; what step - 5 wrote goes away."""
    return [change(step, step % 20 + i) for i in range(3)] + [Remove(variant=f"v{(step - 5) % 20}")]


def expected(steps: int) -> dict[str, list[float]]:
    model: dict[str, list[float]] = {}
    for step in range(1, steps + 1):
        for c in batch(step):
            if isinstance(c, Upsert):
                model[c.variant] = c.vector.tolist()
            else:
                model.pop(c.variant, None)
    return model


def contents(index: FaissIndex) -> dict[str, list[float]]:
    names = [f"v{i}" for i in range(40)]
    return {variant: vector.tolist() for variant, vector in index.vectors(names, Context()).items()}


def grown(folder: Path, steps: int) -> FaissIndex:
    index = opened(folder)
    for step in range(1, steps + 1):
        index.apply(batch(step), step, Context())
    index.settle()
    return index


def same_answers(one: FaissIndex, other: FaissIndex) -> bool:
    query = np.asarray([[1, 2, 3, 4]], np.float32)
    found = [index.search(query, 50, Filter(price_max=1000), Context())[0] for index in (one, other)]
    return [c.model_dump() for c in found[0]] == [c.model_dump() for c in found[1]]


def test_opens_as_it_was_left(tmp_path: Path) -> None:
    grown(tmp_path, 21)
    index = opened(tmp_path)
    index.apply(batch(22), 22, Context())
    index.settle()
    assert index.stats(Context())["generation"] > 1
    again = opened(tmp_path)
    assert again.sequence == 22
    assert contents(again) == contents(index) == expected(22)
    assert same_answers(again, index)
    assert again.verify(Context()) == []
    assert len(list(tmp_path.glob("generation-*"))) == 2
    again.reset(Context())
    assert (opened(tmp_path).sequence, contents(opened(tmp_path))) == (0, {})


def test_other_instances_follow(tmp_path: Path) -> None:
    reader, writer, second = opened(tmp_path), opened(tmp_path), opened(tmp_path)
    assert reader.sequence == 0
    for step in range(1, 40):
        (writer, second)[step % 2].apply(batch(step), step, Context())
        assert reader.sequence == step
        assert contents(reader) == expected(step)
    writer.apply(batch(1), 30, Context())
    assert contents(reader) == expected(39)


def test_new_facets_take_no_new_rows_and_outlive_the_process(tmp_path: Path) -> None:
    index, reader = opened(tmp_path), opened(tmp_path)
    index.apply([change(1, variant) for variant in range(10)], 1, Context())
    for step in range(2, 9):
        again = change(1, step).model_copy(update={"facets": Facets(category="home/cup", price=step)})
        index.apply([again], step, Context())
    index.apply([again.model_copy(update={"facets": Facets(category="home/cup", on_sale=False)})], 9, Context())
    assert index.stats(Context())["generation"] == 1
    for other in (index, reader, opened(tmp_path)):
        stats = other.stats(Context())
        assert (stats["variants"], stats["delta"], stats["dead"]) == (10, 0, 0)
        found = other.search(np.ones((1, 4), np.float32), 9, Filter(categories=("home/cup",), price_min=5), Context())
        assert {variant.id for candidate in found[0] for variant in candidate.variants} == {"v5", "v6", "v7"}
        assert len(other.vectors(["v8"], Context())) == 1


def test_the_log_of_new_facets_does_not_grow_for_ever(tmp_path: Path) -> None:
    index = opened(tmp_path)
    index.apply([change(1, variant) for variant in range(10)], 1, Context())
    longest = 0
    for step in range(2, 400):
        index.apply(
            [change(1, 0).model_copy(update={"facets": Facets(category="home/mug", price=step)})], step, Context()
        )
        index.settle()
        longest = max(longest, *(file.stat().st_size for file in tmp_path.glob("*/changes.log")))
    assert longest < 8 * 14 * 400
    found = opened(tmp_path).search(np.ones((1, 4), np.float32), 9, Filter(price_min=399), Context())[0]
    assert [variant.id for candidate in found for variant in candidate.variants] == ["v0"]


def test_a_log_of_many_small_records_is_opened_in_few_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = opened(tmp_path)
    index.apply([change(1, variant) for variant in range(10)], 1, Context())
    for step in range(2, 60):
        index.apply(
            [change(1, step % 10).model_copy(update={"facets": Facets(category="home/mug", price=step)})],
            step,
            Context(),
        )
    index.apply([], 60, Context())
    extended, steps = Snapshot.extended, []

    def counted(self, changes):
        steps.append(len(changes))
        return extended(self, changes)

    monkeypatch.setattr(Snapshot, "extended", counted)
    again = opened(tmp_path)
    assert (again.sequence, steps) == (60, [58])
    found = again.search(np.ones((1, 4), np.float32), 9, Filter(price_min=59), Context())[0]
    assert [variant.id for candidate in found for variant in candidate.variants] == ["v9"]
    assert [len(r.changes) for r in together([Record(n, [Remove(variant="v")] * 3, n) for n in range(4)], 6)] == [6, 6]


def test_any_flipped_byte_is_detected(tmp_path: Path) -> None:
    index = grown(tmp_path, 22)
    while not (current := sorted(tmp_path.glob("generation-*"))[-1]).joinpath("changes.log").exists():
        index.apply([change(23, 1)], index.sequence + 1, Context())
        index.settle()
    files = [tmp_path / "CURRENT", *(path for path in current.iterdir())]
    assert {path.name for path in files} == {
        "CURRENT", "manifest.json", "vectors.npy", "columns.npy", "names.jsonl", "changes.log",
    }  # fmt: skip
    for path in files:
        good = path.read_bytes()
        every = range(len(good)) if len(good) < 1000 else random.Random(0).sample(range(len(good)), 60)
        for position in every:
            bad = bytearray(good)
            bad[position] ^= 1 << position % 8
            path.write_bytes(bytes(bad))
            index = opened(tmp_path)
            with pytest.raises(StoreError):
                _ = index.sequence
            assert index.verify(Context())
        path.write_bytes(good)
        assert opened(tmp_path).verify(Context()) == []
    (tmp_path / "CURRENT").unlink()
    with pytest.raises(StoreError, match="no CURRENT"):
        _ = opened(tmp_path).sequence


def test_a_damaged_index_can_be_reset_and_filled_again(tmp_path: Path) -> None:
    grown(tmp_path, 5)
    for path in tmp_path.rglob("*.npy"):
        path.write_bytes(b"nonsense")
    index = opened(tmp_path)
    with pytest.raises(StoreError):
        index.apply(batch(6), 6, Context())
    index.reset(Context())
    index.apply(batch(6), 6, Context())
    assert len(contents(opened(tmp_path))) == 3


def test_every_torn_tail_of_the_log_is_dropped(tmp_path: Path) -> None:
    path, first, second = tmp_path / "changes.log", delta_log.encode(batch(1), 1), delta_log.encode(batch(2), 2)
    for cut in range(len(second)):
        for padding in (0, len(second) - cut):
            path.write_bytes(first + second[:cut] + bytes(padding))
            assert [record.sequence for record in delta_log.read(path)] == [1]
    end = delta_log.append(path, second, len(first))
    records = list(delta_log.read(path))
    assert [record.sequence for record in records] == [1, 2]
    assert records[-1].end == end == path.stat().st_size


def test_a_full_disk_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = grown(tmp_path, 5)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            index.apply(batch(6), 6, Context())
        with pytest.raises(StoreError, match="No space left"):
            index.apply([change(6, v) for v in range(30)], 6, Context())
    assert contents(index) == contents(opened(tmp_path)) == expected(5)
    assert not list(tmp_path.glob(".writing-*"))
    index.apply(batch(6), 6, Context())
    assert contents(opened(tmp_path)) == expected(6)


WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from contextlib import contextmanager
from pathlib import Path
from test_index_files import Context, batch, opened
index = opened(Path(sys.argv[1]))
print("ready", index.sequence, flush=True)
for step in range(index.sequence + 1, 100_000):
    index.apply(batch(step), step, Context())
    print(step, flush=True)
"""


def test_kill_at_any_moment_leaves_the_old_or_the_new_state(tmp_path: Path) -> None:
    rng, steps = random.Random(0), 0
    for _ in range(5):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(Path(__file__).parent)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline().split() == ["ready", str(steps)]
        acknowledged = [int(process.stdout.readline()) for _ in range(rng.randrange(12))]
        time.sleep(rng.uniform(0, 0.01))
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.stdout.read().split()]
        process.wait()
        process.stdout.close()
        index = opened(tmp_path)
        steps = index.sequence
        assert acknowledged[-1:] in ([], [steps], [steps - 1])
        assert contents(index) == expected(steps)
        assert index.verify(Context()) == []


def test_old_folders_and_leftovers_are_cleaned(tmp_path: Path) -> None:
    grown(tmp_path, 3)
    (tmp_path / ".writing-left").mkdir()
    index = opened(tmp_path)
    for step in range(4, 60):
        index.apply(batch(step), step, Context())
    assert not (tmp_path / ".writing-left").exists()
    assert len([*tmp_path.glob("generation-*")]) == 2


def test_an_index_without_rows_is_kept(tmp_path: Path) -> None:
    opened(tmp_path).apply([], 4, Context())
    index = opened(tmp_path)
    assert (index.sequence, index.stats(Context())["variants"]) == (4, 0)
    index.apply([change(5, 1)], 5, Context())
    index.apply([Remove(variant="v1")], 6, Context())
    index.apply([change(7, v) for v in range(20)], 7, Context())
    index.apply([Remove(variant=f"v{v}") for v in range(20)], 8, Context())
    again = opened(tmp_path)
    assert (again.sequence, contents(again)) == (8, {})
    assert again.search(np.ones((1, 4), np.float32), 3, Filter(), Context()) == [[]]
    again.apply([change(9, 1)], 9, Context())
    assert set(contents(opened(tmp_path))) == {"v1"}


def test_a_builder_that_ends_leaves_the_next_one_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next base is begun when the one before is served, but its thread not yet over: it must still be told of changes."""
    index, step = opened(tmp_path), 0
    building, turns = index._files.building, itertools.count()
    served, end_first, begun, build_second = (threading.Event() for _ in range(4))

    @contextmanager
    def slow() -> Iterator[bool]:
        turn = next(turns)
        with building() as free:
            if turn == 1:
                begun.set()
                assert build_second.wait(20)
            yield free
        if turn == 0:
            served.set()
            assert end_first.wait(20)

    def grow_until(condition: Callable[[], object]) -> None:
        nonlocal step
        while not condition():
            step += 1
            index.apply(batch(step), step, Context())

    monkeypatch.setattr(index._files, "building", slow)
    grow_until(lambda: index._rebuild)
    first = index._rebuild
    assert served.wait(20)
    grow_until(lambda: index._rebuild)
    second = index._rebuild
    assert begun.wait(20)
    end_first.set()
    first.join()
    last = step + 3
    grow_until(lambda: step == last)
    build_second.set()
    second.join()
    for one in (index, opened(tmp_path)):
        assert contents(one) == expected(step)
    assert index.stats(Context())["generation"] == 3


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    index = opened(tmp_path / "taken")
    with pytest.raises(StoreError, match="taken could not be written") as caught:
        index.apply(batch(1), 1, Context())
    assert caught.value.hint == "Check the permissions of the folder."
