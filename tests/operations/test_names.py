"""The commands and the stacks call everything the same."""

import json

from delivery import Delivery
from operations import names
from stacks import execution_policy
from stacks import names as stacks
from stacks.app import ROOT


def test_pipelines_and_stacks_are_called_as_the_stacks_call_them(delivery: Delivery) -> None:
    for service in delivery.services:
        assert names.pipeline(delivery, service) == stacks.pipeline(delivery, service)


def test_the_qualifier_is_the_one_that_the_stacks_are_synthesized_for() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert context["@aws-cdk/core:bootstrapQualifier"] == names.QUALIFIER


def test_cloudformations_policies_are_called_as_their_files_are_written(
    delivery: Delivery,
) -> None:
    documents = execution_policy.documents(delivery)
    assert names.execution_policies(delivery) == {
        f"{name}.json": f"{delivery.name}-{name}" for name in documents
    }


def test_an_environment_is_in_the_stage_of_its_wave(delivery: Delivery) -> None:
    orders = delivery.services[0]
    assert [names.stage(orders, each) for each in orders.environments] == [
        "beta",
        "prod-produs",
        "prod-produs",
    ]
