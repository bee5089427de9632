"""The start of an execution, by whomever."""

from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.declaration import kind
from rehearsal.world.inside.plugins.codepipeline.engine import Engine
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.plugins.codepipeline.record import RUNNING, Execution

Request = dict[str, Any]
Record = dict[str, Any]
# CodePipeline's quotas: executions at one time, where a later one supersedes none.
MOST_EXECUTIONS = 50
# The sources whose revisions are commits.
BY_COMMIT = {"CodeCommit", "CodeStarSourceConnection"}


def create(pipelines: Pipelines, request: Request) -> Record:
    """A new pipeline; as on AWS it starts at once."""
    answer = pipelines.create(request)
    start_now(pipelines, answer["pipeline"]["name"], "CreatePipeline", _caller(pipelines))
    return answer


def start(pipelines: Pipelines, request: Request) -> Record:
    """Begin an execution; with the token of an earlier one, that one."""
    pipeline = pipelines.find(request["name"])
    token = request.get("clientRequestToken", "")
    trigger = {"triggerType": "StartPipelineExecution", "triggerDetail": _caller(pipelines)}
    if rule := pipelines.by_rule.get(token):
        trigger = {"triggerType": "CloudWatchEvent", "triggerDetail": rule}
    given = {each["name"]: each["value"] for each in request.get("variables", [])}
    with pipeline.lock:
        if token in pipeline.tokens:
            return {"pipelineExecutionId": pipeline.tokens[token]}
        variables = _variables(pipeline, given)
        revisions = _revisions(pipeline, request.get("sourceRevisions", []))
        execution = _begin(pipeline, trigger, variables, revisions)
        if token:
            pipeline.tokens[token] = execution.id
    return {"pipelineExecutionId": execution.id}


def start_now(pipelines: Pipelines, name: str, trigger: str, who: str) -> Execution:
    """Begin an execution that nobody gave anything to: if a variable has no value it fails."""
    pipeline = pipelines.find(name)
    said = {"triggerType": trigger, "triggerDetail": who}
    try:
        return _begin(pipeline, said, _variables(pipeline, {}), {})
    except ServiceError as error:
        execution = pipeline.new_execution(said)
        execution.status, execution.message = "Failed", str(error)
        return execution


def start_at(pipeline: Pipeline, action: str, commit: str, connection: str) -> Execution:
    """Begin an execution that carries the commit which a connection told of."""
    return _begin(
        pipeline,
        {"triggerType": "WebhookV2", "triggerDetail": connection},
        _variables(pipeline, {}),
        {action: {"actionName": action, "revisionId": commit}},
    )


def _begin(
    pipeline: Pipeline,
    trigger: dict[str, str],
    variables: dict[str, str],
    revisions: dict[str, dict[str, Any]],
) -> Execution:
    with pipeline.lock:
        running = [each for each in pipeline.executions if each.status in RUNNING]
        if pipeline.mode != "SUPERSEDED" and len(running) >= MOST_EXECUTIONS:
            raise ServiceError(
                "ConcurrentPipelineExecutionsLimitExceededException",
                f"{pipeline.name} has {MOST_EXECUTIONS} executions on their way",
            )
        execution = pipeline.new_execution(trigger)
        execution.variables, execution.revisions = variables, revisions
        Engine(pipeline).begin(execution)
    return execution


def _variables(pipeline: Pipeline, given: dict[str, str]) -> dict[str, str]:
    declared = {each["name"]: each for each in pipeline.declared.get("variables", [])}
    if unknown := sorted(set(given) - set(declared)):
        raise ServiceError("ValidationException", f"{pipeline.name} has no variable {unknown[0]}")
    values = {
        name: given.get(name, each.get("defaultValue", "")) for name, each in declared.items()
    }
    if missing := [name for name, value in values.items() if not value]:
        raise ServiceError("ValidationException", f"the variable {missing[0]} has no value")
    return values


def _revisions(pipeline: Pipeline, given: list[Record]) -> dict[str, dict[str, Any]]:
    sources = {each["name"]: each for each in pipeline.declared["stages"][0]["actions"]}
    for each in given:
        action = sources.get(each["actionName"])
        if action is None:
            raise ServiceError("ValidationException", f"no source action is {each['actionName']}")
        if kind(action)[2] not in BY_COMMIT or each["revisionType"] != "COMMIT_ID":
            raise ServiceError(
                "ValidationException", f"{action['name']} has no {each['revisionType']}"
            )
    return {
        each["actionName"]: {
            "actionName": each["actionName"],
            "revisionId": each["revisionValue"],
        }
        for each in given
    }


def _caller(pipelines: Pipelines) -> str:
    return str(pipelines.world.seams.get("iam_evaluator.caller_arn")())


OPERATIONS = {"CreatePipeline": create, "StartPipelineExecution": start}
