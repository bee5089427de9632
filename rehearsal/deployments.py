"""The traffic of a service in an environment: alias, deployments, decision records."""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.world.world import World


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """One lifecycle event of a deployment."""

    name: str
    status: str
    started: datetime | None
    ended: datetime | None


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment of CodeDeploy.

    Attributes:
        id: its id.
        status: as CodeDeploy has it.
        created: when.
        ended: when it was over; None while it runs.
        message: what it has to say of its failure, or nothing.
        lifecycle: its events so far.
        rollback_of: the deployment that it undoes, or nothing.
        record: the gate's decision record, where there is one.
    """

    id: str
    status: str
    created: datetime
    ended: datetime | None
    message: str
    lifecycle: tuple[Lifecycle, ...]
    rollback_of: str
    record: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class _Places:
    function: str
    alias: str
    application: str
    group: str


class Traffic:
    """A service in an environment, found by the resources of its stack."""

    def __init__(self, world: World, stack: str, environment: str) -> None:
        """Look into this stack, which need not be there yet."""
        self._world, self.stack, self.environment = world, stack, environment
        self._places: _Places | None = None
        self._ended: dict[str, Deployment] = {}

    @property
    def there(self) -> bool:
        """Whether the service has been released there."""
        if self._places is None:
            self._places = _find(self._world, self.stack)
        return self._places is not None

    @property
    def function(self) -> str:
        """The function's name."""
        return self._place.function

    @property
    def alias(self) -> str:
        """The alias's name."""
        return self._place.alias

    @property
    def _place(self) -> "_Places":
        if not self.there or self._places is None:
            raise LookupError(f"{self.stack} is not deployed yet")
        return self._places

    @property
    def target(self) -> str:
        """What customers call."""
        return f"{self.function}:{self.alias}"

    def weights(self) -> dict[str, float]:
        """The share of the traffic that each version has, 0 to 1."""
        alias = self._world.client("lambda").get_alias(FunctionName=self.function, Name=self.alias)
        others = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return {alias["FunctionVersion"]: 1 - sum(others.values()), **others}

    def alarms(self) -> list[str]:
        """The names of the alarms that stop a deployment."""
        group = self._world.client("codedeploy").get_deployment_group(
            applicationName=self._place.application, deploymentGroupName=self._place.group
        )["deploymentGroupInfo"]
        return [alarm["name"] for alarm in group["alarmConfiguration"]["alarms"]]

    def deployments(self) -> list[Deployment]:
        """All deployments, the oldest first."""
        return sorted(map(self.deployment, self._ids()), key=lambda found: found.created)

    def newest(self) -> Deployment | None:
        """The deployment that was made last, if there is one yet; it is looked at until it ends."""
        ids = self._ids()
        if not ids or ids[0] in self._ended:
            return self._ended[ids[0]] if ids else None
        found = self.deployment(ids[0])
        if found.ended is not None and found.record is not None:
            self._ended[found.id] = found
        return found

    def deployment(self, deployment_id: str) -> Deployment:
        """One deployment."""
        client = self._world.client("codedeploy")
        info = client.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
        return Deployment(
            id=deployment_id,
            status=info["status"],
            created=info["createTime"],
            ended=info.get("completeTime"),
            message=info.get("errorInformation", {}).get("message", ""),
            lifecycle=tuple(self._lifecycle(deployment_id)),
            rollback_of=info.get("rollbackInfo", {}).get("rollbackTriggeringDeploymentId", ""),
            record=self.record(deployment_id),
        )

    def record(self, deployment_id: str) -> Mapping[str, Any] | None:
        """The gate's decision record of a deployment, where there is one yet."""
        bucket = self._bucket
        key = f"decisions/{self.function}/{deployment_id}.json"
        try:
            body = self._world.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        found: Mapping[str, Any] = json.loads(body)
        return found

    def _lifecycle(self, deployment_id: str) -> list[Lifecycle]:
        client = self._world.client("codedeploy")
        targets = client.list_deployment_targets(deploymentId=deployment_id)["targetIds"]
        if not targets:
            return []
        answer = client.batch_get_deployment_targets(deploymentId=deployment_id, targetIds=targets)
        return [
            Lifecycle(
                name=event["lifecycleEventName"],
                status=event["status"],
                started=event.get("startTime"),
                ended=event.get("endTime"),
            )
            for target in answer["deploymentTargets"]
            for event in target["lambdaTarget"].get("lifecycleEvents", [])
        ]

    def _ids(self) -> list[str]:
        """The deployments' ids, the newest first."""
        answer = self._world.client("codedeploy").list_deployments(
            applicationName=self._place.application, deploymentGroupName=self._place.group
        )
        found: list[str] = answer["deployments"]
        return found

    @functools.cached_property
    def _bucket(self) -> str:
        exports = self._world.client("cloudformation").get_paginator("list_exports")
        for page in exports.paginate():
            for export in page["Exports"]:
                if export["Name"].endswith("-artifacts"):
                    return str(export["Value"])
        raise LookupError("no stack exports an artifact store")


def _find(world: World, stack: str) -> _Places | None:
    client, found = world.client("cloudformation"), {}
    try:
        status = client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        for page in client.get_paginator("list_stack_resources").paginate(StackName=stack):
            for resource in page["StackResourceSummaries"]:
                found[resource["ResourceType"]] = resource.get("PhysicalResourceId", "")
    except ClientError:
        return None
    # While it is made for the first time, only a part may be there.
    if status == "REVIEW_IN_PROGRESS" or status.startswith("CREATE_IN"):
        return None
    # An alias is called by its ARN, which ends with the function's and its own name.
    function, alias = found["AWS::Lambda::Alias"].split(":")[-2:]
    return _Places(
        function=function,
        alias=alias,
        application=found["AWS::CodeDeploy::Application"],
        group=found["AWS::CodeDeploy::DeploymentGroup"].rpartition("|")[2],
    )
