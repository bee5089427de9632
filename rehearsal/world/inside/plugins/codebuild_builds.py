"""The projects and builds of all accounts and regions of a world, and what is shown of a build."""

import copy
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codebuild_handover import Handover
from rehearsal.world.inside.setting import Setting

Key = tuple[str, str]


@dataclass(kw_only=True, eq=False)
class Build:
    """One build.

    Attributes:
        project: the project as it was at the start, overrides included.
        handover: what CodePipeline hands in, if it does.
        record: what the API shows; only its engine changes it, under the lock.
        stop: set when somebody wants it to stop.
        ended: set when it is over.
    """

    project: Mapping[str, Any]
    handover: Handover | None
    record: dict[str, Any]
    lock: threading.RLock = field(default_factory=threading.RLock)
    stop: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def uuid(self) -> str:
        """The last part of its id."""
        return str(self.record["id"]).rpartition(":")[2]

    def shown(self) -> dict[str, Any]:
        """A copy of what the API shows now."""
        with self.lock:
            return copy.deepcopy(self.record)


class Builds:
    """Projects and builds, found in the account and region of the request that asks."""

    def __init__(self, world: Setting) -> None:
        self.world = world
        self._projects: dict[tuple[Key, str], dict[str, Any]] = {}
        self._builds: dict[tuple[Key, str], Build] = {}
        self._lock = threading.RLock()

    def here(self) -> Key:
        """The account and region of the request."""
        get = self.world.seams.get
        return get("responses.get_account_id")(), get("responses.get_region")()

    def arn(self, kind: str, name: str) -> str:
        """The ARN of a project or build of that name here."""
        account, region = self.here()
        return f"arn:aws:codebuild:{region}:{account}:{kind}/{name}"

    def projects(self) -> dict[str, dict[str, Any]]:
        """The projects here, by name."""
        return {n: project for (at, n), project in self._projects.items() if at == self.here()}

    def all_projects(self) -> list[dict[str, Any]]:
        """Those of every account and region."""
        return list(self._projects.values())

    def project(self, name: str) -> dict[str, Any]:
        """A project.

        Raises:
            ServiceError: there is none of that name or ARN.
        """
        found = self._projects.get((self.here(), name.rpartition("project/")[2]))
        if found is None:
            raise ServiceError(
                "ResourceNotFoundException", f"Project cannot be found: {self.arn('project', name)}"
            )
        return found

    def keep(self, project: Mapping[str, Any]) -> dict[str, Any]:
        """Make a project, or give it these settings."""
        now = self.world.clock.now()
        name = str(project["name"])
        before = self._projects.get((self.here(), name), {})
        kept = self._projects[self.here(), name] = {
            "timeoutInMinutes": 60,
            "queuedTimeoutInMinutes": 480,
            "created": before.get("created", now),
            **project,
            "arn": self.arn("project", name),
            "lastModified": now,
        }
        return kept

    def forget(self, name: str) -> None:
        """Remove a project, if it is there; its builds stay."""
        self._projects.pop((self.here(), name), None)

    def builds(self, project: str = "") -> list[Build]:
        """The builds here, of one project or all, from the first to the last."""
        return [
            build
            for (at, _), build in self._builds.items()
            if at == self.here() and project in ("", build.record["projectName"])
        ]

    def build(self, name: str) -> Build | None:
        """A build by its id or ARN, if there is one."""
        return self._builds.get((self.here(), name.rpartition("build/")[2]))

    def add(self, project: Mapping[str, Any], handover: Handover | None) -> Build:
        """A new build, with an id that only depends on the project, its number and the seed."""
        with self._lock:
            name = project["name"]
            number = len(self.builds(name)) + 1
            chance = self.world.chance(f"{self.here()}/{name}/{number}")
            id_ = f"{name}:{uuid.UUID(int=chance.getrandbits(128), version=4)}"
            account, _ = self.here()
            record = {
                "id": id_,
                "arn": self.arn("build", id_),
                "buildNumber": number,
                "startTime": self.world.clock.now(),
                "currentPhase": "SUBMITTED",
                "buildStatus": "IN_PROGRESS",
                "buildComplete": False,
                "projectName": name,
                "phases": [],
                "initiator": handover.initiator if handover else f"{account}/user",
                **{
                    what: project[what]
                    for what in (
                        "source",
                        "secondarySources",
                        "sourceVersion",
                        "environment",
                        "serviceRole",
                        "timeoutInMinutes",
                        "queuedTimeoutInMinutes",
                        "encryptionKey",
                        "cache",
                    )
                    if project.get(what)
                },
            }
            if handover is not None:
                handover.build_id = id_
                # "For CodePipeline, the source revision provided by CodePipeline" (API Reference).
                record |= {"resolvedSourceVersion": handover.version} if handover.version else {}
            build = self._builds[self.here(), id_] = Build(
                project=copy.deepcopy(dict(project)), handover=handover, record=record
            )
            return build
