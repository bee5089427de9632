"""What of a change concerns security: a table, and how it is read.

A resource that concerns security as a whole does so however it is changed; of others some
properties do. Where CloudFormation does not say which properties come, go or change, all that
the table has for that type are taken to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from changes import KNOWN, MODIFY, POLICIES, REMOVE, Change

ALL: Final = ("*",)
# They have no effect on what a resource lets happen.
HARMLESS: Final = frozenset({"Description", "Metadata"})


@dataclass(frozen=True, kw_only=True)
class Concern:
    """Why a change concerns security.

    Attributes:
        rank: how serious; 0 is the most.
        why: in a few words.
        names: the properties that are behind it; none where the whole resource is.
    """

    rank: int
    why: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Watched:
    types: tuple[str, ...]
    why: str
    properties: tuple[str, ...] = ALL


# The most serious first: the first reason that fits a property is the one that is told.
TABLE: Final = (
    _Watched(("AWS::IAM::Role",), "who may assume the role", ("AssumeRolePolicyDocument",)),
    _Watched(("AWS::IAM::*",), "who may do what"),
    _Watched(("AWS::KMS::Key",), "who may use the key", ("KeyPolicy",)),
    _Watched(("AWS::KMS::*",), "an encryption key"),
    _Watched(
        (
            "AWS::S3::BucketPolicy",
            "AWS::S3::AccessPoint*",
            "AWS::SNS::Topic*Policy",
            "AWS::SQS::Queue*Policy",
            "AWS::SecretsManager::ResourcePolicy",
            "AWS::Lambda::Permission",
            "AWS::Lambda::LayerVersionPermission",
            "AWS::Events::EventBusPolicy",
            "AWS::Logs::ResourcePolicy",
            "AWS::ECR::RegistryPolicy",
            "AWS::RAM::*",
        ),
        "who else may use it",
    ),
    _Watched(("AWS::Lambda::Url",), "a function's address on the internet"),
    _Watched(
        ("AWS::S3::Bucket",),
        "public access to the bucket",
        ("PublicAccessBlockConfiguration", "AccessControl", "OwnershipControls", "Website*"),
    ),
    _Watched(("AWS::SecretsManager::RotationSchedule",), "how a secret is rotated"),
    _Watched(("AWS::Cognito::*", "AWS::*::Authorizer", "AWS::SSO::*"), "who is let in"),
    _Watched(
        (
            "AWS::EC2::SecurityGroup*",
            "AWS::EC2::NetworkAcl*",
            "AWS::EC2::Route*",
            "AWS::EC2::*Gateway*",
            "AWS::EC2::VPC*",
            "AWS::EC2::EIP*",
            "AWS::ElasticLoadBalancing*::Listener*",
            "AWS::CloudFront::*",
            "AWS::WAF*::*",
            "AWS::NetworkFirewall::*",
        ),
        "what the network lets through",
    ),
    _Watched(
        (
            "AWS::CloudTrail::*",
            "AWS::Config::*",
            "AWS::GuardDuty::*",
            "AWS::SecurityHub::*",
            "AWS::AccessAnalyzer::*",
            "AWS::Logs::MetricFilter",
            "AWS::Logs::SubscriptionFilter",
        ),
        "what is recorded and watched",
    ),
    _Watched(
        ("AWS::Logs::LogGroup",),
        "how long and how safely logs are kept",
        ("RetentionInDays", "KmsKeyId", "DataProtectionPolicyDocument"),
    ),
    _Watched(
        ("AWS::CloudWatch::*Alarm",),
        "whom an alarm tells",
        ("ActionsEnabled", "AlarmActions", "ActionsSuppressor"),
    ),
    _Watched(("AWS::SNS::Subscription",), "who is told"),
    _Watched(("AWS::Lambda::Alias",), "how traffic is shifted", ("UpdatePolicy", "RoutingConfig")),
    _Watched(
        ("AWS::CodeDeploy::DeploymentGroup",),
        "what stops a bad release",
        ("AlarmConfiguration", "AutoRollbackConfiguration"),
    ),
    _Watched(("AWS::CodePipeline::*", "AWS::CodeBuild::*"), "how releases are made"),
    _Watched(
        ("AWS::CloudFormation::CustomResource", "Custom::*"), "code that runs while it is deployed"
    ),
    _Watched(("AWS::CloudFormation::*",), "more than this change set shows"),
    _Watched(
        ALL,
        "who may do what",
        ("*PolicyDocument", "*PolicyText", "Policy", "ResourcePolicy", "PermissionsBoundary"),
    ),
    _Watched(ALL, "on whose behalf it acts", ("Role", "*Role", "*RoleArn", "IamInstanceProfile")),
    _Watched(
        ALL, "whether it is public", ("Public*", "*PublicIp*", "Auth*Type*", "Scheme", "Cors*")
    ),
    _Watched(ALL, "what the network lets through", ("*SecurityGroup*", "VpcConfig", "*Tls*")),
    _Watched(ALL, "how it is encrypted", ("*Kms*", "*KMS*", "*Encrypt*", "SSE*")),
    _Watched(ALL, "whether it is recorded", ("*Logging*", "*AuditLog*")),
    _Watched(ALL, "whether it can be restored", ("Versioning*", "*Backup*", "PointInTime*")),
    _Watched(
        ALL, "what keeps it from being deleted", ("ObjectLock*", "Lifecycle*", "DeletionPro*")
    ),
)

# What holds data that is nowhere else.
STATEFUL: Final = (
    "AWS::Backup::*",
    "AWS::CodeCommit::Repository",
    "AWS::Cognito::UserPool",
    "AWS::DocDB::DBCluster",
    "AWS::DynamoDB::*Table",
    "AWS::EC2::Volume",
    "AWS::ECR::Repository",
    "AWS::EFS::FileSystem",
    "AWS::ElastiCache::*",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
    "AWS::Neptune::DBCluster",
    "AWS::OpenSearchService::Domain",
    "AWS::RDS::DB*",
    "AWS::Redshift::Cluster",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)
_KEPT: Final = ("Retain", "ReplaceAndRetain", "Snapshot", "ReplaceAndSnapshot")


def concerns(change: Change) -> list[Concern]:
    """Why a change concerns security, the most serious reason first; nothing if it does not."""
    if change.action not in KNOWN:
        return [Concern(rank=0, why="CloudFormation does not say yet what becomes of it")]
    return [*_data(change), *_watched(change)]


def _data(change: Change) -> Iterator[Concern]:
    goes = change.action == REMOVE or change.is_replaced
    if goes and _is(change.type, STATEFUL):
        if change.policy in _KEPT:
            yield Concern(rank=len(TABLE), why="its data stays behind, out of this stack")
        else:
            yield Concern(rank=0, why="its data may be lost")
    if policies := tuple(sorted(POLICIES & (change.touched or frozenset()))):
        yield Concern(rank=1, why="what becomes of it in the end", names=policies)


def _watched(change: Change) -> Iterator[Concern]:
    of_type = [(at, each) for at, each in enumerate(TABLE, 2) if _is(change.type, each.types)]
    if change.touched is None:
        own = [Concern(rank=at, why=each.why) for at, each in of_type if each.types != ALL]
        if not own and change.action == MODIFY:
            own = [Concern(rank=0, why="CloudFormation does not say what changes")]
        yield from own[:1]
        return
    left = change.touched - HARMLESS - POLICIES
    for at, each in of_type:
        if each.properties == ALL and change.action != MODIFY:
            # It comes or goes as a whole.
            yield Concern(rank=at, why=each.why)
            return
        if names := tuple(sorted(name for name in left if _is(name, each.properties))):
            yield Concern(rank=at, why=each.why, names=names)
            left -= set(names)


def _is(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
