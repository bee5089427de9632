"""A code signing configuration refuses code, and says whose it takes."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, listed, mapping, properties

ENFORCE = "Enforce"
POLICY = "CodeSigningPolicies.UntrustedArtifactOnDeployment"
PUBLISHERS = "AllowedPublishers.SigningProfileVersionArns"


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    config = properties(resource)
    policies = mapping(config.get("CodeSigningPolicies"))
    if policies.get("UntrustedArtifactOnDeployment") != ENFORCE:
        yield f".{POLICY}"
    if len(listed(mapping(config.get("AllowedPublishers")).get("SigningProfileVersionArns"))) != 1:
        yield f".{PUBLISHERS}"


RULE = Rule(
    id="LG-CodeSigningEnforced",
    what="A code signing configuration lets code in that its profile has not signed: Lambda only "
    "warns, which is what it does when nothing is said, or more than one profile may sign.",
    fix=f'Set {POLICY} to "{ENFORCE}", and name in {PUBLISHERS} the version of the one profile '
    "with which the delivery's pipelines sign.",
    source="Lambda Developer Guide, Using code signing to verify code integrity with Lambda",
    resource_types=("AWS::Lambda::CodeSigningConfig",),
    breaches=_breaches,
)
