"""What CloudFormation calls to manage each resource type that the stacks contain.

From the handlers in the types' registry schemas ("Resource type schema" in the CloudFormation
CLI User Guide), less what only unused properties need: no inline role policies, no VPC, no
provisioned concurrency, no deletion of keys, no reading of secrets' values. The suite compares
the table with the schemas and with the templates, both ways.
"""

from collections.abc import Iterable, Mapping, Sequence

from lockgate.key import MANAGE
from lockgate.permissions import Permission

SERVICE_TYPES = {
    "AWS::CloudWatch::Alarm": (
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:ListTagsForResource",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
    ),
    "AWS::CodeDeploy::Application": (
        "codedeploy:CreateApplication",
        "codedeploy:DeleteApplication",
        "codedeploy:GetApplication",
        "codedeploy:ListTagsForResource",
        "codedeploy:TagResource",
        "codedeploy:UntagResource",
    ),
    "AWS::CodeDeploy::DeploymentConfig": (
        "codedeploy:CreateDeploymentConfig",
        "codedeploy:DeleteDeploymentConfig",
        "codedeploy:GetDeploymentConfig",
    ),
    "AWS::CodeDeploy::DeploymentGroup": (
        "codedeploy:CreateDeploymentGroup",
        "codedeploy:DeleteDeploymentGroup",
        "codedeploy:GetDeploymentConfig",
        "codedeploy:GetDeploymentGroup",
        "codedeploy:ListTagsForResource",
        "codedeploy:TagResource",
        "codedeploy:UntagResource",
        "codedeploy:UpdateDeploymentGroup",
    ),
    "AWS::Events::Rule": (
        "events:DeleteRule",
        "events:DescribeRule",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
        "events:TagResource",
        "events:UntagResource",
    ),
    "AWS::IAM::ManagedPolicy": (
        "iam:AttachRolePolicy",
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:DetachRolePolicy",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListEntitiesForPolicy",
        "iam:ListPolicyVersions",
    ),
    "AWS::IAM::Role": (
        "iam:AttachRolePolicy",
        "iam:CreateRole",
        "iam:DeleteRole",
        "iam:DetachRolePolicy",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "iam:PutRolePermissionsBoundary",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
        "iam:UpdateRoleDescription",
    ),
    "AWS::KMS::Key": ("kms:CreateKey", "kms:TagResource"),
    "AWS::Lambda::Alias": (
        "codedeploy:CreateDeployment",
        "codedeploy:GetApplicationRevision",
        "codedeploy:GetDeployment",
        "codedeploy:GetDeploymentConfig",
        "codedeploy:GetDeploymentGroup",
        "codedeploy:RegisterApplicationRevision",
        "codedeploy:StopDeployment",
        "lambda:CreateAlias",
        "lambda:DeleteAlias",
        "lambda:GetAlias",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:UpdateAlias",
    ),
    "AWS::Lambda::Function": (
        "lambda:CreateFunction",
        "lambda:DeleteFunction",
        "lambda:GetFunction",
        "lambda:GetFunctionCodeSigningConfig",
        "lambda:GetFunctionRecursionConfig",
        "lambda:GetFunctionScalingConfig",
        "lambda:GetRuntimeManagementConfig",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
    ),
    "AWS::Lambda::Permission": (
        "lambda:AddPermission",
        "lambda:GetPolicy",
        "lambda:RemovePermission",
    ),
    "AWS::Lambda::Version": (
        "lambda:GetFunctionConfiguration",
        "lambda:GetFunctionScalingConfig",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:GetRuntimeManagementConfig",
        "lambda:ListVersionsByFunction",
        "lambda:PublishVersion",
    ),
    "AWS::Logs::LogGroup": (
        "logs:AssociateKmsKey",
        "logs:CreateLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:DescribeIndexPolicies",
        "logs:DescribeLogGroups",
        "logs:DisassociateKmsKey",
        "logs:GetDataProtectionPolicy",
        "logs:ListTagsForResource",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
        "logs:UntagResource",
    ),
    "AWS::SecretsManager::ResourcePolicy": (
        "secretsmanager:DeleteResourcePolicy",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:PutResourcePolicy",
    ),
    "AWS::SecretsManager::RotationSchedule": (
        "lambda:InvokeFunction",
        "secretsmanager:CancelRotateSecret",
        "secretsmanager:DescribeSecret",
        "secretsmanager:RotateSecret",
    ),
    "AWS::SSM::Parameter": (
        "ssm:AddTagsToResource",
        "ssm:DeleteParameter",
        "ssm:GetParameters",
        "ssm:ListTagsForResource",
        "ssm:PutParameter",
        "ssm:RemoveTagsFromResource",
    ),
    "AWS::SecretsManager::Secret": (
        "secretsmanager:CreateSecret",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetRandomPassword",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:UpdateSecret",
    ),
    "AWS::StepFunctions::StateMachine": (
        "states:CreateStateMachine",
        "states:DeleteStateMachine",
        "states:DescribeStateMachine",
        "states:ListTagsForResource",
        "states:TagResource",
        "states:UntagResource",
        "states:UpdateStateMachine",
    ),
}

