"""Ask a security analyst's approval where a pull request touches what guards the delivery.

What cannot be read is asked for: a rule too many costs a look, a missing one a guard.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, Final

import aws
import changes
import globs
import log
import rule_content
from revision import Revision

_EXISTS: Final = "ApprovalRuleNameAlreadyExistsException"
_CLOSED: Final = "PullRequestAlreadyClosedException"


def handle(event: object, _context: object) -> dict[str, str]:
    """Make sure that the pull request has the rule, or needs none.

    A rule that is there stays, also when the change that asked for it is taken back; one that was
    changed or removed comes back.

    Returns:
        Why the rule is asked for; empty where it is not.

    Raises:
        UnreadableRevisionError: the event does not say which pull request.
        BotoCoreError, ClientError: the rule may be missing. Lambda tries again.
    """
    number = Revision.number_in(event)
    pull = aws.client("codecommit").get_pull_request(pullRequestId=number)["pullRequest"]
    why = _why(pull)
    if why:
        try:
            _ensure(pull)
        except aws.FAILURES as error:
            if aws.error_code(error) != _CLOSED:
                raise
            why = ""
    log.step("asked" if why else "not asked", pull_request=number, why=why)
    return {"why": why}


def _why(pull: Mapping[str, Any]) -> str:
    if pull.get("pullRequestStatus") == "CLOSED":
        return ""
    [target, *_] = pull["pullRequestTargets"]
    before = target.get("mergeBase") or target["destinationCommit"]
    try:
        paths = changes.between(os.environ["REPOSITORY"], before, target["sourceCommit"])
        guarded = json.loads(os.environ["GUARDED"])
        passed = globs.passing(paths, includes=guarded, excludes=[])
    except (changes.UnknownChangesError, ValueError) as error:
        return f"what changed is unknown: {error}"
    return f"{passed} changed" if passed else ""


def _ensure(pull: Mapping[str, Any]) -> None:
    name, content = os.environ["RULE"], _content()
    there = {rule["approvalRuleName"]: rule for rule in pull.get("approvalRules", [])}
    if name in there:
        if json.loads(there[name]["approvalRuleContent"]) != json.loads(content):
            _update(pull, content)
        return
    try:
        aws.client("codecommit").create_pull_request_approval_rule(
            pullRequestId=pull["pullRequestId"],
            approvalRuleName=name,
            approvalRuleContent=content,
        )
    except aws.FAILURES as error:
        if aws.error_code(error) != _EXISTS:
            raise
        _update(pull, content)


def _update(pull: Mapping[str, Any], content: str) -> None:
    aws.client("codecommit").update_pull_request_approval_rule_content(
        pullRequestId=pull["pullRequestId"],
        approvalRuleName=os.environ["RULE"],
        newRuleContent=content,
    )


def _content() -> str:
    return rule_content.content(approvals=1, approvers=json.loads(os.environ["APPROVERS"]))
