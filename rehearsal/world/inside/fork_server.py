"""Forks Python workers that have the SDK of Lambda's runtime loaded: half a second for each.

Run by path, with the descriptor of a channel. Each order on it is a length and so much JSON: the
script to run, where and with which environment. With it come the descriptors of the worker's
standard streams, and one that it holds open for as long as it lives. The answer is its process id.
"""

import concurrent.futures.thread  # noqa: F401 - what is imported here is there in each worker
import contextlib
import functools
import gc
import json
import os
import random
import runpy
import select
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import Any

HEAD = struct.Struct("!I")


# Whose models are read ahead; those of others a worker reads as it makes a client.
OFTEN = (
    *("lambda", "s3", "cloudwatch", "codedeploy", "stepfunctions", "events", "secretsmanager"),
    *("codepipeline", "codecommit", "codebuild", "cloudformation"),
)
# What packages often bring beside a library of theirs: it is theirs, and the SDK keeps its own.
BESIDE = ("jmespath", "six")


def serve(channel: socket.socket) -> str | None:
    """Fork a worker for each order; give its script in the worker, and None when orders end."""
    # Nobody asks how a worker ended.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    ahead = [*OFTEN]
    while True:
        while ahead and not select.select([channel], [], [], 0)[0]:
            _load(ahead.pop(0))
        head, descriptors, _, _ = socket.recv_fds(channel, HEAD.size, 4)
        if not head:
            return None
        rest = _exactly(channel, HEAD.size - len(head))
        order = json.loads(_exactly(channel, *HEAD.unpack(head + rest)))
        # So that no worker writes to the memory that all share.
        gc.freeze()
        process = os.fork()
        if process == 0:
            channel.close()
            return _become(order, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        channel.sendall(HEAD.pack(process))


def _load(service: str) -> None:
    """Make a client, for all that it reads and imports; it asks nobody anything."""
    boto3.session.Session("none", "none", region_name="eu-central-1").client(service)


def _become(order: dict[str, Any], descriptors: list[int]) -> str:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for place, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, place)
        os.close(descriptor)
    # A program that the function starts may outlive it.
    os.set_inheritable(descriptors[3], False)  # noqa: FBT003 - it takes no keyword
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    script: str = order["script"]
    sys.argv = [script]
    sys.path.insert(0, str(Path(script).parent))
    for name in BESIDE:
        if any(Path(each).exists() for each in (name, f"{name}.py")):
            for module in [each for each in sys.modules if each.partition(".")[0] == name]:
                del sys.modules[module]
    random.seed(os.environ.get("LOCKGATE_WORLD_SEED", ""))
    return script


def _exactly(channel: socket.socket, length: int) -> bytes:
    content = b""
    while len(content) < length:
        more = channel.recv(length - len(content))
        if not more:
            raise EOFError("an order ended early")
        content += more
    return content


if __name__ == "__main__":
    import boto3
    import botocore.session

    # Each session has models of its own else; those of another folder it still has.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    chosen = None
    # The world's end closes the channel, whatever is under way.
    with contextlib.suppress(ConnectionError):
        chosen = serve(socket.socket(fileno=int(sys.argv[1])))
    if chosen is not None:
        runpy.run_path(chosen, run_name="__main__")
