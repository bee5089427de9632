"""CodeDeploy for Lambda: canary, linear and all at once; hooks, alarms, stop and rollback."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from rehearsal.world.inside.json_service import JsonService, register
from rehearsal.world.inside.plugins import lambda_alias_update
from rehearsal.world.inside.plugins.codedeploy import (
    applications,
    configs,
    deployments,
    groups,
    stack,
    tags,
    targets,
)
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store
from rehearsal.world.inside.setting import Setting

OPERATIONS: dict[str, Callable[[Store, Request], Record | None]] = {
    **applications.OPERATIONS,
    **configs.OPERATIONS,
    **deployments.OPERATIONS,
    **groups.OPERATIONS,
    **tags.OPERATIONS,
    **targets.OPERATIONS,
}


def install(world: Setting) -> None:
    """Answer for CodeDeploy, and let CloudFormation have it."""
    store = Store(world)
    kept = ("applications", "groups", "configs", "deployments", "tags", "_chance")
    world.memory.hold("codedeploy", store, *kept)
    register(
        world,
        JsonService(
            name="codedeploy",
            operations={name: partial(doing, store) for name, doing in OPERATIONS.items()},
            resource=lambda _operation, request: _resource(store, request),
            tags=store.tags.items,
        ),
    )
    stack.install(store)
    lambda_alias_update.install(
        world, lambda request: deployments.begin(store, request, "CloudFormation")
    )


def _resource(store: Store, request: Mapping[str, Any]) -> str:
    """The ARN that a request is about: the deployment group, where it is about one."""
    if "ResourceArn" in request:
        return str(request["ResourceArn"])
    deployment = store.deployments.get(request.get("deploymentId", ""))
    of = deployment.info if deployment else request
    application = of.get("applicationName")
    group = of.get("deploymentGroupName") or of.get("currentDeploymentGroupName")
    if application and group:
        return store.arn(f"deploymentgroup:{application}/{group}")
    if application:
        return store.arn(f"application:{application}")
    if config := of.get("deploymentConfigName"):
        return store.arn(f"deploymentconfig:{config}")
    return "*"
