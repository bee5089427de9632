"""The time in a file of eight bytes, which Lambda workers map into their memory."""

import mmap
import struct
from pathlib import Path

FORM = struct.Struct("d")


class TimeFile:
    """Written by the clock at each jump, before anything is woken."""

    def __init__(self, path: Path, start: float) -> None:
        self.path = path
        path.write_bytes(FORM.pack(start))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), FORM.size)

    def read(self) -> float:
        """The time, in seconds since 1970."""
        value: float = FORM.unpack_from(self._page)[0]
        return value

    def write(self, now: float) -> None:
        """A new time."""
        FORM.pack_into(self._page, 0, now)
