"""What a service's folder must hold."""

from collections.abc import Iterator
from pathlib import Path

CONTENT = {
    "src/": "the service's code",
    "requirements.txt": "the hashed lock of what is packaged with the code",
    "contract.json": "the requests, with the answers expected, that hooks send to a version "
    "before it gets traffic",
    "buildspec.yml": "what the verify build runs",
}
INTEGRATION = "integration.yml"


def content(*, integration: bool) -> dict[str, str]:
    """Return what a service's folder must hold, and what for.

    Args:
        integration: whether the service has integration tests.
    """
    tests = "the integration tests that run against each environment; or write integration = false"
    return CONTENT | ({INTEGRATION: tests} if integration else {})


def shortcomings(path: str, root: Path, *, integration: bool) -> Iterator[str]:
    """Say what to do about the folder at `path` below `root`, if it is not a service's."""
    folder = root / path
    if not is_inside(folder, root):
        yield f"{path} leads out of the repository: put a folder in its place"
    elif not _is(folder, directory=True):
        yield f"make the folder {path}, or correct the path"
    else:
        for name, purpose in content(integration=integration).items():
            if not _is(folder / name, directory=name.endswith("/")):
                yield f"add {path}/{name}: {purpose}"


def is_inside(path: Path, root: Path) -> bool:
    """Tell whether a path, links followed, lies below the root."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):
        return False


def _is(path: Path, *, directory: bool) -> bool:
    try:
        return path.is_dir() if directory else path.is_file()
    except OSError:
        return False
