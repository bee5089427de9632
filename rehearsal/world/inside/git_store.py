"""Bare git repositories, by the real git: what is read from them, written to them and served.

What a commit is made of decides its id, so one who commits says when.
"""

import hashlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal.world.inside.git_command import run_git

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
FILE_MODES = {"100644": "NORMAL", "100755": "EXECUTABLE", "120000": "SYMLINK"}


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit as git has it; a person is a name, an address and a time with its zone."""

    id: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str, str]
    committer: tuple[str, str, str]
    message: str


@dataclass(frozen=True)
class GitStore:
    """One bare repository."""

    path: Path

    def create(self) -> None:
        """Make it, empty."""
        self.path.mkdir(parents=True)
        self._git("init", "--quiet", "--bare", "--template=", "--initial-branch=main")

    def remove(self) -> None:
        """Remove it for ever."""
        shutil.rmtree(self.path)

    def references(self) -> dict[str, str]:
        """The object of each branch and tag, by its full name, in order."""
        lines = self._git("for-each-ref", "--format=%(refname) %(objectname)").decode()
        return dict(line.split() for line in lines.splitlines())

    def find(self, specifier: str, kind: str = "commit") -> str | None:
        """The id of the object that a name, an id or `HEAD` leads to."""
        if not specifier or not specifier.isprintable():
            return None
        asked = f"{specifier}^{{{kind}}}\n".encode()
        found = self._git("cat-file", "--batch-check", given=asked).decode().split()
        return found[0] if len(found) == 3 and found[1] == kind else None  # noqa: PLR2004 - id, kind, size

    def commit(self, commit: str) -> Commit:
        """What a commit says."""
        form = "%T%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B"
        shown = self._git("log", "-1", "--date=raw", f"--format={form}", commit).decode()
        tree, parents, name, mail, at, by, by_mail, by_at, message = shown.split("\0", 8)
        return Commit(
            id=commit,
            tree=tree,
            parents=tuple(parents.split()),
            author=(name, mail, at),
            committer=(by, by_mail, by_at),
            message=message.removesuffix("\n"),
        )

    def tree(self, commit: str | None) -> dict[str, tuple[str, str]]:
        """The mode and blob of each file, by path; none where there is no commit."""
        listed = self._git("ls-tree", "-r", "-z", commit or EMPTY_TREE).decode()
        files = (entry.partition("\t") for entry in listed.split("\0") if entry)
        entries = ((*about.split(), path) for about, _, path in files)
        # Besides files there are submodules, which are commits.
        return {path: (mode, blob) for mode, kind, blob, path in entries if kind == "blob"}

    def blob(self, blob: str) -> bytes:
        """A file's content."""
        return self._git("cat-file", "blob", blob)

    def add_commit(
        self,
        branch: str,
        parent: str | None,
        files: Mapping[str, tuple[str, bytes] | None],
        *,
        message: str,
        person: tuple[str, str],
        at: int,
    ) -> str:
        """Commit to a branch and return the commit's id.

        Args:
            branch: what moves to the new commit.
            parent: the commit that it has now.
            files: mode and content of each file that changes; nothing where it goes.
            message: what the commit says.
            person: name and address of author and committer.
            at: when, in seconds since 1970.
        """
        who = f"{person[0]} <{person[1]}> {at} +0000\n"
        head = f"commit refs/heads/{branch}\nauthor {who}committer {who}"
        stream = head.encode() + _data(message.encode())
        stream += f"from {parent}\n".encode() if parent else b""
        for path, file in sorted(files.items()):
            if file is None:
                stream += f"D {path}\n".encode()
            else:
                stream += f"M {file[0]} inline {path}\n".encode() + _data(file[1])
        self._git("fast-import", "--quiet", "--date-format=raw", given=stream)
        return self.references()[f"refs/heads/{branch}"]

    def move(self, reference: str, new: str | None, old: str | None = None) -> None:
        """Let a reference point to a commit, or to none any more; `old` is what it has now."""
        if new is None:
            self._git("update-ref", "-d", reference, old or "")
        else:
            self._git("update-ref", reference, new, old or "0" * 40)

    def head(self) -> str:
        """The default branch, which need not exist."""
        return self._git("symbolic-ref", "HEAD").decode().strip().removeprefix("refs/heads/")

    def set_head(self, branch: str) -> None:
        """Make a branch the default one."""
        self._git("symbolic-ref", "HEAD", f"refs/heads/{branch}")

    def base(self, one: str, other: str) -> str | None:
        """The commit at which two lines of work part."""
        try:
            return self._git("merge-base", one, other).decode().strip()
        except subprocess.CalledProcessError:
            return None

    def archive(self, commit: str) -> bytes:
        """All files of a commit in a zip archive."""
        return self._git("archive", "--format=zip", commit)

    @staticmethod
    def may_be_called(reference: str) -> bool:
        """Whether git allows a reference of this full name."""
        command = ["git", "check-ref-format", reference]
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603 - begins with refs/

    def serve(
        self, request: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and body of the answer to a request of git's smart HTTP.

        Args:
            request: the variables of CGI that describe it.
            body: what came with it.
        """
        about = {
            "GIT_PROJECT_ROOT": str(self.path),
            "GIT_HTTP_EXPORT_ALL": "1",
            "CONTENT_LENGTH": str(len(body)),
        }
        said = self._git("http-backend", given=body, variables={**about, **request})
        head, _, content = said.partition(b"\r\n\r\n")
        lines = (line.partition(": ") for line in head.decode().split("\r\n"))
        headers = {name.lower(): value for name, _, value in lines}
        status = int(headers.pop("status", "200").split()[0])
        return status, list(headers.items()), content

    def _git(
        self, *words: str, given: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> bytes:
        return run_git(self.path, *words, given=given, variables=variables)


def blob_id(content: bytes) -> str:
    """What git calls a file with this content."""
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)
