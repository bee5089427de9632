"""How carefully a new version meets traffic, and what it is measured by."""

from typing import Annotated

from pydantic import Field

from delivery.rules import Model, Number, Whole

SECONDS_A_MINUTE = 60
MOST_SYNTHETIC = 3000


class Canary(Model):
    """The first, small step of the traffic to a new version, which CodeDeploy makes."""

    percent: Whole = Field(
        default=10,
        ge=1,
        le=50,
        description="The share of the requests, in percent, that a new version gets while it is "
        "on trial. AWS's own practice is at most 10 % in one step.",
    )
    minutes: Whole = Field(
        default=15,
        ge=1,
        le=2880,
        description="How long, in minutes, a new version is on trial. CodeDeploy ends a shift "
        'after 48 hours ("CodeDeploy quotas").',
    )
    requests_per_second: Number = Field(
        gt=0,
        le=1_000_000,
        description="The requests per second that the service expects over both versions "
        "together. They tell whether the trial will see enough of them to judge by.",
        examples=[10.0],
    )
    synthetic_requests: Annotated[int, Field(strict=True, ge=0, le=MOST_SYNTHETIC)] | None = Field(
        default=None,
        description="How many requests of the contract are sent to the new version, and as many "
        "to the current one, before there is any traffic. Left out, it is as many as certify the "
        "objective when none fails: 299 for 1 %. 0 sends none.",
        examples=[299],
    )
    http_5xx: bool = Field(
        default=False,
        strict=True,
        description="Whether the service publishes the metric Http5xx, so that answers of HTTP "
        "5xx count as well: to Lambda, a handler that answers 500 has not failed. Namespace "
        "Lockgate, dimensions FunctionName, Resource and ExecutedVersion, 0 or 1 for each "
        "request.",
    )

    @property
    def expected_requests(self) -> float:
        """How many requests the new version can expect to get while it is on trial."""
        seconds = SECONDS_A_MINUTE * self.minutes
        return self.percent / 100 * self.requests_per_second * seconds


class Objectives(Model):
    """What every version is held to, whatever the version before it did."""

    errors_percent: Number = Field(
        default=1.0,
        ge=0.0001,
        le=50,
        description="The largest share of requests, in percent, that may fail.",
    )
    latency_ms: Whole = Field(
        default=1000,
        ge=1,
        description="The time, in milliseconds, from which a request counts as slow. Less than "
        "the service's timeout: no request takes longer than that.",
    )
    slow_percent: Number = Field(
        default=1.0,
        gt=0,
        lt=100,
        description="The largest share of requests, in percent, that may be slower than "
        "latency_ms.",
    )
