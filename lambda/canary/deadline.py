"""How long this invocation may still run, and how much of that is kept for the report."""

from typing import Final, Protocol

import clock

RESERVE_SECONDS: Final = 20.0


class Context(Protocol):
    """The part of Lambda's context object that is used here."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""


class OutOfTimeError(Exception):
    """What is left does not cover the next step and the report after it."""


class Deadline:
    """The end of the invocation, less the seconds that nobody but the report may use."""

    def __init__(self, context: Context, *, reserve_seconds: float = RESERVE_SECONDS) -> None:
        self._context = context
        self._reserve_seconds = reserve_seconds

    @property
    def left_seconds(self) -> float:
        """The seconds that may still be spent; below zero once the reserve is touched."""
        return self._context.get_remaining_time_in_millis() / 1000 - self._reserve_seconds

    def covers(self, seconds: float) -> bool:
        """Say whether a step that takes up to ``seconds`` still fits."""
        return self.left_seconds >= seconds

    def require(self, seconds: float, step: str) -> None:
        """Let a step begin only if it fits.

        Raises:
            OutOfTimeError: it does not.
        """
        if not self.covers(seconds):
            raise OutOfTimeError(
                f"{step} may take {seconds:.0f} s and {self.left_seconds:.1f} s are left, "
                f"{self._reserve_seconds:.0f} s for the report apart"
            )

    def pause(self, seconds: float) -> None:
        """Wait, but never into the reserve."""
        clock.sleep(max(0.0, min(seconds, self.left_seconds)))

    def less(self, seconds: float) -> "Deadline":
        """Return the same end with more held back, for steps that must follow."""
        return Deadline(self._context, reserve_seconds=self._reserve_seconds + seconds)

    def for_the_report(self) -> "Deadline":
        """Return the same end with nothing held back: the report itself may use it all."""
        return Deadline(self._context, reserve_seconds=0.0)
