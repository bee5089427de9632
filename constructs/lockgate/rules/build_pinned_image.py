"""A build runs in an image that never changes under its name."""

import re
from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties
from lockgate.rules.statements import text

DATED = re.compile(r"aws/codebuild/[\w.-]+:[\d.]+-\d\d\.\d\d\.\d\d")
DIGEST = re.compile(r".+@sha256:[0-9a-f]{64}")


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    image = text(mapping(properties(resource).get("Environment")).get("Image", ""))
    if not (DATED.fullmatch(image) or DIGEST.fullmatch(image)):
        yield "Environment.Image"


RULE = Rule(
    id="LG-BuildPinnedImage",
    what="The build's image can be replaced under its name: two builds of one commit may differ, "
    "and whoever may push the image runs code in the build.",
    fix="Name one of CodeBuild's images with its date, as in "
    "aws/codebuild/amazonlinux-aarch64-standard:3.0-25.03.03, or another by its digest "
    "(@sha256:...).",
    source="OWASP Top 10 CI/CD Security Risks, CICD-SEC-3: Dependency Chain Abuse",
    resource_types=("AWS::CodeBuild::Project",),
    breaches=_breaches,
)
