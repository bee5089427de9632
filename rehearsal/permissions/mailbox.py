"""What people would be told of: a subscriber to all topics, as those are who get the mails."""

import json
import re
from typing import Any

from rehearsal.permissions.statements import HASH
from rehearsal.world.world import World

QUEUE = "proof-of-permissions"
PIPELINE = "CodePipeline Pipeline Execution State Change"
FAILURE, VERDICT = "the pipeline's failure", "the verdict"
APPROVAL = "an approval that is waited for"
# The root user changes policies, approves, and looks at everything: the proof does, no release.
OWN = ("AlarmsApprovedByOthers", "AlarmsRootUse", "AlarmsRoleChanged", "AlarmsStackChanged")
# What a name from CloudFormation ends with, behind the resource's logical id.
CHANCE = re.compile(r"-[0-9A-Za-z]+$")
# What an alarm of one version has before that: its release.
RELEASE = re.compile(r"[0-9a-f]{8}$")


class Mailbox:
    """A queue that gets all that the world's topics tell."""

    def __init__(self, world: World) -> None:
        """Subscribe to the topics that are there now."""
        self._queues, topics = world.client("sqs"), world.client("sns")
        self._url = self._queues.create_queue(QueueName=QUEUE)["QueueUrl"]
        arn = self._queues.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])[
            "Attributes"
        ]["QueueArn"]
        policy = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [policy]})
        self._queues.set_queue_attributes(QueueUrl=self._url, Attributes={"Policy": document})
        for topic in topics.list_topics()["Topics"]:
            topics.subscribe(
                TopicArn=topic["TopicArn"],
                Protocol="sqs",
                Endpoint=arn,
                Attributes={"RawMessageDelivery": "true"},
            )

    def empty(self) -> set[str]:
        """What it has got since it was last emptied, by what it is about."""
        found: set[str] = set()
        while messages := self._receive():
            for each in messages:
                found.add(about(each["Body"]))
                self._queues.delete_message(QueueUrl=self._url, ReceiptHandle=each["ReceiptHandle"])
        return {each for each in found if not each.endswith(OWN)}

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._queues.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
        return list(answer.get("Messages") or ())


def about(message: str) -> str:
    """What a message tells of: an alarm by its place in the templates, a verdict, or the like."""
    try:
        content = json.loads(message)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        return VERDICT if "Canary of" in message else message
    if content.get("detail-type") == PIPELINE:
        return FAILURE
    if "approval" in content:
        return APPROVAL
    return alarm_name(str(content.get("AlarmName", message)))


def alarm_name(name: str) -> str:
    """An alarm's name without what is another for each stack, release and world."""
    return RELEASE.sub("", HASH.sub("", CHANCE.sub("", name)))
