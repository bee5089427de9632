"""The rule pack, as the CDK runs it at synth."""

import json
from collections.abc import Iterator
from pathlib import Path

import aws_cdk as cdk
import jsii

from lockgate.rules import (
    action_roles,
    alarm_actions,
    alias_shift,
    approval_apart,
    artifact_store_key,
    bucket_name,
    build_actors,
    build_logs,
    build_no_local_cache,
    build_pinned_image,
    build_plain_secrets,
    build_private,
    build_privileged,
    change_sets,
    code_signing_enforced,
    codedeploy_alarms,
    codedeploy_all_at_once,
    codedeploy_rollback,
    confused_deputy,
    connection_scope,
    data_kept,
    event_source,
    filter_watched,
    foreign_layer,
    function_plain_secrets,
    function_url,
    hook_report,
    hook_timeout,
    key_kept,
    key_use,
    machine_ends,
    no_users,
    open_policy,
    pass_role,
    pipeline_capabilities,
    pipeline_queued,
    production_bake,
    production_gate,
    provenance_first,
    pull_request_project,
    role_boundary,
    role_trust,
    secret_value,
    stage_rollback,
    trail_complete,
    trail_locked,
    version_vouched,
    window_apart,
)
from lockgate.rules.rule import Rule, Template

RULES: tuple[Rule, ...] = (
    action_roles.RULE,
    alarm_actions.RULE,
    alias_shift.RULE,
    approval_apart.RULE,
    artifact_store_key.RULE,
    bucket_name.RULE,
    build_actors.RULE,
    build_logs.RULE,
    build_no_local_cache.RULE,
    build_pinned_image.RULE,
    build_plain_secrets.RULE,
    build_private.RULE,
    build_privileged.RULE,
    change_sets.RULE,
    code_signing_enforced.RULE,
    codedeploy_alarms.RULE,
    codedeploy_all_at_once.RULE,
    codedeploy_rollback.RULE,
    confused_deputy.RULE,
    connection_scope.RULE,
    data_kept.RULE,
    event_source.RULE,
    filter_watched.RULE,
    foreign_layer.RULE,
    function_plain_secrets.RULE,
    function_url.RULE,
    hook_report.RULE,
    hook_timeout.RULE,
    key_kept.RULE,
    key_use.RULE,
    machine_ends.RULE,
    no_users.RULE,
    open_policy.RULE,
    pass_role.RULE,
    pipeline_capabilities.RULE,
    pipeline_queued.RULE,
    production_bake.RULE,
    production_gate.RULE,
    provenance_first.RULE,
    pull_request_project.RULE,
    role_boundary.RULE,
    role_trust.RULE,
    secret_value.RULE,
    stage_rollback.RULE,
    trail_complete.RULE,
    trail_locked.RULE,
    version_vouched.RULE,
    window_apart.RULE,
)


def broken(template: Template) -> Iterator[tuple[Rule, str, list[str]]]:
    """Each rule that a template's resource breaks: rule, logical id, properties."""
    for logical_id, resource in template.get("Resources", {}).items():
        for rule in RULES:
            if resource.get("Type") in rule.resource_types:
                locations = list(rule.breaches(resource, template))
                if locations:
                    yield rule, logical_id, locations


@jsii.implements(cdk.IPolicyValidationPlugin)
class LockgateRules:
    """Runs every rule over every template; a broken rule fails the synth, unless it only warns."""

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
                severity=rule.level,
                violating_resources=[
                    cdk.PolicyViolatingResource(
                        resource_logical_id=logical_id,
                        template_path=path,
                        locations=[_place(location) for location in locations],
                    )
                ],
            )
            for path in context.template_paths
            for rule, logical_id, locations in broken(json.loads(Path(path).read_text()))
        ]
        errors = [violation for violation in violations if violation.severity == "error"]
        return cdk.PolicyValidationPluginReport(success=not errors, violations=violations)


def _place(location: str) -> str:
    """Where a breach lies in its resource: a property, or an attribute where / begins it."""
    return location[1:] if location.startswith("/") else f"Properties/{location}"
