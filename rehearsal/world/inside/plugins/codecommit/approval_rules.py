"""The approval rules of one pull request, who has approved it, and what is still missing.

Of a rule's pool the world reads ARNs, with wildcards; not the short form `CodeCommitApprovers:`.
"""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codecommit.approval_templates import checked, sha256
from rehearsal.world.inside.plugins.codecommit.pull_request import Pull
from rehearsal.world.inside.plugins.codecommit.pull_requests import PullRequests

Said = dict[str, Any]


def not_satisfied(pulls: PullRequests, pull: Pull) -> list[str]:
    """The rules that the pull request does not meet at its present revision."""
    approved = {
        who
        for who, state in pulls.approvals_of(pull, pull["revisionId"]).items()
        if state == "APPROVE"
    }
    missing = []
    for rule in pull["approvalRules"]:
        [statement] = json.loads(rule["approvalRuleContent"])["Statements"]
        pool = statement.get("ApprovalPoolMembers") or ["*"]
        counted = [who for who in approved if any(fnmatchcase(who, each) for each in pool)]
        if len(counted) < int(statement["NumberOfApprovalsNeeded"]):
            missing.append(rule["approvalRuleName"])
    return missing


def _open(pulls: PullRequests, request: Said) -> Pull:
    pull = pulls.get(request)
    if pull["pullRequestStatus"] == "CLOSED":
        raise ServiceError("PullRequestAlreadyClosedException", "it is closed")
    return pull


def _create(pulls: PullRequests, request: Said) -> Said:
    with pulls.repositories.lock:
        pull, name = _open(pulls, request), request["approvalRuleName"]
        if name in {rule["approvalRuleName"] for rule in pull["approvalRules"]}:
            code = "ApprovalRuleNameAlreadyExistsException"
            raise ServiceError(code, f"{name} already exists")
        rule = pulls.templates.rule(name, checked(request["approvalRuleContent"]))
        pull["approvalRules"].append(rule)
        _tell(pulls, pull, "pullRequestApprovalRuleCreated")
    return {"approvalRule": rule}


def _update(pulls: PullRequests, request: Said) -> Said:
    with pulls.repositories.lock:
        pull = _open(pulls, request)
        rule = _rule(pull, request)
        if "originApprovalRuleTemplate" in rule:
            code = "CannotModifyApprovalRuleFromTemplateException"
            raise ServiceError(code, "it comes from a template")
        content = checked(request["newRuleContent"])
        by, now = pulls.repositories.caller(), pulls.repositories.world.clock.now()
        rule |= {"approvalRuleContent": content, "ruleContentSha256": sha256(content)}
        rule |= {"lastModifiedDate": now, "lastModifiedUser": by}
        _tell(pulls, pull, "pullRequestApprovalRuleUpdated")
    return {"approvalRule": rule}


def _delete(pulls: PullRequests, request: Said) -> Said:
    with pulls.repositories.lock:
        pull = _open(pulls, request)
        rule = _rule(pull, request)
        if "originApprovalRuleTemplate" in rule:
            code = "CannotDeleteApprovalRuleFromTemplateException"
            raise ServiceError(code, "it comes from a template")
        pull["approvalRules"].remove(rule)
        _tell(pulls, pull, "pullRequestApprovalRuleDeleted")
    return {"approvalRuleId": rule["approvalRuleId"]}


def _rule(pull: Pull, request: Said) -> Said:
    for rule in pull["approvalRules"]:
        if rule["approvalRuleName"] == request["approvalRuleName"]:
            found: Said = rule
            return found
    raise ServiceError("ApprovalRuleDoesNotExistException", f"no {request['approvalRuleName']}")


def _state(pulls: PullRequests, request: Said) -> None:
    with pulls.repositories.lock:
        pull, who = _open(pulls, request), pulls.repositories.caller()
        if request["revisionId"] != pull["revisionId"]:
            code = "RevisionNotCurrentException"
            raise ServiceError(code, f"it is at {pull['revisionId']}")
        if who == pull["authorArn"]:
            code = "PullRequestCannotBeApprovedByAuthorException"
            raise ServiceError(code, "nobody approves a pull request of their own")
        pulls.approvals_of(pull, request["revisionId"])[who] = request["approvalState"]
        _tell(pulls, pull, "pullRequestApprovalStateChanged")


def _states(pulls: PullRequests, request: Said) -> Said:
    given = pulls.approvals_of(pulls.get(request), request["revisionId"])
    return {"approvals": [{"userArn": w, "approvalState": s} for w, s in given.items()]}


def _evaluate(pulls: PullRequests, request: Said) -> Said:
    pull = pulls.get(request)
    if request["revisionId"] != pull["revisionId"]:
        raise ServiceError("RevisionNotCurrentException", f"it is at {pull['revisionId']}")
    missing = not_satisfied(pulls, pull)
    names = [rule["approvalRuleName"] for rule in pull["approvalRules"]]
    return {
        "evaluation": {
            "approved": not missing,
            "overridden": False,
            "approvalRulesSatisfied": [name for name in names if name not in missing],
            "approvalRulesNotSatisfied": missing,
        }
    }


def _tell(pulls: PullRequests, pull: Pull, event: str) -> None:
    repository = pulls.repositories.get(pull["pullRequestTargets"][0]["repositoryName"])
    pulls.tell(pull, repository, event, pulls.repositories.caller())


OPERATIONS: dict[str, Callable[[PullRequests, Said], Said | None]] = {
    "CreatePullRequestApprovalRule": _create,
    "DeletePullRequestApprovalRule": _delete,
    "EvaluatePullRequestApprovalRules": _evaluate,
    "GetPullRequestApprovalStates": _states,
    "UpdatePullRequestApprovalRuleContent": _update,
    "UpdatePullRequestApprovalState": _state,
}
