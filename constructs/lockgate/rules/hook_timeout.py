"""A hook has the time that it needs."""

from collections.abc import Iterable

from lockgate.rules.alias_shift import UPDATE
from lockgate.rules.rule import Resource, Rule, Template, mapping, properties, resources
from lockgate.rules.statements import text

# What Lambda gives a function that asks for nothing, in seconds.
DEFAULT_SECONDS = 3


def _breaches(resource: Resource, template: Template) -> Iterable[str]:
    timeout = properties(resource).get("Timeout", DEFAULT_SECONDS)
    long_enough = isinstance(timeout, int) and timeout > DEFAULT_SECONDS
    if not long_enough and any(resource is hook for hook in _hooks(template)):
        yield "Timeout"


def _hooks(template: Template) -> list[Resource]:
    """The functions that an alias of the template names as its hooks."""
    named = {
        text(value).strip("<>")
        for alias in resources(template, "AWS::Lambda::Alias").values()
        for key, value in mapping(mapping(alias.get("UpdatePolicy")).get(UPDATE)).items()
        if key.endswith("Hook")
    }
    functions = resources(template, "AWS::Lambda::Function")
    return [function for logical_id, function in functions.items() if logical_id in named]


RULE = Rule(
    id="LG-HookTimeout",
    what=f"A hook has Lambda's {DEFAULT_SECONDS} seconds: it is ended before it reports, and "
    "CodeDeploy waits an hour for a report that never comes.",
    fix="State a Timeout that is enough for its tests and its report, at most 900 seconds.",
    source="CodeDeploy User Guide, AppSpec hooks section for Lambda; Lambda Developer Guide, "
    "Configure Lambda function timeout",
    resource_types=("AWS::Lambda::Function",),
    breaches=_breaches,
)
