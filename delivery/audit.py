"""Whose trail it is that records who did what."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from delivery.rules import AccountId, Conflict, Model, Text, conflicting

OrganizationId = Annotated[
    str,
    Text(
        words="the id of an organization: o- and 10 to 32 lower-case letters and digits",
        shortest=12,
        longest=34,
        pattern="^o-[a-z0-9]{10,32}$",
    ),
]


class Audit(Model):
    """Whose accounts the trail records. Left out, it is the toolchain's account alone."""

    organization: OrganizationId | None = Field(
        default=None,
        description="The organization in AWS Organizations whose accounts the trail records, all "
        "of them. The toolchain's account must be its management account or CloudTrail's "
        "delegated administrator.",
        examples=["o-exampleorgid"],
    )
    management_account: AccountId | None = Field(
        default=None,
        description="The organization's management account, which owns its trails. Left out, it "
        "is the toolchain's.",
        examples=["999988887777"],
    )

    @model_validator(mode="after")
    def _of_an_organization(self) -> Self:
        if self.management_account is not None and self.organization is None:
            raise conflicting(
                [
                    Conflict(
                        at=("management_account",),
                        allowed="nothing without an organization",
                        fix="add organization beside it, or remove it",
                    )
                ]
            )
        return self
