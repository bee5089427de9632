"""The review reads a release's template and makes a change set of it, as far as ministack's go."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.gates import asking, gate
from tests.rehearsal.world.lambdas import role
from tests.rehearsal.world.performers import Performers, allow, archive, performing_world
from tests.rehearsal.world.roles import allow as allowed

STACK = "lockgate-orders-prod"
INVOKE = ("Invoke", "AWS", "Lambda")
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "before"}}
DEPLOYED: dict[str, Any] = {"Resources": {"Topic": TOPIC}}
CHANGED = {
    "Resources": {
        "Topic": {**TOPIC, "Properties": {"DisplayName": "after"}},
        "Policy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {"Topics": [{"Ref": "Topic"}], "PolicyDocument": {"Statement": []}},
        },
    }
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with performing_world(tmp_path_factory.mktemp("performing")) as world:
        yield world


@pytest.fixture(scope="module")
def review(world: World, aws: Client) -> dict[str, Any]:
    """The gate, with what its role states in the foundation."""
    where = {"LocationConstraint": world.region}
    aws("s3").create_bucket(Bucket="store", CreateBucketConfiguration=where)
    stacks = f"arn:aws:cloudformation:{world.region}:{world.account}:stack/lockgate-*/*"
    proposing = (
        "cloudformation:CreateChangeSet cloudformation:DeleteChangeSet "
        "cloudformation:DescribeChangeSet"
    )
    mine = {"StringEquals": {"cloudformation:ChangeSetName": "review"}}
    return gate(
        world,
        aws,
        "review",
        allowed(proposing, stacks, **mine),
        allowed("cloudformation:DescribeStacks", stacks),
        allowed("s3:GetObject s3:PutObject", "arn:aws:s3:::store/reviews/*"),
        environment={"TEMPLATES": "store/reviews"},
    )


def reviewed(
    world: World, aws: Client, review: dict[str, Any], template: dict[str, Any], name: str
) -> dict[str, Any]:
    """What the action puts out."""
    file = {f"{STACK}_DOT_template_DOT_json": json.dumps(template)}
    aws("s3").put_object(Bucket="store", Key=f"{name}.zip", Body=archive(**file))
    read = allow("s3:GetObject", f"arn:aws:s3:::store/{name}.zip")
    invoke = allow("lambda:InvokeFunction", "*")
    asked = asking(review, stack=STACK, template=f"{STACK}.template.json", region=world.region)
    return Performers(world).perform(
        INVOKE,
        role(aws, name, read, invoke, service="codepipeline"),
        asked,
        inputs={"assembly": ["store", f"{name}.zip"]},
    )


def test_a_release_is_reviewed_by_a_change_set_that_stays(
    world: World, aws: Client, review: dict[str, Any]
) -> None:
    first = reviewed(world, aws, review, DEPLOYED, "first")
    assert first["variables"]["Summary"].startswith(f"First release of {STACK}"), first
    aws("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps(DEPLOYED))
    aws("cloudformation").get_waiter("stack_create_complete").wait(StackName=STACK)

    # Larger than CloudFormation takes in the call, so it goes by the store.
    large = {**CHANGED, "Metadata": {"Padding": "x" * 51_200}}
    second = reviewed(world, aws, review, large, "second")

    assert second["variables"]["Summary"] == (
        "SECURITY: Policy (SNS::TopicPolicy) added: who else may use it"
        " | RESOURCES: 1 added; 1 changed"
    )
    left = aws("cloudformation").list_change_sets(StackName=STACK)["Summaries"]
    assert [(each["ChangeSetName"], each["Status"]) for each in left] == [
        ("review", "CREATE_COMPLETE")
    ]
    [stored] = aws("s3").list_objects_v2(Bucket="store", Prefix="reviews/")["Contents"]
    assert stored["Key"].startswith(f"reviews/{STACK}/")
    topic = aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    assert topic["StackStatus"] == "CREATE_COMPLETE", "nothing has changed"
