"""From a delivery to the app that deploys it."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from delivery import Delivery, Service
from lockgate.packaging import Package, Packer, pack, require_handler
from lockgate.rules import LockgateRules
from stacks.audit import AuditStack
from stacks.foundation import FoundationStack
from stacks.pipeline import PipelineStack
from stacks.service import ServiceStack

ROOT = Path(__file__).resolve().parent.parent
# The folders below lambda/ that make up a gate's package.
GATE = ("judge", "canary", "hooks", "watch")


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
        PackagingError: a service or its gate cannot be packed.
    """
    foundation = FoundationStack(app, delivery=delivery)
    AuditStack(app, delivery=delivery, foundation=foundation)
    for service in delivery.services:
        PipelineStack(
            app, delivery=delivery, service=service, root=root, delivery_file=delivery_file
        ).add_stack_dependency(foundation, "It imports the artifact store and the keys")
        package, gate_package = _packages(service, root, packer)
        for name in service.promotion:
            ServiceStack(
                app,
                delivery=delivery,
                service=service,
                environment=delivery.environment(name),
                package=package,
                gate_package=gate_package,
            ).add_stack_dependency(foundation, "It imports the artifact store and its key")
    if judged:
        cdk.Validations.of(app).add_plugins(
            AwsSolutionsChecks(verbose=True), NIST80053R5Checks(verbose=True), LockgateRules()
        )
    return app


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
