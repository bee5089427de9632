"""An approver sees what a release would change, by a change set that nobody executes."""

import hashlib
import json
from typing import Any

import pytest

from tests.gate.fake_aws import AwsError
from tests.gate.faults import DENIED, PASSING
from tests.release.conftest import Gates
from tests.release.fake_aws import CHANGE_SET_ID, STACK, TEMPLATE, Releases, archive, event
from tests.release.test_sensitive import modified, property_, resource

ASKED = {"stack": STACK, "template": f"{STACK}.template.json", "region": "eu-central-1"}
KEY = "lockgate-orders/assembly/1"
FILE = STACK.replace("-", "_")
LARGE = {**TEMPLATE, "Description": "x" * 51_200}


@pytest.fixture
def world() -> Releases:
    world = Releases()
    world.artifacts[KEY] = archive(**{FILE: TEMPLATE})
    return world


def look(gates: Gates, world: Releases, asked: dict[str, Any] = ASKED) -> str:
    """Take one turn, with the token of the one before: done, later, or refused."""
    token = None
    if world.reports:
        token = json.loads(world.reports.pop()[1]["continuationToken"])
    try:
        gates.invoke("review", world, event(asked, token=token, artifact=KEY))
    except gates["turn"].ClosedError:
        assert world.report[0] == "refused"
    return world.reports[-1][0]


def reviewed(gates: Gates, world: Releases, asked: dict[str, Any] = ASKED) -> str:
    """Take a turn, let CloudFormation finish, and take another."""
    assert look(gates, world, asked) == "later"
    world.finish()
    return look(gates, world, asked)


def why(world: Releases) -> str:
    return str(world.reports[-1][1]["failureDetails"]["message"])


def put_out(world: Releases) -> dict[str, str]:
    return dict(world.reports[-1][1]["outputVariables"])


def test_a_change_set_is_made_on_the_stack_and_put_into_words(
    gates: Gates, world: Releases
) -> None:
    world.pages = [[modified("AWS::IAM::Role", "Policies")]]

    assert reviewed(gates, world) == "done"

    assert world.made == [
        {
            "StackName": STACK,
            "ChangeSetName": "review",
            "ChangeSetType": "UPDATE",
            "TemplateBody": json.dumps(TEMPLATE),
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            "Description": "For review, by job 11111111-2222-3333-4444-555555555555",
        }
    ]
    assert put_out(world) == {
        "Summary": "SECURITY: It (IAM::Role) changed: who may do what [Policies]"
        " | RESOURCES: 1 changed",
        "Link": "https://eu-central-1.console.aws.amazon.com/cloudformation/home"
        "?region=eu-central-1#/stacks/changesets/changes"
        "?stackId=arn%3Aaws%3Acloudformation%3Aeu-central-1%3A111122223333%3Astack%2F"
        "lockgate-orders-prod%2F1"
        "&changeSetId=arn%3Aaws%3Acloudformation%3Aeu-central-1%3A111122223333%3A"
        "changeSet%2Freview%2F1",
    }
    assert world.change_set is not None, "it stays for the approver to open"


def test_the_artifact_is_read_with_what_codepipeline_lends(gates: Gates, world: Releases) -> None:
    look(gates, world)

    assert ("GetObject", "lent") in world.signed
    assert {key for call, key in world.signed if call != "GetObject"} == {"own"}


def test_another_account_is_reviewed_as_its_role(gates: Gates, world: Releases) -> None:
    role = "arn:aws:iam::444455556666:role/lockgate/orders/prod/a-review"

    assert reviewed(gates, world, {**ASKED, "role": role}) == "done"

    by = {key for call, key in world.signed if "ChangeSet" in call or "Stack" in call}
    assert by == {"temporary-key-of-a-review"}


