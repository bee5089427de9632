"""The CDK CLI's command that bootstraps a place."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from delivery import Delivery
from delivery.place import Place
from operations import names
from operations.bootstrap.places import address, trusted
from operations.command import ROOT

NODE = Path(sys.executable).parent / "node"
PROGRAM = Path("node_modules/aws-cdk/bin/cdk")


def arguments(
    delivery: Delivery, place: Place, *, untrusted: Iterable[str] = (), profile: str | None = None
) -> list[str]:
    """What the CDK CLI is told.

    CloudFormation's role gets our policies, in place of AdministratorAccess, within our boundary.
    Nobody is trusted but the account of the pipelines, and that one only from elsewhere. No
    account is trusted for lookups: nothing that we synthesize looks anything up.

    Args:
        delivery: what is delivered.
        place: where; with its account and Region, or as a text to be filled in.
        untrusted: accounts that an earlier bootstrap trusted and nobody names any more.
        profile: the AWS profile to act with.
    """
    home = trusted(delivery, place)
    return [
        *("bootstrap", address(place), "--app", ""),
        *("--qualifier", names.QUALIFIER, "--toolkit-stack-name", names.TOOLKIT),
        *("--cloudformation-execution-policies", ",".join(policy_arns(delivery, place))),
        *("--custom-permissions-boundary", names.bootstrap_boundary(delivery)),
        *(("--trust", home) if home else ()),
        *(part for each in untrusted for part in ("--untrust", each)),
        "--public-access-block-configuration",
        "--termination-protection",
        *(("--profile", profile) if profile else ()),
    ]


def policy_arns(delivery: Delivery, place: Place) -> list[str]:
    """CloudFormation's policies."""
    account = place.account or "ACCOUNT"
    policies = names.execution_policies(delivery).values()
    return [f"arn:aws:iam::{account}:policy/{name}" for name in policies]


def shown(told: Sequence[str]) -> str:
    """The command, to be copied."""
    node = NODE.relative_to(ROOT) if NODE.is_relative_to(ROOT) else NODE
    return shlex.join([str(node), str(PROGRAM), *told])


def run(told: Sequence[str]) -> bool:
    """Run the CDK CLI, which says what it does; whether it succeeded."""
    quiet = {"CDK_DISABLE_CLI_TELEMETRY": "true", "CDK_DISABLE_VERSION_CHECK": "1"}
    done = subprocess.run(  # noqa: S603
        [NODE, PROGRAM, *told], cwd=ROOT, env=quiet | os.environ, check=False
    )
    return done.returncode == 0
