"""What builds in the rehearsal's world need of this machine, fetched once.

A build there sees no package index: pip and uv find what the services' locks name in a folder
below `build/rehearsal`. The toolchain is that of this checkout, and what the services' tests run
with is installed.
"""

from pathlib import Path

from rehearsal import locked
from rehearsal.synth import ROOT
from rehearsal.world.image import SOURCE, BuildImage, digests

KEPT = ROOT / "build" / "rehearsal"
# What `make setup` goes by; a release that changes one of them installs its toolchain anew.
LOCKS = ("pyproject.toml", "package-lock.json", "requirements/all.txt", "requirements/uv.txt")
# Where secrets are looked for, and whose packages advisories: what takes seconds in the rest.
RELEASED = "services"
LOCKED = "services/*/requirements.txt"
# The suite has thousands of tests of the platform itself. A release is held to the promises, on its
# own assembly, and of those to what is tested without importing the CDK, which takes seconds.
WITH_CDK = ("audit", "builds", "foundation", "release", "review", "signing", "sources", "watch")
PROMISES = (
    *("--ignore-glob=tests/[!s]*", "--ignore-glob=tests/s[!t]*"),
    "--ignore-glob=tests/stacks/test_[!p]*",
    *(f"--ignore=tests/stacks/test_promises_{name}.py" for name in WITH_CDK),
    *("-m", "'not platform'"),
)


def image(source: Path) -> BuildImage:
    """The machine on which the builds of a source run.

    Args:
        source: the tree that is released, for its locks.

    Raises:
        WarmError: a lock's packages cannot be downloaded or installed.
    """
    wheels = KEPT / "wheels"
    locked.fetch(source, wheels)
    environment = ROOT / ".venv"
    return BuildImage(
        variables={
            # What it knows of Unicode takes seconds to find out.
            "HYPOTHESIS_STORAGE_DIRECTORY": str(KEPT / "hypothesis"),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(KEPT / "jsii"),
            "SCANNED": RELEASED,
            "AUDITED": LOCKED,
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
            **locked.environments(source, wheels, KEPT / "environments"),
        },
        locks=digests(ROOT, LOCKS),
        stamp=".venv/ready",
    )
