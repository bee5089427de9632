"""What the models are made of: rules that hold, say themselves in words, and enter the schema."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

Location = tuple[str | int, ...]
# TOML tells numbers from texts and truths, so nothing is converted.
Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Model(BaseModel):
    """A table of the delivery file: immutable, and closed to keys that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, kw_only=True)
class Text:
    """A rule for a text, as metadata of `Annotated[str, …]`.

    `pattern` and `never` are written for every dialect that reads the schema (no look-around);
    `words` says in a person's words what the two say.
    """

    words: str
    shortest: int = 1
    longest: int
    pattern: str
    never: str | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check length and pattern, then what the text never is."""
        text = core_schema.str_schema(
            min_length=self.shortest, max_length=self.longest, pattern=self.pattern
        )
        if self.never is None:
            return text
        return core_schema.no_info_after_validator_function(self._refuse, text)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Add the words, and `not` for what the text never is."""
        node = handler(schema) | {"words": self.words}
        return node if self.never is None else node | {"not": {"pattern": self.never}}

    def _refuse(self, text: str) -> str:
        if self.never is not None and re.search(self.never, text):
            raise PydanticCustomError("text", "allowed: {words}", {"words": self.words})
        return text


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Fields, each fine by itself, that do not go together.

    `at` leads from the model that found it to the field that is best changed.
    """

    at: Location
    allowed: str
    fix: str


def conflicting(conflicts: Sequence[Conflict]) -> PydanticCustomError:
    """Make the one error that carries several conflicts out of a validator."""
    text = "; ".join(f"{'.'.join(map(str, each.at))}: {each.fix}" for each in conflicts)
    return PydanticCustomError("conflicts", "{text}", {"text": text, "conflicts": tuple(conflicts)})


@dataclass(frozen=True, kw_only=True)
class Unique:
    """A rule for a list, as metadata: no entry twice, or no two with the same `by`."""

    by: str | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Check after the entries themselves."""
        return core_schema.no_info_after_validator_function(self._refuse, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Say `uniqueItems`; a schema has no word for "unique by name"."""
        node = handler(schema)
        return node | {"uniqueItems": True} if self.by is None else node

    def _refuse(self, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        keys = [entry if self.by is None else getattr(entry, self.by) for entry in entries]
        if twice := [place for place, key in enumerate(keys) if key in keys[:place]]:
            suffix = () if self.by is None else (self.by,)
            raise conflicting(
                [
                    Conflict(
                        at=(place, *suffix),
                        allowed="each only once",
                        fix="an earlier entry is the same: change one of the two or remove it",
                    )
                    for place in twice
                ]
            )
        return entries


def hyphenated(*, shortest: int, longest: int, taken: Sequence[str] = ()) -> Text:
    """Make the rule for names that end up in the names of AWS resources, but for those taken."""
    words = "lower-case letters, digits and single hyphens, a letter first and no hyphen last"
    return Text(
        words=f"{words}; {', '.join(taken[:-1])} and {taken[-1]} are taken" if taken else words,
        shortest=shortest,
        longest=longest,
        pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        never=f"^({'|'.join(taken)})$" if taken else None,
    )


AccountId = Annotated[
    str, Text(words="digits only", shortest=12, longest=12, pattern="^[0-9]{12}$")
]
Region = Annotated[
    str,
    Text(
        words="the code of an AWS Region, such as eu-central-1",
        shortest=9,
        longest=25,
        pattern="^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$",
    ),
]
