"""A build's source out of CodeCommit, pulled as the project's role."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal.world.inside.git_command import run_git
from rehearsal.world.inside.git_password import signed_url
from rehearsal.world.inside.plugins.codebuild_builds import Build
from rehearsal.world.inside.plugins.codebuild_files import NoFilesError
from rehearsal.world.inside.role_session import RoleSession, endpoint

EVERY = "+refs/heads/*:refs/remotes/origin/*"


def pull(build: Build, folder: Path, session: RoleSession) -> None:
    """Check out the build's source version; it has none of git's own files.

    Raises:
        NoFilesError: the role may not pull, or there is no such commit.
    """
    keys, began = session.credentials, datetime.fromtimestamp(build.record["startTime"], UTC)
    url = signed_url(
        f"{endpoint()}{urlsplit(build.project['source']['location']).path}",
        key=keys["AWS_ACCESS_KEY_ID"],
        secret=keys["AWS_SECRET_ACCESS_KEY"],
        token=keys["AWS_SESSION_TOKEN"],
        region=session.region,
        moment=f"{began:%Y%m%dT%H%M%S}",
    )
    version = str(build.project.get("sourceVersion") or "origin/main")
    trust = {"GIT_SSL_CAINFO": os.environ["AWS_CA_BUNDLE"]}
    try:
        run_git(folder, "init", "--quiet", "--template=")
        run_git(folder, "fetch", "--quiet", "--tags", url, EVERY, variables=trust)
        run_git(folder, "checkout", "--quiet", "--detach", version)
        commit = run_git(folder, "rev-parse", "HEAD").decode().strip()
    except subprocess.CalledProcessError as error:
        # The last line says why; those before it hold the address with its password.
        [*_, why] = error.stderr.decode().strip().splitlines() or [str(error.returncode)]
        raise NoFilesError(f"git {error.cmd[3]}: {why.replace(url, '…')}") from None
    with build.lock:
        build.record["resolvedSourceVersion"] = commit
