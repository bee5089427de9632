"""CodePipeline V2: stages, parallel actions, variables, conditions, approvals, retry, rollback."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from rehearsal.world.inside.json_service import JsonService, Operation, register
from rehearsal.world.inside.plugins.codepipeline import (
    decisions,
    executions,
    history,
    rule_target,
    stack,
    starting,
    state,
    triggers,
)
from rehearsal.world.inside.plugins.codepipeline.actions.approvals import approvals_of
from rehearsal.world.inside.plugins.codepipeline.actions.jobs import jobs_of
from rehearsal.world.inside.plugins.codepipeline.actions.templates import templates_of
from rehearsal.world.inside.plugins.codepipeline.performers import STOCK, Performers
from rehearsal.world.inside.plugins.codepipeline.pipelines import Pipelines
from rehearsal.world.inside.setting import Setting

# What IAM decides on the stage, and on the action: Service Authorization Reference.
ON_STAGE = frozenset(
    {
        "DisableStageTransition",
        "EnableStageTransition",
        "OverrideStageCondition",
        "RetryStageExecution",
        "RollbackStage",
    }
)
ON_ACTION = frozenset({"PutApprovalResult"})


def install(world: Setting, performers: Performers = STOCK) -> None:
    """Answer for CodePipeline, and let CloudFormation and rules have it.

    Args:
        world: where.
        performers: what actions and rules are done by; only tests give others.
    """
    pipelines = Pipelines(world, performers)
    world.memory.live("codepipeline performers", performers)
    world.memory.hold("codepipeline", pipelines, "_all", "_ever", "tags", "by_rule")
    world.memory.hold("codepipeline jobs", jobs_of(world), "_jobs")
    world.memory.hold("codepipeline approvals", approvals_of(world), "_open")
    world.memory.hold("codepipeline templates", templates_of(world), "known")
    operations: dict[str, Operation] = {
        "UpdatePipeline": pipelines.update,
        "GetPipeline": pipelines.get,
        "DeletePipeline": pipelines.delete,
        "ListPipelines": pipelines.list_all,
        "ListTagsForResource": pipelines.list_tags,
        "GetPipelineState": partial(state.show, pipelines),
    }
    for module in (starting, executions, decisions, history):
        for name, do in module.OPERATIONS.items():
            operations[name] = partial(do, pipelines)
    register(
        world,
        JsonService(
            name="codepipeline",
            operations=operations,
            resource=lambda operation, request: _resource(pipelines, operation, request),
            tags=pipelines.tags.items,
        ),
    )
    stack.install(pipelines)
    triggers.listen(pipelines)
    world.seams.wrap(
        "eventbridge._invoke_target", lambda stock: rule_target.deliver_to(pipelines, stock)
    )


def _resource(pipelines: Pipelines, operation: str, request: Mapping[str, Any]) -> str:
    if "resourceArn" in request:
        return str(request["resourceArn"])
    declared = request.get("pipeline") or {}
    name = request.get("pipelineName") or request.get("name") or declared.get("name")
    if not name:
        return "*"
    arn = pipelines.arn(str(name))
    if operation in ON_STAGE:
        return f"{arn}/{request['stageName']}"
    if operation in ON_ACTION:
        return f"{arn}/{request['stageName']}/{request['actionName']}"
    return arn
