"""A role is for one service or one role, not for an account."""

import re
from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template
from lockgate.rules.statements import Statement, trust

WHOLE_ACCOUNT = re.compile(r"arn:.*:iam::.*:root|\d{12}|<AccountId>")


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    for statement in trust(resource):
        if statement.allows and any(_loose(statement, *p) for p in statement.principals):
            yield f"{statement.where}.Principal"


def _loose(statement: Statement, kind: str, who: str) -> bool:
    if "*" in who:
        return True
    if kind == "Federated":
        # Whoever the provider knows, and not one repository or one group of people.
        return not any(statement.required(f"*:{claim}") for claim in ("sub", "aud"))
    return bool(WHOLE_ACCOUNT.fullmatch(who)) and not statement.conditions


RULE = Rule(
    id="LG-RoleTrust",
    what="A role trusts everybody, a whole account or all that an identity provider knows: "
    "whoever is let in elsewhere by a wide policy has this role as well.",
    fix="Name the service or the role in Principal; require a condition of an account (as MFA of "
    "people), and the claim sub or aud of a provider.",
    source="aws-cdk GHSA-5pq3-h73f-66hr (roles that trusted the account); IAM User Guide, OIDC "
    "federation: limit by claims",
    resource_types=("AWS::IAM::Role",),
    breaches=_breaches,
)
