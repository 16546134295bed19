import threading
import time

import pytest

from prodgen_sdk import Busy, Cancelled, DeadlineExceeded
from prodgen_sdk.context import Context
from prodgen_sdk.scheduler import Batcher, queued, result


def under_way(future):
    """The future, once its batch holds the thread."""
    while not future.running():
        time.sleep(0.001)
    return future


def test_requests_that_arrive_together_are_answered_together():
    batches = []
    gate = threading.Event()

    def run(batch):
        gate.wait(30)
        batches.append(list(batch))
        return [item * 2 for item in batch]

    with Batcher(run, max_batch=4, max_wait=0.05) as batcher:
        first = under_way(batcher.submit(0))
        futures = [batcher.submit(item) for item in range(1, 9)]
        gate.set()
        assert [result(f) for f in [first, *futures]] == [item * 2 for item in range(9)]
    assert batches == [[0], [1, 2, 3, 4], [5, 6, 7, 8]]


def test_a_batch_holds_one_key():
    batches = []

    def run(batch):
        batches.append(list(batch))
        return list(batch)

    with Batcher(run, key=lambda item: item % 2, max_batch=8, max_wait=0.05) as batcher:
        futures = [batcher.submit(item) for item in (2, 4, 1, 3, 6)]
        assert [result(f) for f in futures] == [2, 4, 1, 3, 6]
    assert all(len({item % 2 for item in batch}) == 1 for batch in batches)


def test_a_bad_request_fails_alone():
    def run(batch):
        if "bad" in batch:
            raise ValueError("bad")
        return [item.upper() for item in batch]

    with Batcher(run, max_wait=0.05) as batcher:
        futures = [batcher.submit(item) for item in ("a", "bad", "b")]
        assert result(futures[0]) == "A"
        with pytest.raises(ValueError, match="bad"):
            result(futures[1])
        assert result(futures[2]) == "B"


def test_wrong_number_of_answers_is_an_error_and_the_thread_lives_on():
    with Batcher(lambda batch: [1, 2] if batch == ["x"] else list(batch)) as batcher:
        with pytest.raises(RuntimeError, match="2 answers to 1 requests"):
            result(batcher.submit("x"))
        assert result(batcher.submit("y")) == "y"


def test_back_pressure_and_waiting_for_a_place():
    gate = threading.Event()

    def run(batch):
        gate.wait(30)
        return list(batch)

    with Batcher(run, max_batch=1, max_wait=0, max_queue=1) as batcher:
        running = under_way(batcher.submit(1))
        second = batcher.submit(2)
        with pytest.raises(Busy, match="max_queue"):
            batcher.submit(3)
        threading.Timer(0.1, gate.set).start()
        late = batcher.submit(4, timeout=5)
        assert [result(f) for f in (running, second, late)] == [1, 2, 4]


def test_a_cancelled_request_is_dropped():
    seen = []
    gate = threading.Event()

    def run(batch):
        gate.wait(30)
        seen.extend(batch)
        return list(batch)

    with Batcher(run, max_batch=1, max_wait=0) as batcher:
        running = under_way(batcher.submit("running"))
        dropped = batcher.submit("dropped")
        assert dropped.cancel()
        gate.set()
        assert result(running) == "running"
        with pytest.raises(Cancelled):
            result(dropped)
    assert seen == ["running"]


def test_close_answers_what_is_queued_and_refuses_what_comes_later():
    batcher = Batcher(lambda batch: [time.sleep(0.01) or item for item in batch], max_batch=1)
    futures = [batcher.submit(item) for item in range(5)]
    batcher.close()
    batcher.close()
    assert [result(f) for f in futures] == list(range(5))
    with pytest.raises(Cancelled):
        batcher.submit(9)


def test_requests_of_other_keys_wait_for_a_batch_of_their_own():
    batches = []
    gate = threading.Event()

    def run(batch):
        gate.wait(30)
        batches.append(list(batch))
        return list(batch)

    with Batcher(run, key=lambda item: item % 2, max_batch=4, max_wait=0.05) as batcher:
        futures = [batcher.submit(item) for item in (0, 1, 2, 3, 4, 5, 6, 7)]  # the keys take turns
        gate.set()
        assert [result(f) for f in futures] == list(range(8))
    assert batches == [[0, 2, 4, 6], [1, 3, 5, 7]]


