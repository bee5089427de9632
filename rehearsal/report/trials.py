"""The canaries of a release: what was served, what failed, and what the evidence was."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from rehearsal.report import numbers, plots
from rehearsal.report.agreement import MINUTE
from rehearsal.report.canary import Counts, Record
from rehearsal.report.canvas import Canvas
from rehearsal.report.markup import Markup, join, tag
from rehearsal.report.model import Deployment, Environment
from rehearsal.report.plots import Count, Mix

AROUND = timedelta(minutes=3)


def section(environment: Environment, deployment: Deployment) -> Markup | None:
    """Plot a deployment's canary; None where it had none."""
    record = Record.of(deployment)
    if record is None or deployment.rollback_of:
        return None
    old, new = record.current_version or "?", record.target_version or "?"
    start = _start(deployment, record)
    mixes = _mixes(environment, deployment, start, (old, new)) or list(_recorded(record))
    canvas = _canvas(record, mixes, start, (old, new))
    objective = record.plan.errors_percent if record.plan else None
    threshold = math.log10(record.canary.judgement.threshold) if record.canary else None
    figures = (
        (
            "Share of the requests",
            _legend("\N{BLACK SQUARE}", f"version {new}, below", f"version {old}, above"),
            plots.split(canvas, mixes),
        ),
        (
            "Failed requests",
            _legend("\N{BLACK CIRCLE}\N{WHITE SQUARE}", f"version {new}", f"version {old}"),
            plots.errors(canvas, mixes, objective),
        ),
        (
            f"Evidence against version {new}",
            "how many times likelier if it is worse",
            plots.evidence(canvas, deployment.looks, threshold),
        ),
    )
    return tag(
        "div",
        tag("h4", environment.name, tag("small", _plan(record, old, new))),
        tag("p", f"{record.outcome.capitalize()}: {record.reason}", class_="said"),
        tag(
            "div",
            (
                tag("figure", tag("figcaption", tag("b", name), tag("span", legend)), plot)
                for name, legend, plot in figures
            ),
            class_="plots",
        ),
        numbers.table(deployment, mixes, old, new),
        class_="trial",
    )


def _plan(record: Record, old: str, new: str) -> str:
    versions = f"version {new} after version {old}"
    if record.plan is None:
        return versions
    return f"{versions}, {record.plan.percent} % for {record.plan.minutes} minutes"


def _start(deployment: Deployment, record: Record) -> datetime:
    """The canary's minute 0."""
    if record.canary is not None:
        return record.canary.start
    shifts = (each.began for each in deployment.lifecycle if each.name == "AllowTraffic")
    return next((began for began in shifts if began), deployment.began).replace(
        second=0, microsecond=0
    )


def _mixes(
    environment: Environment, deployment: Deployment, start: datetime, versions: tuple[str, str]
) -> list[Mix]:
    """What customers counted in the minutes around the canary."""
    served: dict[int, dict[str, Count]] = {}
    over = deployment.ended or max((each.at for each in environment.customers), default=start)
    for each in environment.customers:
        if start - AROUND <= each.at <= over + AROUND and each.version in versions:
            known = served.setdefault((each.at - start) // MINUTE, {})
            before = known.get(each.version, Count())
            known[each.version] = Count(
                requests=before.requests + each.requests, failed=before.failed + each.failed
            )
    old, new = versions
    return [
        Mix(minute=minute, canary=known.get(new, Count()), baseline=known.get(old, Count()))
        for minute, known in sorted(served.items())
    ]


def _recorded(record: Record) -> Iterator[Mix]:
    """What the gate counted, where the customers counted nothing."""
    for minute in record.canary.minutes if record.canary else ():
        yield Mix(
            minute=minute.minute, canary=_count(minute.canary), baseline=_count(minute.baseline)
        )


def _count(counts: Counts) -> Count:
    return Count(requests=counts.requests, failed=max(counts.errors, counts.http_5xx or 0))


def _canvas(record: Record, mixes: list[Mix], start: datetime, versions: tuple[str, str]) -> Canvas:
    decided = record.decided
    low = mixes[0].minute if mixes else 0
    return Canvas(
        baseline=versions[0],
        canary=versions[1],
        low=min(0, low),
        high=mixes[-1].minute + 1 if mixes else 1,
        decided=None if decided is None else max(low, (decided - start) / MINUTE),
        decision=record.outcome,
    )


def _legend(shapes: str, new: str, old: str) -> Markup:
    keys = (("new", shapes[0], new), ("old", shapes[-1], old))
    return join(
        tag("span", tag("i", shape, class_=kind, aria_hidden="true"), f" {words}", class_="key")
        for kind, shape, words in keys
    )
