"""The commands of one build in bash, each by itself, as CodeBuild's agent runs them.

Variables, functions and the folder live on from command to command, through all phases; shell
options and `exit` end with their command. Nothing of this machine is seen but what the build is
given. `sleep` lets the world's time pass instead of ours. All processes of a build are in one
group, with a keeper that ends them all when the emulator goes, however it goes.
"""

import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

LOOK_SECONDS = 0.02
# CodeBuild gives sh or bash; Amazon Linux's sh is bash as well.
BASH = {"bash": ["bash"], "sh": ["bash", "--posix"]}

_AROUND = """\
if [ -f {state}/variables ]; then . {state}/variables 2>/dev/null; cd "$(cat {state}/folder)"; fi
{settings}
{command}
__status=$?
{{ set +eux; declare -p; declare -f; }} >{state}/variables 2>/dev/null
pwd >{state}/folder
{exports}
exit $__status
"""
_SLEEP = """\
#!/bin/bash
seconds=$(awk 'BEGIN {{ for (i = 1; i < ARGC; i++) {{
    unit = substr(ARGV[i], length(ARGV[i]))
    sum += ARGV[i] * (unit == "d" ? 86400 : unit == "h" ? 3600 : unit == "m" ? 60 : 1)
}} printf "%.3f", sum }}' "$@")
exec 3<>/dev/tcp/127.0.0.1/{port}
printf 'POST /sleep?seconds=%s&party=%s HTTP/1.0\\r\\n\\r\\n' "$seconds" {party} >&3
read -r answer <&3
# Without an answer the build's time is over, and it is about to be ended.
case $answer in *" 200 "*) ;; *) exec tail -f /dev/null ;; esac
"""


class EndedError(Exception):
    """The build was ended while a command ran: `STOPPED` or `TIMED_OUT`."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class BuildRun:
    """Runs commands in a folder, one after the other."""

    def __init__(
        self,
        source: Path,
        home: Path,
        *,
        mode: str,
        environment: Mapping[str, str],
        exported: Sequence[str],
        ending: Callable[[], str],
        say: Callable[[str], None],
    ) -> None:
        """Make ready; `close` must follow.

        Args:
            source: the folder in which the first command runs.
            home: the build's home folder, which must be outside `source`.
            mode: `bash` or `sh`.
            environment: all that the commands see, but for HOME and TMPDIR.
            exported: the variables whose values are wanted afterwards.
            ending: asked all the time: how the build is to be ended now, or nothing.
            say: told each line of output.
        """
        self._source, self._mode, self._ending, self._say = source, mode, ending, say
        self._state = home / ".build"
        self._exported = exported
        for folder in (self._state / "exported", home / "tmp"):
            folder.mkdir(parents=True)
        path = f"{self._state / 'bin'}{os.pathsep}{environment.get('PATH', os.defpath)}"
        self._environment = {
            **environment,
            "HOME": str(home),
            "TMPDIR": str(home / "tmp"),
            "PATH": path,
        }
        self._keeper = subprocess.Popen(  # noqa: S602 - the words are ours
            "read -r _; kill -KILL 0",  # noqa: S607 - of the shell itself
            shell=True,
            stdin=subprocess.PIPE,
            process_group=0,
        )

    def sleep_by(self, door: str, party: str) -> None:
        """Let `sleep` be the party's sleep at the world's door."""
        sleep = self._state / "bin" / "sleep"
        sleep.parent.mkdir()
        sleep.write_text(_SLEEP.format(port=int(door.rpartition(":")[2]), party=party))
        sleep.chmod(0o755)

    def run(self, command: str, settings: Mapping[str, str]) -> int:
        """The exit status of a command.

        Args:
            command: one or more lines of shell.
            settings: variables that are set anew before it.

        Raises:
            EndedError: the build was ended meanwhile.
        """
        script, output = self._state / "script.sh", self._state / "output"
        script.write_text(
            _AROUND.format(
                state=shlex.quote(str(self._state)),
                settings="\n".join(f"export {k}={shlex.quote(v)}" for k, v in settings.items()),
                command=command.rstrip("\n"),
                exports="\n".join(
                    f'printf %s "${{{name}-}}" >{shlex.quote(str(self._state / "exported" / name))}'
                    for name in self._exported
                ),
            )
        )
        with output.open("wb") as written, output.open("rb") as read:
            process = subprocess.Popen(  # noqa: S603 - to run them is what this is for
                [*BASH[self._mode], str(script)],
                cwd=self._source,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                process_group=self._keeper.pid,
            )
            try:
                self._wait(process)
            finally:
                for line in read.read().decode(errors="replace").splitlines():
                    self._say(line)
        return process.returncode

    def exported(self) -> dict[str, str]:
        """The values of the exported variables, of those that were ever there."""
        folder = self._state / "exported"
        return {path.name: path.read_text() for path in sorted(folder.iterdir())}

    def close(self) -> None:
        """End whatever still runs."""
        # The keeper is not yet waited for, so the group's number is still its own.
        os.killpg(self._keeper.pid, signal.SIGKILL)
        self._keeper.wait()
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        while process.poll() is None:
            if how := self._ending():
                os.killpg(self._keeper.pid, signal.SIGKILL)
                process.wait()
                raise EndedError(how)
            time.sleep(LOOK_SECONDS)
