"""A function runs no layer of another account."""

import pytest

from lockgate.rules.foreign_layer import RULE
from tests.constructs.rules.judging import breaches

BESIDE = {"Layer": {"Type": "AWS::Lambda::LayerVersion"}, "Topic": {"Type": "AWS::SNS::Topic"}}
OWN = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:layer:shop-base"


@pytest.mark.parametrize("layers", [None, [], [{"Ref": "Layer"}], [{"Fn::Sub": f"{OWN}:7"}]])
def test_a_function_without_layers_or_with_its_own_passes(layers: object) -> None:
    assert breaches(RULE, {"Layers": layers}, beside=BESIDE) == []


@pytest.mark.parametrize(
    "layer",
    [
        "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV3:7",
        {"Fn::Sub": OWN},
        {"Fn::Sub": f"{OWN}:*"},
        {"Ref": "Topic"},
        {"Ref": "Parameter"},
    ],
)
def test_a_layer_of_others_or_of_no_version_is_found(layer: object) -> None:
    assert breaches(RULE, {"Layers": [{"Ref": "Layer"}, layer]}, beside=BESIDE) == ["Layers.1"]
