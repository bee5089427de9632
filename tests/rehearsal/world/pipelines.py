"""Pipelines of faked actions, and what becomes of their executions."""

import functools
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rehearsal.world import server
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.roles import Statement, allow, role_for

STORE = "artifact-store"
RUNNING = {"InProgress", "Stopping"}
_NUMBER = itertools.count(1)
MAY_STORE = allow("s3:GetObject s3:PutObject", f"arn:aws:s3:::{STORE}/*")

Made = dict[str, Any]


@contextmanager
def faked_world(folder: Path, seed: int = 1) -> Iterator[World]:
    """A world with the actions of `fake_actions`, and a bucket for artifacts."""
    python = folder / "python"
    python.write_text(
        f'#!/bin/sh\nexec {server.PYTHON} -s -m tests.rehearsal.world.fake_actions "$4"\n'
    )
    python.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "start", functools.partial(server.start, python=python))
        with World(seed=seed) as world:
            world.client("s3").create_bucket(
                Bucket=STORE, CreateBucketConfiguration={"LocationConstraint": world.region}
            )
            yield world


def action(name: str, order: int = 1, *, role: str = "", **configuration: str) -> Made:
    """A test; `inputs`, `outputs` and `namespace` are its declaration's, the rest configures it."""
    made: Made = {
        "name": name,
        "actionTypeId": _type("Test", "Fake"),
        "runOrder": order,
        "inputArtifacts": [{"name": each} for each in configuration.pop("inputs", "").split()],
        "outputArtifacts": [{"name": each} for each in configuration.pop("outputs", "").split()],
        **({"roleArn": role} if role else {}),
    }
    if namespace := configuration.pop("namespace", ""):
        made["namespace"] = namespace
    return {**made, "configuration": {k.replace("_", "."): v for k, v in configuration.items()}}


def source() -> Made:
    """The first stage."""
    made = action("Commit", outputs="source", namespace="Source", Says="a change")
    return stage("Source", {**made, "actionTypeId": _type("Source", "Fake")})


def approval(name: str, order: int = 1, minutes: int = 0) -> Made:
    """A manual approval."""
    made = {**action(name, order), "actionTypeId": _type("Approval", "Manual")}
    return {**made, "timeoutInMinutes": minutes} if minutes else made


def stage(name: str, *actions: Made, **conditions: Made) -> Made:
    """A stage."""
    return {"name": name, "actions": list(actions), **conditions}


def condition(result: str, variable: str, value: str) -> Made:
    """A condition that holds if a variable has a value."""
    said = {"Variable": variable, "Operator": "EQ", "Value": value}
    type_ = {"category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1"}
    rules = [{"name": "Check", "ruleTypeId": type_, "configuration": said}]
    return {"conditions": [{"result": result, "rules": rules}]}


def _type(category: str, provider: str) -> Made:
    return {"category": category, "owner": "AWS", "provider": provider, "version": "1"}


@dataclass
class Line:
    """One pipeline.

    Attributes:
        world: where.
        aws: clients.
        name: its name.
        declared: its declaration.
    """

    world: World
    aws: Client
    name: str
    declared: Made = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:aws:codepipeline:{self.world.region}:{self.world.account}:{self.name}"

    def start(self, **more: Any) -> str:  # noqa: ANN401 - the operation's
        """Start it and go on at once."""
        answer = self.aws("codepipeline").start_pipeline_execution(name=self.name, **more)
        return str(answer["pipelineExecutionId"])

    def run(self, **more: Any) -> Made:  # noqa: ANN401 - the operation's
        """Start it and wait; how the execution ended."""
        return self.wait(self.start(**more))

    def wait(self, execution: str) -> Made:
        """How an execution ended."""
        with self.world.clock.busy():
            for _ in range(2000):
                found = self.get(execution)
                if found["status"] not in RUNNING:
                    return found
                self.world.clock.sleep(1)
        raise AssertionError(f"{execution} does not end: {self.world.clock.state()}")

    def get(self, execution: str) -> Made:
        """How an execution stands."""
        answer = self.aws("codepipeline").get_pipeline_execution(
            pipelineName=self.name, pipelineExecutionId=execution
        )
        found: Made = answer["pipelineExecution"]
        return found

    def actions(self, execution: str) -> list[Made]:
        """What an execution did, the oldest first."""
        answer = self.aws("codepipeline").list_action_executions(
            pipelineName=self.name, filter={"pipelineExecutionId": execution}
        )
        found: list[Made] = answer["actionExecutionDetails"]
        return found[::-1]

    def executions(self) -> list[Made]:
        """All executions, the newest first."""
        answer = self.aws("codepipeline").list_pipeline_executions(pipelineName=self.name)
        found: list[Made] = answer["pipelineExecutionSummaries"]
        return found

    def state(self, stage_name: str) -> Made:
        """How a stage stands."""
        state = self.aws("codepipeline").get_pipeline_state(name=self.name)
        return next(each for each in state["stageStates"] if each["stageName"] == stage_name)


def declaration(name: str, role: str, *stages: Made, **more: Any) -> Made:  # noqa: ANN401 - JSON
    """A pipeline of type V2."""
    return {
        "name": name,
        "roleArn": role,
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "artifactStore": {"type": "S3", "location": STORE},
        "stages": list(stages),
        **more,
    }


def line(
    world: World,
    aws: Client,
    *stages: Made,
    may: tuple[Statement, ...] = (),
    name: str = "",
    **more: Any,  # noqa: ANN401 - JSON
) -> Line:
    """A pipeline with a source and these stages, whose first execution has ended."""
    name = name or f"line-{next(_NUMBER)}"
    role = role_for(world, "codepipeline.amazonaws.com", MAY_STORE, *may)
    declared = declaration(name, role, source(), *stages, **more)
    aws("codepipeline").create_pipeline(pipeline=declared)
    made = Line(world, aws, name, declared)
    made.wait(made.executions()[0]["pipelineExecutionId"])
    return made


def names(attempts: list[Made]) -> list[str]:
    """The actions' names."""
    return [each["actionName"] for each in attempts]


def event_queue(world: World, aws: Client, pattern: Made, name: str) -> str:
    """A queue that gets the events of a pattern."""
    url = str(aws("sqs").create_queue(QueueName=name)["QueueUrl"])
    queue = f"arn:aws:sqs:{world.region}:{world.account}:{name}"
    aws("events").put_rule(Name=name, EventPattern=json.dumps(pattern))
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue,
            }
        ],
    }
    aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    aws("events").put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue}])
    return url


def events(aws: Client, queue: str) -> list[Made]:
    """What has come so far."""
    found: list[Made] = []
    while got := aws("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for each in got:
            found.append(json.loads(each["Body"]))
            aws("sqs").delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
    return found
