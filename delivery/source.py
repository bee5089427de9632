"""Where a service's code comes from."""

from typing import Annotated, Literal

from pydantic import Field

from delivery.changes import Changes
from delivery.connection import (
    BitbucketSource,
    GitHubEnterpriseSource,
    GitHubSource,
    GitLabSelfManagedSource,
    GitLabSource,
)
from delivery.one_of import OneOf
from delivery.rules import Text

RepositoryName = Annotated[
    str,
    Text(
        words="letters, digits and . _ -, and not .git at the end",
        longest=100,
        pattern="^[A-Za-z0-9._-]+$",
        never=r"\.git$",
    ),
]


class CodeCommitSource(Changes):
    """A branch of an AWS CodeCommit repository ("Quotas in AWS CodeCommit" has the limits)."""

    provider: Literal["codecommit"] = Field(
        default="codecommit",
        description="The service that holds the repository.",
    )
    repository: RepositoryName | None = Field(
        default=None,
        description="The repository's name. Left out, it is the delivery's.",
        examples=["lockgate"],
    )


def _provider(value: object) -> str | None:
    if isinstance(value, dict):
        return str(value.get("provider", "codecommit"))
    return getattr(value, "provider", None)


Source = Annotated[
    CodeCommitSource
    | GitHubSource
    | GitLabSource
    | BitbucketSource
    | GitHubEnterpriseSource
    | GitLabSelfManagedSource,
    OneOf(
        kinds={
            "codecommit": CodeCommitSource,
            "github": GitHubSource,
            "gitlab": GitLabSource,
            "bitbucket": BitbucketSource,
            "github-enterprise": GitHubEnterpriseSource,
            "gitlab-self-managed": GitLabSelfManagedSource,
        },
        kind_of=_provider,
        words="a table with the key provider, and the keys that belong to that provider",
        key="provider",
    ),
]
