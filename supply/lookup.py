"""Ask an advisory service about the locked packages, with pip-audit."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from supply.locks import Locked

# Where a rehearsal has its stand-in. Elsewhere it is unset, and pip-audit asks whom it asks.
STAND_IN = "LOCKGATE_ADVISORIES"
LOOPBACK = "127.0.0.1"
SECONDS = 600
SHOWN_LINES = 3


class LookupFailedError(Exception):
    """Nobody could be asked; the message says why and what to do."""


def ask(locked: Iterable[Locked]) -> str:
    """What the service says of each package: pip-audit's report, in JSON.

    Raises:
        LookupFailedError: it has not answered for all of them.
    """
    with tempfile.TemporaryDirectory() as folder:
        names, report = Path(folder, "locked.txt"), Path(folder, "report.json")
        names.write_text("".join(f"{each.name}=={each.version}\n" for each in locked))
        done = _run(
            *("--requirement", str(names), "--no-deps", "--disable-pip", "--strict"),
            *("--format", "json", "--output", str(report), "--progress-spinner", "off"),
            *_service(),
        )
        # It ends with 1 when it has found something, and when it has failed.
        if not report.exists() or not report.read_text().strip():
            said = "; ".join(done.stderr.strip().splitlines()[-SHOWN_LINES:])
            raise LookupFailedError(
                f"the advisories could not be looked up, so nothing is known of the packages: "
                f"{said or 'pip-audit said nothing'}. Nothing is wrong with the release: run "
                "the audit again when the service can be reached"
            )
        return report.read_text()


def _run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pip_audit", *arguments]
    try:
        return subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        raise LookupFailedError(f"the advisories were not looked up within {SECONDS} s") from None


def _service() -> tuple[str, ...]:
    """The stand-in where there is one, and none but on this machine.

    Raises:
        LookupFailedError: it is elsewhere: the build would believe whoever set the variable.
    """
    address = os.environ.get(STAND_IN)
    if address is None:
        return ()
    parts = urlsplit(address)
    if (parts.scheme, parts.hostname) != ("http", LOOPBACK):
        raise LookupFailedError(
            f"{STAND_IN} is {address!r}; it stands in for the advisory service in rehearsals "
            f"alone: http://{LOOPBACK}:…, or unset"
        )
    return ("--vulnerability-service", "osv", "--osv-url", address)
