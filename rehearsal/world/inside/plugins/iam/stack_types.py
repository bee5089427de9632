"""The table of types: what CloudFormation calls for each."""

from collections.abc import Iterator, Mapping

from rehearsal.world.inside.plugins.iam import stack_actions as actions
from rehearsal.world.inside.plugins.iam import stack_actions_iam as iam
from rehearsal.world.inside.plugins.iam.check import Check
from rehearsal.world.inside.plugins.iam.passed_roles import passing
from rehearsal.world.inside.plugins.iam.stack_actions import Calls, Step, simple

CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"
# A bucket's properties, and what sets each.
BUCKET = {
    "BucketEncryption": "s3:PutEncryptionConfiguration",
    "LifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "LoggingConfiguration": "s3:PutBucketLogging",
    "ObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "OwnershipControls": "s3:PutBucketOwnershipControls",
    "PublicAccessBlockConfiguration": "s3:PutBucketPublicAccessBlock",
    "Tags": "s3:PutBucketTagging",
    "VersioningConfiguration": "s3:PutBucketVersioning",
}


def bucket(step: Step) -> Iterator[Check]:
    """A bucket: a call for each of its properties."""
    arn = f"arn:aws:s3:::{step.physical or step.name}"
    if step.verb != "update":
        yield from step.each(arn, "s3:CreateBucket" if step.verb == "create" else "s3:DeleteBucket")
    for name, action in BUCKET.items():
        if step.changed(name):
            yield from step.each(arn, action)


def bucket_policy(step: Step) -> Iterator[Check]:
    """A bucket's policy."""
    verb = "DeleteBucketPolicy" if step.verb == "delete" else "PutBucketPolicy"
    yield from step.each(f"arn:aws:s3:::{step.new.get('Bucket')}", f"s3:{verb}")


def topic(step: Step) -> Iterator[Check]:
    """A topic."""
    arn = step.where.arn("sns", step.name)
    verb = {"create": "CreateTopic", "update": "SetTopicAttributes", "delete": "DeleteTopic"}
    yield from step.each(arn, f"sns:{verb[step.verb]}")


def topic_policy(step: Step) -> Iterator[Check]:
    """The policy of topics."""
    for arn in step.new.get("Topics") or ():
        yield from step.each(str(arn), "sns:SetTopicAttributes")


def trail(step: Step) -> Iterator[Check]:
    """A trail, and the role by which it writes to a log group."""
    arn = step.where.arn("cloudtrail", f"trail/{step.new.get('TrailName') or step.name}")
    verb = {"create": "CreateTrail", "update": "UpdateTrail", "delete": "DeleteTrail"}
    yield from step.each(arn, f"cloudtrail:{verb[step.verb]}")
    if step.verb != "delete":
        yield from step.each(arn, "cloudtrail:StartLogging")
        if step.changed("EventSelectors") or step.changed("AdvancedEventSelectors"):
            yield from step.each(arn, "cloudtrail:PutEventSelectors")
        if role := step.new.get("CloudWatchLogsRoleArn"):
            yield passing(str(role), "cloudtrail.amazonaws.com")


def rotation_schedule(step: Step) -> Iterator[Check]:
    """A rotation's schedule: whoever sets one up also has to be let invoke its function."""
    verb = "CancelRotateSecret" if step.verb == "delete" else "RotateSecret"
    yield from step.each(str(step.new.get("SecretId")), f"secretsmanager:{verb}")
    if step.verb != "delete" and step.new.get("RotationLambdaARN"):
        yield Check(action="lambda:InvokeFunction", resource=str(step.new.get("RotationLambdaARN")))


def connection(step: Step) -> Iterator[Check]:
    """A connection, which has no ARN before it is made."""
    if step.verb == "create":
        yield from step.each("*", "codeconnections:CreateConnection")
    elif step.verb == "delete":
        yield from step.each(step.physical, "codeconnections:DeleteConnection")
    else:
        yield from step.each(step.physical, "codeconnections:GetConnection")


def custom_resource(step: Step) -> Iterator[Check]:
    """A custom resource: whoever deploys the stack invokes its function."""
    yield Check(action="lambda:InvokeFunction", resource=str(step.new.get("ServiceToken")))


