"""The real git, untouched by the machine's configuration; no hook runs, and none is there."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SETTINGS = {
    "gc.auto": "0",
    "receive.autogc": "false",
    "http.receivepack": "true",
    "core.logAllRefUpdates": "false",
    "safe.directory": "*",
}


def run_git(
    folder: Path,
    *words: str,
    given: bytes = b"",
    variables: Mapping[str, str] | None = None,
) -> bytes:
    """What git says.

    Args:
        folder: where it runs.
        words: its arguments.
        given: its standard input.
        variables: more for its environment.

    Raises:
        CalledProcessError: it fails.
    """
    settings = {"GIT_CONFIG_COUNT": str(len(_SETTINGS))}
    for number, (name, value) in enumerate(_SETTINGS.items()):
        settings |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "LC_ALL": "C",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **settings,
        **(variables or {}),
    }
    command = ["git", "-C", str(folder), *words]
    run = subprocess.run(  # noqa: S603 - git, with ids and names that were checked
        command, input=given, capture_output=True, check=True, env=environment
    )
    return run.stdout
