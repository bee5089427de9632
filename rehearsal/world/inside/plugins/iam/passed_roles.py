"""Where a call hands a role to a service: `iam:PassRole`, by AWS's service authorization reference.

AWS asks for it when a role is given or changed, not when it stays.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.world.inside.plugins.iam.asked import Asked
from rehearsal.world.inside.plugins.iam.check import Check
from rehearsal.world.inside.plugins.iam.place import Place

# Service and operation: the parameter, whom the role is for, and the ARN it is to work for.
ROLES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("cloudformation", "CreateStack"): ("RoleARN", "cloudformation.amazonaws.com"),
    ("cloudformation", "UpdateStack"): ("RoleARN", "cloudformation.amazonaws.com"),
    ("cloudformation", "DeleteStack"): ("RoleARN", "cloudformation.amazonaws.com"),
    ("cloudformation", "CreateChangeSet"): ("RoleARN", "cloudformation.amazonaws.com"),
    ("cloudformation", "RollbackStack"): ("RoleARN", "cloudformation.amazonaws.com"),
    ("cloudformation", "ContinueUpdateRollback"): ("RoleARN", "cloudformation.amazonaws.com"),
    ("lambda", "CreateFunction"): ("Role", "lambda.amazonaws.com"),
    ("lambda", "UpdateFunctionConfiguration"): ("Role", "lambda.amazonaws.com"),
    ("states", "CreateStateMachine"): ("roleArn", "states.amazonaws.com"),
    ("states", "UpdateStateMachine"): ("roleArn", "states.amazonaws.com"),
    ("codebuild", "CreateProject"): ("serviceRole", "codebuild.amazonaws.com"),
    ("codebuild", "UpdateProject"): ("serviceRole", "codebuild.amazonaws.com"),
    ("codedeploy", "CreateDeploymentGroup"): ("serviceRoleArn", "codedeploy.amazonaws.com"),
    ("codedeploy", "UpdateDeploymentGroup"): ("serviceRoleArn", "codedeploy.amazonaws.com"),
    ("events", "PutRule"): ("RoleArn", "events.amazonaws.com"),
    ("cloudtrail", "CreateTrail"): ("CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"),
    ("cloudtrail", "UpdateTrail"): ("CloudWatchLogsRoleArn", "cloudtrail.amazonaws.com"),
    ("scheduler", "CreateSchedule"): ("Target.RoleArn", "scheduler.amazonaws.com"),
    ("logs", "PutSubscriptionFilter"): ("roleArn", "logs.amazonaws.com"),
}


def passed_roles(call: Asked, where: Place) -> Iterator[Check]:
    """The roles that the call passes."""
    name, service = ROLES.get((call.service, call.operation), ("", ""))
    value: Any = call.given
    for part in name.split(".") if name else ():
        value = value.get(part) if isinstance(value, Mapping) else None
    if name and isinstance(value, str) and value:
        yield passing(value, service, _user_of(call, where))
    if (call.service, call.operation) == ("events", "PutTargets"):
        rule = where.arn("events", f"rule/{call.text('Rule')}")
        for target in call.given.get("Targets") or ():
            if target.get("RoleArn"):
                yield passing(target["RoleArn"], "events.amazonaws.com", rule)
    if call.operation in ("CreatePipeline", "UpdatePipeline"):
        yield from _of_pipeline(call.given.get("pipeline") or {}, where)


def _of_pipeline(pipeline: Mapping[str, Any], where: Place) -> Iterator[Check]:
    arn = where.arn("codepipeline", str(pipeline.get("name")))
    for role in pipeline_roles(pipeline):
        yield passing(role, "codepipeline.amazonaws.com", arn)
    for connection in pipeline_connections(pipeline):
        yield passing_connection(connection)


def passing(role: str, service: str, resource: str = "") -> Check:
    """A role that is passed to a service."""
    keys = {"iam:PassedToService": service}
    if resource:
        keys["iam:AssociatedResourceArn"] = resource
    return Check(action="iam:PassRole", resource=role, keys=keys)


def passing_connection(connection: str) -> Check:
    """A connection that a pipeline is given, by the prefix of its ARN."""
    prefix = connection.split(":")[2]
    return Check(
        action=f"{prefix}:PassConnection",
        resource=connection,
        keys={f"{prefix}:PassedToService": "codepipeline.amazonaws.com"},
    )


def pipeline_connections(pipeline: Mapping[str, Any]) -> Iterator[str]:
    """The connections of a pipeline's sources, each once, by the API's names."""
    found = [
        (action.get("configuration") or {}).get("ConnectionArn")
        for stage in pipeline.get("stages") or ()
        for action in stage.get("actions") or ()
    ]
    yield from dict.fromkeys(str(connection) for connection in found if connection)


def pipeline_roles(pipeline: Mapping[str, Any]) -> Iterator[str]:
    """The roles of a pipeline and of its actions, each once, by the API's names."""
    found = [pipeline.get("roleArn")]
    for stage in pipeline.get("stages") or ():
        found += [action.get("roleArn") for action in stage.get("actions") or ()]
    yield from dict.fromkeys(str(role) for role in found if role)


def _user_of(call: Asked, where: Place) -> str:
    """What the role is to work for, where AWS says (it does for few services)."""
    if call.service == "lambda":
        return where.function(call.text("FunctionName"))
    if call.service == "states":
        return call.text("stateMachineArn") or where.arn(
            "states", f"stateMachine:{call.text('name')}"
        )
    if call.service == "codebuild":
        return where.arn("codebuild", f"project/{call.text('name')}")
    return ""
