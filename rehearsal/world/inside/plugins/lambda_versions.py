"""CloudFormation's AWS::Lambda::Function and ::Version, where ministack passes over what is wrong.

A function needs its code, a version its function and, where the template gives it, the digest of
the code that it was made for; and a version that an alias is on is not deleted.
"""

from collections.abc import Callable
from typing import Any

from rehearsal.world.inside.setting import Setting

Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]


def install(world: Setting) -> None:
    """Fail where AWS does."""
    types = world.seams.get("provisioners._RESOURCE_HANDLERS")
    function, version = types["AWS::Lambda::Function"], types["AWS::Lambda::Version"]
    function["create"] = _with_code(world, function["create"])
    version["create"] = _checked(world, version["create"])
    version["update"] = _updated(version["update"], version["create"])
    version["delete"] = _unless_used(world, version["delete"])


def _with_code(world: Setting, stock: Callable[..., Made]) -> Callable[..., Made]:
    functions = world.seams.get("lambda_svc._functions")

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        made = stock(logical_id, properties, stack)
        function = functions[made[0]]
        if function["config"]["PackageType"] == "Zip" and not function["code_zip"]:
            del functions[made[0]]
            raise ValueError(f"there is no code for {made[0]} at {properties.get('Code')}")
        return made

    return create


def _function_of(world: Setting, properties: Properties) -> Any:
    name = str(properties["FunctionName"])
    name = name.split(":")[6] if name.startswith("arn:") else name
    return world.seams.get("lambda_svc._functions").get(name)


def _checked(world: Setting, stock: Callable[..., Made]) -> Callable[..., Made]:
    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        function = _function_of(world, properties)
        if function is None:
            raise ValueError(f"Function not found: {properties['FunctionName']}")
        wanted, found = properties.get("CodeSha256"), function["config"]["CodeSha256"]
        if wanted and wanted != found:
            raise ValueError(
                f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({found})."
            )
        arn, attributes = stock(logical_id, properties, stack)
        return arn, {**attributes, "FunctionArn": arn}

    return create


def _updated(stock: Callable[..., Made], create: Callable[..., Made]) -> Callable[..., Made]:
    """What changes of a version under the same logical id makes another one."""

    def update(id_: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Made:
        changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        if changed == {"FunctionScalingConfig"}:
            return stock(id_, old, new, stack, logical_id)
        return create(logical_id, new, stack)

    return update


def _unless_used(world: Setting, stock: Callable[..., None]) -> Callable[..., None]:
    def delete(arn: str, properties: Properties) -> None:
        function, version = _function_of(world, properties), arn.rpartition(":")[2]
        for name, alias in ((function or {}).get("aliases") or {}).items():
            weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
            if version == alias["FunctionVersion"] or version in weights:
                raise ValueError(f"The following aliases reference this version: {name}.")
        stock(arn, properties)

    return delete
