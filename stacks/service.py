"""The service stack: one service in one environment."""

from dataclasses import replace

from aws_cdk import aws_sns as sns
from constructs import Construct

from delivery import Delivery, Environment, Service
from delivery.sight import sight
from lockgate.boundary import workload_name
from lockgate.function import FunctionSettings
from lockgate.gate_plan import GatePlan
from lockgate.key import EncryptionKey
from lockgate.lambda_target import LambdaTarget
from lockgate.packaging import Package
from lockgate.parameters import ServiceParameters, Setting
from lockgate.permissions import arn, read_secrets
from lockgate.rotation import Rotator
from stacks import destinations, names
from stacks.base import DeliveryStack


class ServiceStack(DeliveryStack):
    """A service's workload, its secrets and the machinery of its releases, in one environment.

    It names the topic and the boundary instead of importing them, and imports the artifact store
    and its key, which are never replaced, so that an environment can be deployed, rolled back
    and removed without a thought for the other stacks.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        delivery: Delivery,
        service: Service,
        environment: Environment,
        package: Package,
        gate_package: Package,
        rotation_package: Package,
    ) -> None:
        name = names.service_stack(delivery, service, environment.name)
        super().__init__(
            scope,
            name,
            delivery=delivery,
            place=environment,
            tags=environment.tags,
            description=f"{service.name} in {environment.name}, and what shifts its traffic",
        )
        self.template_options.metadata = {
            "Lockgate": {
                "Service": service.name,
                "Environment": environment.name,
                "Production": environment.production,
                "Canary": sight(service).as_metadata(),
            }
        }
        config = self.code_signing()
        package, gate_package, rotation_package = (
            replace(each, signed_under=config) for each in (package, gate_package, rotation_package)
        )
        role_path = names.role_path(delivery, service.name, environment.name)
        log_key = EncryptionKey(
            self, "LogKey", purpose=f"Logs of {name}", deployer_arn=self.deployer_arn(service)
        )
        log_key.allow_logs(f"{name}-*")
        secrets = self.secrets(service, used_by="function", place=environment.name)
        parameters = self._parameters(service, environment)
        topic = sns.Topic.from_topic_arn(
            self, "Notifications", arn(self, "sns", names.topic(delivery))
        )
        boundary = self.boundary("Boundary", workload_name(names.bounds(delivery, environment)))
        canary, objectives = service.canary, service.objectives
        target = LambdaTarget(
            self,
            "Target",
            settings=FunctionSettings(
                name=name,
                handler=service.handler,
                memory_mb=service.memory_mb,
                timeout_seconds=service.timeout_seconds,
                environment=(secrets.environment if secrets else {})
                | (parameters.environment if parameters else {}),
            ),
            package=package,
            gate_package=gate_package,
            permissions=[
                *(read_secrets(secrets.arns, secrets.key) if secrets else []),
                *([parameters.read()] if parameters else []),
            ],
            plan=GatePlan(
                percent=canary.percent,
                minutes=canary.minutes,
                errors_percent=objectives.errors_percent,
                latency_ms=objectives.latency_ms,
                timeout_seconds=service.timeout_seconds,
                http_5xx=canary.http_5xx,
                synthetic_requests=service.synthetic_requests_planned,
                inconclusive=service.inconclusive_in(environment),
            ),
            objectives=destinations.objectives(service),
            store=self.artifact_store(),
            topic=topic,
            log_key=log_key.key,
            role_path=role_path,
            boundary=boundary,
        )
        if secrets:
            self.guard(
                secrets,
                readers={target.workload.role.role_arn: target.workload.function},
                rotator=Rotator(
                    package=rotation_package,
                    topic=topic,
                    log_key=log_key.key,
                    role_path=role_path,
                    boundary=boundary,
                ),
            )

    def _parameters(self, service: Service, environment: Environment) -> ServiceParameters | None:
        if not service.parameters:
            return None
        return ServiceParameters(
            self,
            "Parameters",
            prefix=names.secret_prefix(self._delivery, service, environment.name),
            settings={
                parameter.name: Setting(
                    description=parameter.description,
                    value=parameter.value_in(environment.name),
                )
                for parameter in service.parameters
            },
        )
