"""The repositories of all accounts and regions of a world."""

import os
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from rehearsal.world.inside.clock import Clock
from rehearsal.world.inside.events import emit
from rehearsal.world.inside.git_store import GitStore
from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.references import reference_changes
from rehearsal.world.inside.plugins.codecommit.repository import Repository
from rehearsal.world.inside.setting import Setting

Key = tuple[str, str, str]
Doing = Callable[["Repositories", dict[str, Any]], dict[str, Any] | None]
Change = Mapping[str, str]
# Called with a repository, what moved in it as it is told, and who moved it.
Listener = Callable[[Repository, Sequence[Change], str], None]


class Repositories:
    """Found by name in the account and region of the request that asks."""

    def __init__(self, world: Setting) -> None:
        self.world = world
        self.lock = threading.RLock()
        self.listeners: list[Listener] = []
        self._all: dict[Key, Repository] = {}
        self._chances: dict[Key, Random] = {}
        # Below the world's own folder, which goes with it.
        self._folder = Path(os.environ["STATE_DIR"]) / "codecommit"

    def caller(self) -> str:
        """The ARN of who asks."""
        return str(self.world.seams.get("iam_evaluator.caller_arn")())

    def all(self) -> list[Repository]:
        """Those of every account and region."""
        return list(self._all.values())

    def here(self) -> list[Repository]:
        """Those of the request's account and region, by name."""
        return [each for key, each in sorted(self._all.items()) if key[:2] == self._key("")[:2]]

    def arn(self, name: str) -> str:
        """The ARN of that name here, whether there is such a repository or not."""
        account, region, _ = self._key(name)
        return f"arn:aws:codecommit:{region}:{account}:{name}"

    def get(self, name: str) -> Repository:
        """A repository.

        Raises:
            ServiceError: there is none of that name.
        """
        if not name:
            raise ServiceError("RepositoryNameRequiredException", "repositoryName is required")
        found = self._all.get(self._key(name))
        if found is None:
            raise ServiceError("RepositoryDoesNotExistException", f"{name} does not exist")
        return found

    def create(
        self, name: str, *, description: str = "", key: str = "", tags: Mapping[str, str]
    ) -> Repository:
        """A new, empty repository, whose id only depends on its name and the world's seed.

        Raises:
            ServiceError: there is one of that name.
        """
        with self.lock:
            where, now = self._key(name), self.world.clock.now()
            if where in self._all:
                raise ServiceError("RepositoryNameExistsException", f"{name} already exists")
            chance = self._chances.setdefault(where, self.world.chance("/".join(where)))
            id_ = str(uuid.UUID(int=chance.getrandbits(128), version=4))
            git = GitStore(self._folder / f"{id_}.git")
            git.create()
            made = self._all[where] = Repository(
                account=where[0],
                region=where[1],
                name=name,
                id=id_,
                git=git,
                created=now,
                modified=now,
                description=description,
                key=key,
                tags=dict(tags),
            )
            return made

    def rename(self, repository: Repository, name: str) -> None:
        """Another name for a repository.

        Raises:
            ServiceError: another one has it.
        """
        with self.lock:
            if self._key(name) in self._all:
                raise ServiceError("RepositoryNameExistsException", f"{name} already exists")
            self._all[self._key(name)] = self._all.pop(self._key(repository.name))
            repository.name = name

    def delete(self, name: str) -> str | None:
        """Remove a repository with all it holds, and return its id if it was there."""
        with self.lock:
            gone = self._all.pop(self._key(name), None)
            if gone is not None:
                gone.git.remove()
            return gone.id if gone is not None else None

    @contextmanager
    def changing(self, repository: Repository, caller: str, **more: str) -> Iterator[None]:
        """Whatever moves inside is told when it is done; nothing else moves meanwhile.

        Args:
            repository: where things move.
            caller: the ARN of who moves them.
            more: what else is told of each reference.
        """
        with self.lock:
            before = repository.git.references()
            yield
            after = repository.git.references()
            changes = list(reference_changes(before, after))
            branches = [name for name in after if name.startswith("refs/heads/")]
            if branches and f"refs/heads/{repository.git.head()}" not in after:
                repository.git.set_head(branches[0].removeprefix("refs/heads/"))
            if changes:
                repository.modified = self.world.clock.now()
            about = {
                "repositoryName": repository.name,
                "repositoryId": repository.id,
                "callerUserArn": caller,
            }
            for change in changes:
                kind = "CodeCommit Repository State Change"
                self.tell(kind, repository, {**change, **about, **more})
            for tell in self.listeners:
                tell(repository, changes, caller)

    def tell(self, kind: str, repository: Repository, detail: Mapping[str, Any]) -> None:
        """Tell EventBridge, in the form of the user guide's "Monitoring CodeCommit events"."""
        emit(self.world, "aws.codecommit", kind, detail, [repository.arn])

    def _key(self, name: str) -> Key:
        seams = self.world.seams
        return seams.get("responses.get_account_id")(), seams.get("responses.get_region")(), name


# A setting cannot be hashed; its clock is no other world's.
_OF: dict[Clock, Repositories] = {}


def repositories_of(world: Setting) -> Repositories:
    """The repositories of a world, the same ones for whoever asks."""
    return _OF.setdefault(world.clock, Repositories(world))
