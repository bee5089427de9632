"""The traffic of a service in an environment: alias, deployments, decision records."""

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
        message: what it has to say of its failure, or nothing.
        lifecycle: its events so far.
        rollback_of: the deployment that it undoes, or nothing.
        record: the gate's decision record, where there is one.
    """

    id: str
    status: str
    created: datetime
    message: str
    lifecycle: tuple[Lifecycle, ...]
    rollback_of: str
    record: Mapping[str, Any] | None


class Traffic:
    """A service in an environment, found by the resources of its stack."""

    def __init__(self, world: World, stack: str, environment: str) -> None:
        """Look into this stack."""
        self._world, self.stack, self.environment = world, stack, environment
        found = {}
        pages = world.client("cloudformation").get_paginator("list_stack_resources")
        for page in pages.paginate(StackName=stack):
            for resource in page["StackResourceSummaries"]:
                found.setdefault(resource["ResourceType"], []).append(
                    resource["PhysicalResourceId"]
                )
        # An alias is called by its ARN, which ends with the function's and its own name.
        self.function, self.alias = found["AWS::Lambda::Alias"][0].split(":")[-2:]
        self._application = found["AWS::CodeDeploy::Application"][0]
        self._group = found["AWS::CodeDeploy::DeploymentGroup"][0].rpartition("|")[2]

    @property
    def target(self) -> str:
        """What customers call."""
        return f"{self.function}:{self.alias}"

    def weights(self) -> dict[str, float]:
        """The share of the traffic that each version has, 0 to 1."""
        alias = self._world.client("lambda").get_alias(FunctionName=self.function, Name=self.alias)
        others = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        return {alias["FunctionVersion"]: 1 - sum(others.values()), **others}

    def deployments(self) -> list[Deployment]:
        """All deployments, the oldest first."""
        client = self._world.client("codedeploy")
        ids = client.list_deployments(
            applicationName=self._application, deploymentGroupName=self._group
        )["deployments"]
        return sorted(map(self.deployment, ids), key=lambda found: found.created)

    def deployment(self, deployment_id: str) -> Deployment:
        """One deployment."""
        client = self._world.client("codedeploy")
        info = client.get_deployment(deploymentId=deployment_id)["deploymentInfo"]
        return Deployment(
            id=deployment_id,
            status=info["status"],
            created=info["createTime"],
            message=info.get("errorInformation", {}).get("message", ""),
            lifecycle=tuple(self._lifecycle(deployment_id)),
            rollback_of=info.get("rollbackInfo", {}).get("rollbackTriggeringDeploymentId", ""),
            record=self.record(deployment_id),
        )

    def record(self, deployment_id: str) -> Mapping[str, Any] | None:
        """The gate's decision record of a deployment, where there is one yet."""
        bucket = self._bucket()
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

    def _bucket(self) -> str:
        exports = self._world.client("cloudformation").get_paginator("list_exports")
        for page in exports.paginate():
            for export in page["Exports"]:
                if export["Name"].endswith("-artifacts"):
                    return str(export["Value"])
        raise LookupError("no stack exports an artifact store")
