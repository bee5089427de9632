"""The rule VariableCheck: a variable, already filled in, against a value."""

import re
from collections.abc import Callable, Mapping

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    only,
    required,
    wrong,
)


def perform(job: Job) -> Outcome:
    """Succeed if the comparison holds.

    Raises:
        ActionFailedError: it does not.
    """
    only(job, {"Variable", "Value", "Operator"})
    operator, value = required(job, "Operator"), required(job, "Value")
    if "Variable" not in job.configuration:
        required(job, "Variable")
    # A variable may be empty.
    variable = job.configuration["Variable"]
    if operator not in OPERATORS:
        wrong(f"Operator: one of {', '.join(OPERATORS)}, not {operator}")
    said = f"{variable} {operator} {value}"
    if not OPERATORS[operator](variable, value):
        raise ActionFailedError("RuleFailed", f"the check failed: {said}")
    return Outcome(summary=said)


def _matches(variable: str, value: str) -> bool:
    """The whole variable; Python's expressions are Java's, but for what Python refuses."""
    try:
        return re.fullmatch(value, variable) is not None
    except re.error as error:
        wrong(f"Value: the world cannot read the expression {value}: {error}")


OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "EQ": lambda variable, value: variable == value,
    "NE": lambda variable, value: variable != value,
    "CONTAINS": lambda variable, value: value in variable,
    "MATCHES": _matches,
}
