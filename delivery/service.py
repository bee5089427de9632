"""A service: what is delivered."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from delivery import synthetic
from delivery.canary import Canary, Objectives
from delivery.environment import Environment
from delivery.parameter import MOST_PARAMETERS, Parameter
from delivery.rules import Conflict, Model, Text, Unique, Whole, conflicting, hyphenated
from delivery.secret import Secret
from delivery.source import CodeCommitSource, Source
from delivery.wave import Waves

# Stacks of these names are the delivery's own.
TAKEN = ("foundation", "audit", "landing", "artifacts", "access", "people")
ServiceName = Annotated[str, hyphenated(shortest=2, longest=20, taken=TAKEN)]
RepositoryPath = Annotated[
    str,
    Text(
        words="a path from the repository's root, parted by /: letters, digits and . _ - in each "
        "part, a letter, digit or _ first",
        longest=200,
        pattern="^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$",
    ),
]
Handler = Annotated[
    str,
    Text(
        words="a function by its dotted path: package.module.function",
        longest=128,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)+$",
    ),
]


def _default_handler(fields: dict[str, Any]) -> str:
    return f"{fields['name'].replace('-', '_')}.handler.handle"


class Service(Model):
    """A workload with a pipeline of its own.

    The limits of memory, timeout and handler are AWS Lambda's ("Lambda quotas", "CreateFunction").
    Those of promotion and secrets keep the policies that name them below IAM's 6,144 characters.
    """

    name: ServiceName = Field(
        description="The service's name: part of the names of its pipeline, stacks and function.",
        examples=["orders"],
    )
    target: Literal["lambda"] = Field(description="What the service runs on.")
    path: RepositoryPath = Field(
        description="The service's folder, which its team owns.",
        examples=["services/orders"],
    )
    handler: Handler = Field(
        default_factory=_default_handler,
        description="The function that answers requests, below the folder's src. Left out, it is "
        "<name>.handler.handle, with _ for each - of the name.",
        examples=["orders.handler.handle"],
    )
    memory_mb: Whole = Field(
        default=256,
        ge=128,
        le=10240,
        description="The memory of the function in megabytes (MB). Lambda gives processor time "
        "in proportion.",
    )
    timeout_seconds: Whole = Field(
        default=10,
        ge=1,
        le=900,
        description="How long, in seconds, a request may take before Lambda ends it. Far less "
        "than the limit is wise: the hooks that send the contract's requests have to wait.",
    )
    source: Source = Field(
        default=CodeCommitSource(),
        description="Where the code comes from. Left out, it is the branch main of the "
        "delivery's CodeCommit repository.",
    )
    integration: bool = Field(
        default=True,
        strict=True,
        description="Whether integration tests run against each environment once a release is "
        "deployed to it: by the buildspec integration.yml in the service's folder.",
    )
    promotion: Waves = Field(
        description="The environments that a release passes through, in this order. Those of a "
        'list within the list are a wave: ["beta", "prod", ["produs", "prodap"]].',
        examples=[["beta", "prod"]],
    )
    canary: Canary = Field(description="How a new version meets traffic.")
    objectives: Objectives = Field(
        default=Objectives(), description="What every version is held to."
    )
    secrets: Annotated[tuple[Secret, ...], Field(max_length=20), Unique(by="name")] = Field(
        default=(),
        description="The secrets that the service needs, by name.",
    )
    parameters: Annotated[
        tuple[Parameter, ...], Field(max_length=MOST_PARAMETERS), Unique(by="name")
    ] = Field(
        default=(),
        description="What the service is set to that anybody may read, by name.",
    )

    @property
    def waves(self) -> tuple[tuple[str, ...], ...]:
        """The environments in the order of the promotion; those of a wave go together."""
        return self.promotion

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments one by one, in the order of the promotion."""
        return tuple(name for wave in self.waves for name in wave)

    @property
    def synthetic_requests_planned(self) -> int:
        """How many synthetic requests go to each version before there is any traffic."""
        return synthetic.planned(self.canary, self.objectives)

    def inconclusive_in(self, environment: Environment) -> Literal["fail", "warn"]:
        """What an inconclusive verdict does in an environment."""
        if environment.inconclusive is not None:
            return environment.inconclusive
        last = environment.name in self.waves[-1]
        return "fail" if last and self.synthetic_requests_planned else "warn"

    @model_validator(mode="after")
    def _canary_sees_enough(self) -> Self:
        if found := synthetic.conflicts(self.canary, self.objectives):
            raise conflicting(found)
        return self

    @model_validator(mode="after")
    def _slow_is_less_than_timed_out(self) -> Self:
        limit_ms = self.timeout_seconds * 1000
        if self.objectives.latency_ms >= limit_ms:
            raise conflicting(
                [
                    Conflict(
                        at=("objectives", "latency_ms"),
                        allowed=f"less than {limit_ms}, the timeout in milliseconds",
                        fix="give a smaller latency_ms, or a longer timeout_seconds: a request "
                        "that times out fails, and can never count as slow",
                    )
                ]
            )
        return self