PIPELINE_TYPES = {
    name: SERVICE_TYPES[name]
    for name in (
        "AWS::CloudWatch::Alarm",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::SecretsManager::Secret",
    )
} | {
    "AWS::CloudWatch::CompositeAlarm": (
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:ListTagsForResource",
        "cloudwatch:PutCompositeAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
    ),
    "AWS::CodeBuild::Project": (
        "codebuild:BatchGetProjects",
        "codebuild:CreateProject",
        "codebuild:DeleteProject",
        "codebuild:UpdateProject",
    ),
    "AWS::CodePipeline::Pipeline": (
        "codepipeline:CreatePipeline",
        "codepipeline:DeletePipeline",
        "codepipeline:GetPipeline",
        "codepipeline:GetPipelineState",
        "codepipeline:ListTagsForResource",
        "codepipeline:StartPipelineExecution",
        "codepipeline:TagResource",
        "codepipeline:UntagResource",
        "codepipeline:UpdatePipeline",
    ),
}

# What the foundation and the audit stack hold beside; the bootstrapped accounts deploy these.
SHARED_TYPES = {
    name: (SERVICE_TYPES | PIPELINE_TYPES)[name]
    for name in (
        "AWS::CloudWatch::Alarm",
        "AWS::CodeBuild::Project",
        "AWS::Events::Rule",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::SSM::Parameter",
    )
} | {
    "AWS::CloudFormation::CustomResource": ("lambda:InvokeFunction",),
    "AWS::CloudTrail::Trail": (
        "cloudtrail:AddTags",
        "cloudtrail:CreateTrail",
        "cloudtrail:DeleteTrail",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        "cloudtrail:GetTrail",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListTags",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:RemoveTags",
        "cloudtrail:StartLogging",
        "cloudtrail:StopLogging",
        "cloudtrail:UpdateTrail",
    ),
    "AWS::CodeCommit::Repository": (
        "codecommit:CreateRepository",
        "codecommit:GetRepository",
        "codecommit:GetRepositoryTriggers",
        "codecommit:ListTagsForResource",
        "codecommit:TagResource",
        "codecommit:UntagResource",
        "codecommit:UpdateRepositoryDescription",
    ),
    "AWS::KMS::Alias": ("kms:CreateAlias", "kms:DeleteAlias", "kms:ListAliases", "kms:UpdateAlias"),
    "AWS::KMS::Key": ("kms:CreateKey", *MANAGE),
    "AWS::Logs::MetricFilter": (
        "logs:DeleteMetricFilter",
        "logs:DescribeMetricFilters",
        "logs:PutMetricFilter",
    ),
    "AWS::Logs::QueryDefinition": (
        "logs:DeleteQueryDefinition",
        "logs:DescribeQueryDefinitions",
        "logs:PutQueryDefinition",
    ),
    "AWS::S3::Bucket": (
        "s3:CreateBucket",
        "s3:GetBucketAcl",
        "s3:GetBucketLogging",
        "s3:GetBucketObjectLockConfiguration",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:ListBucket",
        "s3:PutBucketLogging",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketTagging",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
    ),
    "AWS::S3::BucketPolicy": (
        "s3:DeleteBucketPolicy",
        "s3:GetBucketPolicy",
        "s3:PutBucketPolicy",
    ),
    "AWS::SNS::Subscription": (
        "sns:GetSubscriptionAttributes",
        "sns:SetSubscriptionAttributes",
        "sns:Subscribe",
        "sns:Unsubscribe",
    ),
    "AWS::SNS::Topic": (
        "sns:CreateTopic",
        "sns:DeleteTopic",
        "sns:GetDataProtectionPolicy",
        "sns:GetTopicAttributes",
        "sns:ListSubscriptionsByTopic",
        "sns:ListTagsForResource",
        "sns:SetTopicAttributes",
        "sns:TagResource",
        "sns:UntagResource",
    ),
    "AWS::SNS::TopicPolicy": ("sns:SetTopicAttributes",),
}

