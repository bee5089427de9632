"""One synth of each delivery for the whole session."""

from pathlib import Path

import pytest

from tests.assembly import DELIVERIES, Assembly, synthesize


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The default delivery: one service through beta and prod, account unknown."""
    return _synthesize("sample", tmp_path_factory)


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """A delivery that uses every setting."""
    return _synthesize("full", tmp_path_factory)


@pytest.fixture(scope="session", params=["sample", pytest.param("full", marks=pytest.mark.full)])
def assembly(request: pytest.FixtureRequest) -> Assembly:
    """Each delivery in turn, for what holds everywhere."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Assembly)
    return found


def _synthesize(name: str, factory: pytest.TempPathFactory) -> Assembly:
    out: Path = factory.mktemp(name) / "cdk.out"
    return synthesize(DELIVERIES / f"{name}.toml", out)
