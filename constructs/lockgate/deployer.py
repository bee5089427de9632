"""The role with which CloudFormation deploys one stack, and no other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from lockgate.permissions import READ_OBJECTS, Permission, arn, pass_roles
from lockgate.resource_types import UNSCOPED, actions_for
from lockgate.role import JobRole
from lockgate.trust import trusted_service

MAKE_ROLES = ("iam:CreateRole", "iam:PutRolePermissionsBoundary")
ATTACH = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
# DescribeLogGroups is authorized against all groups of the Region, whatever its prefix.
LIST_LOG_GROUPS = ("logs:DescribeLogGroups",)
NAMES = "CloudFormation adds a random part to the names of what it makes in this stack."


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """What the names of one stack's resources begin with.

    Attributes:
        name: the stack's name, with which CloudFormation's generated names begin.
        role_path: the path of its roles and policies.
        secret_prefix: leads its secrets' names.
        passes_to: the services to which its resources hand roles.
        pipeline_name: the pipeline in it, where it has one.
    """

    name: str
    role_path: str
    secret_prefix: str
    passes_to: Sequence[str]
    pipeline_name: str | None = None


class StackDeployer(Construct):
    """CloudFormation's role for one stack: its resource types, its names, bounded.

    It makes roles only under the stack's path and only with `made_roles_boundary`, so that
    whoever changes the template can give none of them more than the boundary allows. Its own
    name is chosen here: the keys of the stack name it as their administrator.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        stack: DeployedStack,
        types: Mapping[str, tuple[str, ...]],
        role_name: str,
        role_path: str,
        boundary: iam.IManagedPolicy,
        made_roles_boundary: iam.IManagedPolicy,
        asset_bucket: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.role = JobRole(
            self,
            "Job",
            job=f"Deploy the stack {stack.name} (CloudFormation)",
            trust=trusted_service(self, "cloudformation.amazonaws.com"),
            permissions=[
                *self._manage(stack, types),
                *self._make_roles(stack, made_roles_boundary),
                *([_read_assets(self, asset_bucket)] if asset_bucket else []),
            ],
            path=role_path,
            boundary=boundary,
            name=role_name,
        ).role

    def _manage(
        self, stack: DeployedStack, types: Mapping[str, tuple[str, ...]]
    ) -> list[Permission]:
        special = {*UNSCOPED, *MAKE_ROLES, *ATTACH, *LIST_LOG_GROUPS}
        actions = actions_for(types.values())
        owned = [action for action in actions if action not in special]
        return [
            *(
                Permission(
                    actions=[action for action in owned if action.startswith(f"{service}:")],
                    resources=resources,
                    wildcard_reason=NAMES if service != "codepipeline" else None,
                )
                for service, resources in self._names(stack).items()
                if any(action.startswith(f"{service}:") for action in owned)
            ),
            Permission(
                actions=LIST_LOG_GROUPS,
                resources=[arn(self, "logs", "log-group:*")],
                wildcard_reason="CloudWatch Logs authorizes listing against all log groups.",
            ),
            *(
                Permission(
                    actions=[action],
                    resources=["*"],
                    wildcard_reason=f"AWS offers no narrower resource: {UNSCOPED[action]}.",
                )
                for action in actions
                if action in UNSCOPED
            ),
        ]

    def _names(self, stack: DeployedStack) -> dict[str, list[str]]:
        name = stack.name
        return {
            "cloudwatch": [arn(self, "cloudwatch", f"alarm:{name}-*")],
            "codebuild": [arn(self, "codebuild", f"project/{name}-*")],
            "codedeploy": [
                arn(self, "codedeploy", f"application:{name}"),
                arn(self, "codedeploy", f"deploymentconfig:{name}-*"),
                arn(self, "codedeploy", f"deploymentgroup:{name}/*"),
            ],
            "codepipeline": [arn(self, "codepipeline", stack.pipeline_name or name)],
            "events": [arn(self, "events", f"rule/{name}-*")],
            "iam": [
                arn(self, "iam", f"role{stack.role_path}*", region=False),
                arn(self, "iam", f"policy{stack.role_path}*", region=False),
            ],
            # What else is done to a key, the key's own policy allows this role.
            "kms": [arn(self, "kms", "key/*")],
            "lambda": [
                arn(self, "lambda", f"function:{name}"),
                arn(self, "lambda", f"function:{name}:*"),
                arn(self, "lambda", f"function:{name}-*"),
            ],
            "logs": [arn(self, "logs", f"log-group:{name}-*")],
            "secretsmanager": [arn(self, "secretsmanager", f"secret:{stack.secret_prefix}/*")],
        }

    def _make_roles(self, stack: DeployedStack, boundary: iam.IManagedPolicy) -> list[Permission]:
        roles = arn(self, "iam", f"role{stack.role_path}*", region=False)
        policies = arn(self, "iam", f"policy{stack.role_path}*", region=False)
        bounded = {"StringEquals": {"iam:PermissionsBoundary": boundary.managed_policy_arn}}
        return [
            Permission(
                actions=MAKE_ROLES, resources=[roles], conditions=bounded, wildcard_reason=NAMES
            ),
            Permission(
                actions=ATTACH,
                resources=[roles],
                conditions=bounded | {"ArnLike": {"iam:PolicyARN": policies}},
                wildcard_reason=NAMES,
            ),
            pass_roles([roles], stack.passes_to, NAMES),
        ]


def _read_assets(scope: Construct, bucket: str) -> Permission:
    return Permission(
        actions=READ_OBJECTS,
        resources=[f"arn:{cdk.Stack.of(scope).partition}:s3:::{bucket}/*"],
        conditions={"StringEquals": {"aws:ResourceAccount": cdk.Stack.of(scope).account}},
        wildcard_reason="An asset's key is its digest, which each release changes.",
    )
