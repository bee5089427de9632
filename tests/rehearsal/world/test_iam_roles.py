"""The roles of the real templates: each statement lets its calls pass, and nothing else does."""

import copy
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rehearsal.world.world import World
from tests.assembly import Assembly
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.deployed import (
    ASSETS,
    BETA,
    DEPLOYER,
    FOUNDATION,
    PIPELINE,
    deploy,
    deployable,
    foundation,
)
from tests.rehearsal.world.roles import ACCOUNT, allow, arn, denial, document, session

Call = Callable[[Client], object]


@pytest.fixture(scope="module")
def deployed(sample: Assembly) -> Iterator[World]:
    with foundation(sample.templates) as world:
        status, why = deploy(world, BETA, deployable(sample.templates[BETA]), DEPLOYER)
        assert status == "CREATE_COMPLETE", why
        bucket = exported(world, "lockgate-artifacts")
        for key in OBJECTS:
            world.client("s3").put_object(Bucket=bucket, Key=key, Body=b"{}")
        yield world


OBJECTS = (
    "reviews/x",
    f"decisions/{BETA}/x",
    "lockgate-orders/source/x",
    "lockgate-orders/assembly/x",
    "lockgate-orders/assets/x",
)


def exported(world: World, name: str) -> str:
    """What a stack exports."""
    exports = world.client("cloudformation").list_exports()["Exports"]
    return next(str(each["Value"]) for each in exports if each["Name"] == name)


def in_role(world: World, logical_id: str, stack: str) -> tuple[str, str]:
    """The name of a role of a stack, and the ARN of its policy."""
    stacks, iam = world.client("cloudformation"), world.client("iam")
    found = stacks.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    [policy, *_] = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return name, policy["PolicyArn"]


def objects(world: World) -> str:
    return exported(world, "lockgate-artifacts")


def put(key: str) -> Callable[[World], Call]:
    return lambda world: lambda aws: aws("s3").put_object(Bucket=objects(world), Key=key, Body=b"1")


def get(key: str) -> Callable[[World], Call]:
    return lambda world: lambda aws: aws("s3").get_object(Bucket=objects(world), Key=key)


def plain(call: Call) -> Callable[[World], Call]:
    return lambda _world: call


DECISION = f"decisions/{BETA}/x"
MACHINE = arn("states", f"stateMachine:{BETA}-watch")
SIGNING_KEY = "lockgate/orders/beta/receipt-signing-key"
VERDICT = {"Source": "lockgate", "DetailType": "Canary Verdict", "Detail": "{}"}
EVENT = plain(lambda aws: aws("events").put_events(Entries=[VERDICT]))
INVOKE = plain(lambda aws: aws("lambda").invoke(FunctionName=BETA, Qualifier="1"))
ALIAS = plain(lambda aws: aws("lambda").get_alias(FunctionName=BETA, Name="live"))
METRICS = plain(
    lambda aws: aws("cloudwatch").get_metric_data(MetricDataQueries=[], StartTime=0, EndTime=60)
)
METRIC = plain(
    lambda aws: aws("cloudwatch").put_metric_data(
        Namespace="Lockgate", MetricData=[{"MetricName": "m", "Value": 1}]
    )
)
START = plain(lambda aws: aws("stepfunctions").start_execution(stateMachineArn=MACHINE))
SECRET = plain(lambda aws: aws("secretsmanager").get_secret_value(SecretId=SIGNING_KEY))
RECORD = (put(DECISION), get(DECISION))


def an_alarm(world: World) -> Call:
    stacks = world.client("cloudformation")
    found = stacks.describe_stack_resources(StackName=BETA)["StackResources"]
    names = [
        each["PhysicalResourceId"] for each in found if "AlarmsErrors" in each["LogicalResourceId"]
    ]
    return lambda aws: aws("cloudwatch").describe_alarms(AlarmNames=names)


def stacks(call: str, name: str = PIPELINE, **more: str) -> Callable[[World], Call]:
    return plain(lambda aws: getattr(aws("cloudformation"), call)(StackName=name, **more))


def change_set(name: str, role: str) -> Callable[[World], Call]:
    body = json.dumps({"Resources": {}})
    return plain(
        lambda aws: aws("cloudformation").create_change_set(
            StackName=name, ChangeSetName="release", TemplateBody=body, RoleARN=role
        )
    )


def assume(role: str) -> Callable[[World], Call]:
    of = f"arn:aws:iam::{ACCOUNT}:role/lockgate/orders/pipeline/lockgate-orders-{role}"
    return plain(lambda aws: aws("sts").assume_role(RoleArn=of, RoleSessionName="test"))


JOB = "11111111-2222-3333-4444-555555555555"
REPORTS = (
    plain(lambda aws: aws("codepipeline").put_job_success_result(jobId=JOB)),
    plain(
        lambda aws: aws("codepipeline").put_job_failure_result(
            jobId=JOB, failureDetails={"type": "JobFailed", "message": "no"}
        )
    ),
)


