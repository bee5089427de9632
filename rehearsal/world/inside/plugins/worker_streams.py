"""What a worker says, read by whoever waits for it: its answers, and its log.

A thread for each would have to be woken for each line.
"""

import math
import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Most functions answer sooner, and then their log is read at once and not line by line.
SOON_MS = 20
LOOK_MS = 10
SIZE = 65536


class WorkerStreams:
    """The streams of one worker; used by one thread at a time.

    Attributes:
        late: whether the answer that was waited for last came too late.
    """

    def __init__(self, answers: int, log: int, has_ended: Callable[[], bool]) -> None:
        """The descriptors of both, and what tells whether the worker has ended."""
        self.late = False
        self._limit = math.inf
        self._answers, self._log, self._has_ended = _Stream(answers), _Stream(log), has_ended

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """Inside, nobody waits longer for an answer than so many seconds of this machine."""
        self.late = False
        self._limit = math.inf if seconds is None else time.monotonic() + seconds
        try:
            yield
        finally:
            self._limit = math.inf

    def readline(self) -> str:
        """The next line of the answers; empty at their end, as a file has it.

        Raises:
            TimeoutError: none came in time.
        """
        while (line := self._answers.until(b"\n")) is None:
            if self._answers.ended:
                return self._answers.rest()
            if not self._answers.come(SOON_MS):
                self._wait()
        return f"{line}\n"

    def log(self, end: str) -> str:
        """The log until its end, or all that a worker left behind that has ended."""
        self._log.fill()
        while (log := self._log.until(f"{end}\n".encode())) is None:
            if self._log.ended:
                return self.logged()
            if not self._log.come(LOOK_MS) and self._has_ended():
                self._log.end()
        return log.removesuffix("\n")

    def logged(self) -> str:
        """The log as far as it is there."""
        self._log.fill()
        return self._log.rest().removesuffix("\n")

    def _wait(self) -> None:
        # A pipe holds only so much, and who cannot log does not answer.
        self._log.fill()
        if self._answers.come(LOOK_MS):
            return
        if self._has_ended():
            # What it started may hold its streams open.
            self._answers.end()
        elif time.monotonic() > self._limit:
            self.late = True
            raise TimeoutError("no answer in time")


class _Stream:
    """What has come through a pipe and is not yet read."""

    def __init__(self, descriptor: int) -> None:
        self.ended = False
        self._file = open(descriptor, "rb", buffering=0)  # noqa: SIM115 - a descriptor
        self._there = bytearray()
        os.set_blocking(descriptor, False)
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN | select.POLLHUP)

    def come(self, milliseconds: int) -> bool:
        """Take what comes next; false if nothing does in so much time."""
        if not self._poll.poll(milliseconds):
            return False
        self.fill()
        return True

    def fill(self) -> None:
        """Take whatever is there."""
        while not self.ended and (more := self._file.read(SIZE)) is not None:
            self._there += more
            self.ended = not more

    def end(self) -> None:
        """Take what is left; no more comes from its worker."""
        self.fill()
        self.ended = True

    def until(self, end: bytes) -> str | None:
        """What came before such an end, once that is there."""
        at = self._there.find(end)
        if at < 0:
            return None
        found = self._there[:at]
        del self._there[: at + len(end)]
        return _text(found)

    def rest(self) -> str:
        """All that is there."""
        found = bytes(self._there)
        self._there.clear()
        return _text(found)


def _text(content: bytes | bytearray) -> str:
    return content.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")