def test_workers_share_the_queue_and_run_side_by_side():
    both = threading.Barrier(2, timeout=5)
    ran = {"a": 0, "b": 0}

    def worker(name):
        def run(batch):
            ran[name] += len(batch)
            both.wait()  # passes only while the other worker runs as well
            return [(name, item) for item in batch]

        return run

    with Batcher([worker("a"), worker("b")], max_batch=2, max_wait=0.01) as batcher:
        answers = [result(f) for f in [batcher.submit(item) for item in range(8)]]
    assert [item for _, item in answers] == list(range(8))
    assert ran == {"a": 4, "b": 4}


def test_who_gives_up_does_not_wait_for_the_rest_of_the_batch():
    gate = threading.Event()
    with Batcher(lambda batch: [gate.wait(30) and item for item in batch], max_batch=2, max_wait=1.0) as batcher:
        stays, leaves = batcher.submit("stays"), batcher.submit("leaves")
        started = time.monotonic()
        with pytest.raises(Cancelled):
            result(leaves, Context(cancelled=lambda: time.monotonic() > started + 0.1))
        with pytest.raises(DeadlineExceeded):
            result(leaves, Context(deadline=time.monotonic() + 0.1))
        assert time.monotonic() - started < 20
        gate.set()
        assert result(stays, Context()) == "stays"


def test_who_waits_for_a_place_may_give_up():
    gate = threading.Event()
    with Batcher(
        lambda batch: [gate.wait(30) and item for item in batch], max_batch=1, max_wait=0, max_queue=1
    ) as batcher:
        running = under_way(batcher.submit("running"))
        waiting = batcher.submit("waiting")
        started = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            queued(batcher, "late", Context(deadline=started + 0.1))
        with pytest.raises(Cancelled):
            queued(batcher, "gone", Context(cancelled=lambda: time.monotonic() > started + 0.3))
        assert time.monotonic() - started < 20
        threading.Timer(0.1, gate.set).start()
        patient = queued(batcher, "patient", Context())
        assert [result(future) for future in (running, waiting, patient)] == ["running", "waiting", "patient"]


def test_a_timeout_error_of_the_work_itself_is_not_taken_for_waiting():
    def run(batch):
        raise TimeoutError("the model's own")

    with Batcher(run) as batcher, pytest.raises(TimeoutError, match="own"):
        result(batcher.submit(1), Context())


def test_cancelled_requests_make_place_for_others():
    gate = threading.Event()
    with Batcher(
        lambda batch: [gate.wait(30) and item for item in batch], max_batch=1, max_wait=0, max_queue=2
    ) as batcher:
        running = under_way(batcher.submit("running"))
        waiting = [batcher.submit(n) for n in range(2)]
        with pytest.raises(Busy):
            batcher.submit("no place")
        waiting[0].cancel()
        late = batcher.submit("late")
        gate.set()
        assert [result(f) for f in (running, waiting[1], late)] == ["running", 1, "late"]


def test_close_with_cancel_drops_what_waits():
    gate = threading.Event()
    batcher = Batcher(lambda batch: [gate.wait(30) and item for item in batch], max_batch=1, max_wait=0)
    running = under_way(batcher.submit("running"))
    waiting = batcher.submit("waiting")
    threading.Timer(0.1, gate.set).start()
    batcher.close(cancel=True)
    assert result(running) == "running"
    with pytest.raises(Cancelled):
        result(waiting)


def test_many_threads_get_their_own_answers():
    with Batcher(lambda batch: [item + 1 for item in batch], max_batch=16) as batcher:
        answers = {}

        def ask(start):
            for item in range(start, start + 50):
                answers[item] = result(batcher.submit(item, timeout=5))

        threads = [threading.Thread(target=ask, args=(n * 50,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {item: item + 1 for item in range(400)}
