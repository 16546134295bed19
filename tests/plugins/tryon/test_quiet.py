import os

import pytest
from prodgen_tryon.body.quiet import without_stderr_lines


def test_only_lines_with_the_prefix_are_dropped(capfd):
    with without_stderr_lines(b"INFO: made"):
        os.write(2, b"INFO: made a delegate\nERROR: broken\n")
    os.write(2, b"INFO: made later\n")
    assert capfd.readouterr().err == "ERROR: broken\nINFO: made later\n"


def test_what_was_written_before_an_error_is_shown(capfd):
    def fail():
        with without_stderr_lines(b"INFO"):
            os.write(2, b"INFO: x\nwhy\n")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert capfd.readouterr().err == "why\n"