# What a delivery whose code is signed has beside, at each place, and in the foundation the profile.
SIGNING_TYPES = {
    "AWS::Lambda::CodeSigningConfig": (
        "lambda:CreateCodeSigningConfig",
        "lambda:DeleteCodeSigningConfig",
        "lambda:GetCodeSigningConfig",
        "lambda:ListTags",
        "lambda:TagResource",
        "lambda:UntagResource",
        "lambda:UpdateCodeSigningConfig",
    ),
    # Kept when its stack is deleted, so nothing cancels it.
    "AWS::Signer::SigningProfile": (
        "signer:GetSigningProfile",
        "signer:PutSigningProfile",
        "signer:TagResource",
        "signer:UntagResource",
    ),
}

# What deliveries with a source outside AWS have beside, in the foundation and for pull requests.
CONNECTION_TYPES = {
    "AWS::CodeBuild::Project": (
        "codebuild:BatchGetProjects",
        "codebuild:CreateProject",
        "codebuild:CreateWebhook",
        "codebuild:DeleteProject",
        "codebuild:DeleteWebhook",
        "codebuild:UpdateProject",
        "codebuild:UpdateWebhook",
    ),
    "AWS::CodeConnections::Connection": (
        "codeconnections:CreateConnection",
        "codeconnections:DeleteConnection",
        "codeconnections:GetConnection",
        "codeconnections:ListTagsForResource",
        "codeconnections:TagResource",
        "codeconnections:UntagResource",
    ),
}

# What a trail of an organization needs beside. Its service-linked role is made by hand, once.
ORGANIZATION_TYPES = {
    "AWS::CloudTrail::Trail": (
        "organizations:DescribeOrganization",
        "organizations:ListAWSServiceAccessForOrganization",
    ),
}

TEMPLATE = "an approval rule template has no ARN"
# AWS takes only "*" as the resource of these (Service Authorization Reference).
UNSCOPED = {
    "cloudformation:ListStacks": "it lists the account's stacks",
    "cloudtrail:LookupEvents": "the event history is the account's",
    "cloudwatch:GetMetricData": "a metric has no ARN",
    "cloudwatch:ListDashboards": "it lists the account's dashboards",
    "cloudwatch:ListMetrics": "a metric has no ARN",
    "cloudwatch:PutMetricData": "a metric has no ARN; a condition names its namespace",
    "codecommit:CreateApprovalRuleTemplate": TEMPLATE,
    "codecommit:DeleteApprovalRuleTemplate": TEMPLATE,
    "codecommit:ListRepositoriesForApprovalRuleTemplate": TEMPLATE,
    "codecommit:UpdateApprovalRuleTemplateContent": TEMPLATE,
    "codecommit:UpdateApprovalRuleTemplateDescription": TEMPLATE,
    "codeconnections:CreateConnection": "a connection has no name before it is made",
    "codedeploy:ListApplications": "it lists the account's applications",
    "codepipeline:ListPipelines": "it lists the account's pipelines",
    "codepipeline:PutJobFailureResult": "a job has no ARN; who reports must know its random id",
    "codepipeline:PutJobSuccessResult": "a job has no ARN; who reports must know its random id",
    "kms:CreateKey": "a key has no name before it is made",
    "lambda:CreateCodeSigningConfig": "a code signing configuration has no name before it is made",
    "logs:DeleteQueryDefinition": "a saved query has no ARN",
    "logs:DescribeQueryDefinitions": "a saved query has no ARN",
    "logs:PutQueryDefinition": "a saved query has no ARN",
    "logs:StopQuery": "a query that runs has no ARN",
    "organizations:DescribeOrganization": "an account is in one organization",
    "organizations:ListAWSServiceAccessForOrganization": "an account is in one organization",
    "secretsmanager:GetRandomPassword": "it draws a random value and names no secret",
    "secretsmanager:ListSecrets": "it lists the account's secrets, without their values",
    "signer:PutSigningProfile": "AWS Signer authorizes a profile before it is made",
}


def no_narrower(
    actions: Sequence[str], conditions: Mapping[str, Mapping[str, str]] | None = None
) -> Permission:
    """The permission for actions of `UNSCOPED`."""
    why = "; ".join(f"{action}: {UNSCOPED[action]}" for action in actions)
    return Permission(
        actions=actions,
        resources=["*"],
        conditions=conditions,
        wildcard_reason=f"AWS offers no narrower resource ({why}).",
    )


def actions_for(types: Iterable[tuple[str, ...]]) -> list[str]:
    """Every action of the types, once, in order."""
    return sorted({action for actions in types for action in actions})
