"""Events on the default bus, as AWS's services put them there."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.world.inside.setting import Setting


def emit(
    world: Setting, source: str, kind: str, detail: Mapping[str, Any], resources: Sequence[str]
) -> None:
    """Put an event on the bus of the current account and region.

    Args:
        world: where.
        source: the service, as `aws.codedeploy`.
        kind: the event's detail type.
        detail: what happened.
        resources: the ARNs that it is about.
    """
    get = world.seams.get
    get("eventbridge._dispatch_event")(
        {
            "EventId": str(uuid.uuid4()),
            "Source": source,
            "DetailType": kind,
            "Detail": json.dumps(detail, default=str),
            "EventBusName": "default",
            "Time": int(world.clock.now()),
            "Resources": list(resources),
            "Account": get("responses.get_account_id")(),
            "Region": get("responses.get_region")(),
        }
    )
