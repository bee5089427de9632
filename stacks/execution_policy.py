"""The policies of CloudFormation's role in a bootstrapped account, not AdministratorAccess.

`cdk bootstrap` makes a role with which `cdk deploy` lets CloudFormation act. It deploys the
foundation, audit, access and pipeline stacks; everything else the pipelines deploy with roles of
their own. So it needs what manages these stacks' resource types, under this delivery's names. One
managed policy has no room for that (6,144 characters, "IAM and AWS STS quotas").
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from delivery import Delivery, DeliveryError, load
from lockgate.boundary import (
    deployer_name,
    gate_boundary_name,
    people_name,
    review_name,
    toolchain_name,
    workload_name,
)
from lockgate.permissions import READ_OBJECTS
from lockgate.resource_types import (
    CONNECTION_TYPES,
    ORGANIZATION_TYPES,
    PIPELINE_TYPES,
    SHARED_TYPES,
    SIGNING_TYPES,
    UNSCOPED,
    actions_for,
)
from stacks import names
from stacks.sources import connection_prefixes, repositories

ANYWHERE = "arn:aws:{service}:*:*:{resource}"
REPOSITORIES_NAMED = 5
# As the policies are called after the delivery's name, and their files.
EXECUTION: Final = "execution"
ROLES: Final = "execution-roles"
ASSETS = "arn:aws:s3:::cdk-lockgate-assets-*/*"
BOUNDARIES = (
    deployer_name,
    gate_boundary_name,
    people_name,
    review_name,
    toolchain_name,
    workload_name,
)
IAM = "arn:aws:iam::*:{resource}"
LOGS = "log-group:*"
MAKE_ROLE = ("iam:CreateRole", "iam:PutRolePermissionsBoundary")
PASSED_TO = (
    "cloudformation.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "codebuild.amazonaws.com",
    "codepipeline.amazonaws.com",
    "events.amazonaws.com",
    "lambda.amazonaws.com",
)


def documents(delivery: Delivery) -> dict[str, dict[str, Any]]:
    """The policy documents by what each policy is called after the delivery's name.

    A policy acts in its own account, so their ARNs name none.
    """
    actions = _actions(delivery)
    return {
        EXECUTION: _document(_manage_named(delivery, actions)),
        ROLES: _document(
            *(_pass_connections(prefix) for prefix in connection_prefixes(delivery)),
            *_make_roles(delivery),
            _allow(["logs:DescribeLogGroups"], ANYWHERE.format(service="logs", resource=LOGS)),
            _allow([a for a in actions if a in UNSCOPED], "*"),
            # The functions' code, from where the CDK CLI has put it.
            _allow(READ_OBJECTS, ASSETS),
        ),
    }


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(actions: Iterable[str], *resources: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def _actions(delivery: Delivery) -> list[str]:
    types = PIPELINE_TYPES | SHARED_TYPES
    if connection_prefixes(delivery):
        types |= CONNECTION_TYPES
    if delivery.supply.code_signing:
        types |= SIGNING_TYPES
    if not repositories(delivery):
        del types["AWS::CodeCommit::Repository"]
    every = [*types.values(), *(ORGANIZATION_TYPES.values() if delivery.audit.organization else [])]
    return actions_for(every)


def _manage_named(delivery: Delivery, actions: list[str]) -> dict[str, Any]:
    """What manages named resources, in one statement.

    IAM compares an action with the ARNs of its own service alone, and fourteen statements have
    no room in a managed policy.
    """
    elsewhere = {*MAKE_ROLE, "logs:DescribeLogGroups", *UNSCOPED}
    resources = _resources(delivery)
    owned = [a for a in actions if a.partition(":")[0] in resources and a not in elsewhere]
    return _allow(owned, *(arn for of_service in resources.values() for arn in of_service))


def _make_roles(delivery: Delivery) -> Iterator[dict[str, Any]]:
    roles = IAM.format(resource=f"role/{delivery.name}/*")
    boundaries = [
        IAM.format(resource=f"policy/{delivery.name}/boundary/{name_of(delivery.name)}")
        for name_of in BOUNDARIES
    ]
    yield _allow(MAKE_ROLE, roles) | {
        "Condition": {"ArnLike": {"iam:PermissionsBoundary": boundaries}}
    }
    yield _allow(["iam:PassRole"], roles) | {
        "Condition": {"StringEquals": {"iam:PassedToService": list(PASSED_TO)}}
    }


def _resources(delivery: Delivery) -> dict[str, list[str]]:
    prefix = f"{delivery.name}-*"
    named = {
        "cloudtrail": [f"trail/{prefix}"],
        "cloudwatch": [f"alarm:{prefix}"],
        "codebuild": [f"project/{prefix}"],
        "codecommit": _repositories(delivery),
        "codeconnections": ["connection/*"] if connection_prefixes(delivery) else [],
        "codepipeline": [prefix],
        "events": [f"rule/{prefix}"],
        "kms": ["key/*"],
        "lambda": [
            f"function:{prefix}",
            *(["code-signing-config:*"] if delivery.supply.code_signing else []),
        ],
        "logs": [f"log-group:{prefix}"],
        "secretsmanager": [f"secret:{delivery.name}/*"],
        "signer": ["/signing-profiles/*"] if delivery.supply.code_signing else [],
        "sns": [f"{names.topic(delivery)}*"],
        "ssm": [f"parameter/{delivery.name}/*"],
    }
    return {
        service: [ANYWHERE.format(service=service, resource=resource) for resource in resources]
        for service, resources in named.items()
    } | {
        "iam": [IAM.format(resource=f"{kind}/{delivery.name}/*") for kind in ("policy", "role")],
        "s3": [f"arn:aws:s3:::{prefix}"],
    }


def _pass_connections(prefix: str) -> dict[str, Any]:
    connections = ANYWHERE.format(service=prefix, resource="connection/*")
    return _allow([f"{prefix}:PassConnection"], connections) | {
        "Condition": {"StringEquals": {f"{prefix}:PassedToService": "codepipeline.amazonaws.com"}}
    }


def _repositories(delivery: Delivery) -> list[str]:
    """The repositories by name, or any where a policy has no room to name so many."""
    found = sorted(repositories(delivery))
    return found if len(found) <= REPOSITORIES_NAMED else ["*"]


def main() -> int:
    """Write the policies for a delivery file: DELIVERY FOLDER; 2 when the file cannot be used."""
    delivery_file, folder = (Path(argument) for argument in sys.argv[1:])
    try:
        delivery = load(delivery_file, Path.cwd())
    except DeliveryError as error:
        print(error, file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents(delivery).items():
        out = folder / f"{name}.json"
        out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        print(f"wrote {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
