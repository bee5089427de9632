"""One JSON line for each step; Lambda forwards standard output."""

import json
import sys


def step(name: str, /, **fields: object) -> None:
    """Write what happened. Fields hold facts, never a whole request or answer."""
    sys.stdout.write(json.dumps({"step": name, **fields}, default=str) + "\n")
