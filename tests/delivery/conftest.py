from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from delivery import Delivery, load

REPOSITORY = Path(__file__).parents[2]

SOUND = """\
name = "shop"

[[environments]]
name = "beta"

[[environments]]
name = "prod"

[[services]]
name = "orders"
target = "lambda"
path = "services/orders"
promotion = ["beta", "prod"]
canary = { requests_per_second = 10.0 }
"""

Load = Callable[[str], Delivery]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout itself."""
    return REPOSITORY


@pytest.fixture(scope="session")
def sound() -> str:
    """The shortest delivery file that is right."""
    return SOUND


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a whole service's folder, incomplete ones and one that leads out."""
    root = tmp_path_factory.mktemp("checkout")
    orders = root / "services" / "orders"
    (orders / "src").mkdir(parents=True)
    for name in ("requirements.txt", "contract.json", "buildspec.yml", "integration.yml"):
        (orders / name).touch()
    untested = root / "services" / "untested"
    (untested / "src").mkdir(parents=True)
    for name in ("requirements.txt", "contract.json", "buildspec.yml"):
        (untested / name).touch()
    incomplete = root / "services" / "incomplete"
    (incomplete / "src").mkdir(parents=True)
    (incomplete / "requirements.txt").touch()
    (incomplete / "buildspec.yml").mkdir()
    (root / "services" / "elsewhere").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    return root


@pytest.fixture
def load_text(root: Path) -> Iterator[Load]:
    """Load a text as the checkout's delivery.toml."""
    file = root / "delivery.toml"

    def load_it(text: str) -> Delivery:
        file.write_text(text, encoding="utf-8")
        return load(file, root)

    yield load_it
    file.unlink(missing_ok=True)
