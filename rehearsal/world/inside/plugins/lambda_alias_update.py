"""CloudFormation's update policy CodeDeployLambdaAliasUpdate.

When an alias with that policy gets another version, CloudFormation has CodeDeploy shift it and
waits, in the world's time. If the deployment does not succeed, the update of the alias fails, and
the stack rolls back; the alias is then where CodeDeploy left it. A new alias is just made.
"""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment
from rehearsal.world.inside.setting import Setting

ALIAS = "AWS::Lambda::Alias"
Properties = dict[str, Any]
Made = tuple[str, dict[str, str]]
Begin = Callable[[dict[str, Any]], Deployment]


def install(world: Setting, begin: Begin) -> None:
    """Let stacks shift aliases by CodeDeploy.

    Args:
        world: where.
        begin: starts the deployment that a request describes; a ServiceError where it cannot.
    """
    handlers = world.seams.get("provisioners._RESOURCE_HANDLERS")[ALIAS]
    stock = handlers["update"]

    def update(id_: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Made:
        policy = _policy(world, stack, logical_id)
        if policy and _only_moves(old, new):
            _deploy(world, begin, _request(policy, id_, old, new))
        made: Made = stock(id_, old, new, stack, logical_id)
        return made

    handlers["update"] = update
    # It waits, and the event loop must not.
    world.seams.wrap(
        "stacks._runs_on_worker_thread", lambda runs: lambda kind: kind == ALIAS or runs(kind)
    )


def _only_moves(old: Properties, new: Properties) -> bool:
    """Whether the alias stays the same one and goes to another version."""
    same = all(old.get(name) == new.get(name) for name in ("FunctionName", "Name"))
    return same and old.get("FunctionVersion") != new.get("FunctionVersion")


def _policy(world: Setting, stack_name: str, logical_id: str) -> Mapping[str, str]:
    """The alias's policy in the template that is being deployed, with its references resolved.

    There is none while a stack rolls back. Whether CloudFormation then goes through CodeDeploy is
    not documented; here it puts the alias back at once.
    """
    get = world.seams.get
    stack = get("cloudformation._stacks")[stack_name]
    if "ROLLBACK" in stack["StackStatus"]:
        return {}
    template = get("engine._parse_template")(stack["_template_body"])
    policies = template["Resources"][logical_id].get("UpdatePolicy") or {}
    found = policies.get("CodeDeployLambdaAliasUpdate")
    if not found:
        return {}
    parameters = {
        each["ParameterKey"]: {"Value": each["ParameterValue"]} for each in stack["Parameters"]
    }
    resolved: dict[str, str] = get("engine._resolve_refs")(
        copy.deepcopy(found),
        stack["_resources"],
        parameters,
        stack.get("_conditions", {}),
        template.get("Mappings", {}),
        stack_name,
        stack["StackId"],
    )
    return resolved


def _request(
    policy: Mapping[str, str], alias_arn: str, old: Properties, new: Properties
) -> dict[str, Any]:
    function, alias = alias_arn.split(":")[6:8]
    moved = {
        "Name": function,
        "Alias": alias,
        "CurrentVersion": str(old["FunctionVersion"]),
        "TargetVersion": str(new["FunctionVersion"]),
    }
    events = ("BeforeAllowTraffic", "AfterAllowTraffic")
    spec = {
        "version": 0.0,
        "Resources": [{function: {"Type": "AWS::Lambda::Function", "Properties": moved}}],
        "Hooks": [{each: policy[f"{each}Hook"]} for each in events if policy.get(f"{each}Hook")],
    }
    return {
        "applicationName": policy["ApplicationName"],
        "deploymentGroupName": policy["DeploymentGroupName"],
        "revision": {
            "revisionType": "AppSpecContent",
            "appSpecContent": {"content": json.dumps(spec)},
        },
    }


def _deploy(world: Setting, begin: Begin, request: dict[str, Any]) -> None:
    try:
        deployment = begin(request)
    except ServiceError as error:
        raise ValueError(f"{error} (Service: CodeDeploy; Error Code: {error.code})") from error
    deployment.ended.wait(None, world.parties.current())
    info = deployment.info
    if info["status"] != "Succeeded":
        wrong = info["errorInformation"]
        raise ValueError(
            f"Deployment {info['deploymentId']} {info['status'].lower()}: {wrong['message']}"
            f" (Service: CodeDeploy; Error Code: {wrong['code']})"
        )
