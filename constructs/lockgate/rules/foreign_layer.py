"""A function runs no layer of another account."""

import re
from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, listed, properties, resources
from lockgate.rules.statements import text

# Of this account, whichever that is, and of one version.
OWN = re.compile(r"arn:[^:]+:lambda:[^:]+:<AccountId>:layer:[\w-]+:\d+")


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    of_the_template = {f"<{name}>" for name in resources(template, "AWS::Lambda::LayerVersion")}
    for index, layer in enumerate(listed(properties(resource).get("Layers"))):
        if text(layer) not in of_the_template and not OWN.fullmatch(text(layer)):
            yield f"Layers.{index}"


RULE = Rule(
    id="LG-ForeignLayer",
    what="The function runs code of another account: it came past no build, no scan and no "
    "review, and its owner may take it away.",
    fix="Put the code into the function's package, or make the layer in this account and name "
    "one version of it.",
    source="OWASP Top 10 CI/CD Security Risks, CICD-SEC-3: Dependency Chain Abuse",
    resource_types=("AWS::Lambda::Function",),
    breaches=_breaches,
)
