"""Repositories outside AWS, which AWS CodeConnections leads to.

A connection is made without a secret in anybody's hands: the provider's own page grants it, once,
in the console.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from delivery.changes import Changes, Globs
from delivery.rules import Conflict, Text, conflicting

_PART = "[A-Za-z0-9_.-]+"

OwnedName = Annotated[
    str,
    Text(
        words="owner/name: letters, digits and . _ - on both sides of one /",
        shortest=3,
        longest=200,
        pattern=f"^{_PART}/{_PART}$",
        never=r"\.git$",
    ),
]
GroupedName = Annotated[
    str,
    Text(
        words="group/name, or with subgroups group/subgroup/name: letters, digits and . _ - in "
        "each part",
        shortest=3,
        longest=500,
        pattern=f"^{_PART}(/{_PART})+$",
        never=r"\.git$",
    ),
]
ConnectionArn = Annotated[
    str,
    Text(
        words="the ARN of a connection: arn:aws:codeconnections:<Region>:<account>:connection/<id>",
        shortest=40,
        longest=256,
        pattern="^arn:aws(-[a-z]+)*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}"
        ":connection/[A-Za-z0-9-]+$",
    ),
]
HostArn = Annotated[
    str,
    Text(
        words="the ARN of a host: arn:aws:codeconnections:<Region>:<account>:host/<name>-<id>",
        shortest=40,
        longest=256,
        pattern="^arn:aws(-[a-z]+)*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}"
        ":host/[A-Za-z0-9._-]+$",
    ),
]
ServerAddress = Annotated[
    str,
    Text(
        words="https:// and the server's name, with nothing behind it but a port",
        shortest=12,
        longest=200,
        pattern=r"^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{2,5})?$",
    ),
]


class ConnectedSource(Changes):
    """A branch of a repository that a connection leads to."""

    provider: str
    repository: OwnedName = Field(
        description="The repository's full name.", examples=["acme/orders"]
    )
    connection: ConnectionArn | None = Field(
        default=None,
        description="The connection to the provider. Left out, the foundation makes one, which "
        "someone must confirm once, in the console: Developer Tools, Settings, Connections.",
        examples=["arn:aws:codeconnections:eu-central-1:111122223333:connection/0a1b2c3d"],
    )
    tags: Globs = Field(
        default=(),
        description="A push of a tag that fits one of these patterns starts a release as well.",
        examples=[["v*"]],
    )


class GitHubSource(ConnectedSource):
    """A branch of a repository on github.com."""

    provider: Literal["github"] = Field(description="The service that holds the repository.")


class BitbucketSource(ConnectedSource):
    """A branch of a repository on bitbucket.org."""

    provider: Literal["bitbucket"] = Field(description="The service that holds the repository.")


class GitLabSource(ConnectedSource):
    """A branch of a repository on gitlab.com."""

    provider: Literal["gitlab"] = Field(description="The service that holds the repository.")
    repository: GroupedName = Field(
        description="The repository's full name, with its groups.", examples=["acme/shop/orders"]
    )


class SelfManagedSource(ConnectedSource):
    """A branch of a repository on a company's own server."""

    host: HostArn | None = Field(
        default=None,
        description="The host that stands for the server, where the foundation makes the "
        "connection. It is made in the console: Developer Tools, Settings, Connections, Hosts.",
        examples=["arn:aws:codeconnections:eu-central-1:111122223333:host/acme-0a1b2c3d"],
    )

    server: ServerAddress | None = Field(
        default=None,
        description="The server's address, from which pull requests are fetched. Left out, they "
        "are not built.",
        examples=["https://git.example.com"],
    )

    @model_validator(mode="after")
    def _leads_to_a_server(self) -> Self:
        if (self.connection is None) == (self.host is None):
            raise conflicting(
                [
                    Conflict(
                        at=("host",),
                        allowed="either host or connection",
                        fix="write the ARN of a host, for a connection that the foundation makes, "
                        "or that of a connection that you have made: one of the two says which "
                        "server it is",
                    )
                ]
            )
        return self


class GitHubEnterpriseSource(SelfManagedSource):
    """A branch of a repository on a GitHub Enterprise Server."""

    provider: Literal["github-enterprise"] = Field(
        description="The service that holds the repository."
    )


class GitLabSelfManagedSource(SelfManagedSource):
    """A branch of a repository on a GitLab server of a company's own."""

    provider: Literal["gitlab-self-managed"] = Field(
        description="The service that holds the repository."
    )
    repository: GroupedName = Field(
        description="The repository's full name, with its groups.", examples=["acme/shop/orders"]
    )
