"""From a delivery to the app that deploys it."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from delivery import Delivery, Place, Service
from lockgate.packaging import Package, Packer, pack, require_handler
from lockgate.rules import LockgateRules
from stacks.access import AccessStack
from stacks.audit import AuditStack
from stacks.foundation import FoundationStack
from stacks.ground import GroundStack
from stacks.landing import LandingStack
from stacks.pipeline import PipelineStack
from stacks.pull_requests import PullRequestStack
from stacks.replica import ReplicaStack
from stacks.service import ServiceStack
from stacks.sources import pull_requests

ROOT = Path(__file__).resolve().parent.parent
# The folders below lambda/ that make up a gate's package.
GATE = ("judge", "canary", "hooks", "watch")
# What the pipelines share: two folders of functions, what these have in common, and what that
# has in common with a gate.
RELEASE, PROVENANCE, JOBS = "release", "provenance", "jobs"
SHARED = {
    name: ROOT / "lambda" / "canary" / name
    for name in ("clients.py", "clock.py", "deadline.py", "log.py", "retry.py")
}
SOURCE = ("source",)
# What rotates the secrets of every service; it shares the same modules.
ROTATION = "rotation"


def context() -> dict[str, Any]:
    """What the CDK CLI passes of cdk.json and plain Python would not; both synthesize the same."""
    settings = json.loads((ROOT / "cdk.json").read_text())
    path_metadata = {"aws:cdk:enable-path-metadata": settings["pathMetadata"]}
    return dict(settings["context"] | path_metadata)


def build_app(
    delivery: Delivery,
    *,
    app: cdk.App,
    root: Path = ROOT,
    delivery_file: str = "delivery.toml",
    packer: Packer = pack,
    judged: bool = True,
) -> cdk.App:
    """Add the stacks of a delivery and the rules that judge them.

    Args:
        delivery: what is delivered, where to, and how carefully.
        app: made with `context()`.
        root: the checkout that holds the services.
        delivery_file: the delivery's file, as the package build finds it in the source.
        packer: makes packages; as `lockgate.packaging.pack`.
        judged: whether the rule packs judge the templates at synth.

    Raises:
        PackagingError: a service, its gate or what the pipelines share cannot be packed.
    """
    source_package = packer(
        "source", [ROOT / "lambda" / folder for folder in SOURCE], out=root / "build" / "packages"
    )
    rotation_package = packer(
        f"{delivery.name}-{ROTATION}",
        [ROOT / "lambda" / ROTATION],
        out=root / "build" / "packages",
        extra=SHARED,
    )
    foundation = FoundationStack(
        app,
        delivery=delivery,
        release_package=_shared_package(delivery, RELEASE, root, packer),
        provenance_package=_shared_package(delivery, PROVENANCE, root, packer),
        source_package=source_package,
    )
    AuditStack(app, delivery=delivery, foundation=foundation)
    AccessStack(app, delivery=delivery).add_stack_dependency(
        foundation, "It imports the artifact store, and needs the boundary"
    )
    grounds: dict[Place, GroundStack] = {delivery.home: foundation}
    for place in delivery.places_elsewhere:
        grounds[place] = LandingStack(app, delivery=delivery, place=place, root=root)
    for region in delivery.regions_elsewhere:
        ReplicaStack(app, delivery=delivery, region=region)
    for service in delivery.services:
        PipelineStack(
            app,
            delivery=delivery,
            service=service,
            root=root,
            delivery_file=delivery_file,
            source_package=source_package,
            rotation_package=rotation_package,
        ).add_stack_dependency(foundation, "It imports the artifact store and the keys")
        package, gate_package = _packages(service, root, packer)
        for name in service.environments:
            environment = delivery.environment(name)
            ServiceStack(
                app,
                delivery=delivery,
                service=service,
                environment=environment,
                package=package,
                gate_package=gate_package,
                rotation_package=rotation_package,
            ).add_stack_dependency(
                grounds[delivery.place(environment)], "It imports the store and its key"
            )
    if pull_requests(delivery):
        PullRequestStack(app, delivery=delivery, delivery_file=delivery_file).add_stack_dependency(
            foundation, "It imports the connections and the key"
        )
    if judged:
        cdk.Validations.of(app).add_plugins(
            AwsSolutionsChecks(verbose=True), NIST80053R5Checks(verbose=True), LockgateRules()
        )
    return app


def _shared_package(delivery: Delivery, folder: str, root: Path, packer: Packer) -> Package:
    return packer(
        f"{delivery.name}-{folder}",
        [ROOT / "lambda" / folder, ROOT / "lambda" / JOBS],
        out=root / "build" / "packages",
        extra=SHARED,
    )


def _packages(service: Service, root: Path, packer: Packer) -> tuple[Package, Package]:
    home = root / service.path
    out = root / "build" / "packages"
    require_handler(service.name, home / "src", service.handler)
    return (
        packer(service.name, [home / "src"], out=out, requirements=home / "requirements.txt"),
        packer(
            f"{service.name}-gate",
            [ROOT / "lambda" / folder for folder in GATE],
            out=out,
            extra={"contract.json": home / "contract.json"},
        ),
    )
