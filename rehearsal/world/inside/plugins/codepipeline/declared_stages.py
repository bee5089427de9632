"""What the stages of a declaration must be, and what of them the world cannot do.

CodePipeline User Guide, "Pipeline structure reference".
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rehearsal.world.inside.plugins.codepipeline.declaration import conditions, kind
from rehearsal.world.inside.plugins.codepipeline.performers import Performers
from rehearsal.world.inside.plugins.codepipeline.variables import OWN, referred

Wrong = Iterator[tuple[str, str]]
STRUCTURE, STAGE, ACTION = (
    f"Invalid{what}Exception" for what in ("Structure", "StageDeclaration", "ActionDeclaration")
)
# The results that each kind of condition may have.
RESULTS = {
    "beforeEntry": {"FAIL", "SKIP"},
    "onSuccess": {"FAIL", "ROLLBACK"},
    "onFailure": {"FAIL", "ROLLBACK"},
}
ON_FAILURE = {"", "FAIL", "RETRY", "ROLLBACK"}


class Stages:
    """The stages of one declaration, and what the actions so far have put out."""

    def __init__(self, declared: Mapping[str, Any], performers: Performers) -> None:
        self._performers = performers
        self._artifacts: set[str] = set()
        self._namespaces = set(OWN)
        self._variables = {each["name"] for each in declared.get("variables", [])}

    def stage(self, stage: Mapping[str, Any], *, first: bool) -> Wrong:
        """Code and message of what is wrong with the next one."""
        where, actions = f"the stage {stage['name']}", stage["actions"]
        if not actions:
            yield STAGE, f"{where} has no action"
        if name := twice(action["name"] for action in actions):
            yield STAGE, f"two actions of {where} are named {name}"
        if stage.get("blockers"):
            yield "InvalidBlockerDeclarationException", f"{where}: the world has no blockers"
        yield from self._conditions(stage, "beforeEntry", first=first)
        for order in sorted({action["runOrder"] for action in actions}):
            beside = [action for action in actions if action["runOrder"] == order]
            for action in beside:
                yield from self._action(action, f"the action {action['name']} of {where}", first)
            for action in beside:
                yield from self._put_out(action, f"the action {action['name']} of {where}")
        for when in ("onSuccess", "onFailure"):
            yield from self._conditions(stage, when, first=first)

    def _action(self, action: Mapping[str, Any], what: str, first: bool) -> Wrong:  # noqa: FBT001
        if kind(action) not in self._performers.actions:
            yield ACTION, f"{what}: the world has no {'/'.join(kind(action))}"
        if (kind(action)[0] == "Source") != first:
            yield ACTION, f"{what}: sources stand in the first stage, and nothing else does"
        for name in ("commands", "environmentVariables", "outputVariables", "region"):
            if action.get(name):
                yield ACTION, f"{what}: the world has no {name} of actions"
        if "timeoutInMinutes" in action and kind(action)[0] != "Approval":
            yield ACTION, f"{what}: only approvals have timeoutInMinutes"
        for artifact in action["inputArtifacts"]:
            if artifact["name"] not in self._artifacts:
                yield ACTION, f"{what}: no action before it puts out {artifact['name']}"
        yield from self._references(action, ACTION, what)

    def _put_out(self, action: Mapping[str, Any], what: str) -> Wrong:
        for artifact in action["outputArtifacts"]:
            if artifact.get("files"):
                yield ACTION, f"{what}: the world has no files of output artifacts"
            if artifact["name"] in self._artifacts:
                yield ACTION, f"{what}: another action puts out {artifact['name']}"
            self._artifacts.add(artifact["name"])
        if namespace := action.get("namespace"):
            if namespace in self._namespaces:
                yield ACTION, f"{what}: the namespace {namespace} is taken"
            self._namespaces.add(namespace)

    def _references(self, what: Mapping[str, Any], code: str, where: str) -> Wrong:
        for namespace, name in referred(what.get("configuration", {})):
            known = namespace != "variables" or name in self._variables
            if namespace not in self._namespaces or not known:
                yield code, f"{where}: nothing before it has the variable {namespace}.{name}"

    def _conditions(self, stage: Mapping[str, Any], when: str, *, first: bool) -> Wrong:
        where = f"{when} of the stage {stage['name']}"
        declared, result = stage.get(when, {}), stage.get(when, {}).get("result", "")
        results = [each.get("result", "FAIL") for each in conditions(stage, when)]
        if wrong := (set(results) - RESULTS[when]) | ({result} - ON_FAILURE):
            yield STAGE, f"{where}: the result {', '.join(sorted(wrong))} is not for it"
        if first and "ROLLBACK" in {*results, result}:
            yield STAGE, f"{where}: the source stage is not rolled back"
        if declared.get("retryConfiguration") and result != "RETRY":
            yield STAGE, f"{where}: a retryConfiguration needs the result RETRY"
        for rule in (rule for each in conditions(stage, when) for rule in each.get("rules", [])):
            if rule["ruleTypeId"]["provider"] not in self._performers.rules_for(when):
                yield STAGE, f"{where}: the world has no rule {rule['ruleTypeId']['provider']}"
            if rule.get("commands") or rule.get("region"):
                yield STAGE, f"{where}: the world has no commands or regions of rules"
            yield from self._references(rule, STAGE, where)


def twice(names: Iterable[str]) -> str:
    """The first name that is there once more; nothing where there is none."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""
