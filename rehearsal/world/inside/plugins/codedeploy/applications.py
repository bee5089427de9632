"""CodeDeploy's operations on applications."""

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store


def create(store: Store, request: Request) -> Record:
    """A new application; it is for Lambda, or refused."""
    name, key = request["applicationName"], (*store.here(), request["applicationName"])
    if request.get("computePlatform") != "Lambda":
        raise ServiceError("InvalidComputePlatformException", "the rehearsal deploys for Lambda")
    if key in store.applications:
        raise ServiceError("ApplicationAlreadyExistsException", f"there is a {name}")
    store.applications[key] = {
        "applicationName": name,
        "applicationId": store.new_id(),
        "createTime": store.world.clock.now(),
        "linkedToGitHub": False,
        "computePlatform": "Lambda",
    }
    store.tags[store.arn(f"application:{name}")] = {
        tag["Key"]: tag.get("Value", "") for tag in request.get("tags", ())
    }
    return {"applicationId": store.applications[key]["applicationId"]}


def get(store: Store, request: Request) -> Record:
    """An application as it is now."""
    return {"application": store.application(request["applicationName"])}


def batch_get(store: Store, request: Request) -> Record:
    """Several applications."""
    names = request["applicationNames"]
    return {"applicationsInfo": [store.application(name) for name in names]}


def list_all(store: Store, _request: Request) -> Record:
    """The applications here."""
    return {"applications": [key[-1] for key in store.applications if key[:2] == store.here()]}


def rename(store: Store, request: Request) -> None:
    """An application gets a new name, and its groups move with it."""
    old, here = str(request["applicationName"]), store.here()
    new = str(request.get("newApplicationName", old))
    store.application(old)
    if new == old:
        return
    if (*here, new) in store.applications:
        raise ServiceError("ApplicationAlreadyExistsException", f"there is a {new}")
    store.applications[*here, new] = {
        **store.applications.pop((*here, old)),
        "applicationName": new,
    }
    store.tags[store.arn(f"application:{new}")] = store.tags.pop(store.arn(f"application:{old}"))
    for group in store.groups_of(old):
        moved = {**store.groups.pop((*here, old, group)), "applicationName": new}
        store.tags[store.group_arn(moved)] = store.tags.pop(
            store.arn(f"deploymentgroup:{old}/{group}")
        )
        store.groups[*here, new, group] = moved


def delete(store: Store, request: Request) -> None:
    """The application goes, and its groups with it; as on AWS none need be there."""
    name = request["applicationName"]
    for group in store.groups_of(name):
        del store.groups[*store.here(), name, group]
        store.tags.pop(store.arn(f"deploymentgroup:{name}/{group}"), None)
    store.applications.pop((*store.here(), name), None)
    store.tags.pop(store.arn(f"application:{name}"), None)


OPERATIONS = {
    "CreateApplication": create,
    "GetApplication": get,
    "BatchGetApplications": batch_get,
    "ListApplications": list_all,
    "UpdateApplication": rename,
    "DeleteApplication": delete,
}
