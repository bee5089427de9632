"""CodeDeploy's operations on the tags of applications and groups."""

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store


def tag(store: Store, request: Request) -> Record:
    """More tags, or others."""
    _of(store, request).update({each["Key"]: each.get("Value", "") for each in request["Tags"]})
    return {}


def untag(store: Store, request: Request) -> Record:
    """Fewer tags."""
    found = _of(store, request)
    for key in request["TagKeys"]:
        found.pop(key, None)
    return {}


def list_all(store: Store, request: Request) -> Record:
    """The tags of an application or a group."""
    found = _of(store, request).items()
    return {"Tags": [{"Key": key, "Value": value} for key, value in found]}


def _of(store: Store, request: Request) -> dict[str, str]:
    arn = request["ResourceArn"]
    if arn not in store.tags:
        raise ServiceError("ArnNotSupportedException", f"nothing with tags is {arn}")
    return store.tags[arn]


OPERATIONS = {"TagResource": tag, "UntagResource": untag, "ListTagsForResource": list_all}
