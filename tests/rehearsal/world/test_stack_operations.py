"""A stack takes as much of the world's time as what its resources wait for, and no more."""

import json
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import function

# A custom resource's: it works for a minute and then tells CloudFormation.
CUSTOM = """
import json, os, ssl, time, urllib.request

def handle(event, context):
    time.sleep(60)
    names = ("StackId", "RequestId", "LogicalResourceId")
    answer = {name: event[name] for name in names}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": "done"}
    put = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    trust = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    urllib.request.urlopen(put, context=trust)
"""


@pytest.fixture(scope="module")
def custom(aws: Client) -> str:
    """The ARN of a function that makes a custom resource."""
    return str(function(aws, "custom", CUSTOM)["FunctionArn"])


def status(aws: Client) -> str:
    (found,) = aws("cloudformation").describe_stacks(StackName="timed")["Stacks"]
    return str(found["StackStatus"])


def test_a_stack_ends_when_what_it_waits_for_does(world: World, aws: Client, custom: str) -> None:
    slow = {"Type": "Custom::Slow", "Properties": {"ServiceToken": custom}}
    topic = {"Type": "AWS::SNS::Topic", "DependsOn": ["Slow"]}
    body: dict[str, Any] = {"Resources": {"Slow": slow, "Topic": topic}}
    with world.clock.busy():
        aws("cloudformation").create_stack(StackName="timed", TemplateBody=json.dumps(body))
        world.clock.sleep(59)
        assert status(aws) == "CREATE_IN_PROGRESS"
        world.clock.sleep(2)
        assert status(aws) == "CREATE_COMPLETE"
