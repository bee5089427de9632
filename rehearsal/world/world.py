"""An AWS on this machine, for as long as a `with` block lasts.

>>> with World() as world:
...     world.client("s3").create_bucket(Bucket="first")
...     subprocess.run(["cdk", "bootstrap"], env=world.environment())
"""

import functools
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3
import botocore.configprovider
import botocore.loaders
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.config import Config

from rehearsal.world import environment, server
from rehearsal.world.clock import WorldClock
from rehearsal.world.image import BuildImage
from rehearsal.world.inside.recollection import FILE as MEMORY
from rehearsal.world.loopback import require_loopback

# What each world has of its own; all else in its folder is what it remembers.
OWN = ("home", "log", "time", "tls", "tools")
NOW = "now"
# Must outlast a request in which much happens, and fail at last if nothing does.
READ_SECONDS = 300


class World:
    """The embedded AWS: an emulator in a process of its own, on loopback, by a clock of its own.

    It speaks TLS and enforces IAM. It writes below one folder, sees nothing of the user's
    environment or home, and leaves nothing behind, however the block ends, unless `keep` is set.
    """

    def __init__(
        self,
        *,
        account: str = "111122223333",
        region: str = "eu-central-1",
        start: datetime | None = None,
        seed: int = 1,
        image: BuildImage | None = None,
        folder: Path | None = None,
        keep: bool = False,
        recalled: Path | None = None,
    ) -> None:
        """A world to be entered by `with`.

        Args:
            account: the account whose root user `client` and `environment` act as.
            region: where they act.
            start: the clock's first moment; the minute that runs now where none is given.
            seed: what chance is derived from: the same seed gives the same run.
            image: what builds find; a bare machine where none is given.
            folder: where to keep everything, new or empty; a temporary one where none is given.
            keep: leave the folder behind, for whoever wants to look into it.
            recalled: what a world with the same account, region, seed and image has remembered:
                this one goes on from there, at that moment.
        """
        self.account, self.region, self.seed, self.keep = account, region, seed, keep
        self._recalled = recalled
        if recalled is not None:
            self._start = float((recalled / NOW).read_text())
        else:
            self._start = start.timestamp() if start is not None else time.time() // 60 * 60
        self._folder, self.image = folder, image or BuildImage()
        self._secret = secrets.token_hex(20)
        # To make one takes longer than most calls.
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="lockgate-world-"))
        self.folder = self._folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        # It is removed at the end, so it must hold nothing of anyone's.
        if any(self.folder.iterdir()):
            raise server.WorldError(
                f"{self.folder} is not empty: give the world a folder of its own"
            )
        try:
            if self._recalled is not None:
                _copy(self._recalled, self.folder, but=(NOW, MEMORY))
            self._server = server.start(
                self.folder,
                account=self.account,
                secret=self._secret,
                region=self.region,
                start_time=self._start,
                seed=self.seed,
                image=self.image,
                keep=self.keep,
                memory=self._recalled and self._recalled / MEMORY,
            )
        except BaseException:
            self._clear()
            raise
        self.clock = WorldClock(self._server.door)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            server.stop(self._server.process)
        finally:
            self._clear()

    @property
    def endpoint(self) -> str:
        """Where AWS is."""
        return require_loopback(self._server.endpoint)

    @property
    def ca_bundle(self) -> Path:
        """Whom to trust there."""
        return self._server.ca_bundle

    @property
    def log(self) -> Path:
        """What the emulator had to say."""
        return self.folder / "log"

    def environment(self) -> dict[str, str]:
        """The whole environment of a tool that is to work in the world."""
        return environment.for_tools(
            self.folder / "tools",
            endpoint=self.endpoint,
            ca_bundle=self.ca_bundle,
            account=self.account,
            secret=self._secret,
            region=self.region,
        )

    def remember(self, folder: Path) -> None:
        """Leave what the world knows and what is in its folder, for another to go on from.

        Args:
            folder: where to; new or empty.

        Raises:
            WorldError: something goes on in it besides what this process does, or cannot be
                written down.
        """
        self.clock.remember()
        _copy(self.folder, folder, but=OWN)
        (folder / NOW).write_text(repr(self.clock.now().timestamp()))

    def session(self) -> boto3.Session:
        """A session of the account's root user that knows no file and no variable of the user."""
        session = boto3.Session(
            aws_access_key_id=self.account,
            aws_secret_access_key=self._secret,
            region_name=self.region,
            botocore_session=_unconfigured(),
        )
        session.events.register("before-send", self._say_who)
        return session

    def client(self, service: str, session: boto3.Session | None = None) -> Any:  # noqa: ANN401 - boto3 has no types
        """A client in the world: of the root user, always the same, or of another session's user.

        Args:
            service: as boto3 calls it.
            session: whose user it acts for.
        """
        if session is None and service in self._clients:
            return self._clients[service]
        client = (session or self.session()).client(
            service,
            endpoint_url=self.endpoint,
            verify=str(self.ca_bundle),
            config=Config(
                proxies={},
                read_timeout=READ_SECONDS,
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "path"},
            ),
        )
        if session is None:
            self._clients[service] = client
        return client

    def _say_who(self, request: AWSRequest, **_more: object) -> None:
        require_loopback(request.url)
        if self.clock.party:
            request.headers["x-world-party"] = self.clock.party

    def _clear(self) -> None:
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)


def _copy(source: Path, target: Path, but: Collection[str]) -> None:
    """Copy what is in a folder; thousands of files, which cp does in a third of the time."""
    target.mkdir(parents=True, exist_ok=True)
    entries = [each for each in source.iterdir() if each.name not in but]
    done = subprocess.run(  # noqa: S603
        ["cp", "-a", "--", *entries, target],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise server.WorldError(f"{source} cannot be copied to {target}: {done.stderr.strip()}")


def _unconfigured() -> botocore.session.Session:
    """A session that reads no variable and no file, so that no profile of the user's matters."""
    usual = botocore.configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES
    nothing = {name: (None, None, default, kind) for name, (_, _, default, kind) in usual.items()}
    for name in ("config_file", "credentials_file"):
        nothing[name] = (None, None, os.devnull, None)
    session = botocore.session.Session(session_vars=nothing)
    session.register_component("data_loader", _models())
    return session


@functools.cache
def _models() -> botocore.loaders.Loader:
    """AWS's models, read once for all worlds: that takes longer than to start one."""
    return botocore.loaders.create_loader()
