"""What people may see of a delivery: its releases, and what ran and was written down for them."""

from lockgate.people.scope import Scope
from lockgate.permissions import Permission
from lockgate.resource_types import no_narrower

PIPELINES = (
    "codepipeline:GetPipeline",
    "codepipeline:GetPipelineExecution",
    "codepipeline:GetPipelineState",
    "codepipeline:ListActionExecutions",
    "codepipeline:ListPipelineExecutions",
    "codepipeline:ListRuleExecutions",
)
STACKS = (
    "cloudformation:DescribeChangeSet",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:ListStackResources",
)
APPLICATIONS = ("codedeploy:GetApplication", "codedeploy:ListDeploymentGroups")
DEPLOYMENTS = (
    "codedeploy:BatchGetDeployments",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentGroup",
    "codedeploy:GetDeploymentTarget",
    "codedeploy:ListDeploymentTargets",
    "codedeploy:ListDeployments",
)
ALARMS = ("cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms")
DASHBOARDS = ("cloudwatch:GetDashboard",)
LISTS = (
    "cloudformation:ListStacks",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListDashboards",
    "cloudwatch:ListMetrics",
    "codedeploy:ListApplications",
    "codepipeline:ListPipelines",
)
RELEASES = (*PIPELINES, *STACKS, *APPLICATIONS, *DEPLOYMENTS, *ALARMS, *DASHBOARDS, *LISTS)

BUILDS = (
    "codebuild:BatchGetBuilds",
    "codebuild:BatchGetProjects",
    "codebuild:ListBuildsForProject",
)
FUNCTIONS = (
    "lambda:GetAlias",
    "lambda:GetFunctionConfiguration",
    "lambda:ListAliases",
    "lambda:ListVersionsByFunction",
)
WATCHES = ("states:DescribeExecution", "states:GetExecutionHistory", "states:ListExecutions")
RUNS = (*BUILDS, *FUNCTIONS, *WATCHES)

READ_LOGS = (
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetQueryResults",
    "logs:StartQuery",
)
FIND_LOGS = ("logs:DescribeLogGroups",)
QUERIES = ("logs:DescribeQueryDefinitions", "logs:StopQuery")
LOGS = (*READ_LOGS, *FIND_LOGS, *QUERIES)


def releases(scope: Scope) -> list[Permission]:
    """See pipelines and executions, stacks, deployments, alarms and dashboards."""
    return [
        scope.named(PIPELINES, "codepipeline"),
        scope.named(STACKS, "cloudformation", "stack/"),
        scope.named(APPLICATIONS, "codedeploy", "application:"),
        scope.named(DEPLOYMENTS, "codedeploy", "deploymentgroup:"),
        scope.named(ALARMS, "cloudwatch", "alarm:"),
        scope.named(DASHBOARDS, "cloudwatch", "dashboard/", region=False),
        no_narrower(LISTS),
    ]


def runs(scope: Scope) -> list[Permission]:
    """See builds, functions' versions and settings (names of secrets, no values), and watches."""
    return [
        scope.named(BUILDS, "codebuild", "project/"),
        scope.named(FUNCTIONS, "lambda", "function:"),
        scope.named(WATCHES, "states", "stateMachine:", "execution:"),
    ]


def logs(scope: Scope, *, of: str = "") -> list[Permission]:
    """Read and query the logs of the stacks whose names continue with `of`."""
    return [
        scope.named(READ_LOGS, "logs", "log-group:", rest=f"-{of}*"),
        Permission(
            actions=FIND_LOGS,
            resources=[scope.arn("logs", "log-group:*")],
            wildcard_reason="CloudWatch Logs authorizes listing against all log groups.",
        ),
        no_narrower(QUERIES),
    ]
