"""`prodgen eval encoders` on a few photos."""

import re

import numpy as np
import pytest
from prodgen_rank.benchmarks.encoders import EncoderBenchmark

from prodgen_sdk import images
from prodgen_sdk.errors import InputError
from prodgen_sdk.host import Host
from prodgen_sdk.testing.samples import sample_photo


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for kind, blue in (("mug", 40), ("lamp", 200)):
        for product in range(4):
            photo = sample_photo((60 * product, 90, blue))
            images.save(photo, folder / kind / f"{product}_front.png")
            images.save(np.roll(photo, 4, axis=1), folder / kind / f"{product}_back.png")
    return folder


def run(**options):
    ctx = Host.discover().context()
    return EncoderBenchmark(None, ctx).run(options, ctx)


def test_encoders_are_compared_on_photos(photos):
    figures = run(data=str(photos), encoders="image/descriptor")
    assert (figures["photos.pictures"], figures["photos.products"]) == (16, 8)
    assert figures["photos.image_descriptor.same_product_first"] == 1
    assert "photos.image_descriptor.same_family_of_3" in figures


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"encoder": "image/mini"}, "encoder is not known. Did you mean encoders?"),
        ({"encoders": "image/mino"}, "no image encoder 'image/mino'. Did you mean image/mini"),
        ({"encoders": ","}, "encoders must have at least 1 item"),
        ({"n": "few"}, "n must be a whole number"),
    ],
)
def test_a_wrong_option_is_named(photos, wrong, words):
    with pytest.raises(InputError, match=re.escape(words)):
        run(**{"data": str(photos)} | wrong)
