"""The rotation of a stack's generated secrets: one function, and a schedule for each."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from lockgate.function import FunctionSettings, LeastFunction
from lockgate.function_alarm import tell_of_errors
from lockgate.packaging import Package
from lockgate.permissions import Permission, arn, use_secrets_key
from lockgate.resource_types import no_narrower
from lockgate.secrets import VALUE_CHARACTERS, ServiceSecrets

ROTATE = (
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
    "secretsmanager:UpdateSecretVersionStage",
)
DRAW = ("secretsmanager:GetRandomPassword",)
ALL_ACTIONS = (*ROTATE, *DRAW)
TRY = ("lambda:InvokeFunction",)
MEMORY_MB = 256
# A step makes six calls at most, each of which is tried again while there is time.
TIMEOUT_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Rotator:
    """What the function that rotates is made of, and lives with.

    Attributes:
        package: its code.
        topic: where its failure is told.
        log_key: encrypts its log group.
        role_path: where its role lives.
        boundary: bounds the role.
    """

    package: Package
    topic: sns.ITopic
    log_key: kms.IKey
    role_path: str
    boundary: iam.IManagedPolicy


def rotation_name(stack_name: str) -> str:
    """The function that rotates the secrets of a stack."""
    return f"{stack_name}-rotation"


def may_try(scope: IConstruct, stack_name: str) -> Permission:
    """What RotateSecret asks of whoever schedules a rotation, beside the secret."""
    function = arn(scope, "lambda", f"function:{rotation_name(stack_name)}")
    return Permission(actions=TRY, resources=[function])


class SecretRotation(Construct):
    """A function that replaces values on schedule, which Secrets Manager alone may invoke.

    Its role reads and writes these secrets and no others. A deployment rotates nothing: it only
    tries the function's test. Readers get the new value once it is tested, and the value before
    stays readable as AWSPREVIOUS until the next rotation. A failed rotation changes nothing, and
    an alarm on the function's errors tells of it. Costs 0.10 USD a month for the alarm.
    """

    def __init__(
        self, scope: Construct, id_: str, *, secrets: ServiceSecrets, rotator: Rotator
    ) -> None:
        """Make the function; `schedule` starts it.

        Args:
            scope: the parent.
            id_: the construct's id.
            secrets: of which some are generated.
            rotator: what the function is made of.
        """
        super().__init__(scope, id_)
        self._rotated = secrets.rotated
        made = self._function(secrets, rotator)
        self._lambda = made.function
        self.role_arn = made.role.role_arn
        tell_of_errors(
            self,
            "Failed",
            function=made.function,
            topic=rotator.topic,
            meaning="A secret could not be rotated: its readers keep the value that they have. "
            "See docs/secrets.md.",
        )

    def schedule(self, after: Sequence[IConstruct]) -> None:
        """Rotate each secret when its value is old enough.

        Args:
            after: what must be there first, as the function tries to read.
        """
        for name, (secret, days) in self._rotated.items():
            invoked = lambda_.CfnPermission(
                self,
                f"{name}-invoke",
                action="lambda:InvokeFunction",
                function_name=self._lambda.function_arn,
                principal="secretsmanager.amazonaws.com",
                source_account=cdk.Stack.of(self).account,
                source_arn=secret.ref,
            )
            schedule = secretsmanager.CfnRotationSchedule(
                self,
                f"{name}-schedule",
                secret_id=secret.ref,
                rotation_lambda_arn=self._lambda.function_arn,
                rotate_immediately_on_update=False,
                rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                    automatically_after_days=days
                ),
            )
            schedule.node.add_dependency(invoked, *after)

    def _function(self, secrets: ServiceSecrets, rotator: Rotator) -> LeastFunction:
        stack = cdk.Stack.of(self)
        return LeastFunction(
            self,
            "Rotate",
            job=f"Rotate the secrets of {stack.stack_name}",
            package=rotator.package,
            settings=FunctionSettings(
                name=rotation_name(stack.stack_name),
                handler="rotate.handle",
                memory_mb=MEMORY_MB,
                timeout_seconds=TIMEOUT_SECONDS,
                environment={"VALUE_LENGTH": str(VALUE_CHARACTERS)},
            ),
            permissions=[
                Permission(
                    actions=ROTATE, resources=[secret.ref for secret, _ in self._rotated.values()]
                ),
                use_secrets_key(secrets.key, writing=True),
                no_narrower(DRAW),
            ],
            log_key=rotator.log_key,
            role_path=rotator.role_path,
            boundary=rotator.boundary,
            lost_event_reason="Secrets Manager invokes it and tries a failed rotation again; "
            "readers keep the value that they have, and an alarm tells.",
        )
