"""Where a service's code comes from.

One provider so far. A second one joins as a class of its own, and `Source` becomes
`Annotated[CodeCommitSource | …, Field(discriminator="provider")]`; files that name no provider
keep their meaning.
"""

from typing import Annotated, Literal

from pydantic import Field

from delivery.rules import Model, Text

RepositoryName = Annotated[
    str,
    Text(
        words="letters, digits and . _ -, and not .git at the end",
        longest=100,
        pattern="^[A-Za-z0-9._-]+$",
        never=r"\.git$",
    ),
]
BranchName = Annotated[
    str,
    Text(
        words="letters, digits and . _ / -, a letter, digit or _ first; no .. or // or /. in it, "
        "no . or / or .lock at an end, and not 40 hexadecimal digits",
        longest=256,
        pattern="^[A-Za-z0-9_][A-Za-z0-9._/-]*$",
        never=r"\.\.|//|/\.|\.lock(/|$)|[./]$|^[0-9a-fA-F]{40}$",
    ),
]


class CodeCommitSource(Model):
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
    branch: BranchName = Field(
        default="main",
        description="The branch whose every push becomes a release.",
        examples=["main"],
    )


Source = CodeCommitSource
