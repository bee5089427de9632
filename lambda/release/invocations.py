"""How often an alias was invoked, as CloudWatch has counted it.

By FunctionName and Resource: "Types of metrics for Lambda functions", Lambda Developer Guide.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

import reach
from clients import Metrics
from deadline import Deadline


class UnreadableError(Exception):
    """CloudWatch answered, but not with a count."""


def invocations(
    metrics: Metrics,
    *,
    function: str,
    alias: str,
    start: datetime,
    end: datetime,
    deadline: Deadline,
) -> int:
    """Count the invocations from ``start`` to ``end``, whole minutes of a day at most.

    Raises:
        UnreadableError: the answer is no complete count.
        BotoCoreError, ClientError, OutOfTimeError: CloudWatch could not be asked.
    """
    dimensions = {"FunctionName": function, "Resource": f"{function}:{alias}"}
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Invocations",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
    }
    statistic = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    read = partial(
        metrics.get_metric_data,
        MetricDataQueries=[{"Id": "requests", "MetricStat": statistic}],
        StartTime=start,
        EndTime=end,
    )
    return _count(reach.ask(read, deadline, "counting the requests"))


def _count(answer: Mapping[str, Any]) -> int:
    match answer:
        # A day has 1,440 minutes, and one answer holds up to 100,800 of them.
        case {"MetricDataResults": [{"StatusCode": "Complete", "Values": [*values]}]}:
            # Neither NaN nor an infinity is a whole number.
            if all(value >= 0 and float(value).is_integer() for value in values):
                return int(sum(values))
            raise UnreadableError(f"CloudWatch gave what is no count: {values}")
    states = [each.get("StatusCode") for each in answer.get("MetricDataResults", [])]
    raise UnreadableError(f"CloudWatch's answer is incomplete: {states}")
