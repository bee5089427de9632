"""A table of texts in the delivery file, which nobody can change once it is read."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema


class Texts(Mapping[str, str]):
    """An immutable, hashable mapping of texts; its subclasses say which.

    Attributes:
        KEY: the rule for its keys, as an annotated type.
        VALUE: the rule for its values, as an annotated type.
        MOST: how many keys it may have.
    """

    KEY: ClassVar[Any]
    VALUE: ClassVar[Any]
    MOST: ClassVar[int]

    __slots__ = ("_pairs",)
    _pairs: tuple[tuple[str, str], ...]

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        object.__setattr__(self, "_pairs", tuple((texts or {}).items()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__.lower()} cannot be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__.lower()} cannot be changed: {name}")

    def __getitem__(self, key: str) -> str:
        return dict(self._pairs)[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(frozenset(self._pairs))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self._pairs)!r})"

    def __reduce__(self) -> tuple[type["Texts"], tuple[dict[str, str]]]:
        return type(self), (dict(self._pairs),)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read any mapping, and write a plain one."""
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.dict_schema(
                handler.generate_schema(cls.KEY),
                handler.generate_schema(cls.VALUE),
                max_length=cls.MOST,
            ),
            serialization=core_schema.plain_serializer_function_ser_schema(dict),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Close the mapping: pydantic's own schema lets keys through that break the rule."""
        return {
            "type": "object",
            "maxProperties": cls.MOST,
            "propertyNames": TypeAdapter(cls.KEY).json_schema(),
            "additionalProperties": TypeAdapter(cls.VALUE).json_schema(),
        }
