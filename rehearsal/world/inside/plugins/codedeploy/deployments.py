"""CodeDeploy's operations on deployments, as far as CloudFormation, the hooks and the watch go."""

import copy
from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy import groups
from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment, Shift, read_app_spec
from rehearsal.world.inside.plugins.codedeploy.engine import Engine
from rehearsal.world.inside.plugins.codedeploy.revision import app_spec_of
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store
from rehearsal.world.inside.work import start

# What is for servers and containers only.
NOT_FOR_LAMBDA = (
    "targetInstances",
    "ignoreApplicationStopFailures",
    "updateOutdatedInstancesOnly",
    "fileExistsBehavior",
)


def create(store: Store, request: Request) -> Record:
    """Start a deployment."""
    return {"deploymentId": begin(store, request, "user").info["deploymentId"]}


def begin(store: Store, request: Request, creator: str) -> Deployment:
    """Start a deployment on behalf of a creator, by the name that AWS has for it.

    Raises:
        ServiceError: it cannot be started.
    """
    if strange := [name for name in NOT_FOR_LAMBDA if request.get(name)]:
        raise ServiceError("ValidationException", f"for Lambda there is no {', '.join(strange)}")
    group = store.group(request["applicationName"], request.get("deploymentGroupName", ""))
    group = _overridden(group, request)
    config = str(request.get("deploymentConfigName") or group["deploymentConfigName"])
    routing = store.config(config)["trafficRoutingConfig"]
    content, revision = app_spec_of(store, request, group)
    try:
        shift = read_app_spec(content)
    except ValueError as error:
        raise ServiceError("InvalidRevisionException", str(error)) from error
    of = (group["applicationName"], group["deploymentGroupName"])
    for other in store.deployments_of(*of):
        if not other.over:
            active = f"the group has an active deployment {other.info['deploymentId']}"
            raise ServiceError("DeploymentLimitExceededException", active)
    deployment = _new(store, group, creator, shift=shift, config=config)
    deployment.info.update(revision=revision, description=request.get("description", ""))
    engine = Engine(
        store.world,
        deployment,
        routing,
        session=lambda: groups.service_session(store, group),
        group_arn=store.group_arn(group),
        new_rollback=lambda: _rollback(store, deployment),
    )
    start(store.world, f"deployment {deployment.info['deploymentId']}", engine.run)
    return deployment


def _overridden(group: Record, request: Request) -> Record:
    """The group as it is for this one deployment."""
    instead = {
        "autoRollbackConfiguration": request.get("autoRollbackConfiguration"),
        "alarmConfiguration": request.get("overrideAlarmConfiguration"),
    }
    changed = {name: value for name, value in instead.items() if value is not None}
    return copy.deepcopy({**group, **changed})


def _rollback(store: Store, failed: Deployment) -> Deployment:
    """The deployment that restores the version before, without hooks; nobody starts it twice."""
    config = "CodeDeployDefault.LambdaAllAtOnce"
    back = _new(
        store,
        failed.group,
        "codeDeployRollback",
        shift=failed.shift.reversed(),
        config=config,
    )
    failed_id = failed.info["deploymentId"]
    back.info["rollbackInfo"] = {"rollbackTriggeringDeploymentId": failed_id}
    return back


def _new(
    store: Store, group: Mapping[str, Any], creator: str, *, shift: Shift, config: str
) -> Deployment:
    identity = store.new_deployment_id()
    deployment = Deployment(
        info={
            "deploymentId": identity,
            "applicationName": group["applicationName"],
            "deploymentGroupName": group["deploymentGroupName"],
            "deploymentConfigName": config,
            "status": "Created",
            "createTime": store.world.clock.now(),
            "creator": creator,
            "computePlatform": "Lambda",
            "deploymentStyle": groups.STYLE,
        },
        shift=shift,
        group=group,
        stop=store.world.clock.signal(),
        ended=store.world.clock.signal(),
    )
    store.deployments[identity] = deployment
    return deployment


def get(store: Store, request: Request) -> Record:
    """A deployment as it is now."""
    return {"deploymentInfo": dict(store.deployment(request["deploymentId"]).info)}


def batch_get(store: Store, request: Request) -> Record:
    """Several deployments."""
    found = [store.deployment(identity) for identity in request["deploymentIds"]]
    return {"deploymentsInfo": [dict(each.info) for each in found]}


def list_all(store: Store, request: Request) -> Record:
    """The deployments of a group, the newest first."""
    statuses = request.get("includeOnlyStatuses")
    return {
        "deployments": [
            identity
            for identity, deployment in reversed(list(store.deployments.items()))
            if all(
                request.get(name) in (None, deployment.info[name])
                for name in ("applicationName", "deploymentGroupName")
            )
            and (not statuses or deployment.info["status"] in statuses)
        ]
    }


def stop(store: Store, request: Request) -> Record:
    """Ask a deployment to stop."""
    deployment = store.deployment(request["deploymentId"])
    if deployment.over:
        raise ServiceError("DeploymentAlreadyCompletedException", "the deployment is over")
    deployment.rollback_asked = request.get("autoRollbackEnabled")
    deployment.stop.set()
    if deployment.hook is not None:
        deployment.hook[1].set()
    return {"status": "Pending", "statusMessage": "The deployment is asked to stop."}


OPERATIONS = {
    "CreateDeployment": create,
    "GetDeployment": get,
    "BatchGetDeployments": batch_get,
    "ListDeployments": list_all,
    "StopDeployment": stop,
}
