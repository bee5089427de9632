"""What a pipeline's declaration must be, beyond what its model says.

CodePipeline User Guide, "Pipeline structure reference".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.actions import ACTIONS
from rehearsal.world.inside.plugins.codepipeline.rules import RULES, RULES_AFTER

Declaration = Mapping[str, Any]
FEWEST_STAGES = 2
# What a pipeline of type V1 cannot have.
V2_ONLY = ("variables", "triggers")
CONDITIONS = ("beforeEntry", "onSuccess", "onFailure")


def check(declared: Declaration) -> None:
    """See that the pipeline can be run.

    Raises:
        ServiceError: it cannot; the first thing that is wrong.
    """
    for code, message in _wrong(declared):
        raise ServiceError(code, message)


def kind(action: Mapping[str, Any]) -> tuple[str, str, str]:
    """Category, owner and provider of an action."""
    type_ = action["actionTypeId"]
    return type_["category"], type_["owner"], type_["provider"]


def conditions(stage: Mapping[str, Any], when: str) -> list[Mapping[str, Any]]:
    """A stage's conditions of one kind."""
    found: list[Mapping[str, Any]] = stage.get(when, {}).get("conditions", [])
    return found


def _wrong(declared: Declaration) -> Iterator[tuple[str, str]]:
    stages = declared["stages"]
    if len(stages) < FEWEST_STAGES:
        yield "InvalidStructureException", "a pipeline has two stages or more"
    names = [stage["name"] for stage in stages]
    if len(set(names)) < len(names):
        yield "InvalidStageDeclarationException", "two stages have one name"
    produced: set[str] = set()
    for number, stage in enumerate(stages):
        yield from _wrong_stage(stage, first=number == 0, produced=produced)
    if declared.get("pipelineType", "V1") != "V2":
        for name in V2_ONLY:
            if declared.get(name):
                yield "InvalidStructureException", f"{name} need a pipeline of type V2"
        if any(stage.get(when) for stage in stages for when in CONDITIONS):
            yield "InvalidStructureException", "conditions need a pipeline of type V2"
        if declared.get("executionMode", "SUPERSEDED") != "SUPERSEDED":
            yield "InvalidStructureException", "this execution mode needs a pipeline of type V2"


def _wrong_stage(
    stage: Mapping[str, Any], *, first: bool, produced: set[str]
) -> Iterator[tuple[str, str]]:
    where = f"the stage {stage['name']}"
    actions = stage["actions"]
    names = [action["name"] for action in actions]
    if len(set(names)) < len(names):
        yield "InvalidStageDeclarationException", f"two actions of {where} have one name"
    for action in sorted(actions, key=lambda each: each.get("runOrder", 1)):
        what = f"the action {action['name']} of {where}"
        if kind(action) not in ACTIONS:
            provider = "/".join(kind(action))
            yield "InvalidActionDeclarationException", f"{what}: the world has no {provider}"
        if (kind(action)[0] == "Source") != first:
            yield (
                "InvalidActionDeclarationException",
                f"{what}: sources stand in the first stage, and nothing else does",
            )
        for artifact in action.get("inputArtifacts", []):
            if artifact["name"] not in produced:
                yield (
                    "InvalidActionDeclarationException",
                    f"{what}: no action before it puts out {artifact['name']}",
                )
        produced |= {artifact["name"] for artifact in action.get("outputArtifacts", [])}
    for when in CONDITIONS:
        known = RULES if when == "beforeEntry" else RULES_AFTER
        for condition in conditions(stage, when):
            for rule in condition.get("rules", []):
                if (provider := rule["ruleTypeId"]["provider"]) not in known:
                    yield (
                        "InvalidStageDeclarationException",
                        f"{where}: the world has no rule {provider}",
                    )
