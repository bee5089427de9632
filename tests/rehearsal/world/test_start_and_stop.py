"""A world starts on loopback only, and nothing of it is left when it ends, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rehearsal.world import server
from rehearsal.world.server import ROOT, WorldError
from rehearsal.world.world import World
from tests.rehearsal.world.lambdas import call, function

# Enters a world, runs a function in it, says which processes there are, and waits to be ended.
HOLDER = """
import sys, time
from rehearsal.world.world import World
from tests.rehearsal.world.lambdas import call, function

with World() as world:
    function(world.client, "f", "import os\\ndef handle(e, c): return {'pid': os.getpid()}")
    worker = call(world.client, "f")["pid"]
    print(world._server.process.pid, worker, world.folder, flush=True)
    time.sleep(60)
"""


def gone(process: int) -> bool:
    """Whether a process ends within a few seconds."""
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_world_leaves_no_process_and_no_file_behind() -> None:
    with World() as world:
        function(world.client, "f", "import os\ndef handle(e, c): return {'pid': os.getpid()}")
        worker = call(world.client, "f")["pid"]
        emulator, folder = world._server.process, world.folder
        assert folder.is_dir()
    assert emulator.returncode == 0
    assert gone(worker)
    assert not folder.exists()


def test_an_error_inside_ends_the_world_and_is_passed_on() -> None:
    world = World()
    with pytest.raises(LookupError), world:
        raise LookupError
    assert world._server.process.returncode == 0
    assert not world.folder.exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_or_killed_host_leaves_nothing(how: signal.Signals) -> None:
    host = subprocess.Popen(
        [sys.executable, "-c", HOLDER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert host.stdout is not None
    emulator, worker, folder = host.stdout.readline().split()
    host.send_signal(how)
    host.wait(10)
    host.stdout.close()
    assert gone(int(emulator))
    assert gone(int(worker))
    assert not Path(folder).exists()


def test_what_is_to_be_kept_is_kept_and_is_in_one_folder(tmp_path: Path) -> None:
    with World(folder=tmp_path / "kept", keep=True) as world:
        world.client("s3").list_buckets()
    assert world.log.is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_folder_that_holds_anything_is_neither_used_nor_removed(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("precious")
    with pytest.raises(WorldError, match="is not empty"), World(folder=tmp_path):
        pass
    assert mine.read_text() == "precious"


def test_every_socket_of_the_world_listens_on_loopback_only() -> None:
    with World() as world:
        address = world._server.process.pid
        addresses = _listening(address)
        port = int(world.endpoint.rpartition(":")[2])
        assert ("127.0.0.1", port) in addresses
        assert {host for host, _ in addresses} == {"127.0.0.1"}
        with socket.socket() as other, pytest.raises(OSError):  # noqa: PT011
            other.bind(("127.0.0.1", port))


def _listening(process: int) -> set[tuple[str, int]]:
    """Where a process listens, by the machine's own account of it."""
    if not Path("/proc/net/tcp").exists():
        said = subprocess.run(
            ["lsof", "-nP", "-a", "-p", str(process), "-iTCP", "-sTCP:LISTEN", "-Fn"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        places = [line[1:].rpartition(":") for line in said.splitlines() if line[0] == "n"]
        return {(host, int(port)) for host, _, port in places}
    mine = {str(each.readlink()) for each in Path(f"/proc/{process}/fd").iterdir()}
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, *rest = line.split()
        if state == "0A" and f"socket:[{rest[5]}]" in mine:
            host, port = local.split(":")
            found.add((socket.inet_ntoa(bytes.fromhex(host)[::-1]), int(port, 16)))
    six = Path("/proc/net/tcp6").read_text() if Path("/proc/net/tcp6").exists() else ""
    for line in six.splitlines()[1:]:
        fields = line.split()
        assert not (fields[3] == "0A" and f"socket:[{fields[9]}]" in mine), line
    return found


def test_a_missing_environment_is_said_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server.start, "__kwdefaults__", {"python": tmp_path / "python"})
    with pytest.raises(WorldError, match="make setup"), World(folder=tmp_path / "world"):
        pass
    assert not (tmp_path / "world").exists()


def test_a_port_that_cannot_be_had_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_address: object) -> None:
        raise OSError("Address already in use")

    monkeypatch.setattr("socket.socket.bind", refuse)
    with pytest.raises(WorldError, match=r"no free port on 127\.0\.0\.1.*already in use"), World():
        pass


def test_a_world_that_does_not_start_shows_its_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho something is wrong\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(server.start, "__kwdefaults__", {"python": broken})
    with pytest.raises(WorldError, match="something is wrong"), World(folder=tmp_path / "world"):
        pass
