"""CodePipeline V2: stages, parallel actions, variables, conditions, approvals, retry, rollback."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from rehearsal.world.inside.json_service import JsonService, Operation, register
from rehearsal.world.inside.plugins.codepipeline import executions, rule_target, stack, views
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.setting import Setting

# What IAM decides on the stage, and on the action.
ON_STAGE = frozenset(
    {
        "DisableStageTransition",
        "EnableStageTransition",
        "RetryStageExecution",
        "RollbackStage",
    }
)
ON_ACTION = frozenset({"PutApprovalResult"})
TYPE = "AWS::CodePipeline::Pipeline"


def install(world: Setting) -> None:
    """Answer for CodePipeline, and let CloudFormation and rules have it."""
    pipelines, seams = Pipelines(world), world.seams
    operations: dict[str, Operation] = {
        "CreatePipeline": pipelines.create,
        "UpdatePipeline": pipelines.update,
        "GetPipeline": pipelines.get,
        "DeletePipeline": pipelines.delete,
        "ListPipelines": pipelines.list_all,
        "ListTagsForResource": pipelines.list_tags,
        **{name: partial(do, pipelines) for name, do in executions.OPERATIONS.items()},
        **{name: partial(show, pipelines) for name, show in views.OPERATIONS.items()},
    }
    register(
        world,
        JsonService(
            name="codepipeline",
            operations=operations,
            resource=lambda operation, request: _resource(pipelines, operation, request),
            tags=pipelines.tags.items,
        ),
    )
    seams.get("provisioners._RESOURCE_HANDLERS")[TYPE] = stack.resource_type(
        pipelines, seams.get("provisioners._physical_name")
    )
    seams.get("provisioners._STACK_TAG_PROPERTY")[TYPE] = ("Tags", "list")
    seams.wrap("eventbridge._invoke_target", lambda stock: rule_target.deliver_to(pipelines, stock))


def _resource(pipelines: Pipelines, operation: str, request: Mapping[str, Any]) -> str:
    name = (
        request.get("pipelineName")
        or request.get("name")
        or (request.get("pipeline") or {}).get("name")
    )
    if "resourceArn" in request:
        return str(request["resourceArn"])
    if not name:
        return "*"
    arn = pipelines.arn(str(name))
    if operation in ON_STAGE:
        return f"{arn}/{request['stageName']}"
    if operation in ON_ACTION:
        return f"{arn}/{request['stageName']}/{request['actionName']}"
    return arn
