"""For each audited event, one in the trail that people must hear of, and its harmless neighbour."""

from typing import Any

from tests.audit.shapes import (
    ACCOUNT,
    ACTION,
    ADMINISTRATOR,
    ANALYST,
    BUILD,
    CLOUDFORMATION,
    ENGINEER,
    HOOK,
    REGION,
    ROOT,
    SIGNED_IN,
    USER,
    Event,
    by,
    event,
    of_itself,
    session,
    sign_in,
)

PIPELINE: dict[str, Any] = {"pipelineName": "acme-orders", "stageName": "prod"}
APPROVAL: dict[str, Any] = {
    **PIPELINE,
    "stageName": "prod-approval",
    "actionName": "Approve",
    "result": {"status": "Approved", "summary": "Read the change set."},
    "token": "HIDDEN_DUE_TO_SECURITY_REASONS",
}
GROUP: dict[str, Any] = {
    "applicationName": "acme-orders-prod",
    "currentDeploymentGroupName": "live",
}
REPORT: dict[str, Any] = {
    "deploymentId": "d-EXAMPLE12",
    "lifecycleEventHookExecutionId": "eyJlbmNyeXB0ZWREYXRhIjoi",
    "status": "Succeeded",
}
ALIAS: dict[str, Any] = {"functionName": "acme-orders-prod", "name": "live", "functionVersion": "7"}
BUILD_OF: dict[str, Any] = {"projectName": "acme-orders-pipeline-verify"}
STACK: dict[str, Any] = {"stackName": "acme-orders-prod", "changeSetName": "release"}
STACK_ARN = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/acme-orders-prod/0a1b"
SECRET: dict[str, Any] = {"secretId": "acme/orders/prod/receipt-signing-key"}
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{SECRET['secretId']}-a1B2c3"
ROTATED: dict[str, Any] = {"additionalEventData": {"SecretId": SECRET_ARN}}
ROTATOR = session("acme/orders/prod/acme-orders-prod-RotationRole", "acme-orders-prod-rotation")
CURRENCY: dict[str, Any] = {"name": "/acme/orders/prod/currency", "value": "EUR"}
FREEZE: dict[str, Any] = {"name": "/acme/freeze", "type": "String", "overwrite": True}
GLASS = f"arn:aws:iam::{ACCOUNT}:role/acme/people/acme-break-glass"
ENGINEER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/acme/people/acme-devops-engineer"
NO_PASS = (
    f"User: arn:aws:iam::{ACCOUNT}:user/jo is not authorized to perform: iam:PassRole on resource: "
    f"arn:aws:iam::{ACCOUNT}:role/admin because no identity-based policy allows the iam:PassRole "
    "action"
)

