"""How a pipeline's stages would change."""

from typing import Any

from operations.plan.stages import changes
from tests.assembly import Assembly
from tests.operations.assemblies import Template, resource, template


def stage(name: str, *actions: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    made = [{"Name": action} for action in actions or ("Execute",)]
    return {"Name": name, "Actions": made, **more}


def pipeline(*stages: dict[str, Any]) -> Template:
    return template(
        Release=resource("AWS::CodePipeline::Pipeline", {"Stages": list(stages)}),
        Other=resource("AWS::SNS::Topic"),
    )


def said(old: Template, new: Template) -> list[tuple[str, bool]]:
    return [(change.said, change.goes) for change in changes(old, new)]


def test_the_same_stages_are_no_change() -> None:
    old = pipeline(stage("Source"), stage("beta"))
    assert said(old, old) == []


def test_a_stage_that_is_added_takes_nothing_away() -> None:
    new = pipeline(stage("beta"), stage("prod"))
    assert said(pipeline(stage("beta")), new) == [("stage prod is added", False)]


def test_a_stage_that_is_removed_is_named_with_the_stacks_that_it_deploys() -> None:
    deploy = {
        "Name": "Execute",
        "Region": "us-east-1",
        "Configuration": {"StackName": "acme-orders-prod"},
    }
    plain = {"Name": "Again", "Configuration": {"StackName": "acme-orders-gamma"}}
    old = pipeline(stage("beta"), stage("prod", Actions=[deploy, plain]))
    assert said(old, pipeline(stage("beta"))) == [
        (
            "stage prod is removed, which deploys acme-orders-prod in us-east-1, acme-orders-gamma",
            True,
        )
    ]


def test_stages_in_another_order_are_named_in_the_new_one() -> None:
    old, new = pipeline(stage("a"), stage("b")), pipeline(stage("b"), stage("a"))
    assert said(old, new) == [("stages are reordered: b → a", False)]


def test_an_action_or_a_condition_that_is_removed_goes() -> None:
    old = pipeline(stage("prod", "Integrate", "Execute", BeforeEntry={}))
    new = pipeline(stage("prod", "Execute", "Soak"))
    assert said(old, new) == [
        ("action prod/Integrate is removed", True),
        ("action prod/Soak is added", False),
        ("condition prod/BeforeEntry is removed", True),
    ]


def test_a_pipeline_as_the_app_writes_it_is_read(assembly: Assembly) -> None:
    service = assembly.delivery.services[0]
    found = assembly.templates[f"{assembly.delivery.name}-{service.name}-pipeline"]
    assert said(found, found) == []
    removed = dict(said(found, template()))
    for name in service.environments:
        stack = f"{assembly.delivery.name}-{service.name}-{name}"
        assert any(stack in each for each in removed), removed
    assert all(removed.values())
