"""What nobody does by hand, whatever the role: the pipelines do it, or it is never done.

An explicit deny holds against what a resource's own policy may grant as well.
"""

SECRETS = ("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue")
TRAIL = (
    "cloudtrail:DeleteTrail",
    "cloudtrail:PutEventSelectors",
    "cloudtrail:StopLogging",
    "cloudtrail:UpdateTrail",
    "logs:DeleteLogGroup",
)
KEYS = ("kms:DisableKey", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion")
ROLES = (
    "iam:AttachRolePolicy",
    "iam:CreatePolicyVersion",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "sts:AssumeRole",
)
MACHINERY = (
    "codebuild:StartBuild",
    "codebuild:UpdateProject",
    "codedeploy:PutLifecycleEventHookExecutionStatus",
    "codedeploy:UpdateDeploymentGroup",
    "codepipeline:DeletePipeline",
    "codepipeline:UpdatePipeline",
    "lambda:UpdateFunctionCode",
)
STORE = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:PutObject")

NEVER_BY_HAND = sorted((*SECRETS, *TRAIL, *KEYS, *ROLES, *MACHINERY, *STORE))
