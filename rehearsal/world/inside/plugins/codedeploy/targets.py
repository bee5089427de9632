"""CodeDeploy's operations on a deployment's one target, and the reports of its hooks."""

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store


def list_all(store: Store, request: Request) -> Record:
    """The one target of a deployment for Lambda."""
    return {"targetIds": [store.deployment(request["deploymentId"]).target_id]}


def get(store: Store, request: Request) -> Record:
    """The target: its versions, and when each lifecycle event began and ended."""
    deployment = store.deployment(request["deploymentId"])
    return {"deploymentTarget": _shown(store, deployment, request["targetId"])}


def batch_get(store: Store, request: Request) -> Record:
    """The target, as the only one of several."""
    deployment = store.deployment(request["deploymentId"])
    asked = request["targetIds"]
    return {"deploymentTargets": [_shown(store, deployment, each) for each in asked]}


def _shown(store: Store, deployment: Deployment, target: str) -> Record:
    if target != deployment.target_id:
        raise ServiceError("DeploymentTargetDoesNotExistException", f"there is no {target}")
    shown = deployment.target(store.world.clock.now())
    return {"deploymentTargetType": "LambdaTarget", "lambdaTarget": shown}


def put_hook_status(store: Store, request: Request) -> Record:
    """A hook reports."""
    deployment = store.deployment(request["deploymentId"])
    execution, status = request["lifecycleEventHookExecutionId"], request["status"]
    if status not in {"Succeeded", "Failed"}:
        raise ServiceError("InvalidLifecycleEventHookExecutionStatusException", status)
    if execution in deployment.hooks_done:
        raise ServiceError("LifecycleEventAlreadyCompletedException", "the hook has reported")
    if deployment.hook is None or deployment.hook[0] != execution:
        raise ServiceError("InvalidLifecycleEventHookExecutionIdException", "no such hook runs")
    deployment.hooks_done.add(execution)
    deployment.hook_status = status
    deployment.hook[1].set()
    return {"lifecycleEventHookExecutionId": execution}


OPERATIONS = {
    "ListDeploymentTargets": list_all,
    "GetDeploymentTarget": get,
    "BatchGetDeploymentTargets": batch_get,
    "PutLifecycleEventHookExecutionStatus": put_hook_status,
}
