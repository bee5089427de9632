"""What builds in the rehearsal's world need of this machine, fetched once.

A build there sees no package index: pip and uv find what the services' locks name in a folder
below `build/rehearsal`, and the toolchain is that of this checkout.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from rehearsal.synth import ROOT
from rehearsal.world.image import SOURCE, BuildImage, digests

KEPT = ROOT / "build" / "rehearsal"
# What `make setup` goes by; a release that changes one of them installs its toolchain anew.
LOCKS = ("pyproject.toml", "package-lock.json", "requirements/all.txt", "requirements/uv.txt")
# A lock of what is installed on Lambda, and where that is: packaging.py has the same.
LAMBDA_LOCK = "requirements.txt"
LAMBDA = ("--platform", "manylinux2014_aarch64", "--python-version", "3.13")
# Where secrets are looked for.
RELEASED = ("app.py", "constructs", "delivery", "lambda", "services", "stacks")
# The suite has thousands of tests of the platform itself; a release is held to some promises.
PROMISES = (
    *(f"--ignore=tests/{name}" for name in ("constructs", "delivery", "gate", "iam", "judge")),
    *("--ignore=tests/rehearsal", "--ignore=tests/bench_canary", "--ignore-glob=tests/test_*"),
    *("--ignore-glob=tests/stacks/test_[!p]*", "--ignore-glob=tests/stacks/test_promises_[!pt]*"),
    # It synthesizes the delivery a second time.
    "--deselect=tests/stacks/test_promises_target.py::test_another_canary_gets_another_name_as_codedeploy_cannot_change_one",
    *("-m", "'not slow and not full'"),
)


class WarmError(Exception):
    """Something that builds need cannot be had; the message says what, why and what to do."""


def image(source: Path) -> BuildImage:
    """The machine on which the builds of a source run.

    Args:
        source: the tree that is released, for its locks.

    Raises:
        WarmError: a lock's packages cannot be downloaded.
    """
    wheels = KEPT / "wheels"
    for lock in sorted(source.glob("services/*/requirements*.txt")):
        _download(lock, wheels)
    environment = ROOT / ".venv"
    return BuildImage(
        variables={
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(KEPT / "jsii"),
            "SCANNED": " ".join(RELEASED),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_FIND_LINKS": str(wheels),
            "PIP_NO_COMPILE": "1",
            "PIP_NO_INDEX": "1",
            "PYTEST_ADDOPTS": " ".join(PROMISES),
            # The toolchain's own is installed from this checkout, and the release is another.
            "PYTHONPATH": f"{SOURCE}/constructs",
            "UV_CACHE_DIR": str(KEPT / "uv"),
            "UV_FIND_LINKS": str(wheels),
            "UV_OFFLINE": "1",
        },
        cache={
            ".venv/bin": str(environment / "bin"),
            ".venv/lib": str(environment / "lib"),
            ".venv/pyvenv.cfg": str(environment / "pyvenv.cfg"),
            "node_modules": str(ROOT / "node_modules"),
        },
        locks=digests(ROOT, LOCKS),
        stamp=".venv/ready",
    )


def _download(lock: Path, wheels: Path) -> None:
    content = lock.read_bytes()
    # Without hashes pip would take whatever is newest, and a build would not find it again.
    if b"--hash=" not in content:
        return
    wheels.mkdir(parents=True, exist_ok=True)
    for target in [(), LAMBDA] if lock.name == LAMBDA_LOCK else [()]:
        key = hashlib.sha256(f"{sys.version_info[:2]} {target} ".encode() + content).hexdigest()
        done = wheels / f"{key}.done"
        if not done.exists():
            _pip(lock, wheels, target)
            done.touch()


def _pip(lock: Path, wheels: Path, target: Iterable[str]) -> None:
    only = ("--only-binary", ":all:") if target else ()
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--require-hashes", "--requirement", str(lock), "--dest", str(wheels)),
        *(*target, *only),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise WarmError(
            f"{lock}: pip cannot download what it locks:\n{done.stderr.strip()}\n"
            "  to do: the rehearsal needs a package index once; run it again with one in reach"
        )
