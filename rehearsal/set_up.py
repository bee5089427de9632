"""A delivery set up in a world, as its users would set it up in an account."""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from delivery import Delivery, load
from delivery.connection import ConnectedSource
from rehearsal.assembly import Assembly, read
from rehearsal.cdk import BY_HAND, Cdk
from rehearsal.deployments import Traffic
from rehearsal.pipeline import Pipeline
from rehearsal.snapshot import Audience
from rehearsal.source import Draft, Source
from rehearsal.store import Store, digest
from rehearsal.synth import ROOT
from rehearsal.synthesized import ASSEMBLIES, synthesized
from rehearsal.warm import KEPT, image
from rehearsal.world.inside.stand_in import stand_in
from rehearsal.world.world import World

# Where a delivery leaves account or Region to the credentials.
ACCOUNT, REGION = "111122223333", "eu-central-1"
ASSEMBLY = "cdk.out"
# A world with the first release has about fifty megabytes.
WORLDS = Store(KEPT / "worlds", most=3)
DONE = "bootstrapped, deployed, and the checkout released"
MINUTE = 60


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
        begun: whether it goes on from where an earlier run has released the checkout.
        name: the digest of all that this hangs on.
    """

    world: World
    delivery: Delivery
    source: Source
    assembly: Assembly
    pipelines: dict[str, Pipeline]
    traffic: dict[str, tuple[Traffic, ...]]
    begun: bool
    name: str

    def keep(self) -> None:
        """Let later runs on the same files go on from here; the minute is over then.

        Raises:
            WorldError: the world is not at rest.
        """
        clock = self.world.clock
        # What looks around once a minute does so at the same moments in a world that goes on.
        clock.sleep(MINUTE - clock.now().timestamp() % MINUTE)
        with WORLDS.adding(self.name) as folder:
            self.world.remember(folder)

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
    delivery_file: Path,
    audience: Audience,
    *,
    seed: int = 1,
    folder: Path | None = None,
    released: Sequence[object] | None = None,
    anew: bool = False,
) -> Iterator[SetUp]:
    """Start a world, bootstrap it and deploy the delivery with the CDK CLI, as `make deploy` does.

    Args:
        delivery_file: the delivery.
        audience: told each step.
        seed: what chance is derived from.
        folder: where the world keeps everything; it then stays there.
        released: how the checkout is released first, so that the world can go on from where an
            earlier run on the same files has done all this; set up anew where it is not told.
        anew: forget what an earlier run has done.

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
    account, region = delivery.toolchain.account or ACCOUNT, delivery.toolchain.region or REGION
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="source-", dir=KEPT) as scratch:
        draft = Draft(Path(scratch), delivery_file)
        files = digest(draft.tree, machine.locks, account, region)
        name = digest(files, seed, released)
        if anew:
            WORLDS.forget(name)
        begun = None if released is None else WORLDS.find(name)
        if begun is None:
            audience.step("Starting AWS on loopback")
        else:
            audience.step(f"Starting AWS on loopback as an earlier run has left it: {DONE}")
        with World(
            account=account,
            region=region,
            seed=seed,
            image=machine,
            folder=folder,
            keep=folder is not None,
            recalled=begun,
        ) as world:
            if begun is None:
                source = Source(world, draft)
                assembly = _deployed(world, source, files, delivery, audience)
            else:
                source = Source(world)
                assembly = read(source.folder / ASSEMBLY)
            names = {each.name: f"{delivery.name}-{each.name}" for each in delivery.services}
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
                begun=begun is not None,
                name=name,
            )


def _deployed(
    world: World, source: Source, files: str, delivery: Delivery, audience: Audience
) -> Assembly:
    """Bootstrap the world and deploy the delivery there."""
    world.image.lay_cache(source.folder)
    cdk = Cdk(world, source.folder)
    synth = "cdk synth, with every rule pack"
    if ASSEMBLIES.find(files):
        synth += " (kept from an earlier run on the same files)"
    audience.step(f"{synth}, and cdk bootstrap, with our own policy")
    # They need nothing of each other, and a machine has two cores.
    with ThreadPoolExecutor(1) as pool:
        bootstrapped = pool.submit(cdk.bootstrap)
        assembly = synthesized(cdk, source.folder / ASSEMBLY, files)
        bootstrapped.result()
    for repository in stood_in(delivery):
        world.client("codecommit").create_repository(repositoryName=repository)
    audience.step(f"cdk deploy {' '.join(BY_HAND)}")
    cdk.deploy()
    return assembly
