"""Whether a release came out as its scenario says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rehearsal.report.agreement import failed
from rehearsal.report.model import Outcome, Release, Span
from rehearsal.scenarios.model import Expected

TAKEN_BACK_BY = "Execute"


@dataclass(frozen=True, kw_only=True)
class Served:
    """Who served an environment: the version before the release, and the one after it."""

    before: str
    after: Mapping[str, float]


def outcome(expected: Expected) -> Outcome:
    """How the release is to end, in the report's words."""
    if expected.status == "succeeded":
        return Outcome.SUCCEEDED
    return Outcome.STOPPED if expected.action == TAKEN_BACK_BY else Outcome.FAILED


def unmet(
    expected: Expected, release: Release, status: str, serving: Mapping[str, Served]
) -> Iterator[str]:
    """What is not as expected, each in a sentence.

    Args:
        expected: what the scenario says.
        release: what came of it.
        status: how its run of the pipeline ended, as CodePipeline has it.
        serving: who served each environment.
    """
    if status.lower() != expected.status:
        yield f"the pipeline {status.lower()}, and should have {expected.status}"
    yield from _place(expected, release)
    if expected.verdict is not None and (found := _verdict(release)) != expected.verdict:
        yield f"the last verdict is {found or 'none'}, and should be {expected.verdict}"
    for environment, who in expected.serving.items():
        yield from _serving(environment, who, serving.get(environment))
    most, count = expected.max_customer_failures, failed(release)
    if most is not None and count > most:
        yield f"{count} requests of customers failed, and at most {most} should have"
    if expected.not_before is not None:
        begins = [span.began for span in release.stages[-1].actions if span.began is not None]
        if not begins or min(begins) < expected.not_before:
            when = f"{min(begins):%H:%M}" if begins else "never"
            yield f"the last stage began at {when}, and should not before {expected.not_before}"


def _place(expected: Expected, release: Release) -> Iterator[str]:
    ends = [(stage.name, span) for stage in release.stages for span in stage.actions if _bad(span)]
    if expected.status == "succeeded" or expected.stage is None:
        return
    there = [
        span
        for stage, span in ends
        if stage == expected.stage and expected.action in (None, span.name)
    ]
    if not there:
        where = ", ".join(f"{stage}/{span.name}" for stage, span in ends) or "nowhere"
        yield f"it ended in {where}, and should in {expected.stage}/{expected.action or '*'}"
        return
    said = " ".join([*(f"{span.name} {span.message}" for span in there), *_reasons(release)])
    if not any(reason.lower() in said.lower() for reason in expected.reason):
        yield f"the reason is {said[:300]!r}, and should have {' or '.join(expected.reason)}"


def _bad(span: Span) -> bool:
    return span.status in ("Failed", "Abandoned")


def _reasons(release: Release) -> Iterator[str]:
    for environment in release.environments:
        for deployment in environment.deployments:
            record = deployment.record or {}
            yield deployment.message
            yield from (str(record.get(name) or "") for name in ("outcome", "verdict", "reason"))


def _verdict(release: Release) -> str:
    verdicts = [
        str((deployment.record or {}).get("verdict") or "")
        for environment in release.environments
        for deployment in environment.deployments
        if deployment.record
    ]
    return verdicts[-1] if verdicts else ""


def _serving(environment: str, who: str, served: Served | None) -> Iterator[str]:
    if served is None:
        yield f"nothing serves {environment}"
        return
    whole = [version for version, share in served.after.items() if share == 1]
    is_before = whole == [served.before]
    if len(whole) != 1 or is_before != (who == "before"):
        shares = ", ".join(f"version {v} {share:.0%}" for v, share in served.after.items())
        yield f"{environment} is served by {shares}, and should by {who} (before: {served.before})"
