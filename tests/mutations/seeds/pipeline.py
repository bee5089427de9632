"""Defects of a pipeline, its gates apart."""

from typing import Any

from tests.mutations.changes import drop, put, says
from tests.mutations.mutation import Change, Mutation, Resource, Template

PIPELINE, RULE = "AWS::CodePipeline::Pipeline", "AWS::Events::Rule"
CAPABILITIES = "CloudFormation API Reference, CreateChangeSet: Capabilities"
PBAC = "OWASP CICD-SEC-5"
INTEGRITY = "SLSA v1.2, Verifying artifacts; OWASP CICD-SEC-9"
MODES = "CodePipeline User Guide, CloudFormation deploy action reference"


def deploying(resource: Resource, mode: str) -> dict[str, Any]:
    """The action of the last stage that has one, in one mode of change sets."""
    found: list[dict[str, Any]] = [
        action
        for stage in resource["Properties"]["Stages"]
        for action in stage["Actions"]
        if action["Configuration"].get("ActionMode") == mode
    ]
    return found[-1]


def set_up(mode: str, **configuration: str) -> Change:
    """Change the settings of the last action of a mode."""

    def change(resource: Resource, _template: Template) -> None:
        deploying(resource, mode)["Configuration"].update(configuration)

    return change


def give_role_of(kind: str) -> Change:
    """Give the last action the pipeline's role, another action's, or none."""

    def change(resource: Resource, _template: Template) -> None:
        last = deploying(resource, "CHANGE_SET_EXECUTE")
        roles = {
            "pipeline": resource["Properties"]["RoleArn"],
            "action": deploying(resource, "CHANGE_SET_REPLACE")["RoleArn"],
        }
        last.pop("RoleArn")
        last.update({"RoleArn": roles[kind]} if kind in roles else {})

    return change


def checks(resource: Resource) -> list[dict[str, Any]]:
    """The actions of the last stage that check the provenance of what it deploys."""
    actions: list[dict[str, Any]] = resource["Properties"]["Stages"][-1]["Actions"]
    return [action for action in actions if action["Name"] == "CheckProvenance"]


def unchecked(resource: Resource, _template: Template) -> None:
    actions = resource["Properties"]["Stages"][-1]["Actions"]
    actions.remove(checks(resource)[0])


def checked_late(resource: Resource, _template: Template) -> None:
    checks(resource)[0]["RunOrder"] = deploying(resource, "CHANGE_SET_EXECUTE")["RunOrder"] + 1


def other_artifact_checked(resource: Resource, _template: Template) -> None:
    checks(resource)[0]["InputArtifacts"] = [{"Name": "assets"}, {"Name": "provenance"}]


def poll(resource: Resource, _template: Template) -> None:
    source = resource["Properties"]["Stages"][0]["Actions"][0]
    source["Configuration"]["PollForSourceChanges"] = True


def pipeline(name: str, source: str, change: Change) -> Mutation:
    return Mutation(name=name, source=source, resource_type=PIPELINE, change=change)


SEEDS = (
    pipeline(
        "the pipeline has no conditions (type V1)",
        "CodePipeline User Guide, Pipeline types",
        put("Properties.PipelineType", "V1"),
    ),
    pipeline(
        "a release is skipped while another bakes",
        "CodePipeline User Guide, Set or change the pipeline execution mode",
        drop("Properties.ExecutionMode"),
    ),
    pipeline(
        "two releases deploy side by side",
        "CodePipeline User Guide, Set or change the pipeline execution mode",
        put("Properties.ExecutionMode", "PARALLEL"),
    ),
    pipeline(
        "artifacts are encrypted with a key that all may use",
        "OWASP CICD-SEC-9",
        drop("Properties.ArtifactStore.EncryptionKey"),
    ),
    pipeline(
        "a release may make roles of any name",
        CAPABILITIES,
        set_up("CHANGE_SET_REPLACE", Capabilities="CAPABILITY_NAMED_IAM"),
    ),
    pipeline(
        "a macro changes what was judged",
        CAPABILITIES,
        set_up("CHANGE_SET_REPLACE", Capabilities="CAPABILITY_IAM,CAPABILITY_AUTO_EXPAND"),
    ),
    pipeline("an action acts as the pipeline", PBAC, give_role_of("pipeline")),
    pipeline("two actions share a role", PBAC, give_role_of("action")),
    pipeline("an action has no role", PBAC, give_role_of("nobody")),
    pipeline(
        "a stack changes without a change set",
        MODES,
        set_up("CHANGE_SET_EXECUTE", ActionMode="CREATE_UPDATE"),
    ),
    pipeline(
        "what failed is deleted with its data",
        MODES,
        set_up("CHANGE_SET_EXECUTE", ActionMode="REPLACE_ON_FAILURE"),
    ),
    pipeline(
        "another release's change set is executed",
        MODES,
        set_up("CHANGE_SET_EXECUTE", ChangeSetName="somebody-elses"),
    ),
    pipeline(
        "a parameter decides what is deployed",
        "AWS Well-Architected DevOps Guidance, DL.CD.2",
        set_up("CHANGE_SET_REPLACE", ParameterOverrides='{"Version":"7"}'),
    ),
    pipeline("production deploys what nobody has checked", INTEGRITY, unchecked),
    pipeline("what is deployed is checked afterwards", INTEGRITY, checked_late),
    pipeline("another artifact is checked than is deployed", INTEGRITY, other_artifact_checked),
    pipeline("the source is polled", "CodePipeline User Guide, Polling pipelines", poll),
    Mutation(
        name="a push to any repository starts a release",
        source="EventBridge User Guide, Best practices for event patterns",
        resource_type=RULE,
        where=says("CodeCommit Repository State Change"),
        change=put(
            "Properties.EventPattern",
            {
                "source": ["aws.codecommit"],
                "detail-type": ["CodeCommit Repository State Change"],
                "detail": {"event": ["referenceUpdated"]},
            },
        ),
    ),
    Mutation(
        name="a made-up event starts a release",
        source="EventBridge User Guide, Best practices for event patterns",
        resource_type=RULE,
        where=says("CodeCommit Repository State Change"),
        change=drop("Properties.EventPattern.source"),
    ),
    Mutation(
        name="a push to any branch starts a release",
        source="OWASP CICD-SEC-1",
        resource_type=RULE,
        where=says("CodeCommit Repository State Change"),
        change=drop("Properties.EventPattern.detail.referenceName"),
    ),
    Mutation(
        name="nobody hears of a failed release",
        source="AWS Well-Architected DevOps Guidance, DL.CD.6",
        resource_type=RULE,
        where=says("CodePipeline Pipeline Execution State Change"),
        change=put("Properties.EventPattern.detail.state", ["SUCCEEDED"]),
    ),
)
