import io
import logging
import threading

import pytest

pytest.importorskip("safetensors")

from prodgen_sdk.checkpoints.messages import collected_messages, explained, quiet, refuse_made_up
from prodgen_sdk.errors import ConfigError


def test_messages_are_collected_and_all_is_as_before(capfd):
    library = pytest.importorskip("transformers.utils.logging")
    logger = logging.getLogger("transformers")
    before = logger.handlers, logger.propagate, library.is_progress_bar_enabled()
    with collected_messages(("transformers",)) as messages:
        assert not library.is_progress_bar_enabled()
        logging.getLogger("transformers.models.x").warning("some weights: %s", "w")
    assert messages == ["some weights: w"]
    assert (logger.handlers, logger.propagate, library.is_progress_bar_enabled()) == before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("error", [OSError, ValueError, KeyError, TypeError, AttributeError, ImportError, RuntimeError])
def test_what_a_library_raises_becomes_one_sentence(tmp_path, error):
    with (
        pytest.raises(ConfigError) as caught,
        explained(tmp_path, component="x/y", hint="Do this.", libraries=()),
    ):
        raise error("First thing. Second thing.\nMore lines")
    said = caught.value.message
    assert said.startswith(f"x/y: the checkpoint {tmp_path} could not be loaded: ")
    assert "First thing" in said
    assert "Second" not in said
    assert caught.value.hint == "Do this."
    assert isinstance(caught.value.__cause__, error)


def test_our_own_errors_pass(tmp_path):
    with pytest.raises(ConfigError, match=r"^as it is$"), explained(tmp_path, component="x/y", libraries=()):
        raise ConfigError("as it is")


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Some weights were not initialized and are newly initialized: ['a.b.weight', 'c.bias']", "a.b.weight"),
        ("Key | Status\nproj.w | MISSING\nthose params were newly initialized", "proj.w"),
        ("something newly initialised", "some"),
    ],
)
def test_made_up_weights_are_refused(tmp_path, message, name):
    with pytest.raises(ConfigError, match=f"x/y: the checkpoint {tmp_path} lacks weights, such as {name}"):
        refuse_made_up(["fine", message], tmp_path, component="x/y")
    refuse_made_up(["fine"], tmp_path, component="x/y")


def test_quiet_holds_nobody_up_and_lets_errors_through():
    log, both = logging.getLogger("transformers.quiet"), threading.Barrier(2, timeout=5)
    shown = io.StringIO()
    handler = logging.StreamHandler(shown)
    logging.getLogger("transformers").addHandler(handler)

    def work():
        with quiet(("transformers",)):
            both.wait()  # both are inside at once
            log.warning("chatter")
            log.error("broken")
            both.wait()
            with collected_messages(("transformers",)) as messages:
                log.warning("collected")
        assert messages == ["collected"]

    try:
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        log.warning("outside")
    finally:
        logging.getLogger("transformers").removeHandler(handler)
    assert shown.getvalue().split() == ["broken", "broken", "outside"]
