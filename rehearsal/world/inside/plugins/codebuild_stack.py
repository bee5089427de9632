"""CloudFormation's type AWS::CodeBuild::Project, with every property that the API knows."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ServiceModel

from rehearsal.world.inside.json_shapes import broken
from rehearsal.world.inside.plugins.codebuild_builds import Builds

Made = tuple[str, dict[str, str]]
Properties = Mapping[str, Any]
# What the template says and the world has no use for; any other unknown property is an error.
PASSED_OVER = frozenset({"BadgeEnabled", "Visibility", "Triggers"})


def resource_type(
    builds: Builds, model: ServiceModel, physical_name: Callable[[str, str], str]
) -> dict[str, Callable[..., Any]]:
    """What ministack's CloudFormation calls to make, change and remove a project."""

    def create(logical_id: str, properties: Properties, stack: str) -> Made:
        name = str(properties.get("Name") or physical_name(stack, logical_id))
        if name in builds.projects():
            raise ValueError(f"CodeBuild project already exists: {name}")
        return _keep(builds, model, name, properties)

    def update(name: str, _old: Properties, new: Properties, stack: str) -> Made:
        if new.get("Name", name) != name:
            return create("", new, stack)
        return _keep(builds, model, name, new)

    def delete(name: str, _properties: Properties) -> None:
        builds.forget(name)

    return {"create": create, "update": update, "delete": delete}


def _keep(builds: Builds, model: ServiceModel, name: str, properties: Properties) -> Made:
    project = {"name": name, **_spelled({k: v for k, v in properties.items() if k != "Name"})}
    for passed in PASSED_OVER:
        project.pop(_small(passed), None)
    shape = model.shape_for("CreateProjectInput")
    project = _fitted(project, shape)
    if wrong := [*broken(project, shape, name), *(set(project) - set(shape.members))]:
        raise ValueError(f"CodeBuild project {name}: {'; '.join(wrong)}")
    kept = builds.keep(project)
    return name, {"Arn": kept["arn"]}


def _spelled(value: Any) -> Any:
    """As the API spells it: camel case, and `buildspec` for the template's `BuildSpec`."""
    if isinstance(value, dict):
        return {
            "buildspec" if name == "BuildSpec" else _small(name): _spelled(each)
            for name, each in value.items()
        }
    return [_spelled(each) for each in value] if isinstance(value, list) else value


def _fitted(value: Any, shape: Any) -> Any:
    """Numbers and booleans as such: a template may give them as text."""
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            name: _fitted(each, shape.members[name]) if name in shape.members else each
            for name, each in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_fitted(each, shape.member) for each in value]
    if shape.type_name == "integer" and isinstance(value, str) and value.isdigit():
        return int(value)
    if shape.type_name == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _small(name: str) -> str:
    return name[:1].lower() + name[1:]
