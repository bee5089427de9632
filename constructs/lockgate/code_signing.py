"""Which code a place's functions take: what one signing profile has signed, and no other."""

from collections.abc import Sequence

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lockgate.permissions import Permission
from lockgate.resource_types import SERVICE_TYPES

FUNCTION = "AWS::Lambda::Function"
CREATE = ("lambda:CreateFunction",)
# What putting a function under a configuration takes, on the function and on the configuration.
CARRY = ("lambda:PutFunctionCodeSigningConfig",)
READ = ("lambda:GetCodeSigningConfig",)
ALL_ACTIONS = (*CARRY, *READ)
ENFORCE = "Enforce"
# CloudFormation's roles for services, where these run signed code alone: `may_carry` says when
# they may make a function.
SIGNED_TYPES = SERVICE_TYPES | {
    FUNCTION: tuple(each for each in SERVICE_TYPES[FUNCTION] if each not in CREATE)
}


class SignedCodeOnly(Construct):
    """A code signing configuration: Lambda refuses code that the one profile has not signed.

    Also code whose signature is broken, over or revoked ("Using code signing to verify code
    integrity", Lambda Developer Guide). It is checked when code is deployed, and never again. It
    stands beside the services' stacks and not in them, so that no release changes whom a function
    trusts. Costs nothing.
    """

    def __init__(self, scope: Construct, id_: str, *, publisher: str, whose: str) -> None:
        """Make it.

        Args:
            scope: the parent.
            id_: the construct's id.
            publisher: the ARN of the one signing profile's version, which may be of another
                account, in the same Region.
            whose: the delivery, in words.
        """
        super().__init__(scope, id_)
        made = lambda_.CfnCodeSigningConfig(
            self,
            "Config",
            description=f"Code of the delivery {whose}, signed by its pipelines",
            allowed_publishers=lambda_.CfnCodeSigningConfig.AllowedPublishersProperty(
                signing_profile_version_arns=[publisher]
            ),
            code_signing_policies=lambda_.CfnCodeSigningConfig.CodeSigningPoliciesProperty(
                untrusted_artifact_on_deployment=ENFORCE
            ),
        )
        self.arn = made.attr_code_signing_config_arn


def may_carry(config_arn: str, functions: Sequence[str]) -> list[Permission]:
    """Make functions that take signed code alone, and put those under it that are there.

    Nothing takes a function out again: CloudFormation would have to call
    DeleteFunctionCodeSigningConfig, which no role of a delivery may.

    Args:
        config_arn: the configuration.
        functions: the functions' ARNs.
    """
    only = {"ArnEquals": {"lambda:CodeSigningConfigArn": config_arn}}
    return [
        Permission(actions=CREATE, resources=functions, conditions=only),
        Permission(actions=CARRY, resources=[config_arn, *functions], conditions=only),
        Permission(actions=READ, resources=[config_arn]),
    ]
