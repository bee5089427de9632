"""An account uses a key through named services alone."""

import re
from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template
from lockgate.rules.statements import Statement, shared

USES = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateMac",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:Sign",
)
# Everybody, an account's root by its ARN, or an account by its number.
WHOLE_ACCOUNT = re.compile(r"\*|arn:.*:iam::.*:root|\d{12}|<AccountId>")


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    for statement in shared(resource):
        wide = any(WHOLE_ACCOUNT.fullmatch(who) for _, who in statement.principals)
        if statement.allows and wide and any(map(statement.takes, USES)) and not _held(statement):
            yield statement.where


def _held(statement: Statement) -> bool:
    """Whether a service stands between, or the statement is for roles that it names."""
    roles = statement.required("aws:PrincipalArn")
    return bool(
        statement.required("kms:ViaService")
        or statement.required("kms:EncryptionContext*")
        or (roles and not any("*" in role for role in roles))
    )


RULE = Rule(
    id="LG-KeyUse",
    what="The key lets a whole account use it: each role there with a wide policy decrypts "
    "artifacts, secrets and logs, with no service between that would ask for more.",
    fix="Let the account administer the key alone, and use it only under kms:ViaService, "
    "kms:EncryptionContext or the aws:PrincipalArn of one role (StringEquals, StringLike, "
    "ArnEquals or ArnLike).",
    source="AWS Foundational Security Best Practices, KMS.1; KMS Developer Guide, kms:ViaService",
    resource_types=("AWS::KMS::Key",),
    breaches=_breaches,
)
