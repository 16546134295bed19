import numpy as np


def test_vectors_come_back_bit_equal(store):
    vectors = {f"d{number}": np.random.default_rng(number).normal(size=8).astype(np.float32) for number in range(700)}
    store.embeddings.put_many("image/mini@1", vectors)
    loaded = store.embeddings.get_many("image/mini@1", [*vectors, "unknown"])
    assert set(loaded) == set(vectors)
    assert all(np.array_equal(loaded[key], vectors[key]) and loaded[key].dtype == np.float32 for key in vectors)


def test_encoders_do_not_mix_and_a_second_put_replaces(store):
    one, two = np.ones(2, np.float32), np.zeros(2, np.float32)
    store.embeddings.put_many("a", {"d": one})
    store.embeddings.put_many("b", {"d": two})
    assert store.embeddings.get_many("a", ["d"])["d"][0] == 1
    store.embeddings.put_many("a", {"d": two})
    assert store.embeddings.get_many("a", ["d"])["d"][0] == 0
    assert store.embeddings.clear("a") == 1
    assert store.embeddings.get_many("a", ["d"]) == {}
    assert set(store.embeddings.get_many("b", ["d"])) == {"d"}
