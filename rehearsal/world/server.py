"""The emulator's process: started on a free port of loopback, and gone when it is stopped."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

from rehearsal.world.environment import scrubbed
from rehearsal.world.image import BuildImage

ROOT = Path(__file__).parents[2]
# Made by `make setup` from requirements/world.txt.
PYTHON = ROOT / ".venv" / "world" / "bin" / "python"
START_SECONDS = 30.0
STOP_SECONDS = 5.0
LOG_LINES = 15


class WorldError(RuntimeError):
    """The world cannot be started; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running emulator.

    Attributes:
        process: its process, the leader of a group of its own.
        endpoint: where AWS is.
        door: where the clock's door is.
        ca_bundle: whom to trust.
    """

    process: "subprocess.Popen[bytes]"
    endpoint: str
    door: str
    ca_bundle: Path


def start(
    state: Path,
    *,
    account: str,
    secret: str,
    region: str,
    start_time: float,
    seed: int,
    image: BuildImage,
    keep: bool,
    memory: Path | None = None,
    python: Path = PYTHON,
) -> Server:
    """Start the emulator and wait until it answers.

    Args:
        state: the folder for everything that it writes.
        account: the account that is there from the start.
        secret: the key of that account's root user.
        region: the region for requests that name none.
        start_time: the clock's first moment, in seconds since 1970.
        seed: what chance is derived from.
        image: what builds find.
        keep: leave the folder even if the host is killed.
        memory: the file of what another world knew, if this one is to go on from there.
        python: the Python with ministack.

    Raises:
        WorldError: its environment is missing, or it did not come up.
    """
    if not python.exists():
        raise WorldError(
            f"the rehearsal's own Python is missing: {python}; install it with `make setup`"
        )
    with _listen() as listener:
        port: int = listener.getsockname()[1]
        reading, writing = os.pipe()
        orders = {
            "listener": listener.fileno(),
            "report": writing,
            "state": str(state),
            "start": start_time,
            "seed": seed,
            "image": asdict(image),
            "keep": keep,
            "memory": str(memory or ""),
        }
        with (state / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own Python and module
                [python, "-s", "-m", "rehearsal.world.inside", json.dumps(orders)],
                cwd=state,
                env=_environment(state, account, secret, region, port),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(listener.fileno(), writing),
                start_new_session=True,
            )
        os.close(writing)
    try:
        said = json.loads(_hear(reading))
    except BaseException as error:
        stop(process)
        if isinstance(error, ValueError | TimeoutError):
            raise WorldError(_failure(state / "log")) from error
        raise
    return Server(
        process=process,
        endpoint=f"https://127.0.0.1:{port}",
        door=said["door"],
        ca_bundle=Path(said["ca"]),
    )


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Ask the emulator to end, with all that it started; see to it if it does not."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except BaseException as error:
        # The leader is not yet waited for, so the group's number is still its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if not isinstance(error, subprocess.TimeoutExpired):
            raise


def _listen() -> socket.socket:
    """A socket on loopback only: bound here, so that nobody else takes the port meanwhile."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
    except OSError as error:
        listener.close()
        raise WorldError(f"no free port on 127.0.0.1 for the rehearsal's world: {error}") from error
    return listener


def _environment(state: Path, account: str, secret: str, region: str, port: int) -> dict[str, str]:
    ca_bundle = str(state / "tls" / "ca.pem")
    return {
        **scrubbed(state / "home"),
        **dict.fromkeys(
            ("AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"),
            ca_bundle,
        ),
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": account,
        "AWS_SECRET_ACCESS_KEY": secret,
        "DOCKER_HOST": f"unix://{state}/no-docker",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "60",
        "LAMBDA_ASYNC_RETRY_MAX_SECONDS": "300",
        "LOG_LEVEL": "WARNING",
        "MINISTACK_ACCOUNT_ID": account,
        "MINISTACK_REGION": region,
        "PERSIST_STATE": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(state / "state"),
        "USE_SSL": "1",
    }


def _hear(reading: int) -> str:
    """What the emulator says when it is ready; nothing if it ended instead."""
    with os.fdopen(reading) as pipe:
        if not select.select([pipe], [], [], START_SECONDS)[0]:
            raise TimeoutError
        return pipe.read()


def _failure(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()[-LOG_LINES:]
    return "the rehearsal's world did not start; its log ends with:\n" + "\n".join(lines)
