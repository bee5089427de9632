"""A pipeline with every gate, written by hand: two environments, the second is production."""

from typing import Any

from lockgate.rules.rule import Rule

OWN_STACK = "shop-orders-pipeline"


def role(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def action(
    name: str, category: str, provider: str, *, order: int = 1, **configuration: object
) -> dict[str, Any]:
    return {
        "Name": name,
        "ActionTypeId": {
            "Category": category,
            "Owner": "AWS",
            "Provider": provider,
            "Version": "1",
        },
        "Configuration": configuration,
        "RunOrder": order,
    }


def takes(made: dict[str, Any], *artifacts: str) -> dict[str, Any]:
    """The action with its input artifacts."""
    return {**made, "InputArtifacts": [{"Name": name} for name in artifacts]}


def checked() -> dict[str, Any]:
    """The action that comes first where anything is published or deployed."""
    made = action(
        "CheckProvenance", "Invoke", "Lambda", order=1, FunctionName="shop-check-provenance"
    )
    return takes(made, "assembly", "assets", "provenance")


def publish() -> dict[str, Any]:
    return takes(action("Publish", "Deploy", "S3", order=2), "assets")


def change_set(stack: str, capabilities: str = "CAPABILITY_IAM") -> list[dict[str, Any]]:
    kind = ("Deploy", "CloudFormation")
    create = action(
        "CreateChangeSet",
        *kind,
        order=3,
        ActionMode="CHANGE_SET_REPLACE",
        StackName=stack,
        Capabilities=capabilities,
    )
    return [
        takes(create, "assembly"),
        action("Execute", *kind, order=4, ActionMode="CHANGE_SET_EXECUTE", StackName=stack),
    ]


def condition(provider: str, *, result: str, **configuration: str) -> dict[str, Any]:
    kind = {"Category": "Rule", "Owner": "AWS", "Provider": provider, "Version": "1"}
    rule = {"Name": provider, "RuleTypeId": kind, "Configuration": configuration}
    return {"Conditions": [{"Result": result, "Rules": [rule]}]}


def alarm(result: str, **configuration: str) -> dict[str, Any]:
    stated = {"AlarmName": "shop-orders-prod-health", **configuration}
    return condition("CloudWatchAlarm", result=result, **stated)


def window() -> dict[str, Any]:
    return condition(
        "DeploymentWindow", result="FAIL", Cron="0 0 9-16 ? * MON-THU *", TimeZone="Europe/Berlin"
    )


def stage(name: str, *actions: dict[str, Any], **events: object) -> dict[str, Any]:
    """A stage whose actions have roles of their own."""
    with_roles = [{**each, "RoleArn": role(f"{name}{each['Name']}")} for each in actions]
    return {"Name": name, "Actions": with_roles, **events}


def gated() -> dict[str, Any]:
    """The template, made anew for each caller to change."""
    pipeline = {
        "Type": "AWS::CodePipeline::Pipeline",
        "Metadata": {"aws:cdk:path": f"{OWN_STACK}/Release/Pipeline/Resource"},
        "Properties": {
            "ArtifactStore": {
                "Type": "S3",
                "EncryptionKey": {"Type": "KMS", "Id": {"Fn::ImportValue": "shop-artifact-key"}},
            },
            "ExecutionMode": "QUEUED",
            "PipelineType": "V2",
            "RoleArn": role("PipelineRole"),
            "Stages": [
                stage("Source", action("Source", "Source", "CodeCommit")),
                stage("SelfUpdate", checked(), *change_set(OWN_STACK, "CAPABILITY_NAMED_IAM")),
                stage(
                    "beta",
                    checked(),
                    publish(),
                    *change_set("shop-orders-beta"),
                    OnFailure={"Result": "ROLLBACK"},
                ),
                stage("prod-approval", action("Approve", "Approval", "Manual")),
                stage("prod-window", checked(), publish(), BeforeEntry=window()),
                stage(
                    "prod-gate",
                    action("Freeze", "Invoke", "Lambda", FunctionName="shop-freeze"),
                    BeforeEntry=alarm("FAIL"),
                ),
                stage(
                    "prod",
                    checked(),
                    *change_set("shop-orders-prod"),
                    OnSuccess=alarm("ROLLBACK", WaitTime="60"),
                    OnFailure={"Result": "ROLLBACK"},
                ),
            ],
        },
    }
    stages = {
        "beta": {"Environments": ["beta"], "Production": False, "Window": False, "BakeMinutes": 0},
        "prod": {"Environments": ["prod"], "Production": True, "Window": True, "BakeMinutes": 60},
    }
    return {"Metadata": {"Lockgate": {"Stages": stages}}, "Resources": {"Pipeline": pipeline}}


def staged(template: dict[str, Any], name: str) -> dict[str, Any]:
    """The stage of that name, to be changed in place."""
    bodies: list[dict[str, Any]] = template["Resources"]["Pipeline"]["Properties"]["Stages"]
    [found] = [body for body in bodies if body["Name"] == name]
    return found


def found_by(rule: Rule, template: dict[str, Any]) -> list[str]:
    """What a rule finds on the pipeline; the place alone, without what it says of it."""
    found = rule.breaches(template["Resources"]["Pipeline"], template)
    return [where.partition(" ")[0] for where in found]
