"""A state machine ends by itself."""

import json
from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties
from lockgate.rules.statements import text


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    found = properties(resource)
    stated = found.get("Definition") or found.get("DefinitionString")
    try:
        definition = mapping(stated if "Definition" in found else json.loads(text(stated)))
    except ValueError:
        definition = {}
    if not definition.get("TimeoutSeconds"):
        yield "DefinitionString (TimeoutSeconds)"
    for name, state in mapping(definition.get("States")).items():
        bounded = "TimeoutSeconds" in state or "TimeoutSecondsPath" in state
        if state.get("Type") == "Task" and not bounded:
            yield f"DefinitionString (States.{name}.TimeoutSeconds)"


RULE = Rule(
    id="LG-MachineEnds",
    what="A state machine, or a task of it, waits for ever where nobody answers: a watch that "
    "hangs looks at no canary and tells nobody.",
    fix="State TimeoutSeconds for the machine and for each of its tasks.",
    source="Step Functions Developer Guide, Best practices: use timeouts to avoid stuck executions",
    resource_types=("AWS::StepFunctions::StateMachine",),
    breaches=_breaches,
)
