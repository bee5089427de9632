"""Which services may assume a role, and whether they are held to their source."""

import re
from collections.abc import Iterable, Iterator

from tests.iam.policies import Statement

ACCOUNT = re.compile(r"<AWS::AccountId>|[0-9]{12}")


def services_without_source(found: Iterable[Statement]) -> Iterator[str]:
    """Services that may assume a role on behalf of any account and any resource."""
    for statement in found:
        accounts = statement.condition("StringEquals", "aws:SourceAccount")
        sources = statement.condition("ArnLike", "aws:SourceArn")
        held = (
            len(accounts) == 1
            and ACCOUNT.fullmatch(accounts[0])
            and sources
            and not any("*" in source or "?" in source for source in sources)
        )
        if not held:
            yield from (who for kind, who in statement.principals if kind == "Service")
