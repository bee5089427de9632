"""One build from its start to its end, phase by phase as CodeBuild goes.

CodeBuild User Guide, "Build phase transitions": when install or pre_build fails, nothing else
runs; when build fails, post_build runs all the same, unless its `on-failure` is ABORT; artifacts
are put out whenever the build phase was entered and not aborted.
"""

import contextvars
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.exceptions import ClientError

from rehearsal.world.inside import buildspec, role_session
from rehearsal.world.inside.build_run import EndedError
from rehearsal.world.inside.plugins import codebuild_files
from rehearsal.world.inside.plugins.codebuild_builds import Build
from rehearsal.world.inside.plugins.codebuild_commands import Commands, deadline
from rehearsal.world.inside.plugins.codebuild_environment import (
    UnresolvedError,
    declared,
    of_codebuild,
)
from rehearsal.world.inside.plugins.codebuild_outputs import put_out
from rehearsal.world.inside.plugins.codebuild_progress import PhaseFailedError, Progress
from rehearsal.world.inside.plugins.codebuild_sources import fetch, spec_of
from rehearsal.world.inside.setting import Setting


def start(world: Setting, build: Build) -> None:
    """Run the build on a thread of its own, in the account and region of the request."""
    context = contextvars.copy_context()
    world.parties.start(build.record["id"], lambda: context.run(_Engine(world, build).go))


class _Engine:
    def __init__(self, world: Setting, build: Build) -> None:
        self._world, self._build = world, build
        self._progress = Progress(world, build)
        self._folder = Path(tempfile.mkdtemp(prefix="build-"))
        self._commands = Commands(world, build, self._progress, self._folder / "home")

    def go(self) -> None:
        """Run it; whatever goes wrong is the build's result."""
        parties, name = self._world.parties, f"build-{self._build.uuid}"
        party = parties.current()
        if party is not None:
            parties.named[name] = party
        try:
            self._progress.tell()
            try:
                self._run(name)
            except EndedError:
                self._pass_until_deadline()
            except Exception:
                logging.getLogger(__name__).exception("the world failed %s", name)
                self._progress.status = "FAULT"
            self._finish()
        finally:
            parties.named.pop(name, None)
            shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, party: str) -> None:
        progress, build = self._progress, self._build
        for name in ("SUBMITTED", "QUEUED"):
            with progress.phase(name):
                pass
        with progress.phase("PROVISIONING"):
            session = self._session(party)
            progress.open_log(session)
        if progress.status != "SUCCEEDED":
            return
        with progress.phase("DOWNLOAD_SOURCE"), _told():
            sources = fetch(build, self._folder / "src", session)
            if self._world.image.lay_cache(next(iter(sources.values()))):
                progress.say("Restored the cache: the locks are those of this machine's checkout")
            spec = spec_of(build, next(iter(sources.values())))
            variables = declared(build, spec, session)
            progress.hidden = variables.hidden
        if progress.status != "SUCCEEDED":
            return
        source, image = next(iter(sources.values())), self._world.image
        environment = {
            **image.variables_for(source),
            **variables.values,
            **of_codebuild(build, session, sources),
        }
        if self._commands.run(spec, environment, source):
            with progress.phase("UPLOAD_ARTIFACTS"), _told():
                put_out(build, spec, source, session)

    def _session(self, party: str) -> role_session.RoleSession:
        try:
            return role_session.assume(
                self._world,
                self._build.project["serviceRole"],
                service="codebuild.amazonaws.com",
                session_name=f"AWSCodeBuild-{self._build.uuid}",
                source_arn=self._build.project["arn"],
                party=party,
            )
        except role_session.NotTrustedError as error:
            raise PhaseFailedError("ACCESS_DENIED", str(error)) from error

    def _pass_until_deadline(self) -> None:
        """On AWS what takes too long by our time has taken its project's time."""
        if self._progress.status == "TIMED_OUT":
            self._world.parties.sleep(deadline(self._build) - self._world.clock.now())

    def _finish(self) -> None:
        build, progress, now = self._build, self._progress, self._world.clock.now
        with progress.phase("FINALIZING"):
            pass
        try:
            progress.flush()
        except ClientError:
            logging.getLogger(__name__).exception("the log of %s is not whole", build.uuid)
        with build.lock:
            build.record["phases"].append({"phaseType": "COMPLETED", "startTime": now()})
            build.record.update(
                currentPhase="COMPLETED",
                buildStatus=progress.status,
                buildComplete=True,
                endTime=now(),
                exportedEnvironmentVariables=[
                    {"name": name, "value": value}
                    for name, value in self._commands.exported.items()
                ],
            )
        progress.tell()
        if build.handover is not None:
            build.handover.status = progress.status
            build.handover.exported = dict(self._commands.exported)
            build.handover.ended.set()
        build.ended.set()


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong inside is told as CodeBuild does."""
    try:
        yield
    except buildspec.BuildspecError as error:
        raise PhaseFailedError("YAML_FILE_ERROR", str(error)) from error
    except UnresolvedError as error:
        raise PhaseFailedError(str(error).partition(":")[0], str(error)) from error
    except (codebuild_files.NoFilesError, ClientError) as error:
        raise PhaseFailedError("CLIENT_ERROR", str(error)) from error
