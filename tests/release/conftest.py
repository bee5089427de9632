"""The gates' functions as AWS loads them."""

from collections.abc import Iterator

import pytest

from stacks.app import RELEASE, ROOT, SHARED
from tests.release.loaded import Gates, loaded

FOLDER = ROOT / "lambda" / RELEASE
FILES = [*sorted(FOLDER.glob("*.py")), *SHARED.values()]
MODULES = sorted(path.stem for path in FILES)
FREEZE = "/lockgate/freeze"

__all__ = ["Gates"]


@pytest.fixture(scope="module")
def gates() -> Iterator[Gates]:
    """The package."""
    with loaded(FILES, {"FREEZE_PARAMETER": FREEZE, "TEMPLATES": "artifacts/reviews"}) as found:
        yield found
