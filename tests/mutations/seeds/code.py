"""Defects of what vouches for the code that runs."""

from tests.mutations.changes import drop, plant
from tests.mutations.mutation import Mutation

CONFIG = "AWS::Lambda::CodeSigningConfig"
PUBLISHER = "arn:aws:signer:eu-west-1:111122223333:/signing-profiles/lockgate/0123456789"
TRUSTED = "Lambda Developer Guide, Using code signing to verify code integrity with Lambda"

SEEDS = (
    Mutation(
        name="whatever lies in the bucket is published as the release",
        source="Lambda API Reference, PublishVersion",
        resource_type="AWS::Lambda::Version",
        change=drop("Properties.CodeSha256"),
    ),
    Mutation(
        name="Lambda only warns of code that nobody signed",
        source=TRUSTED,
        resource_type="AWS::Lambda::Function",
        change=plant(
            CONFIG,
            AllowedPublishers={"SigningProfileVersionArns": [PUBLISHER]},
            CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Warn"},
        ),
    ),
    Mutation(
        name="a second profile signs what runs",
        source=TRUSTED,
        resource_type="AWS::Lambda::Function",
        change=plant(
            CONFIG,
            AllowedPublishers={"SigningProfileVersionArns": [PUBLISHER, f"{PUBLISHER[:-1]}x"]},
            CodeSigningPolicies={"UntrustedArtifactOnDeployment": "Enforce"},
        ),
    ),
)
