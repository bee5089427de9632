"""One audit: each check asked, its evidence written, and what is wrong said.

A check that could not be made is a problem like any other.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from lockgate.packaging import PackagingError
from supply import advisories, analysis, bill, installs, licences, locks, lookup, packed
from supply.policy import Policy

UNKNOWN = (
    PackagingError,
    advisories.ReportError,
    analysis.AnalysisError,
    locks.LockError,
    lookup.LookupFailedError,
)
# What runs in an account, and what installs in a build.
CODE = ("lambda/*", "services/*/src", "services/*/integration")
COMMANDS = ("Makefile", ".ci/run", "constructs/lockgate/buildspecs/*.yml", "services/*/*.yml")
RUNTIME_LOCK = "services/*/requirements.txt"
LOCKS = "services/*/requirements*.txt"


class Audit:
    """An audit of a checkout."""

    def __init__(self, root: Path, out: Path, policy: Policy, today: date) -> None:
        """Prepare to write the evidence.

        Args:
            root: the checkout.
            out: the folder of the evidence.
            policy: what is accepted.
            today: the day.
        """
        self._root, self._out, self._policy, self._today = root, out, policy, today
        out.mkdir(parents=True, exist_ok=True)

    def problems(self, files: Sequence[Path]) -> Iterator[str]:
        """What is wrong, check by check.

        Args:
            files: the locks whose packages are looked up.
        """
        checks: dict[str, Callable[[], list[str]]] = {
            "installs": self._installs,
            "static analysis": self._analysis,
            "licences": self._licences,
            "advisories": lambda: self._advisories(files),
        }
        told: dict[str, list[str]] = {}
        for name, check in checks.items():
            try:
                told[name] = check()
            except UNKNOWN as error:
                told[name] = [f"not checked: {error}"]
            yield from (f"{name}: {problem}" for problem in told[name])
        self._write("audit.json", told)

    def _installs(self) -> list[str]:
        found = [
            problem
            for pattern in COMMANDS
            for file in sorted(self._root.glob(pattern))
            for problem in installs.problems(file.read_text("utf-8"), self._name(file))
        ]
        for lock in sorted(self._root.glob(LOCKS)):
            list(locks.parse(lock.read_text("utf-8"), self._name(lock)))
        return found

    def _analysis(self) -> list[str]:
        folders = [each for pattern in CODE for each in sorted(self._root.glob(pattern))]
        found = analysis.run(self._root, [each for each in folders if each.is_dir()])
        self._write("static-analysis.json", [asdict(each) for each in found])
        return analysis.problems(found, self._policy.findings)

    def _licences(self) -> list[str]:
        problems = []
        for lock in sorted(self._root.glob(RUNTIME_LOCK)):
            service = lock.parent.name
            with packed.installed(service, lock) as site:
                found = packed.of(site)
            locked = list(locks.parse(lock.read_text("utf-8"), self._name(lock)))
            self._write_text(f"{service}.cdx.json", bill.of(service, found, locked))
            self._write(f"{service}.licences.json", {each.name: each.licence for each in found})
            problems += [
                f"{service}: {each}" for each in licences.problems(found, self._policy.licences)
            ]
        return problems

    def _advisories(self, files: Sequence[Path]) -> list[str]:
        locked = locks.read(files)
        report = lookup.ask(locked)
        self._write_text("advisories.json", report)
        return advisories.problems(locked, report, self._policy.advisories, self._today)

    def _name(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix()

    def _write(self, name: str, content: object) -> None:
        self._write_text(name, json.dumps(content, indent=2, sort_keys=True) + "\n")

    def _write_text(self, name: str, text: str) -> None:
        (self._out / name).write_text(text, encoding="utf-8")
