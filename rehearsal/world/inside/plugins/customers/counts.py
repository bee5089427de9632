"""What customers met, by minute, by the version that served them and by kind of request."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

MINUTE = 60


@dataclass
class Met:
    """What the customers of one minute, version and kind met.

    Attributes:
        requests: how many have been answered.
        failed: how many in which way; see `failure`.
        slow: how many waited longer than customers do, whatever the answer.
        latency_ms: how long all of them waited.
        longest_ms: how long the one waited that waited longest.
    """

    requests: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    slow: int = 0
    latency_ms: float = 0.0
    longest_ms: float = 0.0


class Counts:
    """Safe to use from any thread."""

    def __init__(self, slow_ms: float) -> None:
        self._slow_ms = slow_ms
        self._lock = threading.Lock()
        self._met: dict[tuple[int, str, str], Met] = {}

    def add(
        self, *, came: float, version: str, kind: str, failed: str | None, latency_ms: float
    ) -> None:
        """Count one answer in the minute in which the customer came."""
        at = int(came // MINUTE) * MINUTE
        with self._lock:
            met = self._met.setdefault((at, version, kind), Met())
            met.requests += 1
            met.slow += latency_ms > self._slow_ms
            met.latency_ms += latency_ms
            met.longest_ms = max(met.longest_ms, latency_ms)
            if failed is not None:
                met.failed[failed] += 1

    def listed(self) -> list[dict[str, Any]]:
        """All of them, in order."""
        with self._lock:
            return [
                {
                    "start": at,
                    "version": version,
                    "kind": kind,
                    "requests": met.requests,
                    "failed": dict(sorted(met.failed.items())),
                    "slow": met.slow,
                    "latency_ms": met.latency_ms,
                    "longest_ms": met.longest_ms,
                }
                for (at, version, kind), met in sorted(self._met.items())
            ]


def failure(result: Mapping[str, Any], expect_status: int | None) -> str | None:
    """How an invocation failed its customer; None where it did not.

    Returns:
        `throttled`, `timeout` or `error` of the function itself; `5xx` or `4xx`; `unexpected` for
        another status than the customer wants, `malformed` for an answer that has none.
    """
    body = result.get("body")
    answer: Mapping[str, Any] = body if isinstance(body, dict) else {}
    if result.get("throttle"):
        return "throttled"
    if result.get("error"):
        return "timeout" if answer.get("errorType") == "Sandbox.Timedout" else "error"
    return None if expect_status is None else _status_failure(answer, expect_status)


def _status_failure(answer: Mapping[str, Any], expect_status: int) -> str | None:
    status = answer.get("statusCode")
    if type(status) is not int:
        return "malformed"
    if status == expect_status:
        return None
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "5xx"
    return "4xx" if status >= HTTPStatus.BAD_REQUEST else "unexpected"
