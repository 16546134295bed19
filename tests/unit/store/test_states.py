def test_values_of_components(store):
    assert store.states.get("policy/lints", "mean") is None
    store.states.put("policy/lints", "mean", b"\x00\xff")
    store.states.put("policy/lints", "mean", b"2")
    store.states.put("policy/lints", "a", b"", user="ann")
    store.states.put("rank/hybrid", "mean", b"3")
    assert store.states.get("policy/lints", "mean") == b"2"
    assert store.states.get("policy/lints", "a") == b""
    assert store.states.keys("policy/lints") == ("a", "mean")
    assert store.states.delete("policy/lints", "mean")
    assert not store.states.delete("policy/lints", "mean")
    assert store.states.get("rank/hybrid", "mean") == b"3"
