"""A secret's value stands in no template."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    if "SecretString" in properties(resource):
        yield "SecretString"


RULE = Rule(
    id="LG-SecretValue",
    what="The template holds the secret's value: in the repository's history, in the assembly, in "
    "the artifact store and in CloudFormation for as long as these keep it.",
    fix="Let GenerateSecretString make the value, or make the secret without one and put it in "
    "by hand.",
    source="AWS Well-Architected Framework, SEC02-BP03; CloudFormation User Guide, "
    "AWS::SecretsManager::Secret",
    resource_types=("AWS::SecretsManager::Secret",),
    breaches=_breaches,
)
