"""What IAM decides for one request of one role, from the statements that the templates have.

"Policy evaluation logic" in the IAM User Guide: a deny wins; else the role's own policies and its
boundary must both allow. Resources and conditions are compared as text, with what is known only
at deployment in <>. An operator that is not known here is an error, never a yes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from tests.iam.policies import Statement

NEGATED = {
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
}


@dataclass(frozen=True, kw_only=True)
class Request:
    """An action on a resource, and what else IAM is told: condition keys in any case."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)

    def value(self, key: str) -> str | None:
        """What IAM is told by that key."""
        return {name.lower(): value for name, value in self.context.items()}.get(key.lower())


def allowed(
    request: Request, own: Sequence[Statement], boundary: Sequence[Statement] | None = None
) -> bool:
    """Whether a role with these policies may do it."""
    layers = [own] if boundary is None else [own, boundary]
    if any(not each.allows and applies(each, request) for layer in layers for each in layer):
        return False
    return all(_any_allows(layer, request) for layer in layers)


def applies(statement: Statement, request: Request) -> bool:
    """Whether a statement is about the request: its action, its resource and its conditions."""
    return (
        any(matches(request.action.lower(), each.lower()) for each in statement.actions)
        and any(matches(request.resource, each) for each in statement.resources)
        and all(
            _fulfils(operator, wanted, request.value(key))
            for operator, keys in statement.conditions.items()
            for key, wanted in keys.items()
        )
    )


def matches(value: str, pattern: str) -> bool:
    """Whether a value is as a pattern says: * for any characters, ? for one."""
    if "*" not in pattern and "?" not in pattern:
        return value == pattern
    return bool(_compiled(pattern).fullmatch(value))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(each) or re.escape(each) for each in pattern), re.DOTALL)


def _any_allows(statements: Iterable[Statement], request: Request) -> bool:
    return any(each.allows and applies(each, request) for each in statements)


def _fulfils(operator: str, wanted: Sequence[str], found: str | None) -> bool:
    if operator == "Null":
        return (found is None) == (wanted == ("true",))
    plain = operator.removesuffix("IfExists")
    if plain in NEGATED:
        # It holds also where the key is missing, with IfExists or without.
        return found is None or not _fulfils(NEGATED[plain], wanted, found)
    if found is None:
        return plain != operator
    match plain:
        case "StringEquals" | "Bool":
            return found in wanted
        case "StringLike" | "ArnLike" | "ArnEquals":
            return any(matches(found, each) for each in wanted)
        case "NumericLessThan":
            return any(float(found) < float(each) for each in wanted)
    raise ValueError(f"no test knows the operator {operator}")
