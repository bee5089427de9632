"""A pipeline's declaration, as the API has it."""

import copy
from collections.abc import Iterator, Mapping
from typing import Any

CONNECTION = "CodeStarSourceConnection"


def kind(action: Mapping[str, Any]) -> tuple[str, str, str]:
    """Category, owner and provider of an action."""
    type_ = action["actionTypeId"]
    return type_["category"], type_["owner"], type_["provider"]


def conditions(stage: Mapping[str, Any], when: str) -> list[Mapping[str, Any]]:
    """A stage's conditions of one kind."""
    found: list[Mapping[str, Any]] = stage.get(when, {}).get("conditions", [])
    return found


def connected(declared: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The actions that fetch through a connection."""
    for stage in declared["stages"]:
        yield from (each for each in stage["actions"] if kind(each)[2] == CONNECTION)


def completed(declared: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that says what AWS takes for granted."""
    made = dict(copy.deepcopy(declared))
    made.setdefault("pipelineType", "V1")
    made.setdefault("executionMode", "SUPERSEDED")
    for stage in made["stages"]:
        for action in stage["actions"]:
            action.setdefault("runOrder", 1)
            action.setdefault("configuration", {})
            action.setdefault("inputArtifacts", [])
            action.setdefault("outputArtifacts", [])
    return made
