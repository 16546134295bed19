import subprocess
import sys

from prodgen_text.reading.lexicon import find
from prodgen_text.reading.normalise import fold, normalise
from prodgen_text.reading.segment import boundaries, segment


def test_words_are_the_text_again():
    text = "蓝色马克杯 mug 350ml，不锈钢"
    assert "".join(segment(text)) == text


def test_a_match_may_not_cut_a_word_in_two():
    known = {"红", "白", "衬衫"}
    assert {0, 1, 3} <= boundaries("白衬衫", known)
    assert 1 not in boundaries("红枣", known)


def test_jieba_is_quiet_and_leaves_no_cache_behind(tmp_path):
    code = "from prodgen_text.reading.segment import segment; print(segment('蓝色马克杯'))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"TMPDIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_a_planted_cache_is_not_read(tmp_path):
    (tmp_path / "jieba.cache").write_bytes(b"planted")
    code = "from prodgen_text.reading.segment import segment; print(len(segment('蓝色马克杯')))"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"TMPDIR": str(tmp_path)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "2"
    assert (tmp_path / "jieba.cache").read_bytes() == b"planted"


def test_folding():
    assert fold("Ｔシャツ ＲＥＤ\u200b藍") == "tシャツ red蓝"
    text = normalise("ﬁne 馬")
    assert text.text == "fine 马"
    assert text.span(0, 2) == (0, 1)


def test_longest_match_and_plurals():
    assert [hit.surface for hit in find("navy blue coffee mugs")] == ["navy blue", "coffee mug"]
    assert [hit.surface for hit in find("knives and dishes")] == ["dish"]
