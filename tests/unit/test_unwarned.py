"""Warnings of libraries are passed over, and those of everybody else are as they were afterwards."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from prodgen_sdk import images
from prodgen_sdk.unwarned import unwarned


def test_whoever_leaves_last_sets_what_was_before():
    before = list(warnings.filters)
    first, second = unwarned("PIL"), unwarned()
    first.__enter__()
    with pytest.raises(UserWarning):
        warnings.warn("not of Pillow", stacklevel=1)
    second.__enter__()
    first.__exit__(None, None, None)
    warnings.warn("nobody hears it", stacklevel=1)
    second.__exit__(None, None, None)
    assert warnings.filters == before


def test_reading_pictures_on_threads_leaves_the_filters_of_warnings_as_they_were():
    file, before = images.encode(np.zeros((200, 200, 3), np.uint8)), list(warnings.filters)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(images.load, [file] * 400))
    assert warnings.filters == before
