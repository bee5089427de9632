"""The secrets of one service, readable by the roles that need them and by nobody else."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from lockgate.acknowledge import acknowledge
from lockgate.key import EncryptionKey

BY_HAND = (
    "What a value is and who issues it is the service's affair: it is generated here, replaced "
    "and rotated by the runbook until the service names a rotation."
)


class ServiceSecrets(Construct):
    """Secrets with a key of their own and a policy that lets only their readers read.

    Each is made with a random value of 32 characters, so that no value ever stands in a file;
    whoever has one from elsewhere puts it in with `aws secretsmanager put-secret-value`. The
    resource policy denies reading to every principal but `reader_arns`, administrators
    included: to read one, somebody must first change the policy, which the trail records.
    Kept when the stack is deleted. Costs 0.40 USD a month each and 1 USD for the key.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        prefix: str,
        secrets: Mapping[str, str],
        deployer_arn: str,
    ) -> None:
        """Make the secrets.

        Args:
            scope: the parent.
            id_: the construct's id.
            prefix: leads their names in Secrets Manager, as in `lockgate/orders/beta`.
            secrets: what each is for, by its name.
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
        self._secrets = {
            name: self._secret(prefix, name, description) for name, description in secrets.items()
        }

    def _secret(self, prefix: str, name: str, description: str) -> secretsmanager.CfnSecret:
        secret = secretsmanager.CfnSecret(
            self,
            name,
            name=f"{prefix}/{name}",
            description=description,
            kms_key_id=self.key.key_arn,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                password_length=32, exclude_punctuation=True
            ),
        )
        secret.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        acknowledge(secret, "AwsSolutions::AwsSolutions-SMG4", BY_HAND)
        acknowledge(secret, "NIST.800.53.R5::NIST.800.53.R5-SecretsManagerRotationEnabled", BY_HAND)
        return secret

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

    def readable_by(self, reader_arns: Sequence[str]) -> list[secretsmanager.CfnResourcePolicy]:
        """Deny reading to all but the roles with these ARNs; what reads depends on the policies."""
        return [
            secretsmanager.CfnResourcePolicy(
                self,
                f"{name}-readers",
                secret_id=secret.ref,
                block_public_policy=True,
                resource_policy=iam.PolicyDocument(
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
                ),
            )
            for name, secret in self._secrets.items()
        ]
