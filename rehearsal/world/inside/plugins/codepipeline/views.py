"""What CodePipeline's API shows of executions, actions and rules."""

from typing import Any

from rehearsal.world.inside.plugins.codepipeline.executions import find
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.plugins.codepipeline.record import Attempt, Execution, Pipeline

Request = dict[str, Any]
Record = dict[str, Any]


def execution(pipelines: Pipelines, request: Request) -> Record:
    """One execution."""
    pipeline = pipelines.find(request["pipelineName"])
    found = find(pipeline, request["pipelineExecutionId"])
    return {
        "pipelineExecution": {
            "pipelineName": pipeline.name,
            "pipelineVersion": found.version,
            "pipelineExecutionId": found.id,
            "status": found.status,
            "statusSummary": found.message,
            "artifactRevisions": [
                {
                    "name": each["actionName"],
                    "revisionId": each["revisionId"],
                    "revisionSummary": each.get("revisionSummary", ""),
                }
                for each in found.revisions.values()
            ],
            "variables": [
                {"name": name, "resolvedValue": value} for name, value in found.variables.items()
            ],
            "trigger": found.trigger,
            "executionMode": pipeline.mode,
            **_kind(found),
        }
    }


def executions(pipelines: Pipelines, request: Request) -> Record:
    """All executions, the newest first."""
    pipeline = pipelines.find(request["pipelineName"])
    return {
        "pipelineExecutionSummaries": [
            {
                "pipelineExecutionId": each.id,
                "status": each.status,
                "statusSummary": each.message,
                "startTime": each.started,
                "lastUpdateTime": each.updated,
                "sourceRevisions": list(each.revisions.values()),
                "trigger": each.trigger,
                "executionMode": pipeline.mode,
                **_kind(each),
            }
            for each in reversed(pipeline.executions)
        ][: request.get("maxResults", 100)]
    }


def state(pipelines: Pipelines, request: Request) -> Record:
    """Each stage as it was left by whoever was there last."""
    pipeline = pipelines.find(request["name"])
    return {
        "pipelineName": pipeline.name,
        "pipelineVersion": pipeline.declared["version"],
        "created": pipeline.created,
        "updated": pipeline.updated,
        "stageStates": [_stage(pipeline, stage) for stage in pipeline.declared["stages"]],
    }


def actions(pipelines: Pipelines, request: Request) -> Record:
    """Each attempt at an action, the newest first."""
    pipeline = pipelines.find(request["pipelineName"])
    of = request.get("filter", {}).get("pipelineExecutionId")
    return {
        "actionExecutionDetails": [
            _action(each, attempt)
            for each in reversed(pipeline.executions)
            if of in (None, each.id)
            for attempt in reversed(each.attempts)
        ][: request.get("maxResults", 100)]
    }


def rules(pipelines: Pipelines, request: Request) -> Record:
    """Each time that a condition's rule was asked, the newest first."""
    pipeline = pipelines.find(request["pipelineName"])
    of = request.get("filter", {}).get("pipelineExecutionId")
    return {
        "ruleExecutionDetails": [
            {
                "pipelineExecutionId": each.id,
                "ruleExecutionId": attempt.id,
                "pipelineVersion": each.version,
                "stageName": attempt.stage,
                "ruleName": attempt.name,
                "startTime": attempt.started,
                "lastUpdateTime": attempt.updated,
                "status": attempt.status,
                "input": {
                    "ruleTypeId": attempt.declared["ruleTypeId"],
                    "configuration": attempt.declared.get("configuration", {}),
                    "resolvedConfiguration": attempt.resolved,
                },
                "output": {"executionResult": _result(attempt, "externalExecutionId")},
            }
            for each in reversed(pipeline.executions)
            if of in (None, each.id)
            for attempt in reversed(each.rules)
        ]
    }


def _kind(found: Execution) -> Record:
    if not found.rollback_of:
        return {"executionType": "STANDARD"}
    target = {"rollbackTargetPipelineExecutionId": found.rollback_of}
    return {"executionType": "ROLLBACK", "rollbackMetadata": target}


def _stage(pipeline: Pipeline, stage: Record) -> Record:
    name = stage["name"]
    closed = pipeline.closed.get(name)
    transition = {"enabled": closed is None}
    been = [each for each in pipeline.executions if name in each.stages]
    waiting = [each for each, _ in list(pipeline.waiting.get(name, ()))[1:]]
    latest = {
        "latestExecution": {
            "pipelineExecutionId": been[-1].id,
            "status": been[-1].stages[name],
            "type": _kind(been[-1])["executionType"],
        }
    }
    return {
        "stageName": name,
        "inboundTransitionState": transition | ({"disabledReason": closed} if closed else {}),
        "inboundExecutions": [
            {"pipelineExecutionId": each.id, "status": "InProgress"} for each in waiting
        ],
        "actionStates": [_state(been, name, action) for action in stage["actions"]],
        **(latest if been else {}),
    }


def _state(been: list[Execution], stage: str, action: Record) -> Record:
    for execution_ in reversed(been):
        if attempt := execution_.latest(stage, action["name"]):
            latest: Record = {
                "actionExecutionId": attempt.id,
                "status": attempt.status,
                "lastStatusChange": attempt.updated,
            }
            if attempt.summary:
                latest["summary"] = attempt.summary
            if attempt.token and attempt.status == "InProgress":
                latest["token"] = attempt.token
            if attempt.external_id:
                latest["externalExecutionId"] = attempt.external_id
            if attempt.error:
                latest["errorDetails"] = _error(attempt)
            return {"actionName": action["name"], "latestExecution": latest}
    return {"actionName": action["name"]}


def _action(of: Execution, attempt: Attempt) -> Record:
    declared = attempt.declared
    return {
        "pipelineExecutionId": of.id,
        "actionExecutionId": attempt.id,
        "pipelineVersion": of.version,
        "stageName": attempt.stage,
        "actionName": attempt.name,
        "startTime": attempt.started,
        "lastUpdateTime": attempt.updated,
        "status": attempt.status,
        "input": {
            "actionTypeId": declared["actionTypeId"],
            "configuration": declared.get("configuration", {}),
            "resolvedConfiguration": attempt.resolved,
            "inputArtifacts": _artifacts(of, declared.get("inputArtifacts", [])),
            **({"roleArn": declared["roleArn"]} if "roleArn" in declared else {}),
        },
        "output": {
            "outputArtifacts": _artifacts(of, declared.get("outputArtifacts", [])),
            "executionResult": _result(attempt, "externalExecutionId"),
            "outputVariables": attempt.variables,
        },
    }


def _artifacts(of: Execution, declared: list[Record]) -> list[Record]:
    return [
        {"name": each["name"], "s3location": {"bucket": place[0], "key": place[1]}}
        for each in declared
        if (place := of.artifacts.get(each["name"]))
    ]


def _result(attempt: Attempt, identity: str) -> Record:
    result: Record = {"externalExecutionSummary": attempt.summary}
    if attempt.external_id:
        result[identity] = attempt.external_id
    if attempt.error:
        result["errorDetails"] = _error(attempt)
    return result


def _error(attempt: Attempt) -> Record:
    code, message = attempt.error or ("", "")
    return {"code": code, "message": message}


OPERATIONS = {
    "GetPipelineExecution": execution,
    "ListPipelineExecutions": executions,
    "GetPipelineState": state,
    "ListActionExecutions": actions,
    "ListRuleExecutions": rules,
}
