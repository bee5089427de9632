"""Which paths differ between two commits."""

from typing import Final

import aws

# Of a hundred differences each, or so: beyond it is a change to everything.
MOST_PAGES: Final = 50


class UnknownChangesError(Exception):
    """What changed cannot be said; the message says why."""


def between(repository: str, before: str, after: str) -> set[str]:
    """Return each path that was added, changed or removed; a moved file counts with both.

    Raises:
        UnknownChangesError: CodeCommit does not say, or more than can be looked at.
    """
    paths: set[str] = set()
    more: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        try:
            page = aws.client("codecommit").get_differences(
                repositoryName=repository,
                beforeCommitSpecifier=before,
                afterCommitSpecifier=after,
                **more,
            )
        except aws.FAILURES as error:
            raise UnknownChangesError(f"GetDifferences: {aws.error_code(error)}") from error
        for difference in page.get("differences", []):
            sides = (difference.get(side, {}) for side in ("beforeBlob", "afterBlob"))
            paths |= {side["path"] for side in sides if "path" in side}
        if not page.get("NextToken"):
            return paths
        more = {"NextToken": page["NextToken"]}
    raise UnknownChangesError(f"more than {MOST_PAGES} pages of differences")
