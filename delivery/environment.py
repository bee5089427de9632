"""Where releases are delivered from, and to."""

from typing import Annotated, Literal

from pydantic import Field

from delivery.rules import AccountId, Model, Region, Text, Unique
from delivery.tags import Tags

EmailAddress = Annotated[
    str,
    Text(
        words="an e-mail address, such as team@example.com",
        shortest=5,
        longest=254,
        pattern=r"^[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
    ),
]
EnvironmentName = Annotated[
    str,
    Text(
        words="lower-case letters and digits, a letter first; pipeline, foundation and audit are "
        "taken",
        shortest=2,
        longest=12,
        pattern="^[a-z][a-z0-9]*$",
        never="^(pipeline|foundation|audit)$",
    ),
]


class Toolchain(Model):
    """The account and the Region that hold the pipelines, and who hears of them."""

    account: AccountId | None = Field(
        default=None,
        description="The AWS account that holds the pipelines. Left out, it is the account of "
        "the credentials that deploy.",
        examples=["111122223333"],
    )
    region: Region | None = Field(
        default=None,
        description="The AWS Region that holds the pipelines. Left out, it is the Region of the "
        "credentials that deploy.",
        examples=["eu-central-1"],
    )
    notify: Annotated[tuple[EmailAddress, ...], Unique()] = Field(
        default=(),
        description="The e-mail addresses that get the pipelines' notifications. Each must "
        "confirm a mail from AWS first.",
        examples=[["team@example.com"]],
    )


class Environment(Model):
    """A place that a release is promoted to, such as beta or prod."""

    name: EnvironmentName = Field(
        description="The environment's name: part of the names of its stacks, which hyphens join.",
        examples=["prod"],
    )
    account: AccountId | None = Field(
        default=None,
        description="The AWS account that is delivered to. Left out, it is the toolchain's.",
        examples=["111122223333"],
    )
    region: Region | None = Field(
        default=None,
        description="The AWS Region that is delivered to. Left out, it is the toolchain's.",
        examples=["eu-central-1"],
    )
    inconclusive: Literal["fail", "warn"] | None = Field(
        default=None,
        description="What becomes of a release of which the canary could say neither that it is "
        "healthy nor that it is degraded. fail: it is taken back, unless synthetic requests have "
        "certified the objective and nothing speaks against it; warn: it goes on, and people are "
        "told. Left out, it is fail in a service's last environment if synthetic requests are "
        "sent there, and warn elsewhere.",
        examples=["fail"],
    )
    tags: Tags = Field(
        default=Tags(),
        description="The tags of everything that is made for this environment.",
        examples=[{"cost-center": "4711"}],
    )
