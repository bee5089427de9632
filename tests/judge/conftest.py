"""The judge as AWS loads it: its folder is the root, and modules are imported by bare name."""

import importlib
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

# The mutation run keeps its copies elsewhere.
FOLDER = Path(os.environ.get("JUDGE_FOLDER", Path(__file__).parents[2] / "lambda" / "judge"))
MODULES = (
    "binomial",
    "case",
    "counts",
    "dispersion",
    "evidence",
    "judge",
    "judgement",
    "power",
    "settings",
)


@pytest.fixture(scope="session")
def modules() -> SimpleNamespace:
    """Load the folder, and take every module out again: other folders use the same names."""
    with pytest.MonkeyPatch.context() as patch:
        for name in MODULES:
            patch.delitem(sys.modules, name, raising=False)
        patch.syspath_prepend(str(FOLDER.resolve()))
        loaded = {name: importlib.import_module(name) for name in MODULES}
        for name in MODULES:
            del sys.modules[name]
    return SimpleNamespace(**loaded)


@pytest.fixture(scope="session")
def judge(modules: SimpleNamespace) -> ModuleType:
    """Give the module that callers use."""
    found = modules.judge
    assert isinstance(found, ModuleType)
    return found
