"""The timeline of a release: its pipeline, and below each stage the deployments made there."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from rehearsal.report import gantt
from rehearsal.report.canary import Record
from rehearsal.report.gantt import Bar, Mark, Row
from rehearsal.report.markup import Markup
from rehearsal.report.model import Alarm, Deployment, Environment, Release, Span

PHASES: Final = {
    "BeforeAllowTraffic": ("hook", "before"),
    "AllowTraffic": ("shift", "canary"),
    "AfterAllowTraffic": ("hook", "after"),
}
VERDICTS: Final = {
    "healthy": ("good", "\N{CHECK MARK}"),
    "degraded": ("bad", "\N{BALLOT X}"),
    "inconclusive": ("open", "?"),
}


def minutes(release: Release) -> float:
    """How long a release took in the world, in minutes."""
    return (release.ended - release.began) / timedelta(minutes=1)


def draw(release: Release, longest: float) -> Markup:
    """Draw a release on the scale of the longest one."""
    said = f"Timeline of {release.name}: {span(release.began, release.ended)} in the world"
    return gantt.draw(list(rows(release)), began=release.began, minutes=longest, said=said)


def rows(release: Release) -> Iterator[Row]:
    """Give the lines: stages in order, each environment's deployments below its stage."""
    left = {environment.name: environment for environment in release.environments}
    for stage in release.stages:
        for action in stage.actions:
            bar = _action(action, release.ended)
            yield Row(group=stage.name, label=action.name, bars=(bar,) if bar else ())
        if stage.name in left:
            yield from _environment(left.pop(stage.name), release.ended)
    for environment in left.values():
        yield from _environment(environment, release.ended)


def _environment(environment: Environment, end: datetime) -> Iterator[Row]:
    for deployment in environment.deployments:
        label = "rollback" if deployment.rollback_of else "deployment"
        bars = tuple(_phases(deployment, end))
        yield Row(group=environment.name, label=label, bars=bars)
        marks = tuple(_verdicts(deployment))
        if marks:
            yield Row(group=environment.name, label="decisions", marks=marks)
    for name in dict.fromkeys(alarm.name for alarm in environment.alarms):
        short = name.rpartition(f"-{environment.name}-")[2]
        bars = tuple(_alarm(alarm, end) for alarm in environment.alarms if alarm.name == name)
        yield Row(group=environment.name, label=short, bars=bars)


def _alarm(alarm: Alarm, end: datetime) -> Bar:
    return Bar(
        began=alarm.at,
        ended=alarm.until or end,
        kind="alarm",
        said=f"{alarm.name} at {clock(alarm.at)}: {alarm.reason}",
        after="! alarm",
    )


def _action(action: Span, end: datetime) -> Bar | None:
    if action.began is None:
        return None
    kind = gantt.KINDS.get(action.status, "plain")
    took = span(action.began, action.ended or end)
    words = f"{action.name}: {action.status}, {clock(action.began)}, {took}. {action.message}"
    sign = gantt.SIGNS[kind] or action.status
    return Bar(
        began=action.began,
        ended=action.ended or end,
        kind=kind,
        said=words.strip(),
        after=f"{sign} {took}" if took != "0 s" else sign,
    )


def _phases(deployment: Deployment, end: datetime) -> Iterator[Bar]:
    """One bar for each lifecycle event, or one for all where none is known."""
    over = deployment.ended or end
    known = [each for each in deployment.lifecycle if each.name in PHASES and each.began]
    last = known[-1] if known else None
    kind = gantt.KINDS.get(deployment.status, "plain")
    word = f"{gantt.SIGNS[kind]} {deployment.status.lower()}".strip()
    if last is None:
        said = f"{deployment.id}: {deployment.status}. {deployment.message}".strip()
        yield Bar(began=deployment.began, ended=over, kind=kind, said=said, after=word)
    for event in known:
        phase, inside = PHASES[event.name]
        bad = gantt.KINDS.get(event.status) == "bad"
        began = event.began or deployment.began
        took = span(began, event.ended or over)
        yield Bar(
            began=began,
            ended=event.ended or over,
            kind="bad" if bad and phase == "hook" else phase,
            said=f"{event.name}: {event.status}, {clock(began)}, {took}. {event.message}".strip(),
            inside=inside,
            after=word if event is last else "",
            after_kind=kind,
        )


def _verdicts(deployment: Deployment) -> Iterator[Mark]:
    record = Record.of(deployment)
    for entry in record.timeline if record else ():
        fallback = ("bad", "\N{BALLOT X}") if entry.outcome in {"failed", "stopped"} else None
        kind, sign = fallback or VERDICTS.get(entry.verdict or "", ("good", "\N{CHECK MARK}"))
        by = entry.by.replace("_", "-")
        said = f"{clock(entry.at)}, {by}: {entry.outcome}; {entry.verdict or 'no verdict'}. "
        yield Mark(at=entry.at, kind=kind, sign=sign, said=f"{said}{entry.reason}".strip())


def clock(moment: datetime) -> str:
    """A time of day in the world."""
    return f"{moment:%H:%M:%S}"


def span(began: datetime, ended: datetime) -> str:
    """How long something took, short."""
    seconds = max(0, round((ended - began).total_seconds()))
    if seconds < 60:  # noqa: PLR2004 seconds of a minute
        return f"{seconds} s"
    if seconds % 60 and seconds < 600:  # noqa: PLR2004 below ten minutes, seconds matter
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{round(seconds / 60)} min"
