"""Try again what may do better in a moment, within the time there is.

Exponential backoff with full jitter:
https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
"""

from collections.abc import Callable
from random import SystemRandom
from typing import Final, TypeVar

import clients
import log
from deadline import Deadline

FIRST_WAIT_SECONDS: Final = 0.5
DOUBLINGS: Final = 4

_Answer = TypeVar("_Answer")
_random = SystemRandom()


def call(
    operation: Callable[[], _Answer],
    *,
    deadline: Deadline,
    seconds: float,
    attempts: int | None,
    retryable: Callable[[BaseException], bool] = clients.is_transient,
) -> _Answer:
    """Call AWS until it answers.

    Args:
        operation: The call; it must be safe to repeat.
        deadline: No attempt but the first begins when this does not cover it.
        seconds: How long one attempt may take.
        attempts: How many there may be; as many as the deadline covers where this is None.
        retryable: Which errors are worth another attempt.

    Raises:
        BotoCoreError, ClientError: the last error, when no attempt was answered.
    """
    attempt = 1
    while True:
        try:
            return operation()
        except clients.FAILURES as error:
            if attempt == attempts or not retryable(error):
                raise
            longest_seconds = FIRST_WAIT_SECONDS * 2 ** min(attempt - 1, DOUBLINGS)
            wait_seconds = _random.uniform(0, longest_seconds)
            if not deadline.covers(wait_seconds + seconds):
                raise
            log.step("retry", attempt=attempt, error=clients.error_code(error))
        deadline.pause(wait_seconds)
        attempt += 1
