"""When a secret is to be rotated."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.plugins.secrets.answers import RefusedError

HOUR = 3600.0
DAY = 24 * HOUR
_RATE = re.compile(r"rate\((\d+) (hour|day)s?\)")


def seconds_between(rules: Mapping[str, Any]) -> float | None:
    """How long a rotation is good for; nothing where there are no rules.

    Raises:
        RefusedError: the rules are wrong, or a cron expression, which is missing here.
    """
    expression, days = rules.get("ScheduleExpression"), rules.get("AutomaticallyAfterDays")
    if days and expression:
        raise RefusedError("InvalidParameterException", "either a schedule or days, not both")
    if days:
        return int(days) * DAY
    if not expression:
        return None
    if not (rate := _RATE.fullmatch(expression)):
        why = f"the rehearsal rotates by a rate of hours or days, not {expression}"
        raise RefusedError("InvalidParameterException", why)
    seconds = int(rate[1]) * (HOUR if rate[2] == "hour" else DAY)
    if seconds < 4 * HOUR:
        raise RefusedError("InvalidParameterException", "no rate is below four hours")
    return seconds
