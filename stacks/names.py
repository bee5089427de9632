"""What the delivery's stacks and resources are called, in one place.

Names are joined by hyphens; an environment's name has none, so that no two names meet.
"""

import hashlib
import re

from delivery import Delivery, Environment, Place, Service
from lockgate.shared_functions import SharedFunctions

FOUNDATION = "foundation"
AUDIT = "audit"
ACCESS = "access"
LANDING = "landing"
PIPELINE = "pipeline"
PEOPLE = "people"
REVIEW = "review"
ARTIFACTS = "artifacts"
ARTIFACT_KEY = "artifact-key"
LOG_KEY = "log-key"
PROVENANCE_KEY = "provenance-key"
CODE_SIGNING = "code-signing"
SIGNING_PROFILE = "signing-profile"
PULL_REQUESTS = "pull-requests"
# Of a repository, in the name of a project that may have 150.
REPOSITORY_CHARACTERS = 100
SECURITY_ANALYST = "security-analyst"
# Whose approval counts for a pull request.
APPROVERS = ("cloud-administrator", "devops-engineer", SECURITY_ANALYST)
# Of a repository, in the name of an approval rule that may have 100.
APPROVAL_CHARACTERS = 60


def shared_stack(delivery: Delivery, kind: str) -> str:
    """The foundation, audit or access stack."""
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


def connection(provider: str, host: str | None) -> str:
    """A connection that the foundation makes, behind the delivery's name; 15 characters at most."""
    # A host's name ends with an id of its own.
    server = f"-{re.sub('[^A-Za-z0-9]', '', host)[-8:]}" if host else ""
    return f"{provider.partition('-')[0]}{server}"


def connection_export(name: str) -> str:
    """What the foundation exports a connection as, behind the delivery's name."""
    return f"connection-{name}"


def pull_requests(delivery: Delivery, repository: str) -> str:
    """The build of the pull requests to a repository; also its verdict's name beside a commit."""
    slug = re.sub("[^A-Za-z0-9]+", "-", repository).strip("-")
    return f"{delivery.name}-{slug[-REPOSITORY_CHARACTERS:].strip('-')}-{PULL_REQUESTS}"


def landing_stack(delivery: Delivery, place: Place) -> str:
    """The stack with what the pipelines need at a place that is not the toolchain's."""
    return f"{delivery.name}-{LANDING}-{place.account}-{place.region}"


def replica_stack(delivery: Delivery, region: str) -> str:
    """The stack with the artifacts of the pipelines in another Region."""
    return f"{delivery.name}-{ARTIFACTS}-{region}"


def artifact_store(delivery: Delivery) -> str:
    """Leads the artifact store's name where other accounts or Regions must know it."""
    return f"{delivery.name}-{ARTIFACTS}"


def pipeline_role(delivery: Delivery, service: Service) -> str:
    """The role of a service's pipeline."""
    return f"{pipeline(delivery, service)}-release"


def artifact_key_alias(delivery: Delivery) -> str:
    """The alias of the key of a replicated artifact store."""
    return f"alias/{artifact_store(delivery)}"


def functions(delivery: Delivery) -> SharedFunctions:
    """The functions that all pipelines share."""
    return SharedFunctions.of(delivery.name, signs=delivery.supply.code_signing)


def bounds(delivery: Delivery, place: Environment | Place | None = None) -> str:
    """Leads the names of the boundaries at a place, which an account has for each Region."""
    at = delivery.place(place) if isinstance(place, Environment) else place
    return delivery.name if at in (None, delivery.home) else f"{delivery.name}-{at.region}"


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


def services_in(delivery: Delivery, repository: str) -> list[Service]:
    """The services whose code is in one of the delivery's CodeCommit repositories."""
    return [
        service
        for service in delivery.services
        if service.source.provider == "codecommit" and delivery.repository(service) == repository
    ]


def approval_rule(delivery: Delivery, repository: str, what: str) -> str:
    """A rule that all pull requests of a repository get; a long name is cut and told apart."""
    if len(repository) > APPROVAL_CHARACTERS:
        digest = hashlib.sha256(repository.encode()).hexdigest()[:8]
        repository = f"{repository[: APPROVAL_CHARACTERS - 9]}-{digest}"
    return f"{delivery.name}-{repository}-{what}"


def people_role(delivery: Delivery, who: str) -> str:
    """The role that one kind of people takes on; one of `PEOPLE`."""
    return f"{delivery.name}-{who}"


def export(delivery: Delivery, what: str) -> str:
    """The name under which the foundation exports what the pipelines share."""
    return f"{delivery.name}-{what}"
