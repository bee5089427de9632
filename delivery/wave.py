"""Waves: which environments a release is delivered to at the same time."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from delivery.environment import EnvironmentName
from delivery.one_of import OneOf
from delivery.rules import Conflict, Unique, conflicting

MOST_AT_ONCE = 4
MOST_ENVIRONMENTS = 10

Names = Annotated[
    tuple[EnvironmentName, ...], Field(min_length=1, max_length=MOST_AT_ONCE), Unique()
]


def _alone(name: str) -> tuple[str, ...]:
    return (name,)


def _kind(value: object) -> str | None:
    if isinstance(value, str):
        return "name"
    return "names" if isinstance(value, list | tuple) else None


def _passed_once(waves: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    at = [(wave, step) for wave, names in enumerate(waves) for step in range(len(names))]
    names = [waves[wave][step] for wave, step in at]
    found = [
        Conflict(
            at=place,
            allowed="each only once",
            fix="an earlier entry is the same: change one of the two or remove it",
        )
        for position, place in enumerate(at)
        if names[position] in names[:position]
    ]
    if len(names) > MOST_ENVIRONMENTS:
        found.append(
            Conflict(
                at=(),
                allowed=f"at most {MOST_ENVIRONMENTS} environments in all; these are {len(names)}",
                fix="remove some: the policies that name them would grow beyond IAM's limit",
            )
        )
    if found:
        raise conflicting(found)
    return waves


Wave = Annotated[
    tuple[EnvironmentName, ...],
    OneOf(
        kinds={"name": Annotated[EnvironmentName, AfterValidator(_alone)], "names": Names},
        kind_of=_kind,
        words=f"an environment's name, or a list of 1 to {MOST_AT_ONCE} names, for a wave that is "
        "delivered to at the same time",
    ),
]
Waves = Annotated[
    tuple[Wave, ...],
    Field(min_length=1, max_length=MOST_ENVIRONMENTS, json_schema_extra={"uniqueItems": True}),
    AfterValidator(_passed_once),
]


def names_in(promotion: Any) -> list[tuple[tuple[int, ...], Any]]:  # noqa: ANN401
    """Each name of a promotion as a file has it, with its place; None for what is wrong."""
    found: list[tuple[tuple[int, ...], Any]] = []
    for position, wave in enumerate(promotion or ()):
        if isinstance(wave, list | tuple):
            found += [((position, step), name) for step, name in enumerate(wave)]
        else:
            found.append(((position,), wave))
    return found
