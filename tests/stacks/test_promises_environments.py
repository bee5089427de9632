"""An environment's tags reach what is its own; what is shared cannot be deleted by mistake."""

import json
import re
from typing import Any

from delivery import Delivery
from stacks import names
from tests.assembly import SHARED_STACKS, Assembly

# What a service stack makes and AWS can tag; CloudFormation names the rest's tags nowhere.
TAGGED = {
    "AWS::CloudWatch::Alarm",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SSM::Parameter",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
}
UNTAGGED = {
    "AWS::CodeDeploy::DeploymentConfig",
    "AWS::IAM::ManagedPolicy",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::SecretsManager::ResourcePolicy",
    "AWS::SecretsManager::RotationSchedule",
}


def environments(delivery: Delivery) -> dict[str, dict[str, str]]:
    """The tags that the delivery file gives to each service stack."""
    return {
        names.service_stack(delivery, service, name): dict(delivery.environment(name).tags)
        for service in delivery.services
        for name in service.environments
    }


def tags(resource: dict[str, Any]) -> dict[str, str]:
    found = resource.get("Properties", {}).get("Tags", [])
    # Of a parameter they are a mapping.
    return found if isinstance(found, dict) else {tag["Key"]: tag["Value"] for tag in found}


def test_every_resource_of_an_environment_has_its_tags_and_no_other(assembly: Assembly) -> None:
    for stack, expected in environments(assembly.delivery).items():
        for logical_id, resource in assembly.templates[stack]["Resources"].items():
            if resource["Type"] in TAGGED:
                assert tags(resource) == expected, (stack, logical_id)


def test_every_type_of_an_environment_is_known_to_have_tags_or_none(assembly: Assembly) -> None:
    types = {
        resource["Type"]
        for stack in environments(assembly.delivery)
        for resource in assembly.templates[stack]["Resources"].values()
    }
    assert types <= TAGGED | UNTAGGED


def test_an_environments_tags_reach_no_other_stack(assembly: Assembly) -> None:
    own = environments(assembly.delivery)
    others = {name: t for name, t in assembly.templates.items() if name not in own}
    assert len(others) == len(SHARED_STACKS) + len(assembly.delivery.services)
    for name, template in others.items():
        for logical_id, resource in template["Resources"].items():
            assert tags(resource) == {}, (name, logical_id)


def test_the_full_delivery_has_environments_with_different_tags_and_one_with_none(
    full: Assembly,
) -> None:
    assert environments(full.delivery) == {
        "acme-orders-beta": {"cost-center": "4711"},
        "acme-orders-gamma": {},
        "acme-orders-prod": {"cost-center": "4711", "data": "customer"},
        "acme-invoices-prod": {"cost-center": "4711", "data": "customer"},
    }


def manifest_stacks(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """What the manifest says of each stack."""
    manifest = json.loads((assembly.out / "manifest.json").read_text())
    return {
        name: entry
        for name, entry in manifest["artifacts"].items()
        if entry["type"] == "aws:cloudformation:stack"
    }


def test_the_assembly_holds_the_shared_stacks_and_one_for_each_service_and_environment(
    assembly: Assembly,
) -> None:
    delivery = assembly.delivery
    assert set(manifest_stacks(assembly)) == {
        *(names.shared_stack(delivery, kind) for kind in SHARED_STACKS),
        *(names.pipeline_stack(delivery, service) for service in delivery.services),
        *environments(delivery),
    }


def test_foundation_audit_and_pipelines_are_protected_and_environments_are_not(
    assembly: Assembly,
) -> None:
    """An environment is taken down by deleting its stack; what it must keep, it keeps."""
    protected = {
        name: entry["properties"].get("terminationProtection", False)
        for name, entry in manifest_stacks(assembly).items()
    }
    own = environments(assembly.delivery)
    assert protected == {name: name not in own for name in assembly.templates}


def test_production_is_marked_for_the_rules(assembly: Assembly) -> None:
    marked = {
        (meta["Service"], meta["Environment"])
        for template in assembly.templates.values()
        if (meta := template.get("Metadata", {}).get("Lockgate"))
        if meta.get("Production")
    }
    production = {each.name for each in assembly.delivery.environments if each.production}
    assert marked == {
        (service.name, name)
        for service in assembly.delivery.services
        for name in service.environments
        if name in production
    }


def test_an_environment_stack_imports_the_artifact_store_and_gives_nothing_away(
    assembly: Assembly,
) -> None:
    """So that it can be deployed, rolled back and removed without a thought for the others."""
    delivery = assembly.delivery
    imported = [names.ARTIFACTS, names.ARTIFACT_KEY]
    imported += [names.CODE_SIGNING] if delivery.supply.code_signing else []
    store = {names.export(delivery, what) for what in imported}
    for stack in environments(delivery):
        template = json.dumps(assembly.templates[stack])
        assert set(re.findall(r'"Fn::ImportValue": "([^"]+)"', template)) == store
        assert template.count("Fn::ImportValue") == template.count('"Fn::ImportValue": "')
        assert "Outputs" not in assembly.templates[stack]
