"""What customers do, as a TOML file says it."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, StringConstraints, model_validator

from rehearsal.scenarios.aws_errors import errors_of
from rehearsal.scenarios.fields import check_fields
from rehearsal.scenarios.reading import Written, read

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9 -]{0,39}$")]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
OperationName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+:[A-Za-z0-9]+$")]
# A handler that is asked more often does not get it right sooner, and a run must end.
MOST_PER_SECOND = 100


class Request(Written):
    """A request to an HTTP API; it reaches the function in payload format 2.0."""

    method: Literal["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] = "GET"
    path: JsonValue
    headers: dict[str, str] = Field(default_factory=dict)
    body: JsonValue = None

    def event(self) -> dict[str, JsonValue]:
        """What the function gets."""
        http: JsonValue = {"method": self.method, "path": self.path, "protocol": "HTTP/1.1"}
        return {
            "version": "2.0",
            "rawPath": self.path,
            "rawQueryString": "",
            "headers": dict(self.headers),
            "requestContext": {"http": http, "requestId": {"$hex": 16}, "stage": "$default"},
            "body": self.body if isinstance(self.body, str | None) else {"$json": self.body},
            "isBase64Encoded": False,
        }


class Kind(Written):
    """One kind of request.

    Attributes:
        name: what it is counted by.
        weight: how often it comes, against the other kinds; 0 where only in bursts.
        request: what is asked of the HTTP API, or
        event: the payload itself. Both may hold fields that chance fills in, as
            `{"$choice": [1, 2]}`; rehearsal/world/inside/plugins/customers/payloads.py lists them.
        expect_status: the HTTP status that the customer wants.
    """

    name: Name
    weight: NotNegative = 1.0
    request: Request | None = None
    event: JsonValue = None
    expect_status: Annotated[int, Field(ge=100, le=599)] = 200

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.request is None) == (self.event is None):
            raise ValueError("allowed: either a request or an event")
        check_fields(self.payload)
        return self

    @property
    def payload(self) -> JsonValue:
        """What the function is invoked with."""
        return self.event if self.request is None else self.request.event()


class Burst(Written):
    """For a while, something happens that both versions of a function meet.

    Either an operation of AWS fails or is slow for whoever asks it, or customers of one kind come
    in numbers. Nothing of it depends on which version serves.

    Attributes:
        from_minute: when it begins, in minutes after the first customer could come.
        minutes: how long it lasts.
        every_minutes: how long after its beginning it begins again; never where it is left out.
        share: how many of the calls or of the customers it concerns, up to 1.
        kind: the kind that so many of the customers are of meanwhile, or
        operation: what is hit, as `secretsmanager:GetSecretValue`.
        error: the error that the operation's callers get; none where they are only slow.
        delay_ms: how much longer the operation takes.
    """

    from_minute: NotNegative
    minutes: Positive
    every_minutes: Positive | None = None
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    kind: str | None = None
    operation: OperationName | None = None
    error: str | None = None
    delay_ms: NotNegative = 0.0

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.every_minutes is not None and self.every_minutes <= self.minutes:
            raise ValueError("allowed: every_minutes above minutes")
        if (self.kind is None) == (self.operation is None):
            raise ValueError("allowed: either a kind or an operation")
        if self.operation is None:
            if self.error is not None or self.delay_ms:
                raise ValueError("allowed: error and delay_ms only with an operation")
            return self
        if self.error is None and not self.delay_ms:
            raise ValueError("allowed with an operation: an error, a delay_ms, or both")
        service, _, operation = self.operation.partition(":")
        errors = errors_of(service, operation)
        if self.error is not None and self.error not in errors:
            raise ValueError(f"allowed for the error of {operation}: {', '.join(sorted(errors))}")
        return self

    def as_orders(self) -> dict[str, Any]:
        """As the world wants it told."""
        service, _, operation = (self.operation or "").partition(":")
        return self.model_dump() | {"service": service, "operation": operation}


class TrafficProfile(Written):
    """What customers do.

    Attributes:
        requests_per_second: how many come on the average; 0 for none at all.
        spread: `poisson`, each by itself, or `even`, one after the other with some jitter.
        slow_ms: how long a customer waits before calling it slow.
        kinds: what they ask for.
        bursts: what happens for a while, to both versions alike.
    """

    requests_per_second: Annotated[float, Field(ge=0, le=MOST_PER_SECOND)]
    spread: Literal["poisson", "even"] = "poisson"
    slow_ms: Positive = 1000.0
    kinds: Annotated[list[Kind], Field(min_length=1)]
    bursts: list[Burst] = Field(default_factory=list)

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        names = [kind.name for kind in self.kinds]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"allowed: kinds of different names; twice: {', '.join(twice)}")
        if not any(kind.weight for kind in self.kinds):
            raise ValueError("allowed: at least one kind with a weight above 0")
        strange = sorted({each.kind for each in self.bursts if each.kind} - set(names))
        if strange:
            raise ValueError(f"allowed: bursts of the kinds {', '.join(names)}, not {strange}")
        return self

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it from a TOML file.

        Raises:
            rehearsal.scenarios.reading.FileError: the file cannot be used.
        """
        return read(path, cls)

    def as_orders(self) -> dict[str, Any]:
        """As the world wants it told."""
        kinds = [
            {
                "name": kind.name,
                "weight": kind.weight,
                "event": kind.payload,
                "expect_status": kind.expect_status,
            }
            for kind in self.kinds
        ]
        return {
            "per_second": self.requests_per_second,
            "spread": self.spread,
            "slow_ms": self.slow_ms,
            "kinds": kinds,
            "bursts": [each.as_orders() for each in self.bursts],
        }
