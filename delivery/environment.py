"""Where releases are delivered from, and to."""

from typing import Annotated, Literal

from pydantic import Field

from delivery.rules import AccountId, Model, Region, Text, Unique
from delivery.tags import Tags
from delivery.window import Window, WindowOrOff

# CodePipeline's CloudWatchAlarm rule waits in minutes; a day is more than any practice asks for.
MOST_BAKE_MINUTES = 1440

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
        words="lower-case letters and digits, a letter first; pipeline, foundation, audit and "
        "access are taken",
        shortest=2,
        longest=12,
        pattern="^[a-z][a-z0-9]*$",
        never="^(pipeline|foundation|audit|access)$",
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
    working_hours: Window = Field(
        default=Window(cron="* * 9-16 ? * MON-FRI", time_zone="UTC"),
        description="When someone is there who could help: releases enter production only then, "
        "where an environment has no window of its own. Left out, it is 9:00 to 16:59 UTC from "
        "Monday to Friday.",
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
    production: bool = Field(
        default=True,
        strict=True,
        description="Whether customers use it. Releases enter production only in a window and "
        "not in a freeze, and bake there.",
    )
    window: WindowOrOff | None = Field(
        default=None,
        description="When releases may enter. Left out, it is the toolchain's working_hours in "
        'production, and always elsewhere; "off" is always.',
    )
    approval: bool = Field(
        default=False,
        strict=True,
        description="Whether an approver has to say yes before each release enters.",
    )
    bake_minutes: Annotated[int, Field(strict=True, ge=0, le=MOST_BAKE_MINUTES)] | None = Field(
        default=None,
        description="How long, in minutes, no alarm may go off after a deployment; otherwise the "
        "release is rolled back. Left out, it is 60 in the first wave with production in it, 720 "
        "in the second and 240 in later ones, and 0 outside production.",
        examples=[60],
    )
    bake_requests: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = Field(
        default=None,
        description="How many requests a release must have answered in all before the next wave: "
        "time without traffic shows nothing. Left out, it is 100 in production, and 0 outside.",
        examples=[100],
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

    @property
    def freezes(self) -> bool:
        """Whether a freeze keeps releases out."""
        return self.production
