"""What the services' locks name: fetched once, and installed once for those who test."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# A lock of what is installed on Lambda, and where that is: packaging.py has the same.
LAMBDA_LOCK = "requirements.txt"
LAMBDA = ("--platform", "manylinux2014_aarch64", "--python-version", "3.13")
# A lock of what a service's tests run with, and where its buildspec keeps that.
TEST_LOCK = "requirements-dev.txt"
TEST_PLACE = "build/verify"
DONE = "ready"
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
PYTHON = ".".join(map(str, sys.version_info[:2]))


class WarmError(Exception):
    """Something that builds need cannot be had; the message says what, why and what to do."""


def fetch(source: Path, wheels: Path) -> None:
    """Download what the services' locks name, unless that was done before.

    Args:
        source: the tree that is released.
        wheels: where it goes.

    Raises:
        WarmError: pip cannot download it.
    """
    for lock in _locks(source, "requirements*.txt"):
        wheels.mkdir(parents=True, exist_ok=True)
        for target in [(), LAMBDA] if lock.name == LAMBDA_LOCK else [()]:
            about = f"{sys.version_info[:2]} {target} ".encode() + lock.read_bytes()
            done = wheels / f"{hashlib.sha256(about).hexdigest()}.done"
            if not done.exists():
                _download(lock, wheels, target)
                done.touch()


def environments(source: Path, wheels: Path, kept: Path) -> dict[str, str]:
    """An environment for each lock of tests, by its place in the source.

    A verify build makes one under the git hash of its lock, unless it is there: so the image of a
    team's own build machine would hold it.

    Args:
        source: the tree that is released.
        wheels: what `fetch` has downloaded.
        kept: where environments stay from run to run.

    Raises:
        WarmError: pip cannot install a lock.
    """
    made = {}
    for lock in _locks(source, TEST_LOCK):
        blob = _git_hash(lock.read_bytes())
        environment = kept / f"{PYTHON}-{blob}"
        # Its Python is a link, which leads nowhere once this machine's is another.
        if not ((environment / DONE).exists() and (environment / "bin" / "python").exists()):
            _install(lock, wheels, environment)
            (environment / DONE).touch()
        made[f"{TEST_PLACE}/{blob}"] = str(environment)
    return made


def _locks(source: Path, pattern: str) -> list[Path]:
    """The services' locks with hashes: without, pip would take whatever is newest."""
    found = sorted(source.glob(f"services/*/{pattern}"))
    return [lock for lock in found if b"--hash=" in lock.read_bytes()]


def _download(lock: Path, wheels: Path, target: Sequence[str]) -> None:
    only = ("--only-binary", ":all:") if target else ()
    options = ("--no-deps", "--require-hashes", "--requirement", str(lock), "--dest", str(wheels))
    done = _python(*PIP, "download", *options, *target, *only)
    if done.returncode:
        raise WarmError(
            f"{lock}: pip cannot download what it locks:\n{done.stderr.strip()}\n"
            "  to do: the rehearsal needs a package index once; run it again with one in reach"
        )


def _install(lock: Path, wheels: Path, environment: Path) -> None:
    shutil.rmtree(environment, ignore_errors=True)
    _python("-m", "venv", "--without-pip", str(environment))
    there = ("--python", str(environment / "bin" / "python"))
    options = ("--no-compile", "--no-index", "--find-links", str(wheels), "--require-hashes")
    done = _python(*PIP, *there, "install", *options, "--requirement", str(lock))
    if done.returncode:
        raise WarmError(
            f"{lock}: pip cannot install what it locks:\n{done.stderr.strip()}\n"
            "  to do: lock it anew, with all that it needs"
        )


def _python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def _git_hash(content: bytes) -> str:
    """What `git hash-object` says of a file with that content."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()
