"""The policy of CloudFormation's role in a bootstrapped account, instead of AdministratorAccess.

`cdk bootstrap` makes a role with which `cdk deploy` lets CloudFormation act. It deploys the
foundation, audit and pipeline stacks; everything else the pipelines deploy with roles of their
own. So it needs what manages these stacks' resource types, under this delivery's names.
"""

import json
import sys
from pathlib import Path
from typing import Any

from delivery import Delivery, DeliveryError, load
from lockgate.boundary import toolchain_name, workload_name
from lockgate.resource_types import PIPELINE_TYPES, SHARED_TYPES, UNSCOPED, actions_for
from stacks import names

ANYWHERE = "arn:aws:{service}:*:*:{resource}"
REPOSITORIES_NAMED = 5
IAM = "arn:aws:iam::*:{resource}"


def document(delivery: Delivery) -> dict[str, Any]:
    """The policy document; a policy acts in its own account, so its ARNs name none."""
    actions = actions_for([*SHARED_TYPES.values(), *PIPELINE_TYPES.values()])
    special = {
        "iam:CreateRole",
        "iam:PutRolePermissionsBoundary",
        "logs:DescribeLogGroups",
        *UNSCOPED,
    }
    statements = []
    for service, resources in _resources(delivery).items():
        owned = [a for a in actions if a.startswith(f"{service}:") and a not in special]
        statements.append({"Effect": "Allow", "Action": owned, "Resource": resources})
    boundaries = [
        IAM.format(resource=f"policy/{delivery.name}/boundary/{name}")
        for name in (workload_name(delivery.name), toolchain_name(delivery.name))
    ]
    roles = [IAM.format(resource=f"role/{delivery.name}/*")]
    return {
        "Version": "2012-10-17",
        "Statement": [
            *statements,
            {
                "Effect": "Allow",
                "Action": ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
                "Resource": roles,
                "Condition": {"ArnLike": {"iam:PermissionsBoundary": boundaries}},
            },
            {
                "Effect": "Allow",
                "Action": ["iam:PassRole"],
                "Resource": roles,
                "Condition": {
                    "StringEquals": {
                        "iam:PassedToService": [
                            "cloudformation.amazonaws.com",
                            "cloudtrail.amazonaws.com",
                            "codebuild.amazonaws.com",
                            "codepipeline.amazonaws.com",
                            "events.amazonaws.com",
                        ]
                    }
                },
            },
            {
                "Effect": "Allow",
                "Action": ["logs:DescribeLogGroups"],
                "Resource": [ANYWHERE.format(service="logs", resource="log-group:*")],
            },
            {"Effect": "Allow", "Action": [a for a in actions if a in UNSCOPED], "Resource": ["*"]},
        ],
    }


def _resources(delivery: Delivery) -> dict[str, list[str]]:
    prefix = f"{delivery.name}-*"
    named = {
        "cloudtrail": [f"trail/{prefix}"],
        "cloudwatch": [f"alarm:{prefix}"],
        "codebuild": [f"project/{prefix}"],
        "codecommit": _repositories(delivery),
        "codepipeline": [prefix],
        "events": [f"rule/{prefix}"],
        "kms": ["key/*"],
        "logs": [f"log-group:{prefix}"],
        "secretsmanager": [f"secret:{delivery.name}/*"],
        "sns": [f"{names.topic(delivery)}*"],
    }
    return {
        service: [ANYWHERE.format(service=service, resource=resource) for resource in resources]
        for service, resources in named.items()
    } | {
        "iam": [IAM.format(resource=f"{kind}/{delivery.name}/*") for kind in ("policy", "role")],
        "s3": [f"arn:aws:s3:::{prefix}"],
    }


def _repositories(delivery: Delivery) -> list[str]:
    """The repositories by name, or any where a policy has no room to name so many."""
    found = sorted({delivery.repository(service) for service in delivery.services})
    return found if len(found) <= REPOSITORIES_NAMED else ["*"]


def main() -> int:
    """Write the policy for a delivery file: DELIVERY OUT; 2 when the file cannot be used."""
    delivery_file, out = (Path(argument) for argument in sys.argv[1:])
    try:
        delivery = load(delivery_file, Path.cwd())
    except DeliveryError as error:
        print(error, file=sys.stderr)
        return 2
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(document(delivery), indent=2) + "\n")
    print(f"wrote {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
