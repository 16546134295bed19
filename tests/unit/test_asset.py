"""What a product asset refuses."""

import numpy as np
import pytest
from pydantic import ValidationError

from prodgen_sdk.types import ProductAsset


@pytest.mark.parametrize("edge", [128, 200, 512, 1024])
def test_artwork_may_be_finer(edge):
    art = np.zeros((edge, edge, 4), np.uint8)
    assert ProductAsset(family="mug", layout="label", artwork=art).artwork.shape == (edge, edge, 4)


@pytest.mark.parametrize("shape", [(), (128,), (64, 64, 4), (128, 128, 3), (128, 256, 4), (2048, 2048, 4)])
def test_artwork_of_another_shape_is_refused(shape):
    with pytest.raises(ValidationError, match="artwork"):
        ProductAsset(family="mug", layout="label", artwork=np.zeros(shape, np.uint8))
