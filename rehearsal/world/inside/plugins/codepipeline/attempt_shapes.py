"""One attempt at an action or a rule, as CodePipeline's API tells of it."""

from typing import Any

from rehearsal.world.inside.plugins.codepipeline.attempt import Attempt, Place
from rehearsal.world.inside.plugins.codepipeline.record import Execution

Record = dict[str, Any]


def action(of: Execution, attempt: Attempt) -> Record:
    """An action's."""
    declared = attempt.declared
    put = attempt.put if attempt.status == "Succeeded" else {}
    return {
        "actionExecutionId": attempt.id,
        "actionName": attempt.name,
        **_attempt(of, attempt),
        "input": {
            "actionTypeId": declared["actionTypeId"],
            **({"namespace": declared["namespace"]} if "namespace" in declared else {}),
            **_input(attempt),
        },
        "output": {
            "outputArtifacts": _artifacts(put),
            "executionResult": _result(attempt),
            "outputVariables": attempt.variables,
        },
    }


def rule(of: Execution, attempt: Attempt) -> Record:
    """A rule's."""
    return {
        "ruleExecutionId": attempt.id,
        "ruleName": attempt.name,
        **_attempt(of, attempt),
        "input": {"ruleTypeId": attempt.declared["ruleTypeId"], **_input(attempt)},
        "output": {"executionResult": _result(attempt)},
    }


def error(attempt: Attempt) -> Record:
    """Why it failed, where it has."""
    code, message = attempt.error or ("", "")
    return {"errorDetails": {"code": code, "message": message}} if attempt.error else {}


def _attempt(of: Execution, attempt: Attempt) -> Record:
    return {
        "pipelineExecutionId": of.id,
        "pipelineVersion": of.version,
        "stageName": attempt.stage,
        "startTime": attempt.started,
        "lastUpdateTime": attempt.updated,
        "status": attempt.status,
    }


def _input(attempt: Attempt) -> Record:
    role = attempt.declared.get("roleArn")
    return {
        "configuration": attempt.declared.get("configuration", {}),
        "resolvedConfiguration": attempt.resolved,
        "inputArtifacts": _artifacts(attempt.taken),
        **({"roleArn": role} if role else {}),
    }


def _result(attempt: Attempt) -> Record:
    external = {"externalExecutionId": attempt.external_id} if attempt.external_id else {}
    return {"externalExecutionSummary": attempt.summary, **external, **error(attempt)}


def _artifacts(places: dict[str, Place]) -> list[Record]:
    return [
        {"name": name, "s3location": {"bucket": bucket, "key": key}}
        for name, (bucket, key) in places.items()
    ]
