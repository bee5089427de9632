"""A trail: what it is set to, which events it still has to deliver, and how that went."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.plugins.cloudtrail.record import Kept
from rehearsal.world.inside.plugins.cloudtrail.selectors import DEFAULT, Selector, wanted

GLOBAL_REGION = "us-east-1"


@dataclass(eq=False, kw_only=True)
class Trail:
    """One trail.

    Attributes:
        account: whose events it has.
        region: its home region.
        settings: as GetTrail shows them.
        selectors: which events it wants.
        tags: its tags.
        logging: whether it takes events.
        started: since when it last did, in seconds since 1970.
        stopped: when it last stopped.
        position: how many of the record's events it has looked at.
        for_logs: the events, as JSON with their region, that are to go to its log group.
        for_bucket: those that are to go to its bucket.
        status: how its deliveries went, as GetTrailStatus shows it.
    """

    account: str
    region: str
    settings: dict[str, Any]
    selectors: Sequence[Selector] = DEFAULT
    tags: dict[str, str] = field(default_factory=dict)
    logging: bool = False
    started: float | None = None
    stopped: float | None = None
    position: int = 0
    for_logs: list[tuple[str, str]] = field(default_factory=list)
    for_bucket: list[tuple[str, str]] = field(default_factory=list)
    status: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.settings["Name"])

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:cloudtrail:{self.region}:{self.account}:trail/{self.name}"

    def take(self, events: Sequence[Kept]) -> None:
        """Take what is new in the record: up to the moment at which it was stopped, if it was."""
        new, self.position = events[self.position :], len(events)
        if self.started is None:
            return
        for each in new:
            in_time = self.logging or each.at <= (self.stopped or 0)
            if in_time and self._is_here(each) and wanted(json.loads(each.text), self.selectors):
                if self.settings.get("CloudWatchLogsLogGroupArn"):
                    self.for_logs.append((each.region, each.text))
                self.for_bucket.append((each.region, each.text))

    def _is_here(self, kept: Kept) -> bool:
        if kept.account != self.account:
            return False
        is_global = kept.region == GLOBAL_REGION and self.settings["IncludeGlobalServiceEvents"]
        return self.settings["IsMultiRegionTrail"] or is_global or kept.region == self.region
