"""Every call of a world, as CloudTrail's events: in a file of the world's folder, and at hand.

`calls.jsonl` has a line for each call: `event`, which is what CloudTrail has of it, and
`decisions`, which only we have: what IAM was asked, what it said, and by which statements.
"""

import json
import os
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from rehearsal.world.inside.plugins.cloudtrail.decisions import Decision
from rehearsal.world.inside.setting import Setting

FILE = "calls.jsonl"


class Kept(NamedTuple):
    """An event, and what is asked of events most.

    Attributes:
        at: when, in seconds since 1970.
        account: whose trails have it.
        region: where it was.
        is_data: whether it is a data event.
        text: the event as JSON.
    """

    at: float
    account: str
    region: str
    is_data: bool
    text: str


class Record:
    """The events of all accounts and regions, in the order in which their calls were answered."""

    def __init__(self, world: Setting) -> None:
        self.world = world
        self.events: list[Kept] = []
        self._chance = world.chance("cloudtrail")
        self._lock = threading.Lock()
        # The world's own folder, which goes with it.
        self._file = (Path(os.environ["STATE_DIR"]).parent / FILE).open("a", encoding="utf-8")

    def add(
        self, event: dict[str, Any], decisions: Sequence[Decision] = (), *, at: float
    ) -> dict[str, Any]:
        """Keep an event; what every event has is filled in."""
        with self._lock:
            full = {
                "eventVersion": "1.11",
                **event,
                "eventTime": datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "eventID": str(UUID(int=self._chance.getrandbits(128), version=4)),
            }
            is_data = full["eventCategory"] == "Data"
            text = json.dumps(full)
            kept = Kept(at, full["recipientAccountId"], full["awsRegion"], is_data, text)
            self.events.append(kept)
            line = json.dumps([vars(each) for each in decisions])
            self._file.write(f'{{"event": {text}, "decisions": {line}}}\n')
            # Whoever reads it from outside finds it whole.
            self._file.flush()
            return full
