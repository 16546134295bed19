"""Values of products as the report shows them."""

from prodgen_sdk.demo.report.parts import attributes, number


def test_only_a_colour_code_becomes_a_style():
    found = attributes({"colour": "red", "colour_rgb": "red;background:url(x)"})
    assert found == {"colour": "red"}
    assert 'style="background:#ff0000"' in attributes({"colour": "red", "colour_rgb": "#ff0000"})["colour"]


def test_numbers_have_three_digits():
    assert [number(value) for value in (1630.4, 0.46134, 0, 12.34, 0.00001)] == [
        "1,630",
        "0.461",
        "0",
        "12.3",
        "< 0.001",
    ]
