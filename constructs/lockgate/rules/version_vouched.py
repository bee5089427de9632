"""A version is published of the bytes that were built, or of code that was signed."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties, resources

FUNCTION = "AWS::Lambda::Function"


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    version = properties(resource)
    named = mapping(version.get("FunctionName")).get("Ref")
    function = resources(template, FUNCTION).get(str(named), {})
    if not (version.get("CodeSha256") or properties(function).get("CodeSigningConfigArn")):
        yield ".CodeSha256"


RULE = Rule(
    id="LG-VersionVouched",
    what="A version is published of whatever code the function has by then: nothing holds it "
    "against what was built, and no signature vouches for it.",
    fix="Give the version the CodeSha256 of what was packed, or, where code is signed, its "
    "function a CodeSigningConfigArn.",
    source="Lambda API Reference, PublishVersion: CodeSha256; Lambda Developer Guide, Using code "
    "signing to verify code integrity with Lambda",
    resource_types=("AWS::Lambda::Version",),
    breaches=_breaches,
)
