"""One repository of CodeCommit, and how it is shown."""

import os
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.git_store import GitStore


@dataclass(kw_only=True)
class Repository:
    """What CodeCommit knows of a repository beside its content."""

    account: str
    region: str
    name: str
    id: str
    git: GitStore
    created: float
    modified: float
    description: str = ""
    key: str = ""
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:codecommit:{self.region}:{self.account}:{self.name}"

    @property
    def url(self) -> str:
        """Where git finds it."""
        return f"https://127.0.0.1:{os.environ['GATEWAY_PORT']}/v1/repos/{self.name}"

    @property
    def ssh_url(self) -> str:
        """Where git would find it on AWS; here is no SSH."""
        return f"ssh://git-codecommit.{self.region}.amazonaws.com/v1/repos/{self.name}"


def described(repository: Repository) -> dict[str, Any]:
    """A repository as CodeCommit shows it."""
    optional = {
        "repositoryDescription": repository.description,
        "kmsKeyId": repository.key,
        "defaultBranch": repository.git.head() if repository.git.references() else "",
    }
    return {
        "accountId": repository.account,
        "repositoryId": repository.id,
        "repositoryName": repository.name,
        "creationDate": repository.created,
        "lastModifiedDate": repository.modified,
        "cloneUrlHttp": repository.url,
        "cloneUrlSsh": repository.ssh_url,
        "Arn": repository.arn,
        **{name: value for name, value in optional.items() if value},
    }
