"""What the delivery's stacks and resources are called, in one place.

Names are joined by hyphens; an environment's name has none, so that no two names meet.
"""

from delivery import Delivery, Service

FOUNDATION = "foundation"
AUDIT = "audit"
PIPELINE = "pipeline"
ARTIFACTS = "artifacts"
ARTIFACT_KEY = "artifact-key"
LOG_KEY = "log-key"


def shared_stack(delivery: Delivery, kind: str) -> str:
    """The foundation or audit stack."""
    return f"{delivery.name}-{kind}"


def service_stack(delivery: Delivery, service: Service, environment: str) -> str:
    """A service's stack in one environment; also its function's name there."""
    return f"{delivery.name}-{service.name}-{environment}"


def pipeline_stack(delivery: Delivery, service: Service) -> str:
    """The stack of a service's pipeline."""
    return service_stack(delivery, service, PIPELINE)


def pipeline(delivery: Delivery, service: Service) -> str:
    """A service's pipeline."""
    return f"{delivery.name}-{service.name}"


def topic(delivery: Delivery) -> str:
    """The topic that people are told by."""
    return f"{delivery.name}-notifications"


def role_path(delivery: Delivery, *parts: str) -> str:
    """The IAM path of the roles that belong together."""
    return "/" + "/".join((delivery.name, *parts)) + "/"


def secret_prefix(delivery: Delivery, service: Service, place: str) -> str:
    """Leads the names of a service's secrets in one environment, or of its builds."""
    return f"{delivery.name}/{service.name}/{place}"


def deployer(stack_name: str) -> str:
    """CloudFormation's role for one stack."""
    return f"{stack_name}-deploy"


def export(delivery: Delivery, what: str) -> str:
    """The name under which the foundation exports what the pipelines share."""
    return f"{delivery.name}-{what}"
