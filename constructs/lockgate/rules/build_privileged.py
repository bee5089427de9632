"""No build owns the machine that it runs on."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    environment = mapping(properties(resource).get("Environment"))
    if environment.get("PrivilegedMode", False) is not False:
        yield "Environment.PrivilegedMode"


RULE = Rule(
    id="LG-BuildPrivileged",
    what="The build is privileged: whatever runs in it, each dependency included, reaches the "
    "build's host, its network and its credentials.",
    fix="Set Environment.PrivilegedMode to false; build images without a Docker daemon.",
    source="AWS Foundational Security Best Practices, CodeBuild.5",
    resource_types=("AWS::CodeBuild::Project",),
    breaches=_breaches,
)
