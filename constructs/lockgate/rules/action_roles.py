"""Each action of a pipeline has a role of its own."""

from collections import Counter
from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties
from lockgate.rules.stages import stages
from lockgate.rules.statements import text


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    pipelines_own = text(properties(resource).get("RoleArn"))
    found = [
        (f"{stage.where}.Actions.{index}.RoleArn ({stage.name})", text(action.get("RoleArn", "")))
        for stage in stages(resource, template)
        for index, action in enumerate(stage.actions)
        # Nobody assumes a role for a person's approval, unless one is stated.
        if "RoleArn" in action or not _is_approval(action)
    ]
    uses = Counter(role for _, role in found)
    for where, role in found:
        if not role or role == pipelines_own or uses[role] > 1:
            yield where


def _is_approval(action: object) -> bool:
    return mapping(mapping(action).get("ActionTypeId")).get("Category") == "Approval"


RULE = Rule(
    id="LG-ActionRoles",
    what="An action has no role of its own: it acts as the pipeline or as another action, so each "
    "may do what any of them may.",
    fix="Give each action a RoleArn that no other action and not the pipeline has.",
    source="OWASP Top 10 CI/CD Security Risks, CICD-SEC-5: Insufficient Pipeline-Based Access "
    "Controls",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
