"""A service acts for our own resources alone."""

import re
from collections.abc import Iterable, Iterator

from lockgate.rules.rule import Resource, Rule, Template, properties
from lockgate.rules.statements import RESOURCE_POLICIES, Statement, shared, trust
from lockgate.trust import TRUSTS

ROLE, PERMISSION = "AWS::IAM::Role", "AWS::Lambda::Permission"
SOURCE_KEYS = ("aws:SourceAccount", "aws:SourceArn")
# An account, or an ARN with one in it; nothing that any account could match.
OF_ONE_ACCOUNT = re.compile(r"(arn:[^:]+:[^:]+:[^:]*:)?(<AccountId>|\d{12})(:.+)?|<[\w./-]+>")
LOG_GROUP = "kms:EncryptionContext:aws:logs:arn"


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    match resource["Type"]:
        case "AWS::IAM::Role":
            return _loose_trusts(resource)
        case "AWS::Lambda::Permission":
            return _loose_permission(resource)
    return _loose_policies(resource)


def _loose_trusts(role: Resource) -> Iterator[str]:
    for statement in trust(role):
        for service in _services(statement):
            known = TRUSTS.get(service)
            stated = [bool(statement.required(key)) for key in SOURCE_KEYS]
            if known is None:
                yield f"{statement.where}.Principal ({service} stands not in lockgate.trust)"
            elif known.sends_source and not all(_one(statement, key) for key in SOURCE_KEYS):
                yield f"{statement.where}.Condition ({service})"
            elif not known.sends_source and any(stated):
                yield f"{statement.where}.Condition ({service} sends no source: it is locked out)"


def _loose_permission(permission: Resource) -> Iterator[str]:
    found = properties(permission)
    service = str(found.get("Principal", "")).endswith(".amazonaws.com")
    if service and not (found.get("SourceAccount") or found.get("SourceArn")):
        yield "SourceAccount"


def _loose_policies(resource: Resource) -> Iterator[str]:
    found = shared(resource)
    for statement in found:
        if statement.allows and not (_held(statement) or _denied_to_others(statement, found)):
            yield from (f"{statement.where} ({service})" for service in _services(statement))


def _held(statement: Statement) -> bool:
    return any(_one(statement, key) for key in (*SOURCE_KEYS, LOG_GROUP))


def _one(statement: Statement, key: str) -> bool:
    """Whether all values that a condition requires of a key are of one account."""
    values = statement.required(key)
    return bool(values) and all(OF_ONE_ACCOUNT.fullmatch(value) for value in values)


def _denied_to_others(allowed: Statement, found: Iterable[Statement]) -> bool:
    """Whether the same policy denies for other accounts what it allows."""
    for statement in found:
        others = statement.conditions.get("StringNotEquals", {}).get("aws:SourceAccount", ())
        if (
            not statement.allows
            and others
            and all(OF_ONE_ACCOUNT.fullmatch(account) for account in others)
            and len(statement.conditions) == 1
            and set(statement.principals) >= set(allowed.principals)
            and all(statement.takes(action) for action in allowed.actions)
            and all(statement.covers(resource) for resource in allowed.resources)
        ):
            return True
    return False


def _services(statement: Statement) -> list[str]:
    return [who for kind, who in statement.principals if kind == "Service"]


RULE = Rule(
    id="LG-ConfusedDeputy",
    what="A service may act here for resources of any account: somebody elsewhere points a "
    "resource of theirs at ours, and the service does it for them. Or a condition asks for a "
    "source that the service does not send, and locks it out.",
    fix="Require aws:SourceAccount and aws:SourceArn of the services that send them "
    "(lockgate.trust says which), and one of them in the policies of resources.",
    source="IAM User Guide, The confused deputy problem: cross-service prevention",
    resource_types=(ROLE, PERMISSION, *RESOURCE_POLICIES),
    breaches=_breaches,
)
