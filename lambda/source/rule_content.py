"""The content of an approval rule, as CodeCommit takes it.

AWS CodeCommit User Guide, "Create an approval rule template" and "Create an approval rule for a
pull request".
"""

import json
from collections.abc import Sequence
from typing import Final

_VERSION: Final = "2018-11-08"


def content(*, approvals: int, approvers: Sequence[str], branches: Sequence[str] = ()) -> str:
    """Demand that so many of the approvers approve.

    Args:
        approvals: how many.
        approvers: who counts, as ARNs that may hold wildcards; anybody where there are none.
        branches: the destinations for which a template makes the rule; all where there are none.
            The rule of one pull request has none.
    """
    statement: dict[str, object] = {"Type": "Approvers", "NumberOfApprovalsNeeded": approvals}
    if approvers:
        statement["ApprovalPoolMembers"] = list(approvers)
    rule: dict[str, object] = {"Version": _VERSION}
    if branches:
        rule["DestinationReferences"] = [f"refs/heads/{branch}" for branch in branches]
    return json.dumps(rule | {"Statements": [statement]})
