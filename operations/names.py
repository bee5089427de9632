"""What the delivery's resources are called, as the stacks name them.

The stacks are not imported: what runs a delivery needs no CDK. The suite compares both.
"""

from delivery import Delivery, Service

# As `cdk bootstrap` was told, and cdk.json says.
QUALIFIER = "lockgate"
TOOLKIT = "LockgateToolkit"
EXECUTION_POLICIES = ("execution", "execution-roles")


def pipeline(delivery: Delivery, service: Service) -> str:
    """A service's pipeline."""
    return f"{delivery.name}-{service.name}"


def freeze(delivery: Delivery) -> str:
    """The function that holds releases while they are frozen."""
    return f"{delivery.name}-freeze"


def freeze_parameter(delivery: Delivery) -> str:
    """The parameter that says whether releases are held."""
    return f"/{delivery.name}/freeze"


def execution_policies(delivery: Delivery) -> dict[str, str]:
    """The policies of CloudFormation's role in a bootstrapped account, by their files' names."""
    return {f"{each}.json": f"{delivery.name}-{each}" for each in EXECUTION_POLICIES}


def bootstrap_boundary(delivery: Delivery) -> str:
    """The most that CloudFormation's role in a bootstrapped account may ever do."""
    return f"{delivery.name}-bootstrap"


def stage(service: Service, environment: str) -> str:
    """The stage that holds an environment: its wave's, whose environments' names are joined."""
    wave = next(wave for wave in service.waves if environment in wave)
    return "-".join(wave)
