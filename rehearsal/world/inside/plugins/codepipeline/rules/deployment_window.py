"""The rule DeploymentWindow: the stage waits until its window is open."""

import re
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    only,
    required,
    wrong,
)
from rehearsal.world.inside.plugins.codepipeline.rules.cron import Window, read
from rehearsal.world.inside.plugins.codepipeline.rules.cron_fields import CronError

OFFSET = re.compile(r"UTC(?:([+-])(\d{2}):(\d{2}))?")


def perform(job: Job) -> Outcome:
    """Succeed inside the window, at once or when it opens.

    Raises:
        ActionFailedError: it never opens again, or the execution was stopped before.
    """
    only(job, {"Cron", "TimeZone"})
    window, zone = _window(job), _zone(job.configuration.get("TimeZone") or "UTC")
    now = datetime.fromtimestamp(job.world.clock.now(), zone)
    opens = window.opens(now)
    if opens is None:
        raise ActionFailedError("RuleFailed", f"the window {required(job, 'Cron')} never opens")
    if job.stop.wait(opens.timestamp() - now.timestamp(), job.world.parties.current()):
        raise ActionFailedError("Abandoned", "stopped before the window opened")
    return Outcome(summary=f"the window is open since {opens.isoformat()}")


def _window(job: Job) -> Window:
    try:
        return read(required(job, "Cron"))
    except CronError as error:
        wrong(f"Cron: {error}")


def _zone(name: str) -> tzinfo:
    """A region's, or UTC with an offset, or an abbreviation that the machine knows."""
    if told := OFFSET.fullmatch(name):
        sign, hours, minutes = told.groups()
        if sign is None:
            return UTC
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(offset if sign == "+" else -offset)
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        wrong(f"TimeZone: the world knows no {name}")
