"""What nobody does by hand, whatever the role: the pipelines do it, or it is never done.

An explicit deny holds against what a resource's own policy may grant as well. What no role ever
does, a machine's included, is in `lockgate.never`.
"""

from lockgate.never import BY_CLOUDFORMATION, BY_JOBS, NEVER, STORE

SECRETS = ("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue")
TRACES = ("logs:DeleteLogGroup",)
ROLES = ("iam:PassRole", "sts:AssumeRole")
MACHINERY = ("codedeploy:PutLifecycleEventHookExecutionStatus",)
RECORDS = ("s3:PutObject",)

NEVER_BY_HAND = sorted(
    (
        *NEVER,
        *STORE,
        *BY_CLOUDFORMATION,
        *BY_JOBS,
        *SECRETS,
        *TRACES,
        *ROLES,
        *MACHINERY,
        *RECORDS,
    )
)
