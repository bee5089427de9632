"""The clock: the one place that time is read and spent at."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)


def sleep(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)
