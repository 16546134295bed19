import gc
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Event, View


def test_recording_is_idempotent_on_the_id(store, event):
    first, second = event("e1"), event("e2", "purchase", 5, value=9.5, query="mug 杯")
    assert store.events.record([first, second, first]) == [first, second]
    assert store.events.record([second, event("e3")]) == [event("e3")]
    assert store.events.count() == 3


def test_an_event_comes_back_as_it_was(store, event):
    shown = event(
        "e1",
        "impression",
        1 / 3,
        variant="v1",
        request_id="r1",
        position=0,
        propensity=0.125,
        policy="policy/lints@3",
        user="用户 1",
    )
    store.events.record([shown], durable=False)
    assert store.events.history("用户 1") == (shown,)


def test_history_is_by_time_newest_last_even_if_one_came_late(store, event):
    store.events.record([event("b", minutes=2), event("c", minutes=3)])
    store.events.record([event("a", minutes=1), event("x", user="bob")])
    assert [item.id for item in store.events.history("ann")] == ["a", "b", "c"]
    assert [item.id for item in store.events.history("ann", 2)] == ["b", "c"]
    assert store.events.count("ann") == 3


def test_the_log_in_both_orders(store, event):
    late = [event(f"e{number:04}", minutes=-number // 2) for number in range(1100)]
    store.events.record(late)
    log = list(store.events.log())
    assert [item for _, item in log] == late
    assert [sequence for sequence, _ in log] == sorted({sequence for sequence, _ in log})
    assert [item for _, item in store.events.log(log[1050][0])] == late[1051:]
    assert list(store.events.log_by_time()) == sorted(late, key=lambda item: item.at)
    assert list(store.events.log_by_time(["purchase"])) == []
    assert store.events.last_sequence() == log[-1][0]


def test_pruning_deletes_what_is_older(store, event):
    kinds = ("impression", "view", "click")
    log = [event(f"e{n:04}", kinds[n % 3], minutes=n) for n in range(1300)]
    store.events.record(log)
    before = log[1203].at
    assert store.events.prune(before, ["impression", "click"]) == 802
    kept = [item for item in log if item.at >= before or item.type == "view"]
    assert list(store.events.log_by_time()) == kept
    assert list(store.events.log_by_time({"view", "click"})) == [item for item in kept if item.type != "impression"]
    assert store.events.prune(before, ["impression", "click"]) == 0
    assert store.events.prune(before) == 401
    assert list(store.events.log_by_time()) == log[1203:]


def test_what_a_database_cannot_hold_is_a_clear_error(store, event):
    good = [event(f"e{number}") for number in range(600)]  # more than are written at once
    for field, value in [
        ("position", 2**63),
        ("at", datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))),
        ("query", "half a pair: \ud83d"),
        ("user", "nul\0"),
    ]:
        bad = Event.model_construct(**{**event("bad").model_dump(), field: value})
        with pytest.raises(InputError, match=rf"'bad' cannot be stored: its (time|{field})"):
            store.events.record([*good, bad])
        assert store.events.count() == 0
    assert len(store.events.record([*good])) == 600


def test_an_event_that_is_read_is_as_good_as_one_that_was_made(store, event):
    made = event("e1", "purchase", value=2, query="mug")
    store.events.record([made])
    (read,) = store.events.history("ann")
    assert read == Event.model_validate(read.model_dump()) == made
    assert hash(read) == hash(made)
    assert read.model_copy(update={"sku": "b"}).sku == "b"
    assert read.model_dump_json() == made.model_dump_json()
    assert type(read.value) is float
    with pytest.raises(ValueError, match="frozen"):
        read.sku = "b"


