"""What a scenario changes in the pipeline, in the form in which the API has it."""

import copy
from collections.abc import Iterable
from typing import Any

from rehearsal.scenarios.model import AddCondition, AddStage
from rehearsal.scenarios.reading import FileError

Declared = dict[str, Any]
WHEN = {"before-entry": "beforeEntry", "on-success": "onSuccess", "on-failure": "onFailure"}


def changed(declared: Declared, changes: Iterable[AddStage | AddCondition]) -> Declared:
    """The declaration with the changes.

    Raises:
        FileError: a change names a stage that the pipeline has not.
    """
    found = copy.deepcopy(declared)
    for change in changes:
        if isinstance(change, AddStage):
            found["stages"].insert(_index(found, change.before), _stage(change))
        else:
            _add_condition(found["stages"][_index(found, change.stage)], change)
    return found


def _index(declared: Declared, stage: str) -> int:
    names = [each["name"] for each in declared["stages"]]
    if stage not in names:
        raise FileError(
            f"the scenario's pipeline: there is no stage {stage!r}; allowed: {', '.join(names)}"
        )
    return names.index(stage)


def _stage(change: AddStage) -> Declared:
    action = {
        "name": change.action,
        "actionTypeId": {
            "category": change.category,
            "owner": "AWS",
            "provider": change.provider,
            "version": "1",
        },
        "configuration": change.configuration,
        "runOrder": 1,
    }
    return {"name": change.name, "actions": [action]}


def _add_condition(stage: Declared, change: AddCondition) -> None:
    rule = {
        "name": change.rule,
        "ruleTypeId": {
            "category": "Rule",
            "owner": "AWS",
            "provider": change.provider,
            "version": "1",
        },
        "configuration": change.configuration,
    }
    conditions = stage.setdefault(WHEN[change.when], {}).setdefault("conditions", [])
    conditions.append({"result": change.result, "rules": [rule]})
