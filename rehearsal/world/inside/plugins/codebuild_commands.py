"""The four phases of a build that run commands."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rehearsal.world.inside import buildspec
from rehearsal.world.inside.build_run import BuildRun
from rehearsal.world.inside.clock import Party
from rehearsal.world.inside.plugins.codebuild_builds import Build
from rehearsal.world.inside.plugins.codebuild_progress import PhaseFailedError, Progress
from rehearsal.world.inside.setting import Setting

# Of our time: no build may hold up the world for longer, whatever its project says.
RUNAWAY_SECONDS = 1800
# After these the build goes on even if they fail.
GO_ON = ("build", "post_build")


class Commands:
    """Runs a build's commands; whoever started the build waits, and time stands still."""

    def __init__(self, world: Setting, build: Build, progress: Progress, home: Path) -> None:
        """Make ready.

        Args:
            world: where.
            build: the build.
            progress: told how it goes.
            home: the folder that the commands have as their home.
        """
        self._world, self._build, self._progress, self._home = world, build, progress, home
        self._began = time.monotonic()
        self._party: Party | None = None
        self.exported: dict[str, str] = {}

    def run(self, spec: buildspec.Buildspec, environment: Mapping[str, str], source: Path) -> bool:
        """Run the commands; whether artifacts are to be put out."""
        with self._running(spec, environment, source) as run:
            for name in buildspec.PHASES:
                phase = spec.phases.get(name, buildspec.Phase(runtimes={}))
                succeeding = self._progress.status == "SUCCEEDED"
                with self._progress.phase(name.upper()) as shown:
                    self._runtimes(phase)
                    self._run_phase(run, phase, succeeding=succeeding)
                usual = "CONTINUE" if name in GO_ON else "ABORT"
                if shown["phaseStatus"] == "FAILED" and (phase.on_failure or usual) == "ABORT":
                    return False
        return True

    def _run_phase(self, run: BuildRun, phase: buildspec.Phase, *, succeeding: bool) -> None:
        failure: PhaseFailedError | None = None
        settings = {"CODEBUILD_BUILD_SUCCEEDING": str(int(succeeding))}
        for commands in (phase.commands, phase.finally_):
            for command in commands:
                self._progress.say(f"Running command {command.rstrip()}")
                status = run.run(command, settings)
                self._progress.flush()
                if status != 0:
                    self._progress.say(
                        f"Command did not exit successfully {command.rstrip()} exit status {status}"
                    )
                    failure = failure or PhaseFailedError(
                        "COMMAND_EXECUTION_ERROR",
                        f"Error while executing command: {command.rstrip()}. "
                        f"Reason: exit status {status}",
                    )
                    break
        if failure is not None:
            raise failure

    def _runtimes(self, phase: buildspec.Phase) -> None:
        for language, version in phase.runtimes.items():
            here = ""
            if language == "python":
                found = subprocess.run(
                    ["python3", "--version"],  # noqa: S607 - the one that the build finds
                    capture_output=True,
                    text=True,
                    check=False,
                )
                here = found.stdout.removeprefix("Python ").strip()
            if not f"{here}.".startswith(f"{version}."):
                self._progress.say(
                    f"runtime-versions: {language} {version} was asked for; the build runs with "
                    f"this machine's {language} {here}".rstrip()
                )

    @contextmanager
    def _running(
        self, spec: buildspec.Buildspec, environment: Mapping[str, str], source: Path
    ) -> Iterator[BuildRun]:
        world, name = self._world, f"commands-{self._build.uuid}"
        run = BuildRun(
            source,
            self._home,
            mode=spec.shell,
            environment=environment,
            exported=spec.exported,
            ending=self._ending,
            say=self._progress.put,
        )
        parent = world.parties.current()
        try:
            with world.clock.busy(name, parent) as self._party:
                self._party.deadline = deadline(self._build)
                world.parties.named[name] = self._party
                run.sleep_by(os.environ["LOCKGATE_WORLD_DOOR"], name)
                yield run
            self.exported = run.exported()
        finally:
            run.close()
            world.parties.named.pop(name, None)

    def _ending(self) -> str:
        if self._build.stop.is_set():
            return "STOPPED"
        limit = min(RUNAWAY_SECONDS, 60 * self._build.record["timeoutInMinutes"])
        late = time.monotonic() - self._began > limit
        overdue = self._party is not None and self._party.overdue
        return "TIMED_OUT" if late or overdue else ""


def deadline(build: Build) -> float:
    """When the project's time for a build is over."""
    return float(build.record["startTime"] + 60 * build.record["timeoutInMinutes"])
