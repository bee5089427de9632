"""The rule pack, as the CDK runs it at synth."""

import json
from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk
import jsii

from lockgate.rules import (
    artifact_store_key,
    codedeploy_alarms,
    codedeploy_all_at_once,
    codedeploy_rollback,
)
from lockgate.rules.rule import Rule, Template

RULES: tuple[Rule, ...] = (
    artifact_store_key.RULE,
    codedeploy_alarms.RULE,
    codedeploy_all_at_once.RULE,
    codedeploy_rollback.RULE,
)


def broken(template: Template) -> Iterator[tuple[Rule, str, list[str]]]:
    """Each rule that a template's resource breaks: rule, logical id, properties."""
    for logical_id, resource in template.get("Resources", {}).items():
        for rule in RULES:
            if resource.get("Type") == rule.resource_type:
                locations = list(rule.breaches(resource, template))
                if locations:
                    yield rule, logical_id, locations


@jsii.implements(cdk.IPolicyValidationPlugin)
class LockgateRules:
    """Runs every rule over every template; a broken rule fails the synth."""

    @property
    def name(self) -> str:
        """The pack's name, with which acknowledgements begin."""
        return "Lockgate"

    @property
    def rule_ids(self) -> list[str]:
        """The ids of its rules."""
        return [rule.id for rule in RULES]

    @property
    def version(self) -> str:
        """The pack's version."""
        return "1"

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Judge the templates."""
        violations = [
            cdk.PolicyViolation(
                rule_name=rule.id,
                description=rule.what,
                fix=rule.fix,
                severity="error",
                violating_resources=[
                    cdk.PolicyViolatingResource(
                        resource_logical_id=logical_id,
                        template_path=path,
                        locations=[f"Properties/{location}" for location in locations],
                    )
                ],
            )
            for path in context.template_paths
            for rule, logical_id, locations in broken(json.loads(Path(path).read_text()))
        ]
        return cdk.PolicyValidationPluginReport(success=not violations, violations=violations)
