"""Python workers are forked from one process, which has loaded the SDK of Lambda's runtime.

A function whose package brings an SDK of its own gets a Python of its own, as it gets its SDK on
Lambda.
"""

import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from rehearsal.world.inside import fork_server
from rehearsal.world.inside.parties import like
from rehearsal.world.inside.plugins.worker_streams import WorkerStreams
from rehearsal.world.inside.setting import Setting

# What is loaded there, less what a forked worker can have of its own.
SDK = ("boto3", "botocore", "dateutil", "s3transfer", "urllib3")
# A worker has ended, and only its parent was told how: so this is no success.
ENDED = -1


def install(world: Setting) -> None:
    """Let ministack start its workers so."""
    server = _Server()

    def start(command: Sequence[str], **more: Any) -> Any:
        if _forkable(command, more["cwd"], more["env"]):
            return server.fork(command[1], more["cwd"], more["env"])
        process = subprocess.Popen(command, **more)  # noqa: S603 - what ministack starts
        return _Own(process) if command[0] == sys.executable else process

    world.seams.put("lambda_runtime.subprocess", like(subprocess, Popen=start))


def _forkable(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> bool:
    if command[0] != sys.executable:
        return False
    layers = environment.get("_LAMBDA_LAYERS_DIRS", "")
    own = any(Path(folder, name).exists() for name in SDK)
    # Python reads these as it starts.
    python = {name: value for name, value in environment.items() if name.startswith("PYTHON")}
    here = {name: value for name, value in os.environ.items() if name.startswith("PYTHON")}
    return not layers and not own and python == here


class _Own:
    """A worker with a Python of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        [answers, log] = (
            os.dup(each.fileno()) for each in (process.stdout, process.stderr) if each
        )
        self.stdout = WorkerStreams(answers, log, lambda: process.poll() is not None)
        self.stderr = io.StringIO()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._process, name)


class _Server:
    """The process that forks, started when the first worker is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._channel: socket.socket | None = None

    def fork(self, script: str, folder: str, environment: Mapping[str, str]) -> "Forked":
        """Start a worker."""
        order = {"script": script, "folder": folder, "environment": dict(environment)}
        content = json.dumps(order).encode()
        stdin, stdout, stderr, life = (os.pipe() for _ in range(4))
        theirs = [stdin[0], stdout[1], stderr[1], life[1]]
        try:
            with self._lock:
                channel = self._start()
                socket.send_fds(channel, [fork_server.HEAD.pack(len(content))], theirs)
                channel.sendall(content)
                answer = channel.recv(fork_server.HEAD.size, socket.MSG_WAITALL)
        finally:
            for descriptor in theirs:
                os.close(descriptor)
        if not answer:
            raise RuntimeError("the process that forks workers has died; the world's log says why")
        [process] = fork_server.HEAD.unpack(answer)
        return Forked(process, life[0], stdin[1], stdout[0], stderr[0])

    def _start(self) -> socket.socket:
        if self._channel is None:
            self._channel, theirs = socket.socketpair()
            with theirs:
                subprocess.Popen(  # noqa: S603 - a script of our own
                    [sys.executable, "-P", fork_server.__file__, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
        return self._channel


class Forked:
    """A worker's process, as far as ministack looks at it: like `subprocess.Popen`."""

    def __init__(self, process: int, life: int, stdin: int, stdout: int, stderr: int) -> None:
        """A process, the descriptor that tells of its end, and the other ends of its streams."""
        self.pid = process
        self.returncode: int | None = None
        self.stdin: IO[str] = os.fdopen(stdin, "w", buffering=1)
        self.stdout = WorkerStreams(stdout, stderr, lambda: self.poll() is not None)
        # The log is read there.
        self.stderr = io.StringIO()
        self._life = life
        self._end = select.poll()
        self._end.register(life, select.POLLIN | select.POLLHUP)
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Give `ENDED` if it has."""
        return self._look(0.0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not in so many seconds.
        """
        code = self._look(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(f"worker {self.pid}", timeout or 0.0)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        # Once it has ended, another may have its number.
        if self.poll() is None:
            os.kill(self.pid, number)

    def _look(self, seconds: float | None) -> int | None:
        with self._lock:
            if self.returncode is None and self._ended(seconds):
                self.returncode = ENDED
                os.close(self._life)
            return self.returncode

    def _ended(self, seconds: float | None) -> bool:
        return bool(self._end.poll(None if seconds is None else seconds * 1000))
