"""What all boundary models share: frozen pydantic models, and arrays as checked fields."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    PlainSerializer,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler  # pydantic itself exports it from 2.11 on
from pydantic_core import core_schema

from prodgen_sdk import faults
from prodgen_sdk.errors import InputError

# numpy and Pillow are imported on first use, so that `import prodgen_sdk` stays light.


class Model(BaseModel):
    """A frozen value; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


@dataclass(frozen=True)
class Form:
    """Annotates text that must match a pattern; what does not is told in words.

    >>> from pydantic import TypeAdapter
    >>> three = TypeAdapter(Annotated[str, Form("^[a-z]{3}$", "three letters")])
    >>> three.validate_python("abc")
    'abc'
    >>> try:
    ...     three.validate_python("ab")
    ... except ValidationError as error:
    ...     faults.said(error.errors()[0])
    'must be three letters'
    """

    pattern: str
    words: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """The text and its pattern, with an error of our own."""
        return core_schema.custom_error_schema(
            core_schema.str_schema(pattern=self.pattern),
            custom_error_type="form",
            custom_error_message=f"must be {self.words}",
        )


class PixelModel(Model):
    """A frozen value that holds arrays: two are equal only when they are the same object."""

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class Lazy(PixelModel):
    """A value that makes some of its fields when somebody looks at them. Derive from it first, then from what the value is.

    `trusted` makes one of rows without these fields.
    """

    @abstractmethod
    def _made(self) -> Mapping[str, Any]:
        """The fields that were left out."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Called only for what is not in `__dict__`.
            if name not in type(self).model_fields:
                return super().__getattr__(name)
            for field, value in self._made().items():
                self.__dict__.setdefault(field, value)
            return self.__dict__[name]

    def __copy__(self) -> Self:
        eager: Any = type(self).__bases__[-1]
        made: Self = eager.model_construct(set(self.model_fields_set), **dict(self))
        return made

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self.__copy__().__deepcopy__(memo)

    def __iter__(self) -> Generator[tuple[str, Any], None, None]:
        for name in type(self).model_fields:
            yield name, getattr(self, name)

    def __repr_args__(self) -> Iterator[tuple[str | None, Any]]:
        return self.__copy__().__repr_args__()

    @model_serializer(mode="wrap")
    def _whole(self, handler: Any) -> dict[str, Any]:
        for _ in self:
            pass
        shown: dict[str, Any] = handler(self)
        return shown


class Answer(PixelModel):
    """What a component returns: an array in it that does not fit is the component's fault, and no InputError of its caller."""

    @model_validator(mode="wrap")
    @classmethod
    def _not_the_callers_fault(cls, values: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validate(values)
        except InputError as error:
            raise ValueError(str(error)) from error


_M = TypeVar("_M", bound=BaseModel)


def build(model: type[_M], **fields: Any) -> _M:
    """`model(**fields)` for values that a caller gave: what does not fit is an InputError of one sentence.

    >>> from prodgen_sdk.types import View
    >>> build(View, elevation=91)
    Traceback (most recent call last):
    prodgen_sdk.errors.InputError: elevation must be less than or equal to 90.
    """
    try:
        return model(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise InputError(f"{faults.sentence(first)}.") from None


def given(model: type[_M], value: Any, name: str) -> _M:
    """What a caller gave as argument `name`: a value of this model, or a mapping that `build` makes one of.

    Raises:
        InputError: it is neither, or does not fit; the argument is named.
    """
    if isinstance(value, model):
        return value
    if not isinstance(value, Mapping):
        raise InputError(
            f"{name} must be a {model.__name__} or its fields in a dictionary, not a {type(value).__name__}."
        )
    try:
        return build(model, **value)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


_SLOTS = [
    BaseModel.__dict__[slot].__set__
    for slot in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
]


def trusted(model: type[_M], rows: Iterable[dict[str, Any]], fields: set[str]) -> list[_M]:
    """An instance of each row, not validated: for what a component made itself, where a constructor a piece costs too much.

    Args:
        rows: a value for every field, defaults as well; each becomes an instance's own.
        fields: the names that count as given, shared by all instances.

    >>> from prodgen_sdk.types import Remove
    >>> trusted(Remove, [{"variant": "v1"}, {"variant": "v2"}], {"variant"})
    [Remove(variant='v1'), Remove(variant='v2')]
    """
    values = list(rows)
    made = list(map(model.__new__, repeat(model, len(values))))
    # Slot by slot, by `map`: a loop over the instances takes twice as long.
    nothing: Iterable[Any] = repeat(None)
    for fill, given in zip(_SLOTS, (values, repeat(fields), nothing, nothing), strict=True):
        deque(map(fill, made, given), maxlen=0)
    return made


def _check_image(value: Any) -> Any:
    from prodgen_sdk import images

    return images.check(value)


def _check_mask(value: Any) -> Any:
    from prodgen_sdk import images

    return images.check_mask(value)


def _check_vector(value: Any) -> Any:
    import numpy as np

    vector = np.asarray(value)
    if vector.ndim != 1 or vector.dtype != np.float32 or not np.isfinite(vector).all():
        raise ValueError("a vector must be a finite float32 array of one dimension")
    return vector


def _describe_array(value: Any) -> dict[str, Any]:
    return {"shape": list(value.shape), "dtype": str(value.dtype)}


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image: TypeAlias = NDArray[np.uint8]
    Mask: TypeAlias = NDArray[np.bool_]
    Vector: TypeAlias = NDArray[np.float32]
    Array: TypeAlias = NDArray[Any]
else:
    _in_json = PlainSerializer(_describe_array, when_used="json")
    Image = Annotated[Any, BeforeValidator(_check_image), _in_json]
    Mask = Annotated[Any, BeforeValidator(_check_mask), _in_json]
    Vector = Annotated[Any, BeforeValidator(_check_vector), _in_json]
    Array = Annotated[Any, _in_json]

Photo: TypeAlias = str | Path | bytes | Image
"""An image as a caller may give it: a file, its bytes, or its pixels."""
