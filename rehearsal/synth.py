"""Run the CDK CLI's synth as `make synth` does."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

ROOT = Path(__file__).resolve().parent.parent
CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
QUIET = {"CDK_DISABLE_CLI_TELEMETRY": "true", "CDK_DISABLE_VERSION_CHECK": "1"}
DOING = "Synthesizing and judging …"
# The CLI ends with 1 whatever the app ends with, and says in its last line what that was.
APP_EXIT = re.compile(r"^.*Subprocess exited with error (\d+)\s*$", re.MULTILINE)
BAD_INPUT = 2


class SynthError(Exception):
    """The synth failed.

    Attributes:
        code: the app's own exit code: 1 on findings, 2 on bad input.
    """

    def __init__(self, message: str, *, code: int) -> None:
        super().__init__(message)
        self.code = code


def synthesize(console: Console) -> None:
    """Write the assembly of the delivery that the environment's DELIVERY names to cdk.out.

    Args:
        console: tells what is being done, and for how long.

    Raises:
        SynthError: the delivery is wrong, a rule pack has a finding, or the toolchain is missing.
    """
    began = time.monotonic()
    with _progress(console):
        done = _run()
    if done.returncode:
        raise failure(done.returncode, done.stdout, done.stderr)
    console.print(f"Synthesized and judged in {time.monotonic() - began:.1f} s.")


def failure(returncode: int, stdout: str, stderr: str) -> SynthError:
    """What the CLI said, under the exit code of the app that it ran."""
    said = APP_EXIT.search(stderr)
    message = APP_EXIT.sub("", stdout + stderr).strip()
    return SynthError(message, code=int(said[1]) if said else returncode)


def _progress(console: Console) -> Progress:
    if not console.is_terminal:
        console.print(DOING)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    progress.add_task(DOING, total=None)
    return progress


def _run() -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    node = shutil.which("node", path=path)
    if node is None or not CDK.exists():
        missing = "node" if node is None else CDK.relative_to(ROOT)
        raise SynthError(f"{missing} is missing\n  to do: make setup installs it", code=BAD_INPUT)
    return subprocess.run(  # noqa: S603
        [node, str(CDK), "synth", "--quiet"],
        cwd=ROOT,
        env=QUIET | os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
