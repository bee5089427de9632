"""One JSON line for each step."""

import json
import logging
import sys
from typing import Final


class _Stdout(logging.Handler):
    """Writes the bare message to whatever standard output is now; Lambda forwards it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stdout.write(f"{record.getMessage()}\n")
        except (OSError, ValueError):
            self.handleError(record)


_logger: Final = logging.getLogger("lockgate.gate")
_logger.setLevel(logging.INFO)
_logger.propagate = False
_logger.handlers = [_Stdout()]


def step(name: str, /, **fields: object) -> None:
    """Write what happened. Fields hold facts, never a whole request or answer."""
    _logger.info(json.dumps({"step": name, **fields}, default=str))
