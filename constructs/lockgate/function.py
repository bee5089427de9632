"""A Lambda function with a role and a log group of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lockgate.acknowledge import acknowledge
from lockgate.log_group import kept_log_group
from lockgate.packaging import PYTHON, Package
from lockgate.permissions import Permission, write_logs
from lockgate.role import JobRole
from lockgate.trust import trusted_service

NIST = "NIST.800.53.R5::NIST.800.53.R5-"


@dataclass(frozen=True, kw_only=True)
class FunctionSettings:
    """What a function runs and with how much: memory in MB, time-out in seconds.

    CloudFormation names it where `name` is None.
    """

    name: str | None
    handler: str
    memory_mb: int
    timeout_seconds: int
    environment: Mapping[str, str]


class LeastFunction(Construct):
    """A Python function on arm64 whose role can write its own logs and what is stated.

    Not in a VPC, and with no reserved concurrency: reserving takes from the account's pool, and
    an account that is new has too little of it to reserve any.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        job: str,
        package: Package,
        settings: FunctionSettings,
        permissions: Sequence[Permission],
        log_key: kms.IKey,
        role_path: str,
        boundary: iam.IManagedPolicy,
        lost_event_reason: str,
        role_name: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        signed_under = package.signed_under
        self.log_group = kept_log_group(self, "Logs", key=log_key)
        self.role = JobRole(
            self,
            "Job",
            job=job,
            trust=trusted_service(self, "lambda.amazonaws.com"),
            permissions=[write_logs(self.log_group), *permissions],
            path=role_path,
            boundary=boundary,
            name=role_name,
        ).role
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=settings.name,
            description=job,
            code=_code(package),
            code_signing_config=_signed_code_only(self, signed_under) if signed_under else None,
            handler=settings.handler,
            runtime=lambda_.Runtime(f"python{PYTHON}", lambda_.RuntimeFamily.PYTHON),
            architecture=lambda_.Architecture.ARM_64,
            memory_size=settings.memory_mb,
            timeout=cdk.Duration.seconds(settings.timeout_seconds),
            environment=dict(settings.environment),
            role=self.role,
            log_group=self.log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            current_version_options=lambda_.VersionOptions(
                # A rollback needs the version that it goes back to. A version whose own release
                # failed must go, or Lambda refuses to publish the same code when it is retried.
                removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
                # A signed package is other bytes, which nobody knows yet: its signature vouches.
                code_sha256=None if signed_under else package.code_sha256,
            ),
        )
        acknowledge(
            self.function,
            "AwsSolutions::AwsSolutions-L1",
            f"Python {PYTHON} is supported until 2029 and the newest that the pinned build image "
            "has: what is deployed is what was tested.",
        )
        acknowledge(
            self.function,
            f"{NIST}LambdaInsideVPC",
            "It calls AWS APIs only and reaches nothing inside a VPC; IAM bounds what it can do.",
        )
        acknowledge(
            self.function,
            f"{NIST}LambdaConcurrency",
            "Reserving takes from the account's pool, which in a new account is too small to "
            "reserve any; the account's own limit bounds it.",
        )
        acknowledge(self.function, f"{NIST}LambdaDLQ", lost_event_reason)


def _code(package: Package) -> lambda_.AssetCode:
    """The package, under a name of its own where it is signed.

    Else what is signed could take the place of what is not, and a function that is put under a
    configuration would keep the unsigned code that it has.
    """
    path = str(package.path)
    if package.signed_under is None:
        return lambda_.Code.from_asset(path)
    return lambda_.Code.from_asset(
        path,
        asset_hash_type=cdk.AssetHashType.CUSTOM,
        asset_hash=f"signed:{package.code_sha256}",
    )


def _signed_code_only(scope: Construct, config_arn: str) -> lambda_.ICodeSigningConfig:
    return lambda_.CodeSigningConfig.from_code_signing_config_arn(scope, "Signing", config_arn)
