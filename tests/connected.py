"""Deliveries whose sources are outside AWS, synthesized as far as their sources matter."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

from delivery import Delivery
from lockgate.rules import LockgateRules
from stacks.app import ROOT, context
from stacks.foundation import FoundationStack
from stacks.pipeline import PipelineStack
from stacks.pull_requests import PullRequestStack
from stacks.sources import pull_requests
from tests.assembly import Assembly, empty_packer

ACCOUNT, REGION = "111122223333", "eu-central-1"
HOST = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:host/acme-0a1b2c3d"
GIVEN = f"arn:aws:codestar-connections:{REGION}:{ACCOUNT}:connection/0a1b2c3d-4e5f"
SERVER = "https://git.example.com"
# A source of each kind: a repository that two services share, another branch of it, a connection
# that was there before, servers of one's own with and without an address.
SOURCES: dict[str, dict[str, Any]] = {
    "orders": {"provider": "github", "repository": "acme/shop", "tags": ["v*"]},
    "invoices": {"provider": "github", "repository": "acme/shop", "branch": "release-1.x"},
    "stock": {
        "provider": "github",
        "repository": "acme/stock",
        "paths": ["services/stock/**", "lib/**"],
    },
    "prices": {"provider": "gitlab", "repository": "acme/team/prices", "connection": GIVEN},
    "returns": {"provider": "bitbucket", "repository": "acme/returns", "pull_requests": False},
    "parcels": {
        "provider": "github-enterprise",
        "repository": "acme/parcels",
        "host": HOST,
        "server": SERVER,
    },
    "labels": {"provider": "gitlab-self-managed", "repository": "acme/labels", "host": HOST},
}


def described(sources: dict[str, dict[str, Any]], name: str = "acme") -> dict[str, Any]:
    """A delivery file with one service for each source."""
    return {
        "name": name,
        "toolchain": {"account": ACCOUNT, "region": REGION},
        "environments": [{"name": "prod"}],
        "services": [
            {
                "name": service,
                "target": "lambda",
                # Two folders of other services lie beside that of the first.
                "path": f"services/{service}",
                "promotion": ["prod"],
                "integration": False,
                "source": source,
                "canary": {"requests_per_second": 10},
            }
            for service, source in sources.items()
        ],
    }


def synthesize(data: dict[str, Any], out: Path, *, judged: bool = False) -> Assembly:
    """Synthesize the foundation and the pipelines; their services' own stacks know no source.

    Raises:
        RuntimeError: a rule pack has a finding.
    """
    delivery = Delivery.model_validate(data)
    app = cdk.App(context=context(), outdir=str(out), analytics_reporting=False)
    gates = empty_packer(out)("release", [], out=out)
    foundation = FoundationStack(
        app,
        delivery=delivery,
        release_package=gates,
        provenance_package=gates,
        source_package=gates,
    )
    root = out.parent / "root"
    for service in delivery.services:
        home = root / service.path
        home.mkdir(parents=True, exist_ok=True)
        (home / "buildspec.yml").write_text((ROOT / "services/orders/buildspec.yml").read_text())
        PipelineStack(
            app,
            delivery=delivery,
            service=service,
            root=root,
            delivery_file="delivery.toml",
            source_package=gates,
            rotation_package=gates,
        ).add_stack_dependency(foundation, "It imports the artifact store and the keys")
    if pull_requests(delivery):
        PullRequestStack(
            app, delivery=delivery, delivery_file="delivery.toml"
        ).add_stack_dependency(foundation, "It imports the connections and the key")
    if judged:
        cdk.Validations.of(app).add_plugins(
            AwsSolutionsChecks(verbose=True), NIST80053R5Checks(verbose=True), LockgateRules()
        )
    app.synth()
    return Assembly(delivery, out)
