"""Labels of the parts of a body."""

import numpy as np
from prodgen_tryon.parsing import _give_islands


def test_small_islands_of_a_top_in_trousers_are_trousers():
    upper, lower = np.zeros((120, 60), np.float32), np.zeros((120, 60), np.float32)
    upper[10:60, 10:50] = 1
    lower[60:110, 10:50] = 1
    for row, column in ((80, 20), (90, 40)):
        upper[row : row + 3, column : column + 4] = 1
        lower[row : row + 3, column : column + 4] = 0
    upper[20:40, 54:58] = 1  # a sleeve apart from it, with no trousers around
    labels = {"upper": upper, "lower": lower}
    _give_islands(labels, "upper", ("lower",))
    assert not labels["upper"][62:].any()
    assert (labels["lower"][60:110, 10:50] == 1).all()
    assert (labels["upper"][10:59, 10:50] == 1).all()
    assert (labels["upper"][20:40, 54:58] == 1).all()
