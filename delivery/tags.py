"""Tags for AWS resources, which nobody can change once they are read."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic_core import CoreSchema, core_schema

from delivery.rules import Text

MOST_TAGS = 50
_CHARACTERS = r"[\p{L}\p{N} _.:/=+@-]"
_WORDS = "letters, digits, spaces and _ . : / = + - @"

TagKey = Annotated[
    str,
    Text(
        words=f"{_WORDS}, and not aws: first, which is AWS's own",
        longest=128,
        pattern=f"^{_CHARACTERS}+$",
        never="^[aA][wW][sS]:",
    ),
]
TagValue = Annotated[str, Text(words=_WORDS, shortest=0, longest=256, pattern=f"^{_CHARACTERS}*$")]


class Tags(Mapping[str, str]):
    """An immutable, hashable mapping of tag keys to tag values.

    At most 50, keys of 1 to 128 characters, values of 0 to 256 ("Tagging AWS Resources: tag
    naming limits and requirements").
    """

    __slots__ = ("_pairs",)
    _pairs: tuple[tuple[str, str], ...]

    def __init__(self, tags: Mapping[str, str] | None = None) -> None:
        object.__setattr__(self, "_pairs", tuple((tags or {}).items()))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"tags cannot be changed: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"tags cannot be changed: {name}")

    def __getitem__(self, key: str) -> str:
        return dict(self._pairs)[key]

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(frozenset(self._pairs))

    def __repr__(self) -> str:
        return f"Tags({dict(self._pairs)!r})"

    def __reduce__(self) -> tuple[type["Tags"], tuple[dict[str, str]]]:
        return Tags, (dict(self._pairs),)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read any mapping, and write a plain one."""
        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.dict_schema(
                handler.generate_schema(TagKey),
                handler.generate_schema(TagValue),
                max_length=MOST_TAGS,
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
            "maxProperties": MOST_TAGS,
            "propertyNames": TypeAdapter(TagKey).json_schema(),
            "additionalProperties": TypeAdapter(TagValue).json_schema(),
        }
