"""The judge as it runs on AWS, for those who ask it here: its folder is no package.

`lambda` is a keyword, and on Lambda the folder is the root: modules are imported by bare name.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType

JUDGE = Path(__file__).parents[1] / "lambda" / "judge"


def load_judge(module: str = "judge", folder: Path = JUDGE) -> ModuleType:
    """Load a module of the judge, and leave none behind under a bare name."""
    names = [path.stem for path in folder.glob("*.py")]
    before = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(module)
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(before)
