"""What each kind of pipeline action may do: AWS's own actions on the one thing they are for."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from lockgate.permissions import WRITE_OBJECTS, Permission, pass_roles
from lockgate.resource_types import no_narrower

RUN_BUILD = ("codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild")
CREATE_CHANGE_SET = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DescribeChangeSet",
)
EXECUTE_CHANGE_SET = ("cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet")
READ_STACK = ("cloudformation:DescribeStacks",)
# Which resource failed, and why: CodePipeline asks whether it may or not, and a denied call would
# raise the trail's alarm at each release that fails.
READ_FAILURE = ("cloudformation:DescribeStackEvents",)
LOCATE_BUCKET = ("s3:GetBucketLocation", "s3:GetBucketVersioning")
ASSUME = ("sts:AssumeRole",)
INVOKE = ("lambda:InvokeFunction",)
READ_ALARM = ("cloudwatch:DescribeAlarms",)
COUNT_REQUESTS = ("cloudwatch:GetMetricData",)
TELL = ("sns:Publish",)
ALL_ACTIONS = (
    *RUN_BUILD,
    *CREATE_CHANGE_SET,
    *EXECUTE_CHANGE_SET,
    *READ_STACK,
    *READ_FAILURE,
    *LOCATE_BUCKET,
    *ASSUME,
    *INVOKE,
    *READ_ALARM,
    *TELL,
)
# The change set that is executed, and the one that only shows what would change.
RELEASE, REVIEW = "release", "review"
UNNAMED = "CloudFormation ends a stack's ARN with a random id."


def may_create(stack_arn: str, deployer: iam.IRole) -> list[Permission]:
    """Create a stack's change set; CloudFormation's role is passed here and nowhere else."""
    return [
        _change_sets(stack_arn, CREATE_CHANGE_SET, RELEASE),
        _stacks(stack_arn, READ_STACK),
        pass_roles([deployer.role_arn], ["cloudformation.amazonaws.com"]),
    ]


def may_execute(stack_arn: str) -> list[Permission]:
    """Execute a stack's change set."""
    return [
        _change_sets(stack_arn, EXECUTE_CHANGE_SET, RELEASE),
        _stacks(stack_arn, (*READ_STACK, *READ_FAILURE)),
    ]


def may_review(stack_arn: str) -> list[Permission]:
    """Make a change set that shows what would change; another name than the executed one's."""
    return [
        _change_sets(stack_arn, CREATE_CHANGE_SET, REVIEW),
        _stacks(stack_arn, READ_STACK),
    ]


def may_publish(bucket: s3.IBucket, account: str) -> Permission:
    """Put assets where CloudFormation finds them."""
    return Permission(
        actions=WRITE_OBJECTS,
        resources=[bucket.arn_for_objects("*")],
        conditions={"StringEquals": {"aws:ResourceAccount": account}},
        wildcard_reason="An asset's key is its digest, which each release changes.",
    )


def may_count() -> Permission:
    """Count requests."""
    return no_narrower(COUNT_REQUESTS)


def _change_sets(stack_arn: str, actions: tuple[str, ...], name: str) -> Permission:
    return Permission(
        actions=actions,
        resources=[stack_arn],
        conditions={"StringEquals": {"cloudformation:ChangeSetName": name}},
        wildcard_reason=UNNAMED,
    )


def _stacks(stack_arn: str, actions: tuple[str, ...]) -> Permission:
    return Permission(actions=actions, resources=[stack_arn], wildcard_reason=UNNAMED)