# By the audited event's name: (what fires it, what does not).
EVENTS: dict[str, tuple[list[Event], list[Event]]] = {
    "UnauthorizedCalls": (
        [
            event("s3", "GetObject", error="AccessDenied"),
            event("kms", "Decrypt", error="AccessDeniedException"),
            event("ec2", "RunInstances", error="Client.UnauthorizedOperation"),
        ],
        [event("s3", "GetObject", error="NoSuchKey"), event("s3", "GetObject")],
    ),
    "SignInWithoutMfa": (
        [sign_in("Success", mfa="No")],
        [
            sign_in("Success"),
            sign_in("Failure", mfa="No"),
            sign_in("Success", mfa="No", who=SIGNED_IN),
        ],
    ),
    "RootUse": (
        [event("iam", "ListUsers", ROOT)],
        [
            event("iam", "ListUsers", USER),
            event("kms", "GenerateDataKey", {**ROOT, "invokedBy": "sns.amazonaws.com"}),
            event("kms", "RotateKey", ROOT) | {"eventType": "AwsServiceEvent"},
        ],
    ),
    "RoleChanged": (
        [
            event("iam", "AttachRolePolicy", roleName="a", policyArn="arn:aws:iam::aws:policy/A"),
            event("iam", "CreatePolicyVersion", policyArn="a", setAsDefault=True),
            event("iam", "CreatePolicy", policyName="a"),
            event("iam", "DeleteRolePermissionsBoundary", roleName="a"),
            event("iam", "UpdateAssumeRolePolicy", roleName="a"),
        ],
        [
            event("iam", "GetRole", roleName="a"),
            event("iam", "AttachRolePolicy", error="AccessDenied"),
            event("organizations", "CreatePolicy", name="a"),
        ],
    ),
    "TrailChanged": (
        [
            event("cloudtrail", "StopLogging", name="acme-trail"),
            event("cloudtrail", "PutEventSelectors", trailName="acme-trail"),
        ],
        [event("cloudtrail", "GetTrailStatus", name="acme-trail")],
    ),
    "SignInFailed": ([sign_in("Failure")], [sign_in("Success")]),
    "KeyDisabled": (
        [
            event("kms", "DisableKey", keyId="0a1b"),
            event("kms", "ScheduleKeyDeletion", keyId="0a1b", pendingWindowInDays=7),
        ],
        [event("kms", "DescribeKey", keyId="0a1b"), event("kms", "CancelKeyDeletion", keyId="0a")],
    ),
    "BucketPolicyChanged": (
        [
            event("s3", "PutBucketPolicy", bucketName="acme-foundation-artifacts"),
            event("s3", "DeleteBucketPolicy", bucketName="acme-foundation-artifacts"),
        ],
        [event("s3", "GetBucketPolicy", bucketName="acme-foundation-artifacts")],
    ),
    "ConfigChanged": (
        [event("config", "StopConfigurationRecorder", configurationRecorderName="default")],
        [event("config", "DescribeConfigurationRecorders")],
    ),
    "SecurityGroupChanged": (
        [
            event("ec2", "AuthorizeSecurityGroupIngress", groupId="sg-0a1b"),
            event("ec2", "RevokeSecurityGroupEgress", groupId="sg-0a1b"),
        ],
        [event("ec2", "DescribeSecurityGroups")],
    ),
    "NetworkAclChanged": (
        [event("ec2", "ReplaceNetworkAclEntry", networkAclId="acl-0a1b")],
        [event("ec2", "DescribeNetworkAcls")],
    ),
    "GatewayChanged": (
        [event("ec2", "AttachInternetGateway", internetGatewayId="igw-0a1b")],
        [event("ec2", "DescribeInternetGateways")],
    ),
    "RouteChanged": (
        [event("ec2", "CreateRoute", routeTableId="rtb-0a1b")],
        [event("ec2", "DescribeRouteTables"), event("apigateway", "CreateRoute", apiId="a")],
    ),
    "NetworkChanged": (
        [event("ec2", "CreateVpc", cidrBlock="10.0.0.0/16")],
        [event("ec2", "DescribeVpcs")],
    ),
    "OrganizationChanged": (
        [
            event("organizations", "LeaveOrganization"),
            event("organizations", "DetachPolicy", policyId="p-0a1b", targetId=ACCOUNT),
        ],
        [event("organizations", "DescribeOrganization"), event("iam", "CreatePolicy")],
    ),
    "PipelineChanged": (
        [
            event("codepipeline", "UpdatePipeline", pipeline={"name": "acme-orders"}),
            event("codepipeline", "DeletePipeline", ENGINEER, name="acme-orders"),
            event("codepipeline", "UpdatePipeline", ROOT, pipeline={"name": "acme-orders"}),
        ],
        [
            event("codepipeline", "UpdatePipeline", CLOUDFORMATION, pipeline={"name": "a"}),
            event("codepipeline", "UpdatePipeline", error="AccessDenied"),
            event("codepipeline", "GetPipeline", name="acme-orders"),
        ],
    ),
    "BuildChanged": (
        [
            event("codebuild", "UpdateProject", name="acme-orders-pipeline-verify"),
            event("codebuild", "UpdateProjectVisibility", projectArn="a"),
            event("codebuild", "ImportSourceCredentials", serverType="GITHUB"),
            event("codebuild", "PutResourcePolicy", resourceArn="a"),
        ],
        [
            event("codebuild", "UpdateProject", CLOUDFORMATION, name="a"),
            event("codebuild", "BatchGetProjects", names=["a"]),
        ],
    ),
    "BuildOverridden": (
        [
            event("codebuild", "StartBuild", **BUILD_OF, buildspecOverride="version: 0.2"),
            event("codebuild", "StartBuild", **BUILD_OF, privilegedModeOverride=True),
            event("codebuild", "StartBuild", ENGINEER, **BUILD_OF, sourceVersion="refs/heads/a"),
            event(
                "codebuild",
                "StartBuildBatch",
                **BUILD_OF,
                environmentVariablesOverride=[{"name": "A", "value": "b", "type": "PLAINTEXT"}],
            ),
        ],
        [
            event("codebuild", "StartBuild", **BUILD_OF),
            event("codebuild", "StartBuild", **BUILD_OF, privilegedModeOverride=False),
            event("codebuild", "StartBuild", ACTION, **BUILD_OF, sourceVersion="arn:aws:s3:::b/k"),
            event("codebuild", "StartBuild", by("codepipeline"), **BUILD_OF, sourceVersion="a"),
        ],
    ),
    "StackChanged": (
        [
            event("cloudformation", "ExecuteChangeSet", **STACK),
            event("cloudformation", "DeleteStack", stackName=STACK_ARN),
            event("cloudformation", "UpdateStack", ENGINEER, stackName="acme-foundation"),
        ],
        [
            event("cloudformation", "ExecuteChangeSet", ACTION, **STACK),
            event("cloudformation", "ExecuteChangeSet", stackName="another"),
            event("cloudformation", "DescribeStacks", stackName="acme-orders-prod"),
        ],
    ),
    "FunctionChanged": (
        [
            event("lambda", "UpdateFunctionCode20150331v2", functionName="acme-orders-prod"),
            event("lambda", "AddPermission20150331v2", functionName="a", principal="*"),
        ],
        [
            event("lambda", "UpdateFunctionCode20150331v2", CLOUDFORMATION, functionName="a"),
            event("lambda", "GetFunction20150331v2", functionName="acme-orders-prod"),
            event("lambda", "UpdateAlias20150331", **ALIAS),
        ],
    ),
    "RepositoryChanged": (
        [
            event("codecommit", "DeleteBranch", ENGINEER, repositoryName="a", branchName="main"),
            event("codecommit", "UpdateDefaultBranch", repositoryName="acme"),
        ],
        [event("codecommit", "GetBranch", repositoryName="acme")],
    ),
    "SecretPolicyChanged": (
        [event("secretsmanager", "DeleteSecret", **SECRET)],
        [event("secretsmanager", "DescribeSecret", **SECRET)],
    ),
    "SecretRead": (
        [
            event("secretsmanager", "GetSecretValue", **SECRET),
            event("secretsmanager", "GetSecretValue", ANALYST, **SECRET),
        ],
        [
            event("secretsmanager", "GetSecretValue", BUILD, **SECRET),
            event("secretsmanager", "GetSecretValue", ANALYST, error="AccessDenied", **SECRET),
        ],
    ),
    "RotationFailed": (
        [
            of_itself("secretsmanager", "RotationFailed", **ROTATED),
            of_itself("secretsmanager", "RotationFailed", errorCode="Unhandled", **ROTATED),
            of_itself("secretsmanager", "RotationAbandoned", **ROTATED),
            of_itself("secretsmanager", "TestRotationFailed", **ROTATED),
        ],
        [
            of_itself("secretsmanager", "RotationStarted", **ROTATED),
            of_itself("secretsmanager", "RotationSucceeded", **ROTATED),
            of_itself("secretsmanager", "TestRotationSucceeded", **ROTATED),
            of_itself("kms", "RotateKey"),
        ],
    ),
    "RotationChanged": (
        [
            event("secretsmanager", "CancelRotateSecret", **SECRET),
            event("secretsmanager", "PutSecretValue", USER, **SECRET),
            event("secretsmanager", "UpdateSecretVersionStage", ADMINISTRATOR, **SECRET),
        ],
        [
            event("secretsmanager", "PutSecretValue", ROTATOR, **SECRET),
            event("secretsmanager", "UpdateSecretVersionStage", ROTATOR, **SECRET),
            event("secretsmanager", "UpdateSecret", CLOUDFORMATION, **SECRET),
            event("secretsmanager", "CancelRotateSecret", CLOUDFORMATION, **SECRET),
            event("secretsmanager", "RotateSecret", **SECRET),
        ],
    ),
    "RoleNotPassed": (
        [
            event("lambda", "CreateFunction20150331", error="AccessDenied", message=NO_PASS),
            event("codebuild", "UpdateProject", error="AccessDeniedException", message=NO_PASS),
        ],
        [
            event("iam", "ListRoles", error="AccessDenied", message="not allowed: iam:ListRoles"),
            event("lambda", "CreateFunction20150331"),
        ],
    ),
    "AlarmSilenced": (
        [
            event("monitoring", "DeleteAlarms", alarmNames=["acme-orders-prod-health"]),
            event("monitoring", "SetAlarmState", alarmName="a", stateValue="OK"),
        ],
        [
            event("monitoring", "DeleteAlarms", CLOUDFORMATION, alarmNames=["a"]),
            event("monitoring", "DescribeAlarms"),
        ],
    ),
    "LogsRemoved": (
        [
            event("logs", "DeleteLogGroup", logGroupName="acme-audit-TrailEvents"),
            event("logs", "DeleteMetricFilter", logGroupName="a", filterName="b"),
        ],
        [
            event("logs", "DeleteMetricFilter", CLOUDFORMATION, logGroupName="a"),
            event("logs", "FilterLogEvents", logGroupName="a"),
        ],
    ),
    "GateOverridden": (
        [
            event("codepipeline", "OverrideStageCondition", **PIPELINE, conditionType="ON_SUCCESS"),
            event("codepipeline", "DisableStageTransition", ADMINISTRATOR, **PIPELINE),
            event("codepipeline", "RollbackStage", ADMINISTRATOR, **PIPELINE),
        ],
        [
            event("codepipeline", "GetPipelineState", name="acme-orders"),
            event("codepipeline", "RollbackStage", error="AccessDenied", **PIPELINE),
        ],
    ),
    "ApprovedByOthers": (
        [
            event("codepipeline", "PutApprovalResult", **APPROVAL),
            event("codepipeline", "PutApprovalResult", ENGINEER, **APPROVAL),
            event("codepipeline", "PutApprovalResult", USER, **APPROVAL),
        ],
        [
            event("codepipeline", "PutApprovalResult", ANALYST, **APPROVAL),
            event("codepipeline", "PutApprovalResult", ENGINEER, error="AccessDenied", **APPROVAL),
        ],
    ),
    "RevisionChosen": (
        [
            event(
                "codepipeline",
                "StartPipelineExecution",
                ENGINEER,
                name="acme-orders",
                sourceRevisions=[
                    {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": "0a1b"}
                ],
            )
        ],
        [event("codepipeline", "StartPipelineExecution", ENGINEER, name="acme-orders")],
    ),
    "ReviewLifted": (
        [
            event("codecommit", "OverridePullRequestApprovalRules", pullRequestId="7"),
            event("codecommit", "UpdateApprovalRuleTemplateContent", approvalRuleTemplateName="a"),
        ],
        [
            event(
                "codecommit",
                "UpdatePullRequestApprovalState",
                ANALYST,
                pullRequestId="7",
                approvalState="APPROVE",
            ),
            event("codecommit", "DeleteApprovalRuleTemplate", CLOUDFORMATION),
            # What guards paths adds its rules to each pull request.
            event("codecommit", "UpdatePullRequestApprovalRuleContent", HOOK, pullRequestId="7"),
        ],
    ),
    "DeploymentGroupChanged": (
        [
            event("codedeploy", "UpdateDeploymentGroup", **GROUP),
            event("codedeploy", "StopDeployment", ADMINISTRATOR, deploymentId="d-EXAMPLE12"),
            # The watch stops what it finds degraded, and people hear of it.
            event("codedeploy", "StopDeployment", HOOK, deploymentId="d-EXAMPLE12"),
        ],
        [
            event("codedeploy", "UpdateDeploymentGroup", CLOUDFORMATION, **GROUP),
            event("codedeploy", "GetDeployment", deploymentId="d-EXAMPLE12"),
        ],
    ),
    "HookReported": (
        [
            event("codedeploy", "PutLifecycleEventHookExecutionStatus", **REPORT),
            event("codedeploy", "PutLifecycleEventHookExecutionStatus", ADMINISTRATOR, **REPORT),
            event("codedeploy", "PutLifecycleEventHookExecutionStatus", USER, **REPORT),
        ],
        [event("codedeploy", "PutLifecycleEventHookExecutionStatus", HOOK, **REPORT)],
    ),
    "AliasMoved": (
        [
            event("lambda", "UpdateAlias20150331", **ALIAS),
            event("lambda", "DeleteAlias20150331", ENGINEER, functionName="a", name="live"),
        ],
        [
            event("lambda", "UpdateAlias20150331", by("codedeploy"), **ALIAS),
            event("lambda", "UpdateAlias20150331", CLOUDFORMATION, **ALIAS),
            event("lambda", "GetAlias20150331", functionName="a", name="live"),
        ],
    ),
    "FreezeChanged": (
        [event("ssm", "PutParameter", ADMINISTRATOR, **FREEZE)],
        [
            event("ssm", "PutParameter", ADMINISTRATOR, **{**FREEZE, "name": "/another/freeze"}),
            event("ssm", "PutParameter", CLOUDFORMATION, **FREEZE),
            event("ssm", "GetParameter", ADMINISTRATOR, name="/acme/freeze"),
        ],
    ),
    "ParameterChanged": (
        [
            event("ssm", "PutParameter", **CURRENCY),
            event("ssm", "DeleteParameter", ENGINEER, name=CURRENCY["name"]),
        ],
        [
            event("ssm", "PutParameter", CLOUDFORMATION, **CURRENCY),
            event("ssm", "PutParameter", ADMINISTRATOR, **FREEZE),
            event("ssm", "PutParameter", name="/another/orders/prod/currency"),
            event("ssm", "GetParameter", name=CURRENCY["name"]),
        ],
    ),
    "GlassBroken": (
        [
            event("sts", "AssumeRole", USER, roleArn=GLASS, roleSessionName="jo"),
            event("sts", "AssumeRole", roleArn=GLASS, roleSessionName="jo"),
        ],
        [
            event("sts", "AssumeRole", USER, roleArn=ENGINEER_ROLE, roleSessionName="jo"),
            event("sts", "AssumeRole", USER, error="AccessDenied", roleArn=GLASS),
        ],
    ),
}
# What a normal release does, to the machinery that is watched.
A_RELEASE: list[Event] = [
    event("codepipeline", "StartPipelineExecution", by("events"), name="acme-orders"),
    event("sts", "AssumeRole", by("codepipeline"), roleArn=f"arn:aws:iam::{ACCOUNT}:role/acme/a"),
    event("codebuild", "StartBuild", ACTION, **BUILD_OF, sourceVersion="arn:aws:s3:::b/k",
          buildspecOverride="version: 0.2"),
    event("secretsmanager", "GetSecretValue", BUILD, **SECRET),
    event("secretsmanager", "RotateSecret", CLOUDFORMATION, **SECRET),
    event("secretsmanager", "GetSecretValue", ROTATOR, **SECRET),
    event("secretsmanager", "PutSecretValue", ROTATOR, **SECRET),
    event("secretsmanager", "UpdateSecretVersionStage", ROTATOR, **SECRET),
    event("ssm", "PutParameter", CLOUDFORMATION, **CURRENCY),
    event("cloudformation", "CreateChangeSet", ACTION, **STACK),
    event("cloudformation", "ExecuteChangeSet", ACTION, **STACK),
    event("codepipeline", "PutApprovalResult", ANALYST, **APPROVAL),
    event("lambda", "UpdateFunctionCode20150331v2", CLOUDFORMATION, functionName="a"),
    event("lambda", "PublishVersion20150331", CLOUDFORMATION, functionName="a"),
    event("monitoring", "PutMetricAlarm", CLOUDFORMATION, alarmName="a"),
    event("monitoring", "DeleteAlarms", CLOUDFORMATION, alarmNames=["a"]),
    event("codedeploy", "CreateDeployment", CLOUDFORMATION, applicationName="acme-orders-prod"),
    event("lambda", "UpdateAlias20150331", by("codedeploy"), **ALIAS),
    event("codedeploy", "PutLifecycleEventHookExecutionStatus", HOOK, **REPORT),
    event("codepipeline", "UpdatePipeline", CLOUDFORMATION, pipeline={"name": "acme-orders"}),
    event("codebuild", "UpdateProject", CLOUDFORMATION, name="acme-orders-pipeline-verify"),
]  # fmt: skip
