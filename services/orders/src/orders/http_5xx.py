"""Count the answers that are HTTP 5xx: to Lambda, a handler that answers 500 has not failed.

Written in CloudWatch's embedded metric format, which needs no permission and no call:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
The dimensions are those by which Lambda itself counts a version behind an alias.
"""

import json
import time
from typing import Any

SERVER_ERROR = 500
DIMENSIONS = ["FunctionName", "Resource", "ExecutedVersion"]


def line(status: int, *, arn: str, version: str) -> str:
    """Give the log line that counts one answer: 1 where it is HTTP 5xx, else 0.

    Args:
        status: the answer's HTTP status; 500 where there is none.
        arn: what was invoked: a function, with its alias or version where one was named.
        version: the version that ran.
    """
    name, *qualifier = arn.split(":")[6:]
    fields: dict[str, Any] = {
        "FunctionName": name,
        "Resource": ":".join([name, *qualifier]),
        "ExecutedVersion": version,
        "Http5xx": int(status >= SERVER_ERROR),
    }
    metric = {
        "Namespace": "Lockgate",
        "Dimensions": [DIMENSIONS],
        "Metrics": [{"Name": "Http5xx", "Unit": "Count"}],
    }
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    return json.dumps({"_aws": about, **fields})
