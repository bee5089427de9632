"""The approval rule template is what CloudFormation wants, and CloudFormation always hears."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.source.conftest import Package
from tests.source.fake_aws import AwsError

NAME = "acme-acme-two-people"
PEOPLE = ["arn:aws:sts::111122223333:assumed-role/acme-devops-engineer/*"]
PROPERTIES = {
    "ServiceToken": "arn:aws:lambda:eu-central-1:111122223333:function:template",
    "Name": NAME,
    "Description": "Nobody changes alone what is delivered",
    "Approvals": "2",
    "Approvers": PEOPLE,
    "Branches": ["main"],
    "Repositories": ["acme"],
}
CONTENT = {
    "Version": "2018-11-08",
    "DestinationReferences": ["refs/heads/main"],
    "Statements": [
        {"Type": "Approvers", "NumberOfApprovalsNeeded": 2, "ApprovalPoolMembers": PEOPLE}
    ],
}


class Context:
    """An invocation with so many seconds left."""

    def __init__(self, seconds: float = 120) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


class CloudFormation:
    """Where answers are put: what came, and the statuses that are given before 200."""

    def __init__(self) -> None:
        self.answers: list[dict[str, Any]] = []
        self.types: list[str | None] = []
        self.refuse: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = outer.refuse.pop(0) if outer.refuse else 200
                if status == 200:
                    outer.answers.append(json.loads(body))
                    outer.types.append(self.headers.get("Content-Type"))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/?signature=s3cret"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def stack() -> Iterator[CloudFormation]:
    made = CloudFormation()
    yield made
    made.close()


@pytest.fixture
def waits(package: Package, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """No time passes between two tries of an answer."""
    slept: list[float] = []
    send = package["answer"].Answerer.send

    def at_once(*args: Any, **more: Any) -> None:  # noqa: ANN401
        send(*args, **more, sleep=slept.append)

    monkeypatch.setattr(package["answer"].Answerer, "send", at_once)
    return slept


def request(stack: CloudFormation, kind: str, **more: object) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "ResponseURL": stack.url,
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Template",
        "ResourceProperties": PROPERTIES,
        **more,
    }


def play(package: Package, stack: CloudFormation, kind: str, **more: object) -> dict[str, Any]:
    """Send a request, and return the answer to it."""
    package.invoke("template", request(stack, kind, **more), Context())
    return stack.answers[-1]


def test_create_makes_the_template_and_associates_it(
    package: Package, stack: CloudFormation
) -> None:
    answer = play(package, stack, "Create")
    assert answer == {
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Template",
        "Status": "SUCCESS",
        "PhysicalResourceId": NAME,
        "Reason": "done",
    }
    made = package.aws.templates[NAME]
    assert json.loads(made["content"]) == CONTENT
    assert made["repositories"] == ["acme"]
    assert stack.types == [""]


def test_a_request_that_comes_again_changes_nothing(
    package: Package, stack: CloudFormation
) -> None:
    play(package, stack, "Create")
    before = json.dumps(package.aws.templates)
    assert play(package, stack, "Create")["Status"] == "SUCCESS"
    assert json.dumps(package.aws.templates) == before


def test_update_brings_content_and_repositories_to_what_is_wanted(
    package: Package, stack: CloudFormation
) -> None:
    old = {**PROPERTIES, "Repositories": ["acme", "old", "older"]}
    play(package, stack, "Create", ResourceProperties=old)
    new = {**PROPERTIES, "Approvals": "3", "Description": "d", "Repositories": ["acme", "new"]}
    answer = play(package, stack, "Update", ResourceProperties=new, PhysicalResourceId=NAME)
    assert answer["PhysicalResourceId"] == NAME
    made = package.aws.templates[NAME]
    assert json.loads(made["content"])["Statements"][0]["NumberOfApprovalsNeeded"] == 3
    assert (made["description"], sorted(made["repositories"])) == ("d", ["acme", "new"])


def test_another_name_is_another_resource(package: Package, stack: CloudFormation) -> None:
    """CloudFormation deletes the old one after it."""
    play(package, stack, "Create")
    new = {**PROPERTIES, "Name": "other"}
    answer = play(package, stack, "Update", ResourceProperties=new, PhysicalResourceId=NAME)
    assert answer["PhysicalResourceId"] == "other"
    play(package, stack, "Delete", PhysicalResourceId=NAME)
    assert set(package.aws.templates) == {"other"}


def test_delete_takes_it_from_its_repositories_first(
    package: Package, stack: CloudFormation
) -> None:
    play(package, stack, "Create", ResourceProperties={**PROPERTIES, "Repositories": ["a", "b"]})
    assert play(package, stack, "Delete", PhysicalResourceId=NAME)["Status"] == "SUCCESS"
    assert package.aws.templates == {}


def test_delete_of_what_is_gone_succeeds(package: Package, stack: CloudFormation) -> None:
    assert play(package, stack, "Delete", PhysicalResourceId=NAME)["Status"] == "SUCCESS"


def test_delete_of_a_template_whose_repository_is_gone_succeeds(
    package: Package, stack: CloudFormation
) -> None:
    play(package, stack, "Create")
    package.aws.gone.add("acme")
    assert play(package, stack, "Delete", PhysicalResourceId=NAME)["Status"] == "SUCCESS"
    assert package.aws.templates == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"Approvals": "two"},
        {"Approvers": "anybody"},
        {"Name": None},
        {"Repositories": [["acme"]]},
    ],
)
def test_wrong_properties_are_answered_with_what_is_wrong_and_can_be_deleted(
    package: Package, stack: CloudFormation, wrong: dict[str, object]
) -> None:
    answer = play(package, stack, "Create", ResourceProperties={**PROPERTIES, **wrong})
    assert answer["Status"] == "FAILED"
    assert "Approvals (a number)" in answer["Reason"]
    assert package.aws.calls == []
    rolled_back = play(package, stack, "Delete", PhysicalResourceId=answer["PhysicalResourceId"])
    assert rolled_back["Status"] == "SUCCESS"


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_a_refusal_of_codecommit_is_answered_with_its_reason(
    package: Package, stack: CloudFormation, kind: str
) -> None:
    for operation in ("CreateApprovalRuleTemplate", "ListRepositoriesForApprovalRuleTemplate"):
        package.aws.faults[operation] = [AwsError("AccessDeniedException")]
    answer = play(package, stack, kind, PhysicalResourceId=NAME)
    assert answer["Status"] == "FAILED"
    assert "AccessDeniedException" in answer["Reason"]
    assert answer["PhysicalResourceId"] == NAME


def test_no_step_touches_the_time_that_is_kept_for_the_answer(
    package: Package, stack: CloudFormation
) -> None:
    package.invoke("template", request(stack, "Create"), Context(seconds=29))
    assert package.aws.calls == []
    [answer] = stack.answers
    assert answer["Status"] == "FAILED"
    assert "no time is left" in answer["Reason"]


def test_an_answer_is_tried_until_cloudformation_has_it(
    package: Package, stack: CloudFormation, waits: list[float]
) -> None:
    stack.refuse = [503, 500]
    assert play(package, stack, "Create")["Status"] == "SUCCESS"
    assert len(waits) == 2


def test_an_answer_that_is_not_taken_fails_the_invocation(
    package: Package, stack: CloudFormation, waits: list[float]
) -> None:
    context = Context(seconds=5)
    stack.refuse = [403]
    with pytest.raises(package["answer"].NotAnsweredError):
        package.invoke("template", request(stack, "Delete", PhysicalResourceId=NAME), context)
    assert waits == []


def test_nobody_listens_fails_the_invocation(package: Package, stack: CloudFormation) -> None:
    event = request(stack, "Delete", PhysicalResourceId=NAME)
    event["ResponseURL"] = "http://127.0.0.1:9/"
    with pytest.raises(package["answer"].NotAnsweredError):
        package.invoke("template", event, Context(seconds=5))


def test_an_event_that_says_no_address_is_refused(package: Package) -> None:
    with pytest.raises(package["answer"].MalformedRequestError, match="ResponseURL"):
        package.invoke("template", {"RequestType": "Create"}, Context())


def test_a_long_reason_is_cut_to_what_cloudformation_takes(
    package: Package, stack: CloudFormation
) -> None:
    package.aws.faults["CreateApprovalRuleTemplate"] = [AwsError("E" * 9999)]
    answer = play(package, stack, "Create")
    assert len(json.dumps(answer)) < 4096


def test_the_signed_address_is_never_logged(
    package: Package,
    stack: CloudFormation,
    waits: list[float],
    capsys: pytest.CaptureFixture[str],
) -> None:
    stack.refuse = [503]
    play(package, stack, "Create")
    assert "s3cret" not in capsys.readouterr().out
    assert waits
