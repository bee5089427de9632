"""The gates' functions as AWS loads them."""

from collections.abc import Iterator

import pytest

from stacks.app import JOBS, RELEASE, ROOT, SHARED
from tests.release.loaded import Gates, loaded

FOLDERS = [ROOT / "lambda" / RELEASE, ROOT / "lambda" / JOBS]
FILES = [
    *(file for folder in FOLDERS for file in sorted(folder.glob("*.py"))),
    *SHARED.values(),
]
MODULES = sorted(path.stem for path in FILES)
FREEZE = "/lockgate/freeze"

__all__ = ["Gates"]


@pytest.fixture(scope="module")
def gates() -> Iterator[Gates]:
    """The package."""
    with loaded(FILES, {"FREEZE_PARAMETER": FREEZE, "TEMPLATES": "artifacts/reviews"}) as found:
        yield found
