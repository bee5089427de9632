"""A key that one role signs with and the whole account verifies with."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from lockgate.key import ADMINISTER
from lockgate.permissions import Permission, deny

SIGN = ("kms:Sign",)
VERIFY = ("kms:Verify",)
# What verifying takes, here and with a copy of the public half elsewhere.
CHECK = (*VERIFY, "kms:GetPublicKey")
# Whoever may grant could let others sign; a second signer would need no policy.
NOBODY_ELSE = (*SIGN, "kms:CreateGrant")
ROTATES = frozenset({"kms:DisableKeyRotation", "kms:EnableKeyRotation"})


class SigningKey(Construct):
    """An asymmetric key (ECDSA on NIST P-256) whose policy lets one role sign, and no other.

    The account's IAM may administer it and verify with it; a denial keeps every other principal
    from signing, whatever its own policies say. Its private half never leaves KMS. KMS does not
    rotate such a key: a new one is a new construct, beside the old one for as long as a release
    that it signed may be rolled back to. Kept when its stack is deleted; deletion by hand waits
    30 days. Costs 1 USD a month.
    """

    def __init__(self, scope: Construct, id_: str, *, purpose: str, signer_arn: str) -> None:
        """Make the key.

        Args:
            scope: the parent.
            id_: the construct's id.
            purpose: what is signed with it.
            signer_arn: the role that signs, which need not exist yet. KMS refuses to name a
                principal that is not there, and the role's own policy names the key; so the
                policy names the role in a condition.
        """
        super().__init__(scope, id_)
        account, everybody = iam.AccountRootPrincipal(), iam.AnyPrincipal()
        no_other = deny(NOBODY_ELSE, conditions={"ArnNotEquals": {"aws:PrincipalArn": signer_arn}})
        no_other.add_principals(everybody)
        self.key = kms.Key(
            self,
            "Key",
            description=purpose,
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            pending_window=cdk.Duration.days(30),
            removal_policy=cdk.RemovalPolicy.RETAIN,
            policy=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        sid="Administer",
                        principals=[account],
                        actions=[each for each in ADMINISTER if each not in ROTATES],
                        resources=["*"],
                    ),
                    iam.PolicyStatement(
                        sid="Verify",
                        principals=[account],
                        actions=list(CHECK),
                        resources=["*"],
                    ),
                    iam.PolicyStatement(
                        sid="Sign",
                        principals=[account],
                        actions=list(SIGN),
                        resources=["*"],
                        conditions={"ArnEquals": {"aws:PrincipalArn": signer_arn}},
                    ),
                    no_other,
                ]
            ),
        )

    def sign(self) -> Permission:
        """Sign; of use to the signer alone."""
        return Permission(actions=SIGN, resources=[self.key.key_arn])

    def verify(self) -> Permission:
        """Verify what was signed."""
        return Permission(actions=VERIFY, resources=[self.key.key_arn])
