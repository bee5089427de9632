"""Why a release ended as it did, in one sentence, from its decision records."""

from collections.abc import Iterable

from rehearsal.report.agreement import MINUTE
from rehearsal.report.canary import Minute, Record
from rehearsal.report.model import Environment


def of(environments: Iterable[Environment]) -> str:
    """Say why; nothing where no record tells.

    A release that was taken back is explained by where that was done, any other by where its
    canaries passed.
    """
    passed = []
    for environment in environments:
        for deployment in environment.deployments:
            record = Record.of(deployment)
            if record is None:
                continue
            if record.outcome in {"failed", "stopped"}:
                return _taken_back(environment.name, record)
            if record.outcome in {"passed", "warned"}:
                verdict = record.verdict or record.outcome
                passed.append(f"{verdict} in {environment.name}")
    return f"went through its canaries: {', '.join(passed)}" if passed else ""


def _taken_back(environment: str, record: Record) -> str:
    canary, decided = record.canary, record.decided
    if canary is None or decided is None:
        return f"{record.outcome} in {environment} before any customer met it: {record.reason}"
    minute = max(0, (decided - canary.start) // MINUTE)
    when = f"{record.outcome} at minute {minute} of the canary in {environment}"
    # Slow requests have not failed: of them, and of what the judge did not stop, the reason tells.
    if record.verdict != "degraded" or canary.judgement.worst == "slow":
        return f"{when}: {record.reason}"
    new, old = (_failed(part, canary.minutes) for part in ("canary", "baseline"))
    target, current = record.target_version, record.current_version
    return f"{when}: {new} requests to version {target} failed, against {old} to version {current}"


def _failed(part: str, minutes: Iterable[Minute]) -> str:
    counts = [each.canary if part == "canary" else each.baseline for each in minutes]
    bad = sum(max(each.errors, each.http_5xx or 0) for each in counts)
    return f"{bad:,} of {sum(each.requests for each in counts):,}"
