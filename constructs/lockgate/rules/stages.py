"""A pipeline's stages: which of them deploy, which of those are production.

A template says what its deploying stages are in `Metadata.Lockgate.Stages`: by stage name,
`Production` (true or false), `Window` and `Freeze` (false where it is off on purpose) and
`BakeMinutes`.
What it does not say counts as production with all that production requires.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lockgate.rules.rule import Resource, Template, listed, mapping, metadata, properties

SELF_UPDATE = "SelfUpdate"
# Modes that make a change set or take one away, and so change nothing that runs.
PREPARING = {"CHANGE_SET_REPLACE"}
# Deploy actions that put files where nothing serves them.
PUBLISHING = {"S3"}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage, where it stands, and what the template says of it."""

    where: str
    before: "Stage | None"
    body: Mapping[str, Any]
    said: Mapping[str, Any]
    own_stack: str

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.body.get("Name"))

    @property
    def actions(self) -> list[Mapping[str, Any]]:
        """Its actions."""
        return [mapping(action) for action in listed(self.body.get("Actions"))]

    @property
    def updates_the_pipeline(self) -> bool:
        """Whether it deploys the pipeline's own stack and no other."""
        deployed = {
            (_provider(action), _setting(action, "StackName"))
            for action in self.actions
            # What it publishes lies there until a stack names it.
            if _category(action) == "Deploy" and _provider(action) != "S3"
        }
        return self.name == SELF_UPDATE and deployed == {("CloudFormation", self.own_stack)}

    @property
    def deploys(self) -> bool:
        """Whether it changes what runs in an environment."""
        return not self.updates_the_pipeline and any(map(_deploys, self.actions))

    @property
    def is_production(self) -> bool:
        """Whether it deploys to production."""
        return self.deploys and self.said.get("Production") is not False

    def rules(self, event: str, provider: str) -> Iterator[tuple[object, Mapping[str, Any]]]:
        """A provider's rules in the conditions of an event, each with the condition's result."""
        for condition in self.conditions(event):
            for rule in listed(condition.get("Rules")):
                if _type_of(rule, "RuleTypeId") == provider:
                    yield condition.get("Result"), mapping(mapping(rule).get("Configuration"))

    def conditions(self, event: str) -> list[Mapping[str, Any]]:
        """The conditions of BeforeEntry, OnSuccess or OnFailure."""
        found = mapping(self.body.get(event)).get("Conditions")
        return [mapping(condition) for condition in listed(found)]


def stages(pipeline: Resource, template: Template) -> Iterator[Stage]:
    """The stages of a pipeline in order."""
    said = mapping(metadata(template).get("Stages"))
    # A pipeline lies in the stack with whose name its path begins.
    path = mapping(pipeline.get("Metadata")).get("aws:cdk:path", "")
    before = None
    for index, body in enumerate(listed(properties(pipeline).get("Stages"))):
        stage = Stage(
            where=f"Stages.{index}",
            before=before,
            body=mapping(body),
            said=mapping(said.get(str(mapping(body).get("Name")))),
            own_stack=str(path).partition("/")[0],
        )
        yield stage
        before = stage


def asks(action: Mapping[str, Any], ending: str) -> bool:
    """Whether an action invokes a function whose name ends so."""
    function = _end(mapping(action.get("Configuration")).get("FunctionName"))
    return _provider(action) == "Lambda" and function.endswith(ending)


def watches_alarm(settings: Mapping[str, Any]) -> bool:
    """Whether a CloudWatchAlarm rule names an alarm and minds that it is raised."""
    states = settings.get("AlarmStates", "ALARM")
    return bool(settings.get("AlarmName")) and "ALARM" in str(states).split(",")


def _end(value: object) -> str:
    """The last text of a value, whatever functions of CloudFormation put it together."""
    while isinstance(value, Mapping | list) and value:
        value = list(value.values() if isinstance(value, Mapping) else value)[-1]
    return str(value)


def _deploys(action: Mapping[str, Any]) -> bool:
    if _category(action) != "Deploy":
        return False
    if _provider(action) == "CloudFormation":
        return _setting(action, "ActionMode") not in PREPARING
    return _provider(action) not in PUBLISHING


def _category(action: Mapping[str, Any]) -> object:
    return mapping(action.get("ActionTypeId")).get("Category")


def _provider(action: Mapping[str, Any]) -> object:
    return _type_of(action, "ActionTypeId")


def _type_of(declaration: object, name: str) -> object:
    return mapping(mapping(declaration).get(name)).get("Provider")


def _setting(action: Mapping[str, Any], name: str) -> object:
    value = mapping(action.get("Configuration")).get(name)
    # A value that only the deployment knows is none that a rule could compare.
    return value if isinstance(value, str) else None
