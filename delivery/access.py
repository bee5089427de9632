"""Who takes on the roles for people, and for how long at a time.

Without an `[access]` table it is whoever the toolchain's account lets, with MFA.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from delivery.rules import Conflict, Model, Text, Unique, Whole, conflicting

WAYS = ("saml_provider", "permission_sets", "principals")
# A role's trust has room for these ("IAM and AWS STS quotas": 2,048 characters).
MOST_PRINCIPALS = 8

SamlProvider = Annotated[
    str,
    Text(
        words="the ARN of a SAML provider of IAM: arn:aws:iam::<account>:saml-provider/<name>",
        shortest=20,
        longest=190,
        pattern=r"^arn:aws[a-z-]*:iam::[0-9]{12}:saml-provider/[A-Za-z0-9._-]+$",
    ),
]
PermissionSet = Annotated[
    str,
    Text(
        words="the name of a permission set: letters, digits and + = , . @ _ -",
        longest=32,
        pattern="^[A-Za-z0-9+=,.@_-]+$",
    ),
]
Principal = Annotated[
    str,
    Text(
        words="an account's 12 digits, or the ARN of a role or a user",
        shortest=12,
        longest=128,
        pattern=r"^([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]+)$",
    ),
]


class PermissionSets(Model):
    """The permission sets of IAM Identity Center whose users take on the roles, one for each."""

    devops_engineer: PermissionSet = Field(
        description="The permission set of the DevOps engineers.", examples=["DevOpsEngineer"]
    )
    security_analyst: PermissionSet = Field(
        description="The permission set of the security analysts, who approve releases.",
        examples=["SecurityAnalyst"],
    )
    cloud_administrator: PermissionSet = Field(
        description="The permission set of the cloud administrators, who stop and roll back.",
        examples=["CloudAdministrator"],
    )

    @model_validator(mode="after")
    def _apart(self) -> Self:
        names = self.model_dump()
        if twice := [key for key, name in names.items() if list(names.values()).count(name) > 1]:
            raise conflicting(
                [
                    Conflict(
                        at=(twice[-1],),
                        allowed="a permission set of its own for each role",
                        fix=f"name another than {twice[0]} has: who pushes a release must not be "
                        "who approves it",
                    )
                ]
            )
        return self


class Access(Model):
    """How people get their roles: one way of signing in, and how long a session lasts."""

    saml_provider: SamlProvider | None = Field(
        default=None,
        description="The SAML identity provider that signs people in and says who has which "
        "role. It has to ask for MFA: AWS does not see whether it did.",
        examples=["arn:aws:iam::111122223333:saml-provider/company"],
    )
    permission_sets: PermissionSets | None = Field(
        default=None,
        description="The permission sets of IAM Identity Center, in the toolchain's account, "
        "whose users take on the roles. Identity Center has to ask for MFA: IAM does not see "
        "whether it did.",
    )
    principals: (
        Annotated[tuple[Principal, ...], Field(min_length=1, max_length=MOST_PRINCIPALS), Unique()]
        | None
    ) = Field(
        default=None,
        description="The accounts, roles and users that may take on the roles, with MFA. Their "
        "own policies say which of the roles each gets.",
        examples=[["111122223333"]],
    )
    session_hours: Whole = Field(
        default=1,
        ge=1,
        le=12,
        description="How long, in hours, a session lasts at most. AWS ends a session that began "
        "from another role's after one hour whatever this says.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [way for way in WAYS if getattr(self, way) is not None]
        if len(given) > 1:
            raise conflicting(
                [
                    Conflict(
                        at=(way,),
                        allowed=f"only one of {', '.join(WAYS)}",
                        fix=f"remove it, or {given[0]}: people get their roles in one way",
                    )
                    for way in given[1:]
                ]
            )
        return self
