"""An encryption key that is used through named services only."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from lockgate.permissions import USE_KEY

ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
# What CloudFormation does to a key that it has made; not its deletion.
MANAGE = (
    "kms:DescribeKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
)
# To encrypt with it what the stack makes, too.
DEPLOY = (*MANAGE, *USE_KEY)
USE = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


class EncryptionKey(Construct):
    """A rotating key whose policy lets the account's IAM use it through some services alone.

    CDK's default policy gives the account `kms:*`; here IAM may administer the key, and use it
    only where the request comes through one of `via` (KMS Developer Guide, "kms:ViaService").
    Kept when its stack is deleted, as everything that it encrypted would be lost with it.
    Deletion by hand waits 30 days. Costs 1 USD a month.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        purpose: str,
        via: Sequence[str] = (),
        deployer_arn: str | None = None,
    ) -> None:
        """Make the key.

        Args:
            scope: the parent.
            id_: the construct's id.
            purpose: what is encrypted with it.
            via: the services through which IAM principals of the account may use it, as
                `kms:ViaService` names them without the Region: `s3`, `secretsmanager`.
            deployer_arn: the role with which CloudFormation deploys the stack. A new key has no
                name that its policy could be limited to, so the key names the role instead.
        """
        super().__init__(scope, id_)
        stack = cdk.Stack.of(self)
        statements = [
            iam.PolicyStatement(
                sid="Administer",
                principals=[iam.AccountRootPrincipal()],
                actions=list(ADMINISTER),
                resources=["*"],
            )
        ]
        if via:
            services = [f"{service}.{stack.region}.amazonaws.com" for service in via]
            statements.append(
                iam.PolicyStatement(
                    sid="UseThroughServices",
                    principals=[iam.AccountRootPrincipal()],
                    actions=list(USE),
                    resources=["*"],
                    conditions={"StringEquals": {"kms:ViaService": services}},
                )
            )
        if deployer_arn:
            statements.append(
                iam.PolicyStatement(
                    sid="Deploy",
                    principals=[iam.ArnPrincipal(deployer_arn)],
                    actions=list(DEPLOY),
                    resources=["*"],
                )
            )
        self.key = kms.Key(
            self,
            "Key",
            description=purpose,
            enable_key_rotation=True,
            pending_window=cdk.Duration.days(30),
            removal_policy=cdk.RemovalPolicy.RETAIN,
            policy=iam.PolicyDocument(statements=statements),
        )

    def allow_logs(self, log_group_pattern: str) -> None:
        """Let CloudWatch Logs encrypt the account's log groups that match the pattern.

        From "Encrypt log data in CloudWatch Logs using KMS", CloudWatch Logs User Guide.
        """
        stack = cdk.Stack.of(self)
        groups = f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group"
        self.allow_service(
            f"logs.{stack.region}.amazonaws.com",
            USE,
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"{groups}:{log_group_pattern}"}},
        )

    def allow_service(
        self, service: str, actions: Sequence[str], conditions: Mapping[str, object]
    ) -> None:
        """Let a service principal use the key under conditions; never without one."""
        if not conditions:
            raise ValueError(f"{service} may use {self.node.path} only under a condition")
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=list(actions),
                resources=["*"],
                conditions=conditions,
            )
        )
