"""The pull requests of all accounts and regions of a world."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.approval_templates import Templates
from rehearsal.world.inside.plugins.codecommit.pull_request import Pull, state_detail
from rehearsal.world.inside.plugins.codecommit.repositories import Change, Repositories
from rehearsal.world.inside.plugins.codecommit.repository import Repository

STATE = "CodeCommit Pull Request State Change"


class PullRequests:
    """Numbered from 1 in each account and region, and kept as CodeCommit shows them."""

    def __init__(self, repositories: Repositories) -> None:
        self.repositories = repositories
        self.templates = Templates(repositories)
        self.chance = repositories.world.chance("aws.codecommit comments")
        self._all: dict[tuple[str, str], Pull] = {}
        self._approvals: dict[tuple[str, str, str], dict[str, str]] = {}

    def here(self) -> list[Pull]:
        """Those of the request's account and region, the oldest first."""
        place = _place(self.repositories.arn(""))
        return [pull for (where, _), pull in self._all.items() if where == place]

    def get(self, request: Mapping[str, Any]) -> Pull:
        """The pull request that a request is about.

        Raises:
            ServiceError: there is none of that number.
        """
        pull = self._found(request)
        if not pull:
            number = request["pullRequestId"]
            raise ServiceError("PullRequestDoesNotExistException", f"no pull request {number}")
        return pull

    def where(self, request: Mapping[str, Any]) -> str:
        """The repository that a request is about; empty where it does not say."""
        targets = request.get("targets") or self._found(request).get("pullRequestTargets")
        return str(targets[0].get("repositoryName", "")) if targets else ""

    def add(self, pull: Pull, repository: Repository) -> None:
        """Keep a new one."""
        self.touch(pull)
        self._all[_place(repository.arn), pull["pullRequestId"]] = pull

    def approvals_of(self, pull: Pull, revision: str) -> dict[str, str]:
        """What each who has said of a revision last said: APPROVE or REVOKE."""
        place = _place(self.repositories.arn(""))
        return self._approvals.setdefault((place, pull["pullRequestId"], revision), {})

    def follow(self, repository: Repository, changes: Sequence[Change], caller: str) -> None:
        """Keep up with the branches of open pull requests, and tell of new commits in them."""
        moved = {change["referenceFullName"] for change in changes}
        commits = repository.git.references()
        for pull in self.here():
            target = pull["pullRequestTargets"][0]
            if pull["pullRequestStatus"] != "OPEN" or target["repositoryName"] != repository.name:
                continue
            for side in ("destination", "source"):
                name = target[f"{side}Reference"]
                if name in moved and name in commits:
                    target[f"{side}Commit"] = commits[name]
            if target["sourceReference"] in moved & commits.keys():
                self.touch(pull)
                self.tell(pull, repository, "pullRequestSourceBranchUpdated", caller)

    def touch(self, pull: Pull) -> None:
        """Note that something happened to it now."""
        about = f"{pull['pullRequestId']} {pull['pullRequestTargets'][0]['sourceCommit']}"
        pull["revisionId"] = hashlib.sha256(about.encode()).hexdigest()
        pull["lastActivityDate"] = self.repositories.world.clock.now()

    def tell(self, pull: Pull, repository: Repository, event: str, caller: str) -> None:
        """Tell EventBridge what happened to it."""
        self.repositories.tell(STATE, repository, state_detail(pull, event, caller))

    def _found(self, request: Mapping[str, Any]) -> Pull:
        place = _place(self.repositories.arn(""))
        return self._all.get((place, str(request.get("pullRequestId"))), {})


def _place(arn: str) -> str:
    """Account and region, as a repository's ARN has them."""
    return arn.rpartition(":")[0]
