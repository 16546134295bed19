"""What pydantic found wrong, said in words: no link, no class name, and the key that was meant."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from prodgen_sdk import Product, faults


class Lamp(BaseModel):
    model_config = ConfigDict(extra="forbid")
    watts: Annotated[float, Field(gt=0)] = 40
    shade: Literal["linen", "glass"] = "linen"


class Room(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1)]
    lamp: Lamp | None = None
    walls: tuple[str, ...] = ()
    doors: dict[str, int] = {}

    @field_validator("name")
    @classmethod
    def _no_attic(cls, name):
        if name == "attic":
            raise ValueError("must not be the attic")
        return name


class House(BaseModel):
    rooms: tuple[Room, ...]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (
            {"sku": "a mug"},
            "sku must be up to 64 letters, digits, dots, dashes and underscores, a letter or digit first",
        ),
        ({"category": "toys/mug"}, "category must be domain/family, such as home/mug, in small letters"),
        ({"category": f"home/{'a' * 130}"}, "category must have at most 120 characters"),
        ({"currency": "usd"}, "currency must be three capital letters, such as USD"),
    ],
)
def test_no_regular_expression_is_told(values, told):
    with pytest.raises(ValidationError) as caught:
        Product.model_validate({"sku": "mug-1", "title": "蓝色马克杯", "category": "home/mug", **values})
    assert faults.sentence(caught.value.errors()[0]).startswith(told)
    assert "^" not in str(caught.value)


def fault_of(**values):
    with pytest.raises(ValidationError) as caught:
        Room.model_validate({"name": "hall", **values})
    return caught.value.errors()[0]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": None}, "name must be text"),
        ({"name": ""}, "name must have at least 1 character"),
        ({"name": "attic"}, "name must not be the attic"),
        ({"lamp": 3}, "lamp must be a table of names and values"),
        ({"lamp": {"watts": 0}}, "lamp.watts must be greater than 0"),
        ({"lamp": {"shade": "tin"}}, "lamp.shade must be 'linen' or 'glass'"),
        ({"walls": "white"}, "walls must be a list"),
        ({"doors": "one"}, "doors must be a table of names and values"),
        ({"doors": {"oak": "some"}}, "doors.oak must be a whole number"),
        ({"lamp": {"watts": "many"}}, "lamp.watts must be a number"),
        ({"door": {}}, "door is not known"),
    ],
)
def test_a_fault_is_said_in_words(values, sentence):
    assert faults.sentence(fault_of(**values)) == sentence


def test_what_is_missing_is_named():
    with pytest.raises(ValidationError) as caught:
        Room.model_validate({})
    assert faults.sentence(caught.value.errors()[0]) == "name is missing"


def test_a_misspelt_key_is_told_from_its_neighbours_at_any_depth():
    assert faults.advice(fault_of(nmae="x"), Room) == "Did you mean name? Known keys: name, lamp, walls, doors."
    assert faults.advice(fault_of(lamp={"wats": 3}), Room) == "Did you mean watts? Known keys: watts, shade."
    assert faults.advice(fault_of(lamp={"zzz": 3}), Room) == "Known keys: watts, shade."
    assert faults.advice(fault_of(walls="white"), Room) == ""
    with pytest.raises(ValidationError) as caught:
        House(rooms=[{"name": "hall"}, {"name": "attic 2", "wall": []}])
    assert faults.advice(caught.value.errors()[0], House).startswith("Did you mean walls?")
