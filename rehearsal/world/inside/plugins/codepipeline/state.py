"""A pipeline as CodePipeline's API shows it: each stage as it was left by who was there last."""

from typing import Any

from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt
from rehearsal.world.inside.plugins.codepipeline.attempt_shapes import error
from rehearsal.world.inside.plugins.codepipeline.history import SUMMARY_LETTERS, kind
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.plugins.codepipeline.record import Checked, Execution

Request = dict[str, Any]
Record = dict[str, Any]


def show(pipelines: Pipelines, request: Request) -> Record:
    """All stages."""
    pipeline = pipelines.find(request["name"])
    with pipeline.lock:
        return {
            "pipelineName": pipeline.name,
            "pipelineVersion": pipeline.version,
            "created": pipeline.created,
            "updated": pipeline.updated,
            "stageStates": [_stage(pipeline, stage) for stage in pipeline.declared["stages"]],
        }


def _stage(pipeline: Pipeline, stage: Record) -> Record:
    name = stage["name"]
    closed = pipeline.closed.get(name)
    inbound = [_there(each.execution, "InProgress") for each in pipeline.waiting.get(name, [])]
    shown: Record = {
        "stageName": name,
        "inboundTransitionState": {
            "enabled": closed is None,
            **({"disabledReason": closed} if closed else {}),
        },
        "inboundExecutions": inbound,
        **({"inboundExecution": inbound[-1]} if inbound else {}),
        "actionStates": [_action(pipeline, name, action) for action in stage["actions"]],
    }
    if latest := pipeline.latest.get(name):
        shown["latestExecution"] = _there(latest, latest.stages[name])
        shown |= _conditions(latest, name) | _retries(latest, name)
    return shown


def _there(execution: Execution, status: str) -> Record:
    return {
        "pipelineExecutionId": execution.id,
        "status": status,
        "type": kind(execution)["executionType"],
    }


def _conditions(execution: Execution, stage: str) -> Record:
    return {
        f"{when}ConditionState": _condition(checked)
        for (of, when), checked in execution.conditions.items()
        if of == stage
    }


def _condition(checked: Checked) -> Record:
    rules = [
        {"ruleName": each.name, "latestExecution": {"ruleExecutionId": each.id, **_attempt(each)}}
        for each in checked.rules
    ]
    latest = {"status": checked.status, "lastStatusChange": checked.updated}
    return {
        "latestExecution": {"status": checked.status},
        "conditionStates": [{"latestExecution": latest, "ruleStates": rules}],
    }


def _retries(execution: Execution, stage: str) -> Record:
    retries = execution.retries.get(stage)
    if retries is None:
        return {}
    said = {
        "autoStageRetryAttempt": retries.automatic,
        "manualStageRetryAttempt": retries.manual,
        "latestRetryTrigger": retries.latest,
    }
    return {"retryStageMetadata": {name: each for name, each in said.items() if each}}


def _action(pipeline: Pipeline, stage: str, action: Record) -> Record:
    found = [each.latest(stage, action["name"]) for each in pipeline.executions]
    attempts = sorted((each for each in found if each), key=lambda each: each.number)
    shown: Record = {"actionName": action["name"]}
    if attempts:
        latest = attempts[-1]
        waits = latest.token and latest.status == "InProgress"
        shown["latestExecution"] = {
            "actionExecutionId": latest.id,
            **_attempt(latest),
            **({"token": latest.token} if waits else {}),
        }
    return shown


def _attempt(attempt: Attempt) -> Record:
    said = {
        "summary": attempt.summary[:SUMMARY_LETTERS],
        "externalExecutionId": attempt.external_id,
    }
    return {
        "status": attempt.status,
        "lastStatusChange": attempt.updated,
        **{name: each for name, each in said.items() if each},
        **error(attempt),
    }
