"""CodeDeploy's operations on deployment groups."""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside import role_session
from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store

SERVICE = "codedeploy.amazonaws.com"
SESSION = "codedeploy"
STYLE = {"deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL"}
# What a group for Lambda has; the rest of the model is for servers and containers.
KNOWN = frozenset(
    {
        "applicationName",
        "deploymentGroupName",
        "deploymentConfigName",
        "serviceRoleArn",
        "alarmConfiguration",
        "autoRollbackConfiguration",
        "deploymentStyle",
    }
)
MOST_ALARMS = 10


def create(store: Store, request: Request) -> Record:
    """A new deployment group of an application."""
    name, application = request["deploymentGroupName"], request["applicationName"]
    store.application(application)
    key = (*store.here(), application, name)
    if key in store.groups:
        raise ServiceError("DeploymentGroupAlreadyExistsException", f"there is a {name}")
    tags = {tag["Key"]: tag.get("Value", "") for tag in request.pop("tags", ())}
    group = _checked(store, request)
    store.groups[key] = {**group, "deploymentGroupId": store.new_id()}
    store.tags[store.group_arn(group)] = tags
    return {"deploymentGroupId": store.groups[key]["deploymentGroupId"]}


def update(store: Store, request: Request) -> Record:
    """What the request names changes; a running deployment goes on by what was."""
    request = dict(request)
    application, old = request["applicationName"], request.pop("currentDeploymentGroupName")
    before = store.group(application, old)
    name = request.pop("newDeploymentGroupName", old)
    if name != old and name in store.groups_of(application):
        raise ServiceError("DeploymentGroupAlreadyExistsException", f"there is a {name}")
    own = {key: value for key, value in before.items() if key in KNOWN}
    group = _checked(store, {**own, **request, "deploymentGroupName": name})
    del store.groups[*store.here(), application, old]
    tags = store.tags.pop(store.group_arn(before), {})
    store.groups[*store.here(), application, name] = {**before, **group}
    store.tags[store.group_arn(group)] = tags
    return {"hooksNotCleanedUp": []}


def _checked(store: Store, request: Request) -> Record:
    """The group that a request asks for.

    Raises:
        ServiceError: it cannot be, or its role does not trust CodeDeploy for it.
    """
    if strange := sorted(name for name in set(request) - KNOWN if request[name]):
        raise ServiceError("ValidationException", f"no group for Lambda has {', '.join(strange)}")
    if request.get("deploymentStyle", STYLE) != STYLE:
        raise ServiceError("InvalidDeploymentStyleException", f"for Lambda it is {STYLE}")
    store.config(request.setdefault("deploymentConfigName", "CodeDeployDefault.LambdaAllAtOnce"))
    alarms = request.get("alarmConfiguration") or {}
    if alarms.get("enabled") and not alarms.get("alarms"):
        raise ServiceError("InvalidAlarmConfigException", "there are alarms to watch, but none")
    if len(alarms.get("alarms") or ()) > MOST_ALARMS:
        raise ServiceError("AlarmsLimitExceededException", f"more than {MOST_ALARMS} alarms")
    rollback = request.get("autoRollbackConfiguration") or {}
    if rollback.get("enabled") and not rollback.get("events"):
        raise ServiceError("InvalidAutoRollbackConfigException", "it is on, but at no event")
    try:
        service_session(store, request)
    except role_session.NotTrustedError as error:
        raise ServiceError(
            "InvalidRoleException", f"Cannot assume role provided: {error}"
        ) from error
    return {**request, "deploymentStyle": STYLE}


def service_session(store: Store, group: Mapping[str, Any]) -> role_session.RoleSession:
    """CodeDeploy as the group's service role.

    Raises:
        NotTrustedError: the role is gone or does not trust it.
    """
    return role_session.assume(
        store.world,
        group["serviceRoleArn"],
        service=SERVICE,
        session_name=SESSION,
        source_arn=store.group_arn(group),
    )


def get(store: Store, request: Request) -> Record:
    """A deployment group as it is now."""
    found = store.group(request["applicationName"], request["deploymentGroupName"])
    return {"deploymentGroupInfo": _shown(store, found)}


def batch_get(store: Store, request: Request) -> Record:
    """Several groups of one application."""
    names, of = request["deploymentGroupNames"], request["applicationName"]
    shown = [_shown(store, store.group(of, name)) for name in names]
    return {"deploymentGroupsInfo": shown}


def list_all(store: Store, request: Request) -> Record:
    """The groups of an application."""
    name = store.application(request["applicationName"])["applicationName"]
    return {"applicationName": name, "deploymentGroups": store.groups_of(name)}


def delete(store: Store, request: Request) -> Record:
    """The group goes; as on AWS none need be there."""
    key = (*store.here(), request["applicationName"], request["deploymentGroupName"])
    store.groups.pop(key, None)
    store.tags.pop(store.group_arn(request), None)
    return {"hooksNotCleanedUp": []}


def _shown(store: Store, group: Record) -> Record:
    shown = {**group, "computePlatform": "Lambda"}
    ran = list(store.deployments_of(group["applicationName"], group["deploymentGroupName"]))
    good = [each for each in ran if each.info["status"] == "Succeeded"]
    if ran:
        shown["lastAttemptedDeployment"] = _last(ran[0])
    if good:
        shown["lastSuccessfulDeployment"] = _last(good[0])
    return shown


def _last(deployment: Deployment) -> Record:
    info = deployment.info
    last = {name: info[name] for name in ("deploymentId", "status", "createTime")}
    return {**last, **({"endTime": info["completeTime"]} if "completeTime" in info else {})}


OPERATIONS = {
    "CreateDeploymentGroup": create,
    "UpdateDeploymentGroup": update,
    "GetDeploymentGroup": get,
    "BatchGetDeploymentGroups": batch_get,
    "ListDeploymentGroups": list_all,
    "DeleteDeploymentGroup": delete,
}