TYPES: Mapping[str, Calls] = {
    CUSTOM_RESOURCE: custom_resource,
    "AWS::CloudTrail::Trail": trail,
    "AWS::CloudWatch::Alarm": simple(
        "cloudwatch",
        "alarm:{name}",
        create="PutMetricAlarm",
        update="PutMetricAlarm",
        delete="DeleteAlarms",
        reads="DescribeAlarms",
    ),
    "AWS::CloudWatch::CompositeAlarm": simple(
        "cloudwatch",
        "alarm:{name}",
        create="PutCompositeAlarm",
        update="PutCompositeAlarm",
        delete="DeleteAlarms",
        reads="DescribeAlarms",
    ),
    "AWS::CodeBuild::Project": simple(
        "codebuild",
        "project/{name}",
        create="CreateProject",
        update="UpdateProject",
        delete="DeleteProject",
        reads="BatchGetProjects",
        role=("ServiceRole", "codebuild.amazonaws.com"),
    ),
    "AWS::CodeCommit::Repository": simple(
        "codecommit",
        "{RepositoryName}",
        create="CreateRepository",
        update="UpdateRepositoryDescription",
        delete="DeleteRepository",
        reads="GetRepository",
    ),
    "AWS::CodeConnections::Connection": connection,
    "AWS::CodeDeploy::Application": simple(
        "codedeploy",
        "application:{name}",
        create="CreateApplication",
        delete="DeleteApplication",
        reads="GetApplication",
    ),
    "AWS::CodeDeploy::DeploymentConfig": simple(
        "codedeploy",
        "deploymentconfig:{name}",
        create="CreateDeploymentConfig",
        delete="DeleteDeploymentConfig",
        reads="GetDeploymentConfig",
    ),
    "AWS::CodeDeploy::DeploymentGroup": simple(
        "codedeploy",
        "deploymentgroup:{ApplicationName}/{name}",
        create="CreateDeploymentGroup",
        update="UpdateDeploymentGroup",
        delete="DeleteDeploymentGroup",
        reads="GetDeploymentGroup",
        role=("ServiceRoleArn", "codedeploy.amazonaws.com"),
    ),
    "AWS::CodePipeline::Pipeline": actions.pipeline,
    "AWS::Events::Rule": actions.events_rule,
    "AWS::IAM::ManagedPolicy": iam.managed_policy,
    "AWS::IAM::Role": iam.role,
    "AWS::KMS::Key": actions.kms_key,
    "AWS::Lambda::Alias": actions.lambda_alias,
    "AWS::Lambda::CodeSigningConfig": simple(
        "lambda",
        "code-signing-config:*",
        create="CreateCodeSigningConfig",
        update="UpdateCodeSigningConfig",
        delete="DeleteCodeSigningConfig",
        reads="GetCodeSigningConfig",
    ),
    "AWS::Lambda::Function": actions.lambda_function,
    "AWS::Lambda::Permission": actions.lambda_permission,
    "AWS::Lambda::Version": actions.lambda_version,
    "AWS::Logs::LogGroup": actions.log_group,
    "AWS::Logs::MetricFilter": simple(
        "logs",
        "log-group:{LogGroupName}:log-stream:",
        create="PutMetricFilter",
        update="PutMetricFilter",
        delete="DeleteMetricFilter",
        reads="DescribeMetricFilters",
    ),
    "AWS::Logs::QueryDefinition": simple(
        "logs",
        "*",
        create="PutQueryDefinition",
        update="PutQueryDefinition",
        delete="DeleteQueryDefinition",
        reads="DescribeQueryDefinitions",
    ),
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SSM::Parameter": simple(
        "ssm",
        "parameter{name}",
        create="PutParameter",
        update="PutParameter",
        delete="DeleteParameter",
        reads="GetParameters",
    ),
    "AWS::SecretsManager::ResourcePolicy": iam.secret_policy,
    "AWS::SecretsManager::RotationSchedule": rotation_schedule,
    "AWS::SecretsManager::Secret": iam.secret,
    "AWS::Signer::SigningProfile": simple(
        "signer",
        "/signing-profiles/*",
        create="PutSigningProfile",
        delete="CancelSigningProfile",
        reads="GetSigningProfile",
    ),
    "AWS::StepFunctions::StateMachine": simple(
        "states",
        "stateMachine:{name}",
        create="CreateStateMachine",
        update="UpdateStateMachine",
        delete="DeleteStateMachine",
        reads="DescribeStateMachine",
        role=("RoleArn", "states.amazonaws.com"),
    ),
}

# The property that names a resource of each type.
NAMES: Mapping[str, str] = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::CompositeAlarm": "AlarmName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::CodeDeploy::Application": "ApplicationName",
    "AWS::CodeDeploy::DeploymentConfig": "DeploymentConfigName",
    "AWS::CodeDeploy::DeploymentGroup": "DeploymentGroupName",
    "AWS::CodePipeline::Pipeline": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SSM::Parameter": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
# A property with a path or a stack's name may be without one; CloudFormation's own take none.
UNASKED = ("AWS::CDK::", "AWS::CloudFormation::")
