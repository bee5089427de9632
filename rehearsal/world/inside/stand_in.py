"""What stands in for a repository that is not on AWS: one of CodeCommit's, by nearly its name."""


def stand_in(full_name: str) -> str:
    """The CodeCommit repository for owner/name; a name there has no /."""
    return full_name.replace("/", "-")
