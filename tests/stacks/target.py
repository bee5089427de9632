"""The Lambda target of one service in one environment, as its template holds it."""

from typing import Any

from delivery import Environment, Service
from stacks import names
from tests.assembly import Assembly

ALIAS = "live"


class Target:
    """The Lambda target of one service in one environment."""

    def __init__(self, assembly: Assembly, service: Service, environment: str) -> None:
        self.service = service
        self.environment: Environment = assembly.delivery.environment(environment)
        self.stack = names.service_stack(assembly.delivery, service, environment)
        self.resources: dict[str, dict[str, Any]] = assembly.templates[self.stack]["Resources"]

    def all(self, resource_type: str) -> dict[str, dict[str, Any]]:
        """The resources of a type, whole, by logical id."""
        return {i: r for i, r in self.resources.items() if r["Type"] == resource_type}

    def one(self, resource_type: str) -> tuple[str, dict[str, Any]]:
        [found] = self.all(resource_type).items()
        return found

    def properties(self, resource_type: str) -> dict[str, Any]:
        return dict(self.one(resource_type)[1]["Properties"])

    @property
    def group_alarms(self) -> dict[str, dict[str, Any]]:
        """The alarms that the deployment group watches."""
        watched = self.properties("AWS::CodeDeploy::DeploymentGroup")["AlarmConfiguration"]
        ids = [alarm["Name"]["Ref"] for alarm in watched["Alarms"]]
        return {i: self.resources[i]["Properties"] for i in ids}

    @property
    def measures(self) -> dict[str, dict[str, Any]]:
        """Those of them that read Lambda's own metrics; the third is the watch's verdict."""
        return {i: alarm for i, alarm in self.group_alarms.items() if "Metrics" in alarm}

    @property
    def gate_alarms(self) -> dict[str, dict[str, Any]]:
        """All alarms but the one on what rotates the service's secrets."""
        rotators = {
            logical_id
            for logical_id, function in self.all("AWS::Lambda::Function").items()
            if function["Properties"]["Handler"] == "rotate.handle"
        }
        return {
            i: alarm
            for i, alarm in self.all("AWS::CloudWatch::Alarm").items()
            if not any(
                dimension["Value"].get("Ref") in rotators
                for dimension in alarm["Properties"].get("Dimensions", [])
                if isinstance(dimension["Value"], dict)
            )
        }

    @property
    def hooks(self) -> dict[str, str]:
        """The logical ids of the hooks' functions, by what the alias calls them."""
        _, alias = self.one("AWS::Lambda::Alias")
        update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        return {key: value["Ref"] for key, value in update.items() if key.endswith("Hook")}


def targets_of(assembly: Assembly) -> list[Target]:
    """Every target of a delivery."""
    found = [
        Target(assembly, service, environment)
        for service in assembly.delivery.services
        for environment in service.environments
    ]
    assert found
    return found