def test_a_large_template_goes_by_the_artifact_store(gates: Gates, world: Releases) -> None:
    body = json.dumps(LARGE).encode()
    world.artifacts[KEY] = archive(**{FILE: LARGE})

    assert reviewed(gates, world) == "done"

    key = f"reviews/{STACK}/{hashlib.sha256(body).hexdigest()}.template.json"
    assert world.stored == {f"artifacts/{key}": body}
    [made] = world.made
    assert made["TemplateURL"] == f"https://s3.eu-central-1.amazonaws.com/artifacts/{key}"
    assert "TemplateBody" not in made


def test_all_pages_are_read(gates: Gates, world: Releases) -> None:
    world.pages = [[modified("AWS::Lambda::Function", "Code")]] * 3

    assert reviewed(gates, world) == "done"
    assert put_out(world)["Summary"].endswith("RESOURCES: 3 changed")


def test_pages_without_an_end_are_refused(gates: Gates, world: Releases) -> None:
    world.pages = [[]] * 51

    assert reviewed(gates, world) == "refused"


def test_an_earlier_review_gives_way(gates: Gates, world: Releases) -> None:
    world.change_set = {"ChangeSetId": CHANGE_SET_ID.format(0), "StackId": STACK, "Status": "?"}

    assert reviewed(gates, world) == "done"
    assert CHANGE_SET_ID.format(1).rpartition("/")[2] in put_out(world)["Link"][-4:]


@pytest.mark.parametrize("status", ["", "REVIEW_IN_PROGRESS"])
def test_a_first_release_is_counted_and_makes_no_change_set(
    gates: Gates, world: Releases, status: str
) -> None:
    """A change set would leave a stack behind that holds nothing."""
    world.status = status

    assert look(gates, world) == "done"
    assert put_out(world)["Summary"] == (
        f"First release of {STACK}: there is no change set to review. | SECURITY: 1 IAM::Role"
    )
    assert put_out(world)["Link"].startswith("https://eu-central-1.console.aws.amazon.com/")
    assert world.made == []


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information.",
        "No updates are to be performed.",
    ],
)
def test_no_changes_are_said_to_be_none(gates: Gates, world: Releases, reason: str) -> None:
    world.ends = {"Status": "FAILED", "StatusReason": reason}

    assert reviewed(gates, world) == "done"
    assert put_out(world)["Summary"].startswith("No changes")


@pytest.mark.parametrize("status", ["FAILED", "DELETE_PENDING", "DELETE_FAILED", "SOMETHING_NEW"])
def test_a_change_set_that_is_not_made_is_refused_with_its_reason(
    gates: Gates, world: Releases, status: str
) -> None:
    world.ends = {"Status": status, "StatusReason": "Transform broke"}

    assert reviewed(gates, world) == "refused"
    assert "Transform broke" in why(world)


def test_a_stack_that_is_busy_is_waited_for(gates: Gates, world: Releases) -> None:
    world.status = "UPDATE_IN_PROGRESS"
    assert look(gates, world) == "later"
    assert world.made == []
    world.wait(minutes=30)
    world.status = "UPDATE_COMPLETE"
    assert reviewed(gates, world) == "done"


@pytest.mark.parametrize(
    "refusal",
    [
        AwsError(
            "ValidationError",
            message=f"Stack:{STACK} is in UPDATE_IN_PROGRESS state and can not be updated.",
        ),
        AwsError("AlreadyExistsException"),
    ],
)
def test_a_change_set_that_is_refused_for_now_is_made_later(
    gates: Gates, world: Releases, refusal: AwsError
) -> None:
    """The stack may have become busy, or the earlier change set is still being deleted."""
    world.faults = {"CreateChangeSet": [refusal]}

    assert look(gates, world) == "later"
    assert reviewed(gates, world) == "done"


