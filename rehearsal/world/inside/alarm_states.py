"""When an alarm is red, by CloudWatch's rules for M out of N data points and for missing data.

CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data": it looks at a few
periods more than it evaluates, and treats data as missing only where these have too few.
"""

from collections.abc import Callable, Sequence

# How many periods more than it evaluates an alarm of one minute looks at.
EXTRA_PERIODS = 2

BREACHING: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def next_state(
    breaches: Sequence[bool | None], *, datapoints: int, periods: int, missing: str, now: str
) -> str:
    """The state that follows.

    Args:
        breaches: for each period that is looked at, oldest first, whether it breaches; None where
            it has no data.
        datapoints: so many must breach (M).
        periods: of so many (N).
        missing: how missing data is treated: `missing`, `ignore`, `breaching`, `notBreaching`.
        now: the state until now.
    """
    real = [each for each in breaches if each is not None][-periods:]
    lacking = periods - len(real)
    red = sum(real)
    if missing == "breaching":
        red += lacking
    elif lacking and missing == "ignore" and red < datapoints:
        return now
    elif not real and missing == "missing":
        return "INSUFFICIENT_DATA"
    elif lacking and missing == "missing":
        datapoints = min(datapoints, len(real))
    return "ALARM" if red >= datapoints else "OK"
