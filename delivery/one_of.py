"""A rule for what may be written in one of several ways."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema


@dataclass(frozen=True, kw_only=True, eq=False)
class OneOf:
    """A rule as metadata: which kind a value is, is told first, so that one error is one error.

    Attributes:
        kinds: the types by the names of their kinds, in the order of the schema.
        kind_of: names the kind of a value: one of a file or one that was read. A name that is
            not among the kinds is wrong at `key`, and None is wrong altogether.
        words: what a person would say that the kinds are.
        key: the key in a table by which kinds are told apart, if it is one.
    """

    kinds: Mapping[str, Any]
    kind_of: Callable[[Any], str | None]
    words: str
    key: str | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check a value as what its kind says it is."""
        return core_schema.tagged_union_schema(
            choices={kind: handler.generate_schema(each) for kind, each in self.kinds.items()},
            discriminator=self.kind_of,
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say `oneOf`, with the names of the kinds by which errors find their way."""
        node = {
            "oneOf": handler(schema)["oneOf"],
            "kinds": list(self.kinds),
            "words": self.words,
        }
        return node if self.key is None else node | {"key": self.key}
