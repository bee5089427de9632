"""What a delivery says of a service's environments, as the constructs take it."""

import aws_cdk as cdk
from constructs import IConstruct

from delivery import Delivery, Environment, Service
from lockgate.artifact_store import Reader
from lockgate.care import Care, DeploymentWindow
from lockgate.destination import Destination
from lockgate.site import ASSETS, SIGNED, Site
from lockgate.version_alarms import VersionObjectives
from stacks import names


def site(scope: IConstruct, delivery: Delivery, service: Service, environment: Environment) -> Site:
    """Where an environment is.

    Args:
        scope: in a stack of the toolchain's or the environment's place, for what neither names.
        delivery: what is delivered.
        service: the service.
        environment: one of its environments.
    """
    stack, place = cdk.Stack.of(scope), delivery.place(environment)
    return Site(
        stack_name=names.service_stack(delivery, service, environment.name),
        account=place.account or stack.account,
        region=place.region or stack.region,
        role_path=names.role_path(delivery, service.name, names.PIPELINE),
        elsewhere=not delivery.is_home(environment),
        watched=environment.production or delivery.bake(service, environment.name).minutes > 0,
        integration=service.integration,
        published=SIGNED if delivery.supply.code_signing else ASSETS,
    )


def waves(scope: IConstruct, delivery: Delivery, service: Service) -> list[list[Destination]]:
    """The environments of a service, wave by wave."""
    return [
        [
            Destination(
                name=name,
                site=site(scope, delivery, service, delivery.environment(name)),
                care=_care(delivery, service, delivery.environment(name)),
            )
            for name in wave
        ]
        for wave in service.waves
    ]


def elsewhere(scope: IConstruct, delivery: Delivery) -> list[Site]:
    """The environments that are not where the pipelines are."""
    return [
        site(scope, delivery, service, environment)
        for service in delivery.services
        for environment in map(delivery.environment, service.environments)
        if not delivery.is_home(environment)
    ]


def readers(scope: IConstruct, delivery: Delivery, region: str | None) -> list[Reader]:
    """The roles elsewhere that read artifacts in a Region."""
    return [
        reader
        for service in delivery.services
        for environment in map(delivery.environment, service.environments)
        if not delivery.is_home(environment) and delivery.place(environment).region == region
        for reader in site(scope, delivery, service, environment).readers(
            scope, names.pipeline(delivery, service)
        )
    ]


def objectives(service: Service) -> VersionObjectives:
    """What every version of a service is held to."""
    return VersionObjectives(
        errors_percent=service.objectives.errors_percent,
        latency_ms=service.objectives.latency_ms,
        slow_percent=service.objectives.slow_percent,
    )


def _care(delivery: Delivery, service: Service, environment: Environment) -> Care:
    window, bake = delivery.window_of(environment), delivery.bake(service, environment.name)
    return Care(
        production=environment.production,
        window=DeploymentWindow(cron=window.cron, time_zone=window.time_zone) if window else None,
        approval=environment.approval,
        bake_minutes=bake.minutes,
        bake_requests=bake.requests,
    )
