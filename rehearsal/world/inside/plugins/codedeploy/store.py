"""What there is of CodeDeploy in a world, in each account and region on its own."""

import random
import string
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment
from rehearsal.world.inside.plugins.codedeploy.traffic import predefined
from rehearsal.world.inside.setting import Setting

Request = dict[str, Any]
# What botocore calls `DeploymentGroupInfo` and so on, but for what is set when it is read.
Record = dict[str, Any]
_SIGNS = string.ascii_uppercase + string.digits


@dataclass
class Store:
    """Applications, groups, configurations and deployments.

    Attributes:
        world: where.
        applications: by account, region and name.
        groups: by account, region, application and name.
        configs: by account, region and name, without those that every account has.
        deployments: by id, in the order in which they were made.
        tags: by ARN.
    """

    world: Setting
    applications: dict[tuple[str, ...], Record] = field(default_factory=dict)
    groups: dict[tuple[str, ...], Record] = field(default_factory=dict)
    configs: dict[tuple[str, ...], Record] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance: random.Random = self.world.chance("codedeploy")
        self._lock = threading.Lock()

    def here(self) -> tuple[str, str]:
        """The account and region of the request."""
        get = self.world.seams.get
        return get("responses.get_account_id")(), get("responses.get_region")()

    def arn(self, resource: str) -> str:
        """The ARN of something of CodeDeploy's here."""
        account, region = self.here()
        return f"arn:aws:codedeploy:{region}:{account}:{resource}"

    def group_arn(self, of: Mapping[str, Any]) -> str:
        """The ARN of the deployment group that a record or a request names."""
        name = f"{of['applicationName']}/{of['deploymentGroupName']}"
        return self.arn(f"deploymentgroup:{name}")

    def new_id(self) -> str:
        """An id that nothing else has."""
        with self._lock:
            return str(uuid.UUID(int=self._chance.getrandbits(128), version=4))

    def new_deployment_id(self) -> str:
        """An id as a deployment has it."""
        with self._lock:
            return "d-" + "".join(self._chance.choice(_SIGNS) for _ in range(9))

    def application(self, name: str) -> Record:
        """The application of that name.

        Raises:
            ServiceError: there is none.
        """
        key = (*self.here(), name)
        if key not in self.applications:
            raise ServiceError("ApplicationDoesNotExistException", f"no application {name}")
        return self.applications[key]

    def group(self, application: str, name: str) -> Record:
        """The deployment group of that name.

        Raises:
            ServiceError: there is none, or no such application.
        """
        self.application(application)
        key = (*self.here(), application, name)
        if key not in self.groups:
            raise ServiceError("DeploymentGroupDoesNotExistException", f"there is no {name}")
        return self.groups[key]

    def groups_of(self, application: str) -> list[str]:
        """The names of an application's deployment groups."""
        of = (*self.here(), application)
        return [key[-1] for key in self.groups if key[:-1] == of]

    def config(self, name: str) -> Record:
        """The deployment configuration of that name.

        Raises:
            ServiceError: there is none.
        """
        key = (*self.here(), name)
        if name in predefined():
            routing = predefined()[name]
            found = {"deploymentConfigName": name, "trafficRoutingConfig": routing}
            return {**found, "computePlatform": "Lambda"}
        if key not in self.configs:
            raise ServiceError("DeploymentConfigDoesNotExistException", f"there is no {name}")
        return self.configs[key]

    def deployment(self, identity: str) -> Deployment:
        """The deployment with that id.

        Raises:
            ServiceError: there is none.
        """
        if identity not in self.deployments:
            raise ServiceError("DeploymentDoesNotExistException", f"no deployment {identity}")
        return self.deployments[identity]

    def deployments_of(self, application: str, group: str) -> Iterator[Deployment]:
        """The deployments of a group, the newest first."""
        for deployment in reversed(list(self.deployments.values())):
            info = deployment.info
            if (info["applicationName"], info["deploymentGroupName"]) == (application, group):
                yield deployment