def test_what_a_user_did_is_found_below_what_they_were_shown(store, event):
    types = ["click", "impression", "hide", "impression", "search", "view", "add_to_cart", "purchase"]
    store.events.record(event(f"e{n:03}", types[n % 8], minutes=n // 3) for n in range(200))
    did = [f"e{n:03}" for n in range(200) if types[n % 8] != "impression"]
    assert [item.id for item in store.events.history("ann", impressions=False)] == did
    assert [item.id for item in store.events.history("ann", 10, impressions=False)] == did[-10:]
    assert store.events.shown("ann") == {"mug-1"}


def shown(event, id, minutes=0, **fields):
    return event(id, "impression", minutes, **{"variant": "v1", "request_id": f"r-{id}", "propensity": 0.5, **fields})


def test_feedback_by_request_then_by_the_last_look(store, event):
    store.events.record(
        [
            shown(event, "i1", 0),
            shown(event, "i2", 10),
            shown(event, "i3", 20, variant="v2"),
            event("c1", "click", 15, variant="v1", request_id="r-i1"),  # names its request
            event("c2", "purchase", 25),  # names the product alone: the last image of it that was seen
            event("c3", "click", 30, variant="v9"),  # a variant that was not shown
            event("c4", "click", 30, variant="v1", user="bob"),  # somebody else
        ]
    )
    rewards = {item.at.minute: item.reward for _, item in store.events.feedback()}
    assert rewards == {0: 1.0, 10: 0.0, 20: 1.0}


def test_feedback_ends_before_a_window_that_is_open(store, event):
    store.events.record([shown(event, "i1", 0), shown(event, "i2", 50)])
    start = event("x").at
    window = timedelta(hours=1)
    (first,) = store.events.feedback(window=window, until=start + timedelta(minutes=61))
    assert first[1].at == start
    assert list(store.events.feedback(first[0], window=window, until=start + timedelta(minutes=61))) == []
    store.events.record([event("c", "add_to_cart", 62, variant="v1")])
    (second,) = store.events.feedback(first[0], window=window, until=start + timedelta(hours=3))
    assert second[1].reward == 1.0


def test_an_answer_after_the_window_earns_nothing(store, event):
    store.events.record([shown(event, "i1", 0), event("c", "click", 61, variant="v1", request_id="r-i1")])
    assert [item.reward for _, item in store.events.feedback(window=timedelta(hours=1))] == [0.0]


def test_answers_that_came_after_their_impression_was_told_are_counted(store, event):
    store.events.record([shown(event, "i1", 0), event("c1", "click", 1, variant="v1")])
    ((told, _),) = store.events.feedback()
    seen = store.events.last_sequence()
    assert store.events.late_answers(seen, told) == 0
    store.events.record(
        [
            event("c2", "click", 5, variant="v1"),
            event("c3", "click", 61, variant="v1"),  # after the window
            event("c4", "view", 5, variant="v1"),  # no answer
            event("c5", "click", 5, variant="v1", user="bob"),  # somebody else
            shown(event, "i2", 70),
            event("c6", "click", 71, variant="v1"),  # for what was not told yet
        ]
    )
    assert store.events.late_answers(seen, told, window=timedelta(hours=1)) == 1


def test_rewards_can_be_set_and_the_largest_counts(store, event):
    store.events.record(
        [shown(event, "i1"), event("c", "click", 1, variant="v1"), event("p", "purchase", 2, variant="v1")]
    )
    rewards = {"click": 0.2, "purchase": 0.9}
    assert [item.reward for _, item in store.events.feedback(rewards=rewards)] == [0.9]


def test_feedback_has_the_view_of_its_variant(store, event, product, variant):
    store.products.put([product()])
    store.variants.publish(*variant("v1", view=View(azimuth=90)))
    store.events.record([shown(event, "i1"), shown(event, "i2", variant="gone")])
    assert [item.view for _, item in store.events.feedback()] == [View(azimuth=90), None]


def test_reading_a_long_log_leaves_little_to_collect(sqlite_store, event):
    # The collector stops all threads: with the queries of every page left to it, for a tenth of a second and more.
    sqlite_store.events.record(shown(event, f"i{number}", number) for number in range(3000))
    list(sqlite_store.events.feedback())
    gc.collect()
    gc.disable()
    try:
        assert sum(1 for _ in sqlite_store.events.feedback()) == 3000
        assert gc.collect() < 1000
    finally:
        gc.enable()


def test_feedback_in_pages_equals_feedback_at_once(store, event):
    store.events.record(shown(event, f"i{number}", number, user=f"u{number % 7}") for number in range(1100))
    store.events.record(
        event(f"c{number}", "click", number + 0.5, variant="v1", user=f"u{number % 7}") for number in range(0, 1100, 3)
    )
    told = list(store.events.feedback())
    assert len(told) == 1100
    assert sum(item.reward for _, item in told) == len(range(0, 1100, 3))
    middle = told[549][0]
    assert list(store.events.feedback(middle)) == told[550:]


def oracle(events, window):
    """The rule in plain words over the whole log; the sequence of an event is its place."""
    earned = {}
    for answer in events:
        if answer.type != "click":
            continue
        near = [
            (shown.at, place)
            for place, shown in enumerate(events)
            if shown.type == "impression"
            and shown.user == answer.user
            and abs(shown.at - answer.at) <= window
            and (shown.variant == answer.variant if answer.variant else shown.sku == answer.sku)
        ]
        asked = [item for item in near if answer.request_id and events[item[1]].request_id == answer.request_id]
        candidates = asked or [item for item in near if item[0] <= answer.at]
        if candidates:
            earned[max(candidates)[1]] = 1.0
    return [earned.get(place, 0.0) for place, shown in enumerate(events) if shown.type == "impression"]


STEPS = st.tuples(
    st.sampled_from(["impression", "impression", "click", "view"]),
    st.integers(0, 20),
    st.sampled_from("ab"),
    st.sampled_from(["v1", "v2", None]),
    st.sampled_from([None, "r1", "r2"]),
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14), window=st.integers(0, 10))
def test_feedback_agrees_with_the_rule_in_plain_words(sqlite_store, event, steps, window):
    with sqlite_store.database.write("events") as connection:
        connection.exec_driver_sql("delete from events")
    events = [
        event(
            f"e{place}",
            type,
            minutes,
            user=user,
            variant=variant or ("v1" if type == "impression" else None),
            request_id=request,
        )
        for place, (type, minutes, user, variant, request) in enumerate(steps)
    ]
    sqlite_store.events.record(events, durable=False)
    told = [item.reward for _, item in sqlite_store.events.feedback(window=timedelta(minutes=window))]
    assert told == oracle(events, timedelta(minutes=window))


def test_answers_are_counted_by_policy_version(store, event):
    def shown(id, user, request, policy="policy/a@1", minutes=0):
        return event(id, "impression", user=user, variant="v", request_id=request, policy=policy, minutes=minutes)

    start = event("0").at
    store.events.record(
        [
            shown("1", "ann", "r1"),
            shown("2", "bob", "r2"),
            shown("3", "ann", "r3", "policy/a@2", 5),
            shown("old", "ann", "r0", minutes=-1440),
            event("4", "click", user="ann", request_id="r1", minutes=0.1),
            event("5", "purchase", user="ann", request_id="r1", minutes=2),
            event("6", "click", user="ann", minutes=6),
            event("7", "view", user="bob", request_id="r2", minutes=6),
            event("8", "click", user="eve", request_id="r2", minutes=6),
        ]
    )
    assert store.events.answered(start) == {"policy/a@1": (2, 1), "policy/a@2": (1, 0)}
    assert store.events.answered(start, start + timedelta(minutes=1)) == {"policy/a@1": (2, 1)}
    assert store.events.answered(start, types=["view"])["policy/a@1"] == (2, 1)
