"""`python -m operations plan`: the assembly against what is deployed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from operations.plan.deployed import CloudFormation
from tests.operations.assemblies import Template, resource, template, write
from tests.operations.conftest import ELSEWHERE, HOME, FakeAws, Run

TOPIC, TABLE = resource("AWS::SNS::Topic"), resource("AWS::DynamoDB::Table")
ROLE = resource("AWS::IAM::Role", {"Path": "/acme/orders/gamma/"})
SCHEMA = {"properties": {}, "createOnlyProperties": ["/properties/TopicName"]}


def stacks(stub: Stubber, found: Mapping[str, Template | str], **more: Any) -> None:  # noqa: ANN401
    told = [
        {"StackName": name, "CreationTime": 0, "StackStatus": "CREATE_COMPLETE", **more}
        for name in [*found, "other-stack"]
    ]
    stub.add_response("describe_stacks", {"Stacks": told}, {})
    for name, body in found.items():
        text = body if isinstance(body, str) else json.dumps(body)
        asked = {"StackName": name, "TemplateStage": "Original"}
        stub.add_response("get_template", {"TemplateBody": text}, asked)


def schema(stub: Stubber, type_name: str, found: Mapping[str, Any]) -> None:
    asked = {"Type": "RESOURCE", "TypeName": type_name}
    stub.add_response("describe_type", {"Schema": json.dumps(found)}, asked)


def plan(run: Run, folder: Path, *more: str) -> tuple[int, str, str]:
    return run("plan", "--assembly", str(folder), "--account", HOME, *more)


def test_without_a_difference_nothing_would_go(fake: FakeAws, run: Run, tmp_path: Path) -> None:
    same = template(Topic=TOPIC)
    stacks(fake.stub("cloudformation"), {"acme-foundation": same})
    code, said, _ = plan(run, write(tmp_path, {"acme-foundation": same}), "--exit-code")
    assert code == 0
    assert "acme-foundation: no difference" in said
    assert said.endswith("Nothing has been changed.\n")


def test_a_stack_that_is_not_there_is_new(fake: FakeAws, run: Run, tmp_path: Path) -> None:
    stacks(fake.stub("cloudformation"), {})
    new = write(tmp_path, {"acme-audit": template(Topic=TOPIC)})
    code, said, _ = plan(run, new, "--exit-code")
    assert (code, "acme-audit: new, 1 resources" in said) == (0, True)


@pytest.mark.parametrize(("asked", "code"), [(("--exit-code",), 1), ((), 0)])
def test_what_goes_is_said_and_ends_with_one_when_asked(
    fake: FakeAws, run: Run, tmp_path: Path, asked: tuple[str, ...], code: int
) -> None:
    stub = fake.stub("cloudformation")
    before = template(Topic=resource("AWS::SNS::Topic", {"TopicName": "a"}), Table=TABLE)
    stacks(stub, {"acme-foundation": before})
    schema(stub, "AWS::SNS::Topic", SCHEMA)
    after = template(Topic=resource("AWS::SNS::Topic", {"TopicName": "b"}))
    ended, said, _ = plan(run, write(tmp_path, {"acme-foundation": after}), *asked)
    assert ended == code
    assert "! Table (AWS::DynamoDB::Table): deleted; DATA MAY BE LOST" in said
    assert "- Topic (AWS::SNS::Topic): replaced" in said


def test_an_orphan_is_named_with_the_way_to_delete_it(
    fake: FakeAws, run: Run, tmp_path: Path
) -> None:
    gone = template(Role=ROLE, Table=TABLE, Key=resource("AWS::KMS::Key", DeletionPolicy="Retain"))
    stub = fake.stub("cloudformation")
    stacks(stub, {"acme-orders-gamma": gone}, RoleARN="arn:aws:iam::111122223333:role/deploy")
    assembly = write(tmp_path, {"acme-foundation": template(Topic=TOPIC)})
    code, said, _ = plan(run, assembly, "--exit-code")
    assert code == 1
    assert "acme-orders-gamma: orphaned (CREATE_COMPLETE)" in said
    assert "of its 3 resources 1 would be kept and 1 hold data" in said
    assert "delete-stack --stack-name acme-orders-gamma --region eu-central-1 --role-arn" in said
    assert "! Table (AWS::DynamoDB::Table): deleted; DATA MAY BE LOST" in said


def test_a_stack_that_was_never_deployed_is_not_looked_at(
    fake: FakeAws, run: Run, tmp_path: Path
) -> None:
    stub = fake.stub("cloudformation")
    review = {
        "StackName": "acme-orders-beta",
        "CreationTime": 0,
        "StackStatus": "REVIEW_IN_PROGRESS",
    }
    stub.add_response("describe_stacks", {"Stacks": [review]}, {})
    code, said, _ = plan(run, write(tmp_path, {"acme-orders-beta": template(Topic=TOPIC)}))
    assert (code, "acme-orders-beta: new" in said) == (0, True)


def test_a_place_that_the_credentials_do_not_reach_is_an_error(
    fake: FakeAws, run: Run, tmp_path: Path
) -> None:
    assembly = write(tmp_path, {"acme-orders-prod": template()}, f"{ELSEWHERE}/eu-central-1")
    stacks(fake.stub("cloudformation"), {})
    code, said, _ = run("plan", "--assembly", str(assembly))
    assert code == 2
    assert f"aws://{ELSEWHERE}/eu-central-1 was not looked at" in said
    fake.accounts["prod"] = ELSEWHERE
    stacks(fake.stub("cloudformation"), {})
    stacks(fake.stub("cloudformation", "prod"), {"acme-orders-prod": template()})
    profile = ("--profile", f"{ELSEWHERE}=prod")
    code, said, _ = run("plan", "--assembly", str(assembly), *profile)
    assert (code, "acme-orders-prod: no difference" in said) == (0, True)


def test_without_an_assembly_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    code, _, wrong = run("plan", "--assembly", str(tmp_path))
    assert code == 2
    assert "manifest.json is missing" in wrong
    assert "make synth" in wrong


def test_what_cannot_be_read_is_an_error_and_no_plan(
    fake: FakeAws, run: Run, tmp_path: Path
) -> None:
    fake.stub("cloudformation").add_client_error("describe_stacks", "AccessDenied", "not you")
    code, _, wrong = plan(run, write(tmp_path, {"acme-audit": template()}))
    assert (code, wrong.splitlines()[0]) == (2, "DescribeStacks is denied: not you")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (SCHEMA, ("/properties/TopicName",)),
        (
            {"properties": {}, "conditionalCreateOnlyProperties": ["/properties/A"]},
            ("/properties/A",),
        ),
        ({"properties": {}}, ()),
        ({}, None),
    ],
)
def test_cloudformations_registry_says_what_only_a_new_resource_can_get(
    fake: FakeAws, found: Mapping[str, Any], expected: tuple[str, ...] | None
) -> None:
    stub = fake.stub("cloudformation")
    schema(stub, "AWS::SNS::Topic", found)
    asked = CloudFormation(stub.client)
    assert asked.create_only("AWS::SNS::Topic") == expected
    # It is asked once.
    assert asked.create_only("AWS::SNS::Topic") == expected


def test_a_type_that_the_registry_has_not_is_not_known(fake: FakeAws) -> None:
    stub = fake.stub("cloudformation")
    stub.add_client_error("describe_type", "TypeNotFoundException")
    assert CloudFormation(stub.client).create_only("AWS::No::Type") is None


@pytest.mark.parametrize("body", ["Resources: {}", "[]"])
def test_a_stack_that_is_none_of_ours_is_no_orphan_and_is_not_compared(
    fake: FakeAws, run: Run, tmp_path: Path, body: str
) -> None:
    stub = fake.stub("cloudformation")
    stacks(stub, {"acme-yaml": body})
    code, said, _ = plan(run, write(tmp_path / "one", {"acme-audit": template()}))
    assert (code, "acme-yaml" in said) == (0, False)
    stacks(stub, {"acme-yaml": body})
    code, _, wrong = plan(run, write(tmp_path / "two", {"acme-yaml": template(Topic=TOPIC)}))
    assert code == 2
    assert wrong.startswith("acme-yaml is deployed from a template that is not JSON")
