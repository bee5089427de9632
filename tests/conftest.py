"""One synth of each delivery for the whole session, and a release's assembly if one is named."""

import os
from pathlib import Path

import pytest

from delivery import load
from tests.assembly import DELIVERIES, ROOT, Assembly, synthesize

RELEASED = "released"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a build hold what it has synthesized to the promises, too."""
    parser.addoption("--assembly", type=Path, help="a folder like cdk.out, of this checkout")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Test what holds everywhere on each assembly in turn."""
    if "assembly" in metafunc.fixturenames:
        each = ["sample", pytest.param("full", marks=pytest.mark.full)]
        each += [RELEASED] if metafunc.config.getoption("assembly") else []
        metafunc.parametrize("assembly", each, indirect=True, scope="session")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what a release cannot change: all that is not tested on its own assembly."""
    call = getattr(item, "callspec", None)
    if call is None or call.params.get("assembly") != RELEASED:
        item.add_marker("platform")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """The default delivery: one service through beta and prod, account unknown."""
    return _synthesize("sample", tmp_path_factory)


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """A delivery that uses every setting."""
    return _synthesize("full", tmp_path_factory)


@pytest.fixture(scope="session")
def three_accounts(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """A delivery through three waves, in three accounts and two Regions."""
    return _synthesize("three-accounts", tmp_path_factory)


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """A delivery whose code is signed, in two accounts."""
    return _synthesize("signed", tmp_path_factory)


@pytest.fixture(scope="session")
def github(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """A delivery from GitHub."""
    return _synthesize("github", tmp_path_factory)


@pytest.fixture(scope="session")
def gitlab(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """A delivery from a GitLab server of one's own."""
    return _synthesize("gitlab", tmp_path_factory)


@pytest.fixture(scope="session")
def monorepo(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Three services in one repository."""
    return _synthesize("monorepo", tmp_path_factory)


@pytest.fixture(scope="session")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """A source of each provider outside AWS, judged by every rule pack."""
    # A release's build, which tests only its own assembly, need not load the CDK.
    from tests import connected as sources  # noqa: PLC0415

    out = tmp_path_factory.mktemp("connected") / "cdk.out"
    return sources.synthesize(sources.described(sources.SOURCES), out, judged=True)


@pytest.fixture(scope="session")
def released(pytestconfig: pytest.Config) -> Assembly:
    """What was synthesized of this checkout's delivery, with its packages in it."""
    delivery = load(ROOT / os.environ.get("DELIVERY", "delivery.toml"), ROOT)
    return Assembly(delivery, ROOT / pytestconfig.getoption("assembly"))


@pytest.fixture(scope="session")
def assembly(request: pytest.FixtureRequest) -> Assembly:
    """Each assembly in turn, for what holds everywhere."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Assembly)
    return found


def _synthesize(name: str, factory: pytest.TempPathFactory) -> Assembly:
    out: Path = factory.mktemp(name) / "cdk.out"
    return synthesize(DELIVERIES / f"{name}.toml", out)
