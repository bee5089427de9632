"""The functions of provenance as AWS loads them."""

from collections.abc import Iterator

import pytest

from stacks.app import JOBS, PROVENANCE, ROOT, SHARED
from tests.provenance.fake_aws import BUILDER, KEY, PROJECTS
from tests.provenance.fake_signer import FOLDER, PROFILE, STORE
from tests.release.loaded import Gates, loaded

FOLDERS = [ROOT / "lambda" / PROVENANCE, ROOT / "lambda" / JOBS]
FILES = [
    *(file for folder in FOLDERS for file in sorted(folder.glob("*.py"))),
    *SHARED.values(),
]
MODULES = sorted(path.stem for path in FILES)


@pytest.fixture(scope="module")
def functions() -> Iterator[Gates]:
    """The package."""
    environment = {
        "BUILDER": BUILDER,
        "KEY": KEY,
        "PROJECTS": PROJECTS,
        "PROFILE": PROFILE,
        "SIGNING": f"{STORE}/{FOLDER}",
    }
    with loaded(FILES, environment) as found:
        yield found
