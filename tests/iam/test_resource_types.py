"""The table of resource types agrees with the templates and with CloudFormation's registry."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import cfnlint
import pytest

from lockgate.resource_types import (
    CONNECTION_TYPES,
    PIPELINE_TYPES,
    SERVICE_TYPES,
    SHARED_TYPES,
)
from tests.assembly import SHARED_STACKS, Assembly
from tests.iam.policies import is_action

SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
TABLES = {
    "connection": CONNECTION_TYPES,
    "service": SERVICE_TYPES,
    "pipeline": PIPELINE_TYPES,
    "shared": SHARED_TYPES,
}
# Types whose schema states no handlers, and where their actions come from instead.
WITHOUT_HANDLERS = {
    "AWS::CloudFormation::CustomResource": "CloudFormation invokes the function of its service "
    "token as whoever deploys the stack",
    "AWS::CodeBuild::Project": "CloudFormation manages it outside the registry: the actions are "
    "those of the CodeBuild API for projects",
}
# Actions that no handler of the type states, and why CloudFormation calls them all the same.
BESIDE_HANDLERS = {
    "AWS::Lambda::Alias": {
        "codedeploy:GetApplicationRevision": "the update policy CodeDeployLambdaAliasUpdate makes "
        "a deployment of a revision",
        "codedeploy:RegisterApplicationRevision": "the update policy CodeDeployLambdaAliasUpdate "
        "makes a deployment of a revision",
    },
}


@cache
def handled() -> dict[str, frozenset[str]]:
    """What the handlers of each type call, in lower case, by the type's name."""
    found: dict[str, frozenset[str]] = {}
    for file in SCHEMAS.glob("*.json"):
        schema = json.loads(file.read_text())
        handlers = schema.get("handlers", {}).values()
        permissions = (p for handler in handlers for p in handler.get("permissions", []))
        found[schema["typeName"]] = frozenset(p.lower() for p in permissions)
    return found


def beside_handlers(types: Mapping[str, tuple[str, ...]]) -> dict[str, set[str]]:
    """The actions of each type that none of its handlers states."""
    found = {
        name: {action for action in actions if action.lower() not in handled()[name]}
        for name, actions in types.items()
    }
    return {name: actions for name, actions in found.items() if actions}


def types_in(assemblies: list[Assembly], *, pipelines: bool) -> set[str]:
    """The resource types of the services' templates, or of the pipelines'."""
    shared = {f"{a.delivery.name}-{kind}" for a in assemblies for kind in SHARED_STACKS}
    return {
        resource["Type"]
        for assembly in assemblies
        for stack, template in assembly.templates.items()
        if stack not in shared and stack.endswith("-pipeline") == pipelines
        for resource in template["Resources"].values()
    }


def test_services_contain_the_types_of_their_table_and_no_other(
    sample: Assembly, full: Assembly
) -> None:
    assert types_in([sample, full], pipelines=False) == set(SERVICE_TYPES)


def test_pipelines_contain_the_types_of_their_table_and_no_other(
    sample: Assembly, full: Assembly
) -> None:
    assert types_in([sample, full], pipelines=True) == set(PIPELINE_TYPES)


@pytest.mark.parametrize("table", TABLES)
def test_every_action_is_one_that_a_handler_of_its_type_calls(table: str) -> None:
    types = {name: TABLES[table][name] for name in TABLES[table] if name not in WITHOUT_HANDLERS}
    excused = {name: set(BESIDE_HANDLERS[name]) for name in types if name in BESIDE_HANDLERS}
    assert beside_handlers(types) == excused


def test_the_excused_types_and_actions_need_their_excuse() -> None:
    known = SERVICE_TYPES | PIPELINE_TYPES | SHARED_TYPES | CONNECTION_TYPES
    assert set(WITHOUT_HANDLERS) == {name for name in known if not handled()[name]}
    assert set(BESIDE_HANDLERS) <= set(known)


def test_an_action_that_no_handler_calls_is_found() -> None:
    planted = {"AWS::SNS::Topic": ("sns:CreateTopic", "SNS:deletetopic", "sns:Publish")}
    assert beside_handlers(planted) == {"AWS::SNS::Topic": {"sns:Publish"}}


@pytest.mark.parametrize("table", TABLES)
def test_each_types_actions_exist_and_stand_once_in_order(table: str) -> None:
    for name, actions in TABLES[table].items():
        assert all(is_action(action) for action in actions), name
        assert list(actions) == sorted(set(actions)), name
