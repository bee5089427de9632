"""The most that the roles of a delivery may ever do, whoever writes their policies."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from lockgate import (
    canary_watch,
    gate,
    key,
    lambda_target,
    permissions,
    pipeline_actions,
    records,
    traffic_hook,
)
from lockgate.permissions import Permission
from lockgate.resource_types import (
    PIPELINE_TYPES,
    SERVICE_TYPES,
    UNSCOPED,
    actions_for,
    no_narrower,
)
from lockgate.role import acknowledge_wildcards

WORKLOAD_ACTIONS = sorted(
    {
        *permissions.WRITE_LOGS,
        *permissions.READ_SECRET,
        *permissions.USE_KEY,
        *permissions.WRITE_OBJECTS,
        *records.READ,
        *lambda_target.SHIFT_TRAFFIC,
        *lambda_target.READ_ALARMS,
        *gate.IDENTIFY,
        *gate.READ_COUNTS,
        *gate.TELL,
        *traffic_hook.REPORT,
        *traffic_hook.READ_ALIAS,
        *traffic_hook.INVOKE,
        *traffic_hook.START_WATCH,
        *canary_watch.STOP,
        *canary_watch.RAISE,
    }
)
TOOLCHAIN_ACTIONS = sorted(
    {
        *actions_for([*SERVICE_TYPES.values(), *PIPELINE_TYPES.values()]),
        *permissions.READ_OBJECTS,
        *permissions.WRITE_OBJECTS,
        *permissions.USE_KEY,
        *permissions.WRITE_LOGS,
        *permissions.READ_SECRET,
        *pipeline_actions.ALL_ACTIONS,
        *key.DEPLOY,
        "iam:PassRole",
    }
)
IN_ACCOUNT = "A boundary grants nothing; it keeps every role of the delivery inside this account."


class Boundaries(Construct):
    """Two permissions boundaries: one for what runs a service, one for what delivers it.

    A role can do only what both its policy and its boundary allow. `workload` holds the roles
    that a service stack makes: no IAM, no change to any resource but the alias that shifts, the
    deployment that is stopped and the record that is kept.
    `toolchain` holds the pipelines' roles and CloudFormation's: it can make roles, but only
    roles that carry one of these boundaries, and it can change neither boundary. Their names
    are chosen, as templates of other stacks name them. Cost nothing.
    """

    def __init__(self, scope: Construct, id_: str, *, delivery: str) -> None:
        super().__init__(scope, id_)
        self._path = f"/{delivery}/boundary/"
        self._policy("Workload", name=workload_name(delivery), actions=WORKLOAD_ACTIONS, denied=[])
        both = [
            boundary_arn(self, delivery, name)
            for name in (workload_name(delivery), toolchain_name(delivery))
        ]
        self._policy(
            "Toolchain",
            name=toolchain_name(delivery),
            actions=TOOLCHAIN_ACTIONS,
            denied=[
                _deny(
                    ["iam:CreateRole", "iam:PutRolePermissionsBoundary"],
                    ["*"],
                    {"StringNotEquals": {"iam:PermissionsBoundary": both}},
                ),
                _deny(
                    ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"],
                    both,
                ),
            ],
        )

    def _policy(
        self,
        id_: str,
        *,
        name: str,
        actions: Sequence[str],
        denied: Sequence[iam.PolicyStatement],
    ) -> None:
        stack = cdk.Stack.of(self)
        # The ARNs of S3 have no account: the condition keeps them inside.
        storage = [action for action in actions if action.startswith("s3:")]
        unscoped = [action for action in actions if action in UNSCOPED]
        owned = [action for action in actions if action not in {*storage, *unscoped}]
        allowed = [
            Permission(
                actions=owned,
                resources=[
                    permissions.arn(self, service, "*", region=service != "iam")
                    # IAM takes no wildcard for the service in an ARN.
                    for service in sorted({action.split(":")[0] for action in owned})
                    if service != "sts"
                ],
                wildcard_reason=IN_ACCOUNT,
            )
        ]
        if storage:
            allowed.append(
                Permission(
                    actions=storage,
                    resources=[f"arn:{stack.partition}:s3:::*"],
                    conditions={"StringEquals": {"aws:ResourceAccount": stack.account}},
                    wildcard_reason=IN_ACCOUNT,
                )
            )
        if unscoped:
            allowed.append(no_narrower(unscoped))
        policy = iam.ManagedPolicy(
            self,
            id_,
            managed_policy_name=name,
            description=f"The most that a role of this delivery may do ({id_.lower()})",
            path=self._path,
            statements=[*(permission.statement() for permission in allowed), *denied],
        )
        acknowledge_wildcards(policy, allowed)


def workload_name(delivery: str) -> str:
    """The boundary's name for what runs a service."""
    return f"{delivery}-workload"


def toolchain_name(delivery: str) -> str:
    """The boundary's name for what delivers a service."""
    return f"{delivery}-toolchain"


def boundary_arn(scope: Construct, delivery: str, name: str) -> str:
    """A boundary's ARN, from its name."""
    return permissions.arn(scope, "iam", f"policy/{delivery}/boundary/{name}", region=False)


def _deny(
    actions: Sequence[str], resources: Sequence[str], conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=list(actions),
        resources=list(resources),
        conditions=conditions,
    )
