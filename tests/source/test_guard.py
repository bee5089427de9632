"""A pull request that touches what guards the delivery needs a security analyst."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.source.conftest import ANALYST, Package, opened
from tests.source.fake_aws import A, AwsError, B

RULE = {
    "Version": "2018-11-08",
    "Statements": [
        {"Type": "Approvers", "NumberOfApprovalsNeeded": 1, "ApprovalPoolMembers": [ANALYST]}
    ],
}


def changed(package: Package, *paths: str) -> None:
    package.aws.changes[A, B] = list(paths)


def rules(package: Package) -> dict[str, object]:
    return {name: json.loads(content) for name, content in package.aws.rules.items()}


def test_a_change_of_a_guarded_path_asks_a_security_analyst(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    assert package.invoke("guard", opened())["why"] == "stacks/pipeline.py changed"
    assert rules(package) == {"security-analyst": RULE}


def test_any_other_change_asks_nobody(package: Package) -> None:
    changed(package, "services/orders/handler.py")
    assert package.invoke("guard", opened()) == {"why": ""}
    assert rules(package) == {}


def test_what_cannot_be_read_is_asked_for(package: Package) -> None:
    assert "unknown" in package.invoke("guard", opened())["why"]
    assert rules(package) == {"security-analyst": RULE}


def test_a_rule_that_is_there_is_left_alone(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    package.invoke("guard", opened())
    package.invoke("guard", opened(event="pullRequestSourceBranchUpdated"))
    assert "UpdatePullRequestApprovalRuleContent" not in package.aws.calls
    assert rules(package) == {"security-analyst": RULE}


def test_a_rule_that_was_weakened_is_put_right(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    package.invoke("guard", opened())
    package.aws.pull["approvalRules"][0]["approvalRuleContent"] = "{}"
    package.invoke("guard", opened(event="pullRequestApprovalRuleUpdated"))
    assert rules(package) == {"security-analyst": RULE}


def test_a_rule_that_was_removed_comes_back(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    package.invoke("guard", opened(event="pullRequestApprovalRuleDeleted"))
    assert rules(package) == {"security-analyst": RULE}


def test_a_rule_stays_when_the_change_is_taken_back(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    package.invoke("guard", opened())
    changed(package, "README.md")
    package.invoke("guard", opened())
    assert rules(package) == {"security-analyst": RULE}


def test_a_rule_made_meanwhile_is_brought_to_what_it_must_be(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    made = {"approvalRuleName": "security-analyst", "approvalRuleContent": "{}"}
    package.aws.faults["CreatePullRequestApprovalRule"] = [
        AwsError("ApprovalRuleNameAlreadyExistsException")
    ]
    original = package.aws.get_pull_request

    def before(request: dict[str, object]) -> object:
        found = original(request)
        answer = json.loads(json.dumps(found))
        package.aws.pull["approvalRules"] = [made]
        return answer

    package.aws.get_pull_request = before  # type: ignore[method-assign, assignment]
    package.invoke("guard", opened())
    assert rules(package) == {"security-analyst": RULE}


def test_a_closed_pull_request_gets_no_rule(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    package.aws.pull["pullRequestStatus"] = "CLOSED"
    assert package.invoke("guard", opened()) == {"why": ""}
    assert rules(package) == {}


def test_a_pull_request_that_closes_meanwhile_gets_no_rule(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    package.aws.faults["CreatePullRequestApprovalRule"] = [
        AwsError("PullRequestAlreadyClosedException")
    ]
    assert package.invoke("guard", opened()) == {"why": ""}


def test_a_rule_that_cannot_be_made_fails_so_that_it_is_tried_again(package: Package) -> None:
    changed(package, "stacks/pipeline.py")
    package.aws.faults["CreatePullRequestApprovalRule"] = [
        AwsError("NumberOfRulesExceededException")
    ]
    with pytest.raises(ClientError):
        package.invoke("guard", opened())
