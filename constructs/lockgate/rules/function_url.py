"""A function's URL asks who calls."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    if properties(resource).get("AuthType") != "AWS_IAM":
        yield "AuthType"


RULE = Rule(
    id="LG-FunctionUrl",
    what="A function has a URL that anybody may call, past every gateway and its limits.",
    fix="Set AuthType to AWS_IAM, or put an API in front of the function.",
    source="Lambda Developer Guide, Control access to Lambda function URLs",
    resource_types=("AWS::Lambda::Url",),
    breaches=_breaches,
)
