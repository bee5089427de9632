"""Mutate the Lambda code and see what its tests notice: ``python -m tests.mutation gate``.

mutmut wants sources below ``src``, and tests that import them by that path; on AWS, and so in the
tests, all modules are at one root and are imported by bare name. So a copy with all of them at the
root of ``src`` is mutated, in build/mutation; the folders that the tests load hold links to it.
What survives is explained in the target's survivors.md.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LEAST_SCORE: Final = 0.9
CHILDREN: Final = 2
# Each mutant has its own process. So the models of AWS's services, of megabytes, are read once;
# garbage is looked for without the trees of all that is mutated; tests of one module run together,
# as each module of tests loads the code anew, and mutmut names the tests in any order.
CONFTEST: Final = """import functools
import gc

import botocore.loaders

if not hasattr(botocore.loaders.create_loader, "cache_info"):
    botocore.loaders.create_loader = functools.cache(botocore.loaders.create_loader)

def pytest_configure():
    gc.freeze()

def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.nodeid)
"""


@dataclass(frozen=True, kw_only=True)
class Target:
    """What is mutated, and which tests have to notice.

    Attributes:
        name: the folder of the tests, and the copy's.
        folder_variable: tells the tests' conftest where the folders of modules are.
        mutated: the folders below lambda/ that are mutated.
        beside: those that the mutated modules import.
        left_out: tests that are slow and say what others say, or that look at the real sources.
    """

    name: str
    folder_variable: str
    mutated: tuple[str, ...]
    beside: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def stage(self) -> Path:
        """Where the copy is."""
        return ROOT / "build" / "mutation" / self.name

    @property
    def tests(self) -> Path:
        """The folder of tests, from the root."""
        return Path("tests") / self.name

    def configuration(self) -> str:
        """Give mutmut's setup.cfg."""
        mutated = [path.name for folder in self.mutated for path in _modules(folder)]
        settings = {
            "source_paths": ["src"],
            "only_mutate": [f"src/{name}" for name in mutated],
            # What is logged decides nothing; test_logs.py sees to its form.
            "do_not_mutate_patterns": [r"^\s+log\.step\("],
            "pytest_add_cli_args_test_selection": [str(self.tests)],
            "pytest_add_cli_args": [
                *(f"--ignore={self.tests / name}" for name in self.left_out),
                "--hypothesis-seed=0",
                "--import-mode=importlib",
            ],
        }
        lines = [f"{name}=" + "\n    ".join(values) for name, values in settings.items()]
        return "\n".join(["[mutmut]", *lines, ""])


TARGETS: Final = {
    "judge": Target(
        name="judge",
        folder_variable="JUDGE_FOLDER",
        mutated=("judge",),
        # The seeded simulations: the exact tests say the same.
        left_out=("test_false_stops.py", "test_power_simulated.py", "test_purity.py"),
    ),
    "gate": Target(
        name="gate",
        folder_variable="LAMBDA_FOLDER",
        mutated=("canary", "hooks", "watch"),
        beside=("judge",),
        left_out=(
            "hooks/test_any_sequence_of_faults.py",
            "test_fault_matrix.py",
            "test_interleavings.py",
            "test_package.py",
        ),
    ),
}


def main(name: str) -> int:
    """Run mutmut on a fresh copy; exit 1 when the score is too low."""
    target = TARGETS[name]
    _set_the_stage(target)
    mutmut = Path(sys.executable).with_name("mutmut")
    # The judge is one folder, and its tests load that; the gate's load four, side by side.
    folder = target.stage / ("lambda" if target.beside else f"lambda/{name}")
    environment = os.environ | {target.folder_variable: str(folder)}
    for command in (["run", "--max-children", str(CHILDREN)], ["export-cicd-stats"], ["results"]):
        subprocess.run([mutmut, *command], cwd=target.stage, env=environment, check=True)
    found, total = _counts(target.stage / "mutants" / "mutmut-cicd-stats.json")
    score = found / total
    print(f"{found} of {total} mutants found: {score:.1%}, at least {LEAST_SCORE:.0%}")
    return 0 if score >= LEAST_SCORE else 1


def _set_the_stage(target: Target) -> None:
    stage, sources = target.stage, target.stage / "src"
    shutil.rmtree(stage, ignore_errors=True)
    sources.mkdir(parents=True)
    for folder in (*target.mutated, *target.beside):
        linked = stage / "lambda" / folder
        linked.mkdir(parents=True)
        for path in _modules(folder):
            shutil.copy(path, sources)
            (linked / path.name).symlink_to(stage / "mutants" / "src" / path.name)
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / target.tests, stage / target.tests, ignore=ignore)
    (stage / "tests" / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (stage / "setup.cfg").write_text(target.configuration(), encoding="utf-8")


def _modules(folder: str) -> list[Path]:
    return sorted((ROOT / "lambda" / folder).glob("*.py"))


def _counts(path: Path) -> tuple[int, int]:
    stats = json.loads(path.read_text(encoding="utf-8"))
    return stats["killed"] + stats["timeout"], stats["total"]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
