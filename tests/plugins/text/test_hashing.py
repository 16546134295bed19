import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_text.config import TextConfig
from prodgen_text.encoders.hashing import HashEncoder, hash_texts

from prodgen_sdk.context import Context

PINNED_PLACES = [0, 4, 5, 6, 7, 8, 9, 10, 14, 15]
PINNED_VALUES = [
    -0.5192201,
    -0.1527118,
    0.1527118,
    0.2137965,
    -0.1527118,
    -0.1527118,
    0.3054236,
    0.6719319,
    0.1527118,
    0.1527118,
]
TITLES = ["Blue ceramic mug", "红色棉质T恤", "Walnut wood headphone stand", "", "   ", "💡", "蓝色马克杯"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=6), st.sampled_from([16, 100, 512]))
def test_any_text_becomes_a_unit_vector(texts, dimension):
    vectors = hash_texts(texts, dimension)
    assert vectors.shape == (len(texts), dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
def test_a_vector_does_not_depend_on_its_batch(texts):
    together = hash_texts(texts)
    assert all(np.array_equal(together[place], hash_texts([text])[0]) for place, text in enumerate(texts))


def test_the_same_in_another_process_with_another_hash_seed():
    code = f"from prodgen_text.encoders.hashing import hash_texts; print(hash_texts({TITLES!r}).tobytes().hex())"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {hash_texts(TITLES).tobytes().hex() + "\n"}


def test_a_pinned_value():
    """Stored vectors stay comparable: a change here needs a new component id or a rebuilt index."""
    vector = hash_texts(["blue mug"], 16, concepts=False)[0]
    assert np.flatnonzero(vector).tolist() == PINNED_PLACES
    np.testing.assert_allclose(vector[vector != 0], PINNED_VALUES, atol=1e-6)


def test_letter_case_width_and_traditional_characters_do_not_matter():
    vectors = hash_texts(["Blue Mug", "ＢＬＵＥ　ｍｕｇ", "藍色馬克杯", "蓝色马克杯"])
    assert np.array_equal(vectors[0], vectors[1])
    assert np.array_equal(vectors[2], vectors[3])


PAIRS = [
    ("蓝色马克杯", "blue mug"),
    ("红色陶瓷马克杯", "red ceramic mug"),
    ("黑色真皮夹克", "black leather jacket"),
    ("白色纯棉T恤", "white cotton t-shirt"),
    ("不锈钢保温杯", "stainless steel water bottle"),
    ("绿色玻璃花瓶", "green glass vase"),
    ("灰色羊毛围巾", "grey wool scarf"),
    ("碎花连衣裙", "floral dress"),
    ("实木餐椅", "wooden dining chair"),
    ("无线蓝牙耳机", "wireless bluetooth headphones"),
    ("草莓果酱", "strawberry jam"),
    ("粉色口红", "pink lipstick"),
]


def test_translations_find_each_other():
    chinese, english = (hash_texts(texts) for texts in zip(*PAIRS, strict=True))
    similar = chinese @ english.T
    own = similar.diagonal()
    others = similar[~np.eye(len(PAIRS), dtype=bool)]
    assert (similar.argmax(axis=1) == np.arange(len(PAIRS))).all()
    assert own.mean() > others.mean() + 0.45
    without = [hash_texts(texts, concepts=False) for texts in zip(*PAIRS, strict=True)]
    assert (without[0] @ without[1].T).diagonal().mean() < 0.15


def test_words_shared_in_part_rank_in_between():
    blue_mug, red_mug, blue_sofa, jam = hash_texts(["blue mug", "red mug", "blue sofa", "strawberry jam"])
    assert blue_mug @ red_mug > blue_mug @ jam + 0.2
    assert blue_mug @ blue_sofa > blue_mug @ jam + 0.2


def test_the_component_takes_its_options():
    encoder = HashEncoder(TextConfig.model_validate({"hash": {"dimension": 64}}), Context())
    assert encoder.encode(TITLES, Context()).shape == (len(TITLES), 64)
    assert HashEncoder(None, Context()).encode([], Context()).shape == (0, 512)


def test_the_lexicon_is_part_of_the_encoders_identity():
    from prodgen_text.config import HashConfig, TextConfig
    from prodgen_text.encoders.hashing import HashEncoder

    from prodgen_sdk.context import Context

    assert len(HashEncoder(None, Context()).digest) == 16
    assert HashEncoder(TextConfig(hash=HashConfig(concepts=False)), Context()).digest == ""
