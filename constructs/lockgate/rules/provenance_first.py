"""Nothing is published or deployed before its provenance was checked, in the same stage."""

from collections.abc import Iterable, Mapping
from typing import Any

from lockgate.rules.rule import Resource, Rule, Template, listed, mapping
from lockgate.rules.stages import asks, stages

# How the names of the functions end that check it.
CHECK = "-check-provenance"
PROVENANCE = "provenance"


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    for stage in stages(resource, template):
        checks = [action for action in stage.actions if _checks(action)]
        for action in stage.actions:
            deploys = mapping(action.get("ActionTypeId")).get("Category") == "Deploy"
            if deploys and not any(_covers(check, action) for check in checks):
                yield f"{stage.where} ({stage.name}/{action.get('Name')})"


def _checks(action: Mapping[str, Any]) -> bool:
    return asks(action, CHECK) and PROVENANCE in _taken(action)


def _covers(check: Mapping[str, Any], action: Mapping[str, Any]) -> bool:
    """Whether a check is over before the action begins, and was of all that this takes."""
    return _order(check) < _order(action) and _taken(action) <= _taken(check)


def _order(action: Mapping[str, Any]) -> int:
    order = action.get("RunOrder", 1)
    return order if isinstance(order, int) else 1


def _taken(action: Mapping[str, Any]) -> set[object]:
    return {mapping(each).get("Name") for each in listed(action.get("InputArtifacts"))}


RULE = Rule(
    id="LG-ProvenanceFirst",
    what="A stage publishes or deploys artifacts that nobody has held against their provenance: "
    "what was put in their place after the build goes to production under the build's name.",
    fix="Begin the stage with an action that invokes the function <delivery>-check-provenance on "
    "the artifact provenance and all that the stage deploys, with the smallest RunOrder. "
    "A rollback enters the deploying stage alone, so the check belongs in it and not before it.",
    source="SLSA v1.2, Verifying artifacts: check the provenance before use; OWASP CICD-SEC-9",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
