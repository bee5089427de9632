"""CloudFormation's types AWS::CodeDeploy::Application, ::DeploymentConfig and ::DeploymentGroup.

`Ref` is the name of each, as on AWS. What AWS would make anew under the same name, and what only
servers and containers have, fails.
"""

from collections.abc import Callable, Mapping
from typing import Any

import botocore.session

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy import applications, configs, groups
from rehearsal.world.inside.plugins.codedeploy.store import Record, Request, Store
from rehearsal.world.inside.template_shapes import as_request

Made = tuple[str, dict[str, str]]
Properties = dict[str, Any]
Operation = Callable[[Store, Request], Record | None]
OFF = {"enabled": False}
# What a group has when the template stops saying so.
UNSAID = {
    "deploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce",
    "alarmConfiguration": OFF,
    "autoRollbackConfiguration": OFF,
}


def install(store: Store) -> None:
    """Let CloudFormation make CodeDeploy's resources."""
    seams = store.world.seams
    types = seams.get("provisioners._RESOURCE_HANDLERS")
    tagged = seams.get("provisioners._STACK_TAG_PROPERTY")
    operations: dict[str, tuple[Operation, Operation | None, Operation]] = {
        "Application": (applications.create, _retag, applications.delete),
        "DeploymentConfig": (configs.create, None, configs.delete),
        "DeploymentGroup": (groups.create, _regroup, groups.delete),
    }
    for kind, of_it in operations.items():
        type_name = f"AWS::CodeDeploy::{kind}"
        types[type_name] = _Type(store, kind, f"{kind}Name", of_it).handlers()
        if kind != "DeploymentConfig":
            tagged[type_name] = ("Tags", "list")


class _Type:
    """One resource type, by the operations of the API that it comes down to."""

    def __init__(
        self,
        store: Store,
        kind: str,
        name: str,
        operations: tuple[Operation, Operation | None, Operation],
    ) -> None:
        self._store, self._kind, self._name = store, kind, name
        self._create, self._update, self._delete = operations
        model = botocore.session.get_session().get_service_model("codedeploy")
        self._shape = model.operation_model(f"Create{kind}").input_shape
        self._physical_name = store.world.seams.get("provisioners._physical_name")

    def handlers(self) -> dict[str, Any]:
        """What ministack's CloudFormation calls."""
        return {
            "create": self.create,
            "update": self.update,
            "update_with_logical_id": True,
            "delete": self.delete,
        }

    def create(self, logical_id: str, properties: Properties, stack: str) -> Made:
        """A new one, by the template's name or one of CloudFormation's."""
        request = self._request(logical_id, properties, stack)
        _told(self._create, self._store, request)
        return str(request[self._key]), {}

    def update(
        self, name: str, old: Properties, new: Properties, stack: str, logical_id: str
    ) -> Made:
        """Changed where it is, or a new one if it has a new name; the old one goes later."""
        if self._name in new and new[self._name] != name:
            return self.create(logical_id, new, stack)
        changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        anew = {"ApplicationName", "ComputePlatform"} & (changed - {self._name})
        if self._update is None or anew:
            raise ValueError(
                "CloudFormation cannot update a stack when a custom-named resource requires"
                f" replacing. Rename {name} and update the stack again."
            )
        request = self._request(logical_id, {**new, self._name: name}, stack)
        _told(self._update, self._store, request)
        return name, {}

    def delete(self, name: str, properties: Properties) -> None:
        """It goes."""
        of = {"applicationName": properties.get("ApplicationName", name)}
        _told(self._delete, self._store, {**of, self._key: name})

    @property
    def _key(self) -> str:
        return self._name[:1].lower() + self._name[1:]

    def _request(self, logical_id: str, properties: Properties, stack: str) -> Request:
        named = {self._name: self._physical_name(stack, logical_id, max_len=100), **properties}
        return as_request(named, self._shape, f"CodeDeploy {self._kind} {named[self._name]}")


def _retag(store: Store, request: Request) -> None:
    """What can change of an application is its tags."""
    _set_tags(store, f"application:{request['applicationName']}", request)


def _regroup(store: Store, request: Request) -> None:
    """All that can change of a group, and its tags."""
    name = request.pop("deploymentGroupName")
    _set_tags(store, f"deploymentgroup:{request['applicationName']}/{name}", request)
    request.pop("tags", None)
    groups.update(store, {**UNSAID, **request, "currentDeploymentGroupName": name})


def _set_tags(store: Store, resource: str, request: Mapping[str, Any]) -> None:
    store.tags[store.arn(resource)] = {
        tag["Key"]: tag.get("Value", "") for tag in request.get("tags") or ()
    }


def _told(doing: Operation, store: Store, request: Request) -> None:
    """What the API refuses fails the stack, in CloudFormation's words."""
    try:
        doing(store, request)
    except ServiceError as error:
        raise ValueError(f"{error} (Service: CodeDeploy; Error Code: {error.code})") from error
