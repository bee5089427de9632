"""The secrets of one service, readable by the roles that need them and by nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from lockgate.acknowledge import acknowledge
from lockgate.key import EncryptionKey

VALUE_CHARACTERS = 32
ELSEWHERE = (
    "Its value is issued elsewhere and put in by hand: nobody here could make a new one that "
    "works. Whoever issues it says when it ends; docs/secrets.md says how it is replaced."
)


@dataclass(frozen=True, kw_only=True)
class SecretPlan:
    """What a secret is for, and how old a generated value gets.

    Attributes:
        description: what its readers see.
        rotated_after_days: 1 to 1000; None where the value comes from elsewhere.
    """

    description: str
    rotated_after_days: int | None


class ServiceSecrets(Construct):
    """Secrets with a key of their own and a policy that lets only their readers read.

    What is generated is made with a random value of 32 letters and digits, so that no value ever
    stands in a file; what comes from elsewhere has no value until somebody puts it in, and its
    readers hear that there is none. The resource policy denies reading to every principal but
    the readers, administrators included: to read one, somebody must first change the policy,
    which the trail records. Kept when the stack is deleted. Costs 0.40 USD a month each and
    1 USD for the key.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        prefix: str,
        secrets: Mapping[str, SecretPlan],
        deployer_arn: str,
    ) -> None:
        """Make the secrets.

        Args:
            scope: the parent.
            id_: the construct's id.
            prefix: leads their names in Secrets Manager, as in `lockgate/orders/beta`.
            secrets: what each is, by its name.
            deployer_arn: the role with which CloudFormation makes them.
        """
        super().__init__(scope, id_)
        self.key = EncryptionKey(
            self,
            "Key",
            purpose=f"Secrets {prefix}/*",
            via=("secretsmanager",),
            deployer_arn=deployer_arn,
        ).key
        self._plans = secrets
        self._secrets = {name: self._secret(prefix, name, plan) for name, plan in secrets.items()}

    def _secret(self, prefix: str, name: str, plan: SecretPlan) -> secretsmanager.CfnSecret:
        elsewhere = plan.rotated_after_days is None
        secret = secretsmanager.CfnSecret(
            self,
            name,
            name=f"{prefix}/{name}",
            description=plan.description,
            kms_key_id=self.key.key_arn,
            generate_secret_string=None
            if elsewhere
            else secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=VALUE_CHARACTERS, exclude_punctuation=True
            ),
        )
        secret.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        if elsewhere:
            acknowledge(secret, "AwsSolutions::AwsSolutions-SMG4", ELSEWHERE)
            acknowledge(
                secret, "NIST.800.53.R5::NIST.800.53.R5-SecretsManagerRotationEnabled", ELSEWHERE
            )
        return secret

    @property
    def rotated(self) -> dict[str, tuple[secretsmanager.CfnSecret, int]]:
        """The generated secrets, and how old in days the value of each gets, by name."""
        return {
            name: (self._secrets[name], plan.rotated_after_days)
            for name, plan in self._plans.items()
            if plan.rotated_after_days is not None
        }

    @property
    def environment(self) -> dict[str, str]:
        """The environment variable that names each secret by its ARN, never by its value."""
        return {
            f"SECRET_{name.upper().replace('-', '_')}": secret.ref
            for name, secret in self._secrets.items()
        }

    @property
    def arns(self) -> list[str]:
        """The secrets' ARNs."""
        return [secret.ref for secret in self._secrets.values()]

    def readable_by(
        self, reader_arns: Sequence[str], *, rotator_arn: str | None = None
    ) -> list[secretsmanager.CfnResourcePolicy]:
        """Deny reading to all but some roles; what reads depends on the policies.

        Args:
            reader_arns: the roles that use the values.
            rotator_arn: the role that rotates them, which reads what it rotates.
        """
        rotator = [rotator_arn] if rotator_arn else []
        return [
            secretsmanager.CfnResourcePolicy(
                self,
                f"{name}-readers",
                secret_id=secret.ref,
                block_public_policy=True,
                resource_policy=_only([*reader_arns, *(rotator if name in self.rotated else [])]),
            )
            for name, secret in self._secrets.items()
        ]


def _only(reader_arns: Sequence[str]) -> iam.PolicyDocument:
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                sid="OnlyItsReaders",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=["secretsmanager:GetSecretValue"],
                resources=["*"],
                conditions={"StringNotEquals": {"aws:PrincipalArn": list(reader_arns)}},
            )
        ]
    )
