"""The commands against an AWS that answers by itself."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from operations.rollback import follow
from rehearsal.world.world import World
from tests.operations.assemblies import resource, template, write
from tests.operations.conftest import Run
from tests.rehearsal.world.pipelines import Line, action, faked_world, line, stage
from tests.rehearsal.world.roles import allow

ALARM = "acme-orders-prod-health"
ROLLBACK = ("rollback", "--service", "orders", "--environment", "prod")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with faked_world(tmp_path_factory.mktemp("faked")) as world:
        yield world


@pytest.fixture
def inside(world: World, run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command as the world's root user."""
    for name, value in world.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(follow, "LOOK_SECONDS", 0.05)
    return run


@pytest.fixture(scope="module")
def orders(world: World) -> Line:
    """The pipeline of orders, through which two releases have gone."""
    client: Callable[[str], object] = world.client
    alarms = world.client("cloudwatch")
    alarms.put_metric_alarm(
        AlarmName=ALARM,
        Namespace="Any",
        MetricName="Any",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
    )
    alarms.set_alarm_state(AlarmName=ALARM, StateValue="OK", StateReason="The test says so")
    green = {
        "name": "Health",
        "ruleTypeId": {
            "category": "Rule",
            "owner": "AWS",
            "provider": "CloudWatchAlarm",
            "version": "1",
        },
        "configuration": {"AlarmName": ALARM, "AlarmStates": "ALARM"},
    }
    alarm = f"arn:aws:cloudwatch:{world.region}:{world.account}:alarm:*"
    made = line(
        world,
        client,
        stage("beta", action("Use", inputs="source")),
        stage(
            "prod-produs",
            action("Use", inputs="source"),
            beforeEntry={"conditions": [{"result": "FAIL", "rules": [green]}]},
        ),
        may=(allow("cloudwatch:DescribeAlarms", alarm),),
        name="acme-orders",
    )
    made.run()
    return made


def test_a_freeze_is_put_shown_and_lifted(inside: Run) -> None:
    assert "missing or unreadable, which holds all production" in inside("frozen")[1]
    assert "now: frozen: prod" in inside("freeze", "--reason", "x", "--environments", "prod")[1]
    assert inside("freeze", "--reason", "y")[0] == 2
    code, said, _ = inside("thaw")
    assert code == 0
    assert "now: not frozen, since 20" in said
    assert "No release waits for it." in said


def test_an_environment_in_trouble_goes_back_one_release_and_then_no_further(
    inside: Run, orders: Line, world: World
) -> None:
    newest, first = (each["pipelineExecutionId"] for each in orders.executions())
    code, said, _ = inside(*ROLLBACK)
    assert code == 0
    assert said.index(f"execution {newest}") < said.index(f"execution {first}")
    assert len(orders.executions()) == 2

    # The environment is in trouble, which keeps releases out.
    world.client("cloudwatch").set_alarm_state(
        AlarmName=ALARM, StateValue="ALARM", StateReason="The test says so"
    )
    code, said, _ = inside(*ROLLBACK, "--run")
    assert "must not keep this one" in said
    assert (code, "prod-produs/Use: Succeeded" in said) == (0, True)
    rollback = orders.executions()[0]
    assert rollback["rollbackMetadata"] == {"rollbackTargetPipelineExecutionId": first}

    code, _, wrong = inside(*ROLLBACK)
    assert (code, "nothing to go back to" in wrong) == (2, True)


def test_a_plan_names_what_would_go(inside: Run, world: World, tmp_path: Path) -> None:
    role = resource(
        "AWS::IAM::ManagedPolicy",
        {"Path": "/acme/orders/", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    )
    topics = template(One=resource("AWS::SNS::Topic"), Two=resource("AWS::SNS::Topic"), Policy=role)
    client = world.client("cloudformation")
    for name in ("acme-foundation", "acme-orders-gamma"):
        client.create_stack(
            StackName=name, TemplateBody=json.dumps(topics), Capabilities=["CAPABILITY_IAM"]
        )
    kept = template(One=resource("AWS::SNS::Topic"), Policy=role)
    code, said, wrong = inside(
        "plan", "--assembly", str(write(tmp_path, {"acme-foundation": kept})), "--exit-code"
    )
    assert (code, wrong) == (1, "")
    assert "- Two (AWS::SNS::Topic): deleted" in said
    assert "acme-orders-gamma: orphaned" in said