ROLES: dict[tuple[str, str], tuple[Callable[[World], Call], ...]] = {
    (FOUNDATION, "GatesFreezeJobRole"): (
        *REPORTS,
        plain(lambda aws: aws("ssm").get_parameter(Name="/lockgate/freeze")),
    ),
    (FOUNDATION, "GatesReviewJobRole"): (
        *REPORTS,
        put("reviews/y"),
        get("reviews/x"),
        stacks("describe_stacks", BETA),
        stacks("create_change_set", BETA, ChangeSetName="review", TemplateBody="{}"),
        stacks("describe_change_set", BETA, ChangeSetName="review"),
        stacks("delete_change_set", BETA, ChangeSetName="review"),
    ),
    (FOUNDATION, "GatesSoakJobRole"): (
        *REPORTS,
        METRICS,
        plain(
            lambda aws: aws("codepipeline").get_pipeline_execution(
                pipelineName="lockgate-orders", pipelineExecutionId=JOB
            )
        ),
    ),
    (BETA, "TargetWorkloadJobRole"): (
        SECRET,
        plain(lambda aws: aws("ssm").get_parameter(Name="/lockgate/orders/beta/page-size")),
    ),
    (BETA, "TargetPreTrafficHookJobRole"): (*RECORD, EVENT, INVOKE, ALIAS, START),
    (BETA, "TargetPostTrafficHookJobRole"): (*RECORD, EVENT, INVOKE, ALIAS, METRICS),
    (BETA, "TargetWatchLookJobRole"): (*RECORD, EVENT, METRICS, METRIC),
    (BETA, "RotationRotateJobRole"): (
        SECRET,
        plain(lambda aws: aws("secretsmanager").describe_secret(SecretId=SIGNING_KEY)),
        plain(lambda aws: aws("secretsmanager").get_random_password(PasswordLength=32)),
        plain(
            lambda aws: aws("secretsmanager").put_secret_value(
                SecretId=SIGNING_KEY, SecretString="x" * 32, VersionStages=["AWSPENDING"]
            )
        ),
    ),
    (BETA, "TargetShiftingRole"): (
        ALIAS,
        plain(lambda aws: aws("lambda").update_alias(FunctionName=BETA, Name="live")),
        plain(lambda aws: aws("lambda").invoke(FunctionName=f"{BETA}-pre-traffic")),
        an_alarm,
    ),
    (PIPELINE, "VerifyJobRole"): (get("lockgate-orders/source/x"),),
    (PIPELINE, "PackageJobRole"): (
        get("lockgate-orders/source/x"),
        put("lockgate-orders/assets/y"),
    ),
    (PIPELINE, "ReleaseJobRole"): (
        get("lockgate-orders/source/x"),
        put("lockgate-orders/source/y"),
        lambda world: lambda aws: aws("s3").get_bucket_versioning(Bucket=objects(world)),
        *map(assume, ("pipeline-source", "beta-publish", "prod-publish")),
    ),
    (PIPELINE, "ReleaseActionsPipelineSourceRole"): (
        put("lockgate-orders/source/y"),
        plain(
            lambda aws: aws("codecommit").get_branch(repositoryName="lockgate", branchName="main")
        ),
    ),
    (PIPELINE, "ReleaseActionsPipelineVerifyRole"): (
        plain(lambda aws: aws("codebuild").start_build(projectName=f"{PIPELINE}-verify")),
    ),
    (PIPELINE, "LandingbetaLandingRolesChangeRole"): (
        change_set(BETA, DEPLOYER),
        stacks("describe_change_set", BETA, ChangeSetName="release"),
        stacks("describe_stacks", BETA),
        get("lockgate-orders/assembly/x"),
    ),
    (PIPELINE, "LandingbetaLandingRolesExecuteRole"): (
        stacks("describe_change_set", BETA, ChangeSetName="release"),
        stacks("describe_stacks", BETA),
    ),
    (PIPELINE, "LandingbetaLandingRolesPublishRole"): (
        get("lockgate-orders/assets/x"),
        plain(lambda aws: aws("s3").put_object(Bucket=ASSETS, Key="z", Body=b"1")),
    ),
}
# What a role's own calls do not show: lines of logs, and what only a deployment does.
ELSEWHERE = ("logs:", "codedeploy:")


@pytest.mark.parametrize(("stack", "prefix"), ROLES, ids=[name for _, name in ROLES])
def test_each_statement_of_a_role_is_needed(
    deployed: World, sample: Assembly, stack: str, prefix: str
) -> None:
    [logical_id] = [
        name
        for name, each in sample.templates[stack]["Resources"].items()
        if each["Type"] == "AWS::IAM::Role" and name.startswith(prefix)
    ]
    name, policy = in_role(deployed, logical_id, stack)
    iam = deployed.client("iam")
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=document(trust))
    aws = session(deployed, f"{iam.get_role(RoleName=name)['Role']['Arn']}")
    calls = [each(deployed) for each in ROLES[stack, prefix]]
    assert [denial(lambda call=call: call(aws)) for call in calls] == [""] * len(calls)  # type: ignore[misc]
    whole = current(iam, policy)
    for number, statement in enumerate(whole["Statement"]):
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        if all(each.startswith(ELSEWHERE) for each in actions):
            continue
        less = copy.deepcopy(whole)
        less["Statement"][number] = allow("sts:GetCallerIdentity", "*")
        put_version(iam, policy, less)
        said = [denial(lambda call=call: call(aws)) for call in calls]  # type: ignore[misc]
        assert any(
            f"perform: {each} " in text for each, text in itertools.product(actions, said)
        ), (actions, said)
    put_version(iam, policy, whole)


def current(
    iam: Any,  # noqa: ANN401 - boto3 has no types
    policy: str,
) -> dict[str, Any]:
    version = iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"]
    found = iam.get_policy_version(PolicyArn=policy, VersionId=version)["PolicyVersion"]["Document"]
    return dict(json.loads(found) if isinstance(found, str) else found)


def put_version(
    iam: Any,  # noqa: ANN401 - boto3 has no types
    policy: str,
    content: dict[str, Any],
) -> None:
    versions = iam.list_policy_versions(PolicyArn=policy)["Versions"]
    for each in versions:
        if not each["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=policy, VersionId=each["VersionId"])
    iam.create_policy_version(
        PolicyArn=policy, PolicyDocument=json.dumps(content), SetAsDefault=True
    )
