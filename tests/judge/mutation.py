"""Mutate the judge and see what its tests notice: ``python -m tests.judge.mutation``.

mutmut wants sources below ``src``, and tests that import them by that path; the judge's modules
are imported by bare name, as on AWS. So a copy is mutated, in build/mutation/judge. The seeded
simulations are left out: they are slow, and the exact tests say the same. What survives is
explained in survivors.md.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAGE = ROOT / "build" / "mutation" / "judge"
LEAST_SCORE = 0.9
CONFIGURATION = """[mutmut]
source_paths=src
pytest_add_cli_args_test_selection=tests/judge
pytest_add_cli_args=--ignore=tests/judge/test_false_stops.py
    --ignore=tests/judge/test_purity.py
    --hypothesis-seed=0
    --import-mode=importlib
"""


def main() -> int:
    """Run mutmut on a fresh copy; exit 1 when the score is too low."""
    shutil.rmtree(STAGE, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "lambda" / "judge", STAGE / "src", ignore=ignore)
    shutil.copytree(ROOT / "tests" / "judge", STAGE / "tests" / "judge", ignore=ignore)
    (STAGE / "setup.cfg").write_text(CONFIGURATION, encoding="utf-8")
    mutmut = Path(sys.executable).with_name("mutmut")
    environment = os.environ | {"JUDGE_FOLDER": "src"}
    for command in (["run", "--max-children", "2"], ["export-cicd-stats"]):
        subprocess.run([mutmut, *command], cwd=STAGE, env=environment, check=True)
    subprocess.run([mutmut, "results"], cwd=STAGE, env=environment, check=True)
    stats = json.loads((STAGE / "mutants" / "mutmut-cicd-stats.json").read_text(encoding="utf-8"))
    found = stats["killed"] + stats["timeout"]
    score = found / stats["total"]
    print(f"{found} of {stats['total']} mutants found: {score:.1%}, at least {LEAST_SCORE:.0%}")
    return 0 if score >= LEAST_SCORE else 1


if __name__ == "__main__":
    sys.exit(main())
