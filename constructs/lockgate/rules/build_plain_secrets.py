"""No secret stands in a build's environment."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, listed, mapping, properties
from lockgate.rules.secret_names import promises_secret


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    environment = mapping(properties(resource).get("Environment"))
    for index, found in enumerate(listed(environment.get("EnvironmentVariables"))):
        variable = mapping(found)
        plain = variable.get("Type", "PLAINTEXT") == "PLAINTEXT"
        if plain and promises_secret(variable.get("Name")):
            yield f"Environment.EnvironmentVariables.{index} ({variable.get('Name')})"


RULE = Rule(
    id="LG-BuildPlainSecrets",
    what="A variable whose name promises a secret has its value in the template: whoever may look "
    "at the project, at the stack or at the log has it.",
    fix="Store it in Secrets Manager and give the variable the type SECRETS_MANAGER; rename it if "
    "it is no secret.",
    source="AWS Foundational Security Best Practices, CodeBuild.2",
    resource_types=("AWS::CodeBuild::Project",),
    breaches=_breaches,
)
