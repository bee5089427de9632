"""No secret stands in a function's environment."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties
from lockgate.rules.secret_names import promises_secret


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    variables = mapping(mapping(properties(resource).get("Environment")).get("Variables"))
    for name, value in variables.items():
        # A reference to the secret is its ARN; text is the value itself, or what resolves to it.
        if promises_secret(name) and isinstance(value, str):
            yield f"Environment.Variables.{name}"


RULE = Rule(
    id="LG-FunctionPlainSecrets",
    what="A variable whose name promises a secret has its value in the template: whoever may look "
    "at the function or at the stack has it.",
    fix="Pass the secret's ARN (Ref) and let the function read the value; rename the variable if "
    "it is no secret.",
    source="Lambda Developer Guide, Securing environment variables; AWS Well-Architected "
    "Framework, SEC02-BP03",
    resource_types=("AWS::Lambda::Function",),
    breaches=_breaches,
)
