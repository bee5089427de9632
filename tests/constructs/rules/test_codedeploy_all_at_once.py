"""Production never gets a version all at once."""

import pytest

from lockgate.rules.codedeploy_all_at_once import RULE
from tests.constructs.rules.judging import breaches

WHERE = ["DeploymentConfigName"]


def found(config: object, *, routing: dict[str, str], production: object = True) -> list[str]:
    shift = {
        "Type": "AWS::CodeDeploy::DeploymentConfig",
        "Properties": {"TrafficRoutingConfig": routing},
    }
    return breaches(
        RULE,
        {"DeploymentConfigName": config} if config else {},
        beside={"Shift": shift},
        says={"Production": production},
    )


@pytest.mark.parametrize("kind", ["TimeBasedCanary", "TimeBasedLinear"])
def test_a_shift_in_steps_passes(kind: str) -> None:
    assert found({"Ref": "Shift"}, routing={"Type": kind}) == []


def test_a_shift_of_aws_in_steps_passes() -> None:
    assert found("CodeDeployDefault.LambdaCanary10Percent5Minutes", routing={}) == []


@pytest.mark.parametrize(
    ("config", "routing"),
    [
        ("CodeDeployDefault.LambdaAllAtOnce", {}),
        (None, {}),
        ({"Ref": "Elsewhere"}, {}),
        ({"Fn::ImportValue": "a"}, {}),
        ({"Ref": "Shift"}, {"Type": "AllAtOnce"}),
        ({"Ref": "Shift"}, {}),
    ],
)
def test_a_shift_at_once_is_found(config: object, routing: dict[str, str]) -> None:
    assert found(config, routing=routing) == WHERE


@pytest.mark.parametrize(("production", "where"), [(False, []), (True, WHERE), ("no", WHERE)])
def test_all_at_once_is_for_what_is_no_production(production: object, where: list[str]) -> None:
    assert found("CodeDeployDefault.LambdaAllAtOnce", routing={}, production=production) == where


def test_a_template_that_does_not_say_what_it_is_counts_as_production() -> None:
    assert breaches(RULE, {"DeploymentConfigName": "CodeDeployDefault.LambdaAllAtOnce"}) == WHERE
