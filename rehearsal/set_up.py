"""A delivery set up in a world, as its users would set it up in an account."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from delivery import Delivery, load
from delivery.connection import ConnectedSource
from rehearsal.assembly import Assembly
from rehearsal.cdk import BY_HAND, Cdk
from rehearsal.deployments import Traffic
from rehearsal.pipeline import Pipeline
from rehearsal.snapshot import Audience
from rehearsal.source import Source
from rehearsal.synth import ROOT
from rehearsal.synthesized import digest, kept, synthesized
from rehearsal.warm import image
from rehearsal.world.inside.stand_in import stand_in
from rehearsal.world.world import World

# Where a delivery leaves account or Region to the credentials.
ACCOUNT, REGION = "111122223333", "eu-central-1"


@dataclass(frozen=True, kw_only=True)
class SetUp:
    """A delivery in its world.

    Attributes:
        world: the world.
        delivery: what is delivered.
        source: the repository, not pushed yet.
        assembly: what was deployed.
        pipelines: by service.
        traffic: by service, each environment's in the order of promotion.
    """

    world: World
    delivery: Delivery
    source: Source
    assembly: Assembly
    pipelines: dict[str, Pipeline]
    traffic: dict[str, tuple[Traffic, ...]]

    def repository(self, service: str) -> str:
        """The CodeCommit repository whose pushes start the service's pipeline."""
        found = next(each for each in self.delivery.services if each.name == service)
        return stand_in(self.delivery.repository(found))


def stood_in(delivery: Delivery) -> list[str]:
    """The repositories that stand in for those outside AWS, which the foundation does not make."""
    return sorted(
        {
            stand_in(delivery.repository(service))
            for service in delivery.services
            if isinstance(service.source, ConnectedSource)
        }
    )


@contextmanager
def set_up(
    delivery_file: Path, audience: Audience, *, seed: int = 1, folder: Path | None = None
) -> Iterator[SetUp]:
    """Start a world, bootstrap it and deploy the delivery with the CDK CLI, as `make deploy` does.

    Args:
        delivery_file: the delivery.
        audience: told each step.
        seed: what chance is derived from.
        folder: where the world keeps everything; it then stays there.

    Raises:
        DeliveryError: the delivery file is wrong.
        WarmError: what builds install cannot be had.
        WorldError: the world does not start.
        SourceError: git is missing or fails.
        SynthError: the synth fails.
        CdkError: bootstrapping or deploying fails.
    """
    delivery = load(delivery_file, ROOT)
    audience.step("Fetching what the builds install")
    machine = image(ROOT)
    audience.step("Starting AWS on loopback")
    with World(
        account=delivery.toolchain.account or ACCOUNT,
        region=delivery.toolchain.region or REGION,
        seed=seed,
        image=machine,
        folder=folder,
        keep=folder is not None,
    ) as world:
        source = Source(world, delivery_file)
        machine.lay_cache(source.folder)
        cdk = Cdk(world, source.folder)
        name = digest(source.tree, machine.locks, world.account, world.region)
        synth = "cdk synth, with every rule pack"
        if kept(name):
            synth += " (kept from an earlier run on the same files)"
        audience.step(f"{synth}, and cdk bootstrap, with our own policy")
        # They need nothing of each other, and a machine has two cores.
        with ThreadPoolExecutor(1) as pool:
            bootstrapped = pool.submit(cdk.bootstrap)
            assembly = synthesized(cdk, source.folder / "cdk.out", name)
            bootstrapped.result()
        for repository in stood_in(delivery):
            world.client("codecommit").create_repository(repositoryName=repository)
        audience.step(f"cdk deploy {' '.join(BY_HAND)}")
        cdk.deploy()
        names = {service.name: f"{delivery.name}-{service.name}" for service in delivery.services}
        yield SetUp(
            world=world,
            delivery=delivery,
            source=source,
            assembly=assembly,
            pipelines={service: Pipeline(world, name) for service, name in names.items()},
            traffic={
                service.name: tuple(
                    Traffic(world, f"{names[service.name]}-{environment}", environment)
                    for environment in service.environments
                )
                for service in delivery.services
            },
        )
