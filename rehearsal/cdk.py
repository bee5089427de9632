"""The CDK CLI in the rehearsal's world, run as `make` runs it."""

import subprocess
from pathlib import Path

from rehearsal.assembly import Assembly, read
from rehearsal.synth import failure
from rehearsal.world.world import World

FAILED = "Failed resources:"
# The pipelines deploy the rest.
BY_HAND = ("*-foundation", "*-audit", "*-access", "*-pipeline")


class CdkError(Exception):
    """The CDK CLI failed in the world; the message is its own."""


class Cdk:
    """The CDK CLI as the root user of a world, in a folder with the project and its toolchain."""

    def __init__(self, world: World, folder: Path) -> None:
        """Work in this folder."""
        self._world, self._folder = world, folder
        self._bin = folder / ".venv" / "bin"

    def synth(self) -> Assembly:
        """Synthesize and judge what the folder's delivery.toml describes.

        Raises:
            SynthError: the delivery is wrong, or a rule pack has a finding.
        """
        done = self._run("synth", "--quiet")
        if done.returncode:
            raise failure(done.returncode, done.stdout, done.stderr)
        return read(self._folder / "cdk.out")

    def bootstrap(self) -> None:
        """Make the account ready as `make bootstrap` does, with our limits for CloudFormation.

        Raises:
            CdkError: it failed.
        """
        policies = self._folder / "build" / "execution-policy"
        self._checked(
            [self._bin / "python", "-m", "stacks.execution_policy", "delivery.toml", policies]
        )
        place = ("--account", self._world.account, "--region", self._world.region)
        command: tuple[str | Path, ...] = (self._bin / "python", "-m", "operations", "bootstrap")
        self._checked([*command, "--yes", *place])

    def deploy(self, *stacks: str) -> None:
        """Deploy stacks of the assembly that is there.

        Args:
            stacks: their names or patterns; those that are deployed by hand where none is given.

        Raises:
            CdkError: it failed.
        """
        self._cdk(
            *("deploy", "--app", "cdk.out", "--require-approval", "never"),
            *("--concurrency", "4"),
            *(stacks or BY_HAND),
        )

    def _cdk(self, *arguments: str) -> None:
        done = self._run(*arguments)
        if done.returncode:
            said = done.stderr or done.stdout
            # Before it stands how far each resource had come.
            raise CdkError(f"cdk {arguments[0]} failed:\n{said[said.find(FAILED) :]}".strip())

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        program = self._folder / "node_modules" / "aws-cdk" / "bin" / "cdk"
        return self._process([self._bin / "node", program, *arguments])

    def _checked(self, command: list[str | Path]) -> None:
        done = self._process(command)
        if done.returncode:
            raise CdkError(f"{command[2]} failed:\n{done.stdout}{done.stderr}".strip())

    def _process(self, command: list[str | Path]) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603
            [str(word) for word in command],
            cwd=self._folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )

    def _environment(self) -> dict[str, str]:
        variables = self._world.image.variables_for(self._folder)
        environment = self._world.environment()
        return environment | variables | {"PATH": f"{self._bin}:{environment['PATH']}"}
