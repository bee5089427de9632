"""Which changes to a repository start a release."""

from typing import Annotated

from pydantic import Field

from delivery.rules import Model, Text, Unique

# Of a trigger's patterns of one kind ("GitFilePathFilterCriteria" in CodePipeline's API).
MOST_PATTERNS = 8
_GLOB_WORDS = (
    "a glob pattern: letters, digits, and . _ / - + @ for themselves; * for anything but /, ** "
    "for anything, ? for one character, [ ] for one of some, {a,b} for one of several"
)

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
Glob = Annotated[
    str,
    Text(
        words=f"{_GLOB_WORDS}; no / first, and no // or .. in it",
        longest=255,
        pattern=r"^[A-Za-z0-9._*?{}\[\],!/+@-]+$",
        never=r"^/|//|\.\.",
    ),
]
Globs = Annotated[tuple[Glob, ...], Field(max_length=MOST_PATTERNS), Unique()]


class Changes(Model):
    """A branch, and what of it concerns a service."""

    branch: BranchName = Field(
        default="main",
        description="The branch whose every push becomes a release.",
        examples=["main"],
    )
    paths: Globs = Field(
        default=(),
        description="Only changes under these paths start a release. Left out, it is every change "
        "but those to the folders of other services with the same repository.",
        examples=[["services/orders/**"]],
    )
    pull_requests: bool = Field(
        default=True,
        strict=True,
        description="Whether each pull request to the branch is built and tested, so that its "
        "reviewers know before they merge.",
    )
