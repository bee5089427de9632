"""The repository that a rehearsal pushes: this checkout as it stands, and commits on top."""

import shutil
import subprocess
from functools import partial
from pathlib import Path

from rehearsal.synth import ROOT
from rehearsal.world.environment import GIT_ALONE, scrubbed
from rehearsal.world.inside.git_password import signed_url
from rehearsal.world.world import World

BRANCH = "main"
AUTHOR = ("-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@example.com")


class SourceError(Exception):
    """The repository cannot be made as asked; the message says why and what to do."""


class Draft:
    """All that git would take of a checkout, committed or not: what a source begins with."""

    def __init__(self, folder: Path, delivery: Path, root: Path = ROOT) -> None:
        """Take it over.

        Args:
            folder: for a git repository, new or empty.
            delivery: stands in for the checkout's delivery.toml.
            root: the checkout.

        Raises:
            SourceError: git is missing or fails.
        """
        self.folder = folder
        self._git = partial(_git, folder / ".git", folder, scrubbed(folder / ".home") | GIT_ALONE)
        self._git("init", "--quiet", "--initial-branch", BRANCH)
        # git itself knows what is ignored; nothing of the checkout's own repository is touched.
        self._git(f"--work-tree={root}", "add", "--all")
        blob = self._git("hash-object", "-w", str(delivery.resolve())).strip()
        self._git("update-index", "--add", "--cacheinfo", f"100644,{blob},delivery.toml")

    @property
    def tree(self) -> str:
        """Git's id of all its files."""
        return self._git("write-tree").strip()


class Source:
    """A git repository of its own, in a folder of the world's."""

    def __init__(self, world: World, draft: Draft | None = None) -> None:
        """Begin with a draft, as the first commit, or go on with what the world has.

        Args:
            world: where it will be pushed to.
            draft: its repository becomes the source's.

        Raises:
            SourceError: git fails.
        """
        self._world = world
        self.folder = world.folder / "source"
        if draft is not None:
            self.folder.mkdir()
            shutil.move(draft.folder / ".git", self.folder / ".git")
            self._git("checkout-index", "--all", "--force")
            self.commit("Begin")

    @property
    def head(self) -> str:
        """The newest commit's id."""
        return self._git("rev-parse", "HEAD").strip()

    def commit(self, subject: str) -> str:
        """Commit all that has changed, or nothing; the commit's id."""
        self._git("add", "--all")
        self._git(*AUTHOR, "commit", "--quiet", "--allow-empty", "--message", subject)
        return self.head

    def apply(self, patch: str, name: Path) -> None:
        """Apply a patch to the files.

        Args:
            patch: its text.
            name: where it stands, for the error.

        Raises:
            SourceError: it does not fit.
        """
        try:
            self._git("apply", "--whitespace=nowarn", "-", said=patch)
        except SourceError as error:
            raise SourceError(
                f"{name} does not fit this checkout\n  found: {error}\n"
                "  to do: make it anew against these files, with git diff"
            ) from None

    def overlay(self, folder: Path) -> None:
        """Put a folder's files over those of the repository."""
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                target = self.folder / file.relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read_bytes())

    def push(self, repository: str) -> None:
        """Push to a CodeCommit repository, with the root user's signed password.

        Raises:
            SourceError: it is refused.
        """
        world, environment = self._world, self._world.environment()
        url = signed_url(
            f"{world.endpoint}/v1/repos/{repository}",
            key=environment["AWS_ACCESS_KEY_ID"],
            secret=environment["AWS_SECRET_ACCESS_KEY"],
            region=world.region,
            moment=f"{world.clock.now():%Y%m%dT%H%M%S}",
        )
        self._git("push", "--quiet", url, f"HEAD:refs/heads/{BRANCH}")

    def _git(self, *arguments: str, said: str = "") -> str:
        moment = f"{int(self._world.clock.now().timestamp())} +0000"
        dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
        environment = self._world.environment() | dates
        return _git(self.folder / ".git", self.folder, environment, *arguments, said=said)


def _git(
    repository: Path, folder: Path, environment: dict[str, str], *arguments: str, said: str = ""
) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "--git-dir", str(repository), *arguments],  # noqa: S607
            cwd=folder,
            env=environment,
            input=said,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise SourceError("git is missing\n  to do: install it") from None
    if done.returncode:
        wrong = done.stderr.strip() or done.stdout.strip()
        raise SourceError(f"git {' '.join(arguments[:2])}: {wrong}")
    return done.stdout
