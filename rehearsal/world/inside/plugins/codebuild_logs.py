"""On which resource IAM decides when a log stream is written or read: on the stream, as on AWS.

ministack decides on the log group without `:*`, which no policy for streams allows.
"""

import json
from collections.abc import Callable
from typing import Any

from rehearsal.world.inside.setting import Setting

# Service Authorization Reference, "Amazon CloudWatch Logs". As its errors show, AWS decides on
# CreateLogStream by the ARN of the stream to be.
OF_STREAMS = frozenset({"CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents"})


def install(world: Setting) -> None:
    """Let IAM decide on streams."""
    world.seams.wrap("iam_actions.extract_resource_arn", _on_streams)


def _on_streams(stock: Callable[..., str]) -> Callable[..., str]:
    def find(name: str, method: str, path: str, headers: Any, body: bytes, *more: Any) -> str:
        found = stock(name, method, path, headers, body, *more)
        action = str(headers.get("x-amz-target", "")).rpartition(".")[2]
        if name != "logs" or action not in OF_STREAMS or ":log-stream:" in found:
            return found
        try:
            stream = json.loads(body).get("logStreamName", "")
        except ValueError:
            return found
        return f"{found.removesuffix(':*')}:log-stream:{stream}"

    return find
