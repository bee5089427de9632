"""What the pipelines ask is what the gates take."""

import json
from typing import Any

import pytest

from lockgate.gate_parameters import (
    Elsewhere,
    freeze_parameters,
    review_parameters,
    soak_parameters,
)
from tests.release.conftest import Gates
from tests.release.fake_aws import EXECUTION, STACK, Releases, archive, event

ROLE = "arn:aws:iam::444455556666:role/lockgate/orders/prod/a-review"
PLACES = [Elsewhere(region="eu-central-1"), Elsewhere(region="us-east-1", role_arn=ROLE)]


def soak(place: Elsewhere) -> dict[str, object]:
    return soak_parameters(
        STACK, "live", requests=100, minutes=30, pipeline="lockgate-orders", place=place
    )


@pytest.mark.parametrize("place", PLACES, ids=["home", "elsewhere"])
@pytest.mark.parametrize("gate", ["freeze", "review", "soak"])
def test_a_gate_takes_what_it_is_asked(gates: Gates, gate: str, place: Elsewhere) -> None:
    asked: dict[str, dict[str, Any]] = {
        "freeze": freeze_parameters(["prod", "produs"]),
        "review": review_parameters(STACK, place),
        "soak": soak(place),
    }
    # As CodePipeline fills it in.
    text = json.dumps(asked[gate]).replace("#{codepipeline.PipelineExecutionId}", EXECUTION)
    world = Releases()
    world.artifacts["a"] = archive(**{STACK.replace("-", "_"): {"Resources": {}}})

    gates.invoke(gate, world, event(text, artifact="a"))

    assert world.report[0] == ("done" if gate == "freeze" else "later")


def test_the_execution_is_codepipelines_own_variable() -> None:
    assert soak(PLACES[0])["execution"] == "#{codepipeline.PipelineExecutionId}"
