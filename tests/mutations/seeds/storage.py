"""Defects of what keeps data: keys, buckets, secrets, logs, the topic."""

from tests.mutations.changes import (
    allow,
    allows,
    denies,
    drop,
    drop_in,
    plant,
    put,
    says,
    undeny,
)
from tests.mutations.mutation import Change, Mutation, Where, anywhere

KEY, BUCKET, SECRET = "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"
BUCKET_POLICY, TOPIC_POLICY = "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy"
GROUP = "AWS::Logs::LogGroup"
KEPT = "AWS Well-Architected Framework, SEC04-BP02"
DEPUTY = "IAM User Guide, The confused deputy problem"
PUBLIC = "FSBP S3.2, S3.8 and SNS.4"
ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
SQUATTING = "Aqua Security, Bucket Monopoly (2024)"


def on(kind: str, name: str, source: str, change: Change, *, where: Where = anywhere) -> Mutation:
    return Mutation(name=name, source=source, resource_type=kind, where=where, change=change)


SEEDS = (
    on(KEY, "a key never changes", "FSBP KMS.4", put("Properties.EnableKeyRotation", value=False)),
    on(KEY, "a key is gone in a week", "FSBP KMS.3", put("Properties.PendingWindowInDays", 7)),
    on(KEY, "a key goes with its stack", "FSBP KMS.3", put("DeletionPolicy", "Delete")),
    on(KEY, "a key goes when it is replaced", "FSBP KMS.3", drop("UpdateReplacePolicy")),
    on(
        KEY,
        "the account uses a key as it likes",
        "FSBP KMS.1; aws-cdk's default key policy",
        allow("kms:*", Principal=ROOT),
    ),
    on(KEY, "everybody uses a key", "FSBP KMS.5", allow("kms:Decrypt", Principal="*")),
    on(
        KEY,
        "a key is used past the service that it is for",
        "KMS Developer Guide, kms:ViaService",
        drop_in("kms:Decrypt", "Condition"),
        where=allows("kms:Decrypt", "ViaService"),
    ),
    on(
        KEY,
        "CloudWatch Logs uses a key for groups of any account",
        DEPUTY,
        drop_in("kms:Encrypt", "Condition"),
        where=allows("kms:Encrypt", "aws:logs:arn"),
    ),
    on(
        BUCKET,
        "anybody can take a bucket's name",
        SQUATTING,
        put("Properties.BucketName", "lockgate-artifacts"),
    ),
    on(BUCKET, "a bucket goes with its stack", KEPT, drop("DeletionPolicy")),
    on(
        BUCKET,
        "a bucket may be made public",
        PUBLIC,
        put("Properties.PublicAccessBlockConfiguration.BlockPublicPolicy", value=False),
    ),
    on(
        BUCKET,
        "a bucket's objects are overwritten",
        "FSBP S3.14",
        drop("Properties.VersioningConfiguration"),
    ),
    on(
        BUCKET,
        "a bucket is not encrypted by a key",
        "FSBP S3.17",
        drop("Properties.BucketEncryption"),
    ),
    on(
        BUCKET,
        "nobody knows who reads the artifacts",
        "FSBP S3.9",
        drop("Properties.LoggingConfiguration"),
        where=says("LoggingConfiguration"),
    ),
    on(
        BUCKET,
        "a bucket's objects have owners elsewhere",
        "FSBP S3.12",
        drop("Properties.OwnershipControls"),
    ),
    on(
        BUCKET,
        "the records of decisions are gone in a week",
        KEPT,
        put("Properties.LifecycleConfiguration.Rules.1.ExpirationInDays", 7),
        where=says("decisions/"),
    ),
    on(
        BUCKET_POLICY,
        "a bucket is reached without TLS",
        "FSBP S3.5",
        undeny("s3:*"),
        where=denies("s3:*"),
    ),
    on(
        BUCKET_POLICY,
        "everybody reads a bucket",
        PUBLIC,
        allow("s3:GetObject", Principal="*"),
    ),
    on(
        BUCKET_POLICY,
        "somebody deletes the record of a decision",
        KEPT,
        undeny("s3:DeleteObject"),
        where=denies("s3:DeleteObject"),
    ),
    on(
        BUCKET_POLICY,
        "S3 delivers the logs of any account's buckets",
        DEPUTY,
        undeny("s3:PutObject"),
        where=denies("s3:PutObject"),
    ),
    on(
        BUCKET_POLICY,
        "CloudTrail delivers the trails of any account",
        DEPUTY,
        drop_in("s3:PutObject", "Condition"),
        where=allows("s3:PutObject", "cloudtrail"),
    ),
    on(TOPIC_POLICY, "everybody tells people things", PUBLIC, allow("sns:Publish", Principal="*")),
    on(
        TOPIC_POLICY,
        "an alarm of any account tells people things",
        DEPUTY,
        drop_in("sns:Publish", "Condition"),
        where=allows("sns:Publish", "cloudwatch"),
    ),
    on(
        TOPIC_POLICY,
        "people are told without TLS",
        "AwsSolutions-SNS3",
        undeny("sns:Publish"),
        where=denies("sns:Publish"),
    ),
    on(
        "AWS::SNS::Topic",
        "messages are not encrypted",
        "FSBP SNS.1",
        drop("Properties.KmsMasterKeyId"),
    ),
    on(
        SECRET,
        "a secret's value stands in the template",
        "AWS Well-Architected Framework, SEC02-BP03",
        put("Properties.SecretString", "hunter2"),
    ),
    on(SECRET, "a secret goes with its stack", KEPT, drop("DeletionPolicy")),
    on(
        SECRET,
        "a secret is short",
        "NIST 800-63B",
        put("Properties.GenerateSecretString.PasswordLength", 8),
    ),
    on(
        SECRET,
        "a secret is encrypted with a key that all may use",
        "FSBP KMS",
        drop("Properties.KmsKeyId"),
    ),
    on(
        "AWS::SecretsManager::ResourcePolicy",
        "a secret is read by whoever may read secrets",
        "OWASP CICD-SEC-6",
        put("Properties.ResourcePolicy.Statement", []),
    ),
    on(GROUP, "a log goes with its stack", KEPT, put("DeletionPolicy", "Delete")),
    on(
        GROUP,
        "a log is gone in a month",
        "FSBP CloudWatch.16",
        put("Properties.RetentionInDays", 30),
    ),
    on(GROUP, "a log is not encrypted by a key", "NIST 800-53 AU-9", drop("Properties.KmsKeyId")),
    on(
        "AWS::CodeCommit::Repository",
        "the source goes with its stack",
        KEPT,
        drop("DeletionPolicy"),
    ),
    on(
        "AWS::Lambda::Function",
        "anybody calls a function by its URL",
        "Lambda Developer Guide, Control access to Lambda function URLs",
        plant("AWS::Lambda::Url", AuthType="NONE", TargetFunctionArn="orders"),
    ),
    on(
        "AWS::Lambda::Function",
        "a service of any account calls a function",
        "FSBP Lambda.1",
        plant(
            "AWS::Lambda::Permission",
            Action="lambda:InvokeFunction",
            FunctionName="orders",
            Principal="s3.amazonaws.com",
        ),
    ),
)
