"""CodeDeploy's operations on deployment configurations: how traffic is shifted."""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store
from rehearsal.world.inside.plugins.codedeploy.traffic import predefined

# Between the first shift and the last.
MOST_MINUTES = 2880
MOST_PERCENT = 99


def create(store: Store, request: Request) -> Record:
    """A new configuration."""
    name, key = request["deploymentConfigName"], (*store.here(), request["deploymentConfigName"])
    if name.startswith("CodeDeployDefault."):
        raise ServiceError("InvalidDeploymentConfigNameException", f"{name} is AWS's own")
    if key in store.configs:
        raise ServiceError("DeploymentConfigAlreadyExistsException", f"there is a {name}")
    if request.get("computePlatform") != "Lambda":
        raise ServiceError("InvalidComputePlatformException", "the rehearsal deploys for Lambda")
    routing = request.get("trafficRoutingConfig") or {}
    if wrong := _wrong(routing):
        raise ServiceError("InvalidTrafficRoutingConfigurationException", wrong)
    store.configs[key] = {
        "deploymentConfigId": store.new_id(),
        "deploymentConfigName": name,
        "createTime": store.world.clock.now(),
        "computePlatform": "Lambda",
        "trafficRoutingConfig": routing,
    }
    return {"deploymentConfigId": store.configs[key]["deploymentConfigId"]}


def _wrong(routing: Mapping[str, Any]) -> str:
    match routing:
        case {"type": "AllAtOnce"}:
            return ""
        case {"type": "TimeBasedCanary", "timeBasedCanary": canary}:
            percent, interval = canary.get("canaryPercentage"), canary.get("canaryInterval")
            steps = 1
        case {"type": "TimeBasedLinear", "timeBasedLinear": linear}:
            percent, interval = linear.get("linearPercentage"), linear.get("linearInterval")
            steps = (MOST_PERCENT - 1) // percent + 1 if percent else 1
        case _:
            return f"it is none of canary, linear and all at once: {dict(routing)}"
    if not percent or not 1 <= percent <= MOST_PERCENT:
        return f"{percent} percent are not between 1 and {MOST_PERCENT}"
    if not interval or not 1 <= interval * steps <= MOST_MINUTES:
        return f"{interval} minutes make for more than {MOST_MINUTES}, or for none"
    return ""


def get(store: Store, request: Request) -> Record:
    """A configuration, of the account's or of AWS's own."""
    return {"deploymentConfigInfo": store.config(request["deploymentConfigName"])}


def list_all(store: Store, _request: Request) -> Record:
    """The configurations here, AWS's own for Lambda included."""
    own = [key[-1] for key in store.configs if key[:2] == store.here()]
    return {"deploymentConfigsList": [*predefined(), *own]}


def delete(store: Store, request: Request) -> None:
    """The configuration goes, unless a group uses it; as on AWS none need be there."""
    name, here = request["deploymentConfigName"], store.here()
    if name in predefined():
        raise ServiceError("InvalidOperationException", f"{name} is AWS's own")
    used = [
        key
        for key, group in store.groups.items()
        if key[:2] == here and group.get("deploymentConfigName") == name
    ]
    if used:
        raise ServiceError("DeploymentConfigInUseException", f"{used[0][-1]} uses {name}")
    store.configs.pop((*here, name), None)


OPERATIONS = {
    "CreateDeploymentConfig": create,
    "GetDeploymentConfig": get,
    "ListDeploymentConfigs": list_all,
    "DeleteDeploymentConfig": delete,
}
