"""What CodeCommit tells of branches and tags that move."""

from collections.abc import Iterator, Mapping

KINDS = {"refs/heads/": "branch", "refs/tags/": "tag"}


def reference_changes(
    before: Mapping[str, str], after: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """What is told of each branch and tag that was made, moved or removed, by name."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        prefix = next((each for each in KINDS if name.startswith(each)), None)
        if prefix is None or old == new:
            continue
        happened = "Created" if old is None else "Deleted" if new is None else "Updated"
        yield {
            "event": f"reference{happened}",
            "referenceType": KINDS[prefix],
            "referenceName": name.removeprefix(prefix),
            "referenceFullName": name,
            **({"commitId": new} if new else {}),
            **({"oldCommitId": old} if old else {}),
        }
