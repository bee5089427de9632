"""The AWS Signer profile that the code of a delivery is signed with."""

import aws_cdk as cdk
from aws_cdk import aws_signer as signer
from constructs import Construct

from lockgate.permissions import Permission, arn

PLATFORM = "AWSLambda-SHA384-ECDSA"
START = ("signer:StartSigningJob",)
DESCRIBE = ("signer:DescribeSigningJob",)
ALL_ACTIONS = (*START, *DESCRIBE)


class SigningProfile(Construct):
    """A profile for Lambda's zips; its keys are AWS Signer's, and nobody else has them.

    Its version is what functions trust, and is known only once it is made. Signatures hold for
    135 months, the most there is: a running function never asks, and a release may have to be
    gone back to. Kept when its stack is deleted, as CloudFormation would cancel it. Costs nothing.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        profile = signer.CfnSigningProfile(self, "Profile", platform_id=PLATFORM)
        profile.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        self.name = profile.attr_profile_name
        self.version_arn = profile.attr_profile_version_arn
        self._arn = profile.attr_arn

    def sign(self) -> list[Permission]:
        """Sign with it, and ask how that went."""
        return [
            Permission(actions=START, resources=[self._arn]),
            Permission(
                actions=DESCRIBE,
                resources=[arn(self, "signer", "/signing-jobs/*")],
                wildcard_reason="AWS Signer names each job at random.",
            ),
        ]
