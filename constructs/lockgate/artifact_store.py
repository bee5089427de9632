"""Where a pipeline keeps its artifacts, and who may have them."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from lockgate.permissions import (
    DECRYPT,
    READ_OBJECTS,
    USE_KEY,
    Permission,
    bucket_key,
    read_artifacts,
    use_artifact_key,
    write_artifacts,
)

# CodePipeline stores an artifact below the beginnings of its pipeline's name and of its own.
PIPELINE_CHARACTERS = 20
ARTIFACT_CHARACTERS = 10


def folder(pipeline_name: str, artifact: str) -> str:
    """Where a pipeline's artifacts of that name lie in a store.

    "Input and output artifacts" in the CodePipeline User Guide shows how objects are named.
    """
    return f"{pipeline_name[:PIPELINE_CHARACTERS]}/{artifact[:ARTIFACT_CHARACTERS]}"


@dataclass(frozen=True, kw_only=True)
class ArtifactStore:
    """Where one pipeline keeps its artifacts in one Region, and the part of it that is its own."""

    bucket: s3.IBucket
    pipeline_name: str

    @property
    def key(self) -> kms.IKey:
        """What encrypts the artifacts."""
        return bucket_key(self.bucket)

    def read(self, artifact: str) -> list[Permission]:
        """Read one of the pipeline's artifacts."""
        return self.transfer(read=[artifact])

    def write(self, artifact: str) -> list[Permission]:
        """Store one of the pipeline's artifacts."""
        return self.transfer(write=[artifact])

    def transfer(self, *, read: Sequence[str] = (), write: Sequence[str] = ()) -> list[Permission]:
        """Read some artifacts and store others.

        Raises:
            ValueError: the bucket has no key.
        """
        name = self.pipeline_name
        return [
            *(read_artifacts(self.bucket, folder(name, artifact)) for artifact in read),
            *(write_artifacts(self.bucket, folder(name, artifact)) for artifact in write),
            use_artifact_key(self.bucket, USE_KEY if write else DECRYPT),
        ]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A role in another account that takes one artifact out of a store.

    Attributes:
        account: the role's account.
        role_arn: the role, which need not exist yet.
        folder: where its artifacts lie.
    """

    account: str
    role_arn: str
    folder: str


def share(bucket: s3.Bucket, key: kms.Key, readers: Sequence[Reader]) -> None:
    """Let roles of other accounts read what they need of a store, each by its own ARN.

    The principal of each statement is the account and the condition names the roles, as S3 and
    KMS refuse a policy with a role that is not there yet.
    """
    for place in sorted({(reader.account, reader.folder) for reader in readers}):
        account, there = place
        roles = sorted({r.role_arn for r in readers if (r.account, r.folder) == place})
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.AccountPrincipal(account)],
                actions=list(READ_OBJECTS),
                resources=[bucket.arn_for_objects(f"{there}/*")],
                conditions={"ArnEquals": {"aws:PrincipalArn": roles}},
            )
        )
    for account in sorted({reader.account for reader in readers}):
        roles = sorted({reader.role_arn for reader in readers if reader.account == account})
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.AccountPrincipal(account)],
                actions=list(DECRYPT),
                resources=["*"],
                conditions={
                    "StringEquals": {"kms:ViaService": f"s3.{bucket.env.region}.amazonaws.com"},
                    "ArnEquals": {"aws:PrincipalArn": roles},
                },
            )
        )