def test_a_review_that_others_use_is_deleted_later(gates: Gates, world: Releases) -> None:
    world.faults = {"DeleteChangeSet": [AwsError("InvalidChangeSetStatus")]}

    assert look(gates, world) == "later"
    assert reviewed(gates, world) == "done"


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"])
def test_nothing_is_waited_for_without_end(gates: Gates, world: Releases, status: str) -> None:
    world.status = status
    assert look(gates, world) == "later"
    world.wait(hours=21)

    assert look(gates, world) == "refused"
    assert "20:00:00" in why(world)


def test_another_change_set_in_its_place_is_replaced(gates: Gates, world: Releases) -> None:
    """An approver never reads of changes that are not those of this release."""
    look(gates, world)
    world.change_set = {"ChangeSetId": "arn:of-another", "StackId": STACK, "Status": "?"}

    assert reviewed(gates, world) == "done"
    assert len(world.made) == 2


def test_a_change_set_that_somebody_deleted_is_made_again(gates: Gates, world: Releases) -> None:
    look(gates, world)
    world.change_set = None

    assert reviewed(gates, world) == "done"
    assert len(world.made) == 2


@pytest.mark.parametrize(
    "call", ["GetObject", "DescribeStacks", "CreateChangeSet", "DeleteChangeSet"]
)
@pytest.mark.parametrize("name", ["denied", *PASSING])
def test_a_call_that_fails_is_refused(gates: Gates, world: Releases, call: str, name: str) -> None:
    world.always = {call: DENIED if name == "denied" else PASSING[name]}

    assert look(gates, world) == "refused"


@pytest.mark.parametrize("name", ["denied", *PASSING])
def test_a_change_set_that_cannot_be_read_is_refused(
    gates: Gates, world: Releases, name: str
) -> None:
    world.always = {"DescribeChangeSet": DENIED if name == "denied" else PASSING[name]}

    assert reviewed(gates, world) == "refused"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no zip", "no zip"),
        (archive(other=TEMPLATE), "has no file"),
        (archive(**{FILE: "x" * 1_000_001}), "1000001 bytes"),
    ],
)
def test_an_artifact_without_the_template_is_refused(
    gates: Gates, world: Releases, content: bytes, told: str
) -> None:
    world.artifacts[KEY] = content

    assert look(gates, world) == "refused"
    assert told in why(world)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"Resources": [1]}', '{"Resources": {"A": 1}}']
)
def test_a_first_template_that_cannot_be_read_is_refused(
    gates: Gates, world: Releases, content: str
) -> None:
    world.status = ""
    world.artifacts[KEY] = archive(**{FILE: content})

    assert look(gates, world) == "refused"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stack", "a/b"),
        ("template", "../other.template.json"),
        ("template", "release.yaml"),
        ("region", ""),
        ("role", "admin"),
        ("more", 1),
    ],
)
def test_a_parameter_without_meaning_is_refused(
    gates: Gates, world: Releases, name: str, value: object
) -> None:
    assert look(gates, world, {**ASKED, name: value}) == "refused"
    assert world.operations() == {"codepipeline:PutJobFailureResult"}


def test_a_job_without_its_artifact_is_refused(gates: Gates, world: Releases) -> None:
    with pytest.raises(gates["turn"].ClosedError, match="one input artifact"):
        gates.invoke("review", world, event(ASKED))


def test_the_whole_list_goes_to_the_log(
    gates: Gates, world: Releases, capsys: pytest.CaptureFixture[str]
) -> None:
    world.pages = [
        [
            resource("Modify", "AWS::KMS::Key", property_("KeyPolicy", "old", "new")),
            modified("AWS::Lambda::Function", "Code"),
        ]
    ]

    reviewed(gates, world)

    lines = [json.loads(each) for each in capsys.readouterr().out.splitlines()]
    changes = [each for each in lines if each["step"] == "change"]
    assert [(each["type"], bool(each["security"])) for each in changes] == [
        ("AWS::KMS::Key", True),
        ("AWS::Lambda::Function", False),
    ]
    assert changes[0]["differences"] == [{"name": "KeyPolicy", "before": "old", "after": "new"}]
