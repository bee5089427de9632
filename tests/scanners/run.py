"""Runs the scanners, each as a command of its own environment, without a network."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.assembly import ROOT, Assembly
from tests.scanners.account import details
from tests.scanners.findings import Finding, Scan, of_bandit, of_checkov, of_cloudsplaining

Read = Callable[[Mapping[str, Any]], tuple[str, tuple[Finding, ...]]]
CODE = ("app.py", "constructs", "delivery", "lambda", "operations", "rehearsal", "stacks", "supply")
SERVICES = ("services/*/src",)
# Findings are no failure of the scanner.
RAN = (0, 1)


class ScannerError(Exception):
    """A scanner did not look; the message says which, why and what to do."""


def scan(assembly: Assembly, environment: Path, scratch: Path) -> list[Scan]:
    """Let each scanner look.

    Args:
        assembly: what is scanned: its templates, and the policies of its roles.
        environment: where the scanners are installed.
        scratch: an empty folder for what they write.

    Raises:
        ScannerError: one of them did not.
    """
    account, results = scratch / "account.json", scratch / "cloudsplaining"
    account.write_text(json.dumps(details(assembly)), encoding="utf-8")
    results.mkdir()
    code = [*CODE, *(str(at.relative_to(ROOT)) for glob in SERVICES for at in ROOT.glob(glob))]
    tool = _Tools(environment)
    return [
        tool.run(
            "checkov",
            ("--framework", "cloudformation", "--skip-download", "--compact", "--quiet"),
            ("--output", "json", "--directory", str(assembly.out)),
            read=of_checkov,
        ),
        tool.run(
            "cloudsplaining",
            ("scan", "--skip-open-report", "--input-file", str(account)),
            ("--output", str(results)),
            read=of_cloudsplaining,
            output=results / "iam-results-account.json",
        ),
        tool.run("bandit", ("--quiet", "--format", "json", "--recursive", *code), read=of_bandit),
    ]


class _Tools:
    def __init__(self, environment: Path) -> None:
        self._commands = environment / "bin"

    def run(
        self, name: str, *arguments: tuple[str, ...], read: Read, output: Path | None = None
    ) -> Scan:
        command = [str(self._commands / name), *(each for some in arguments for each in some)]
        done = self._ran(name, command)
        try:
            report = output.read_text(encoding="utf-8") if output else done.stdout
            looked_at, findings = read(json.loads(report))
        except (OSError, KeyError, ValueError) as error:
            raise ScannerError(
                f"{name}: it left no result: {error!r}\n{done.stderr.strip()[-2000:]}\n"
                "  to do: run its command by hand, and see what it says: " + " ".join(command)
            ) from error
        return Scan(scanner=f"{name} {self._version(name)}", looked_at=looked_at, findings=findings)

    def _ran(self, name: str, command: list[str]) -> "subprocess.CompletedProcess[str]":
        try:
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        except OSError as error:
            raise ScannerError(
                f"{name}: it cannot be started: {error}\n  to do: run make scanners, which "
                "installs it"
            ) from error
        if done.returncode not in RAN:
            raise ScannerError(
                f"{name}: it ended with {done.returncode}:\n{done.stderr.strip()[-2000:]}\n"
                "  to do: see what it says; nothing was scanned"
            )
        return done

    def _version(self, name: str) -> str:
        lock = (ROOT / "requirements" / "scanners.in").read_text(encoding="utf-8")
        [version] = [line.partition("==")[2] for line in lock.splitlines() if line.startswith(name)]
        return version
