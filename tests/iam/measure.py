"""What a role may really do, counted: its policies within its boundary, patterns spelled out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from policy_sentry.querying.actions import get_action_data
from policy_sentry.querying.all import get_all_actions

from tests.iam.escalation import Path, paths
from tests.iam.policies import (
    Role,
    Statement,
    loose_pass_roles,
    unscoped_actions,
    wildcard_actions,
)
from tests.iam.trusts import services_without_source

# As the Service Authorization Reference classes what an action does.
CHANGES = {"Permissions management", "Tagging", "Write"}
MANAGES = {"Permissions management"}


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What is counted of a role.

    Attributes:
        actions: M1, what it may do on anything at all.
        writes: M2, those of M1 that change something.
        manages: M3, those of M1 that change who may do what.
        patterns: M4, actions that are allowed by a pattern.
        unscoped: M5, actions on everything although AWS lets their resources be named.
        loose_passes: M6, statements that pass roles to whatever service.
        sourceless: M7, services that may assume it on behalf of any source.
        escalations: M8, known ways to more privileges that M1 would open.
        statements: of its policies, those that allow.
        conditional: M9, those of them with a condition.
    """

    actions: frozenset[str]
    writes: frozenset[str]
    manages: frozenset[str]
    patterns: tuple[str, ...]
    unscoped: tuple[str, ...]
    loose_passes: tuple[str, ...]
    sourceless: tuple[str, ...]
    escalations: tuple[Path, ...]
    statements: int
    conditional: int


def measure(role: Role, boundary: Sequence[Statement]) -> Measures:
    """Count a role within its boundary."""
    actions = effective(role.statements, boundary)
    allowing = [statement for statement in role.statements if statement.allows]
    return Measures(
        actions=actions,
        writes=frozenset(action for action in actions if level(action) in CHANGES),
        manages=frozenset(action for action in actions if level(action) in MANAGES),
        patterns=tuple(wildcard_actions(role.statements)),
        unscoped=tuple(unscoped_actions(role.statements)),
        loose_passes=tuple(loose_pass_roles(role.statements)),
        sourceless=tuple(services_without_source(role.trust)),
        escalations=tuple(paths(actions)),
        statements=len(allowing),
        conditional=sum(bool(statement.conditions) for statement in allowing),
    )


def effective(own: Iterable[Statement], boundary: Iterable[Statement]) -> frozenset[str]:
    """The actions that both layers allow on something, and neither denies on everything."""
    own, boundary = list(own), list(boundary)
    denied = {action for layer in (own, boundary) for action in _denied(layer)}
    return frozenset((_allowed(own) & _allowed(boundary)) - denied)


def _allowed(layer: Iterable[Statement]) -> set[str]:
    return {a for s in layer if s.allows for pattern in s.actions for a in spelled_out(pattern)}


def _denied(layer: Iterable[Statement]) -> Iterator[str]:
    for statement in layer:
        if not statement.allows and not statement.conditions and "*" in statement.resources:
            for pattern in statement.actions:
                yield from spelled_out(pattern)


@cache
def spelled_out(pattern: str) -> frozenset[str]:
    """The actions of AWS that a pattern matches, in AWS's own spelling."""
    if "*" not in pattern and "?" not in pattern:
        return frozenset(a for a in [_spelling().get(pattern.lower())] if a)
    found = (a for low, a in _spelling().items() if fnmatchcase(low, pattern.lower()))
    return frozenset(found)


@cache
def _spelling() -> dict[str, str]:
    return {action.lower(): action for action in get_all_actions()}


@cache
def level(action: str) -> str:
    """What an action does: List, Read, Tagging, Write or Permissions management."""
    service, _, name = action.partition(":")
    rows = get_action_data(service, name)[service]
    return str(rows[0]["access_level"])
