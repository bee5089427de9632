"""What `scenario.toml` says."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, JsonValue, StringConstraints, model_validator

from rehearsal.scenarios.reading import Written

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Number = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Inside = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Outcome = Literal["pass", "fail"]


class AlarmRed(Written):
    """An alarm on the new version goes red, for a reason that lies outside of the rehearsal.

    Attributes:
        environment: where.
        alarm: which of the version's alarms, by what it looks at.
        after_minutes: how long after the shift has begun.
        minutes: how long it stays red, whatever the metrics say.
    """

    do: Literal["alarm-red"]
    environment: Text
    alarm: Literal["errors", "slow", "verdict"]
    after_minutes: Number
    minutes: Number


class HookCrash(Written):
    """A hook's function ends with an error before its first line, and never reports."""

    do: Literal["hook-crash"]
    environment: Text
    hook: Literal["pre-traffic", "post-traffic"]


class Freeze(Written):
    """Releases are held back from production before this one is pushed.

    Attributes:
        reason: why, as people read it where the release stops.
    """

    do: Literal["freeze"]
    reason: Text


Fault = Annotated[AlarmRed | Freeze | HookCrash, Field(discriminator="do")]


class Approval(Written):
    """What somebody answers to a manual approval."""

    stage: Text
    action: Text
    answer: Literal["Approved", "Rejected"]
    comment: Text
    after_minutes: Number = 5.0


class Expected(Written):
    """What should come of a release.

    Attributes:
        status: how its run of the pipeline ends.
        stage: where it ends; the last stage where it is left out.
        action: of which action; left out where it ends nowhere in particular.
        reason: texts of which one stands in the reason that is given, without regard to case.
        verdict: the judge's last word in the environment where the release ends.
        serving: for each environment whether this release serves afterwards, or what did before.
        max_customer_failures: how many requests of customers may fail from the release's start
            on, by its own doing or not; any number where it is left out.
        not_before: when the last stage begins at the earliest.
    """

    status: Literal["succeeded", "failed", "stopped"]
    stage: Text | None = None
    action: Text | None = None
    reason: list[Text] = Field(default_factory=list)
    verdict: Literal["healthy", "degraded", "inconclusive"] | None = None
    serving: dict[str, Literal["this", "before"]]
    max_customer_failures: Annotated[int, Field(ge=0)] | None = None
    not_before: AwareDatetime | None = None

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if self.status != "succeeded" and not (self.stage and self.reason):
            raise ValueError(f"allowed for status {self.status}: only with stage and reason")
        return self


class Release(Written):
    """One commit that goes through the pipeline.

    Attributes:
        name: what it is called in reports.
        message: the commit's message.
        patch: the change, as `git apply` takes it, or
        commit: a folder whose files are put over those of the checkout.
        fill: for each blank `@@NAME@@` of the patch, the parts of the text that stands there:
            what a scan for secrets would find is never written down in one piece.
        unit_tests: whether the service's own tests pass on it.
        contract: whether it keeps the service's contract.
        faults: what happens meanwhile.
        approvals: what is answered meanwhile.
        expect: what should come of it.
    """

    name: Text
    message: Text
    patch: Inside | None = None
    commit: Inside | None = None
    fill: dict[str, list[str]] = Field(default_factory=dict)
    unit_tests: Outcome = "pass"
    contract: Outcome = "pass"
    faults: list[Fault] = Field(default_factory=list)
    approvals: list[Approval] = Field(default_factory=list)
    expect: Expected

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.patch is None) == (self.commit is None):
            raise ValueError("allowed: either a patch or a commit")
        return self


class ScenarioFile(Written):
    """What `scenario.toml` says.

    Attributes:
        title: a few words.
        shows: what there is to see.
        start: the day of the week and the time of day at which the first release is pushed;
            whenever it is in the world where it is left out.
        traffic: for each environment with customers, the file that says what they do.
        delivery: what is different in delivery.toml, as a JSON merge patch; environments and
            services are told apart by their names.
        releases: what is released, in order; the checkout as it stands serves before.
    """

    title: Text
    shows: Text
    start: AwareDatetime | None = None
    traffic: dict[str, Inside] = Field(default_factory=dict)
    delivery: dict[str, JsonValue] = Field(default_factory=dict)
    releases: Annotated[list[Release], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [release.name for release in self.releases]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"allowed: releases of different names; twice: {', '.join(twice)}")
        return self
