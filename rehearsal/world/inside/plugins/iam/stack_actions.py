"""What CloudFormation calls to make, change and delete each type of resource.

From the handlers of the types' public registry schemas, less what only unused properties need.
A type that is not here is refused where a role or a caller must be asked, never waved through.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.plugins.iam.check import Check
from rehearsal.world.inside.plugins.iam.passed_roles import passing, passing_connection
from rehearsal.world.inside.plugins.iam.place import Place
from rehearsal.world.inside.setting import Setting

Properties = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is done to a resource of a stack.

    Attributes:
        verb: `create`, `update` or `delete`.
        new: its properties; those that it has, for a deletion.
        old: those that it had, for an update.
        name: its own name, or one as CloudFormation would make it.
        physical: its physical id; empty while there is none.
        where: its account and region.
        world: where roles and keys are looked up.
        shifted_by: the application and group of CodeDeploy that an alias's update policy names.
    """

    verb: str
    new: Properties
    where: Place
    name: str
    world: Setting
    physical: str = ""
    old: Properties = field(default_factory=dict)
    shifted_by: tuple[str, str] | None = None

    def changed(self, *names: str) -> bool:
        """Whether the step gives one of the properties another value."""
        if self.verb == "create":
            return any(self.new.get(name) not in (None, "", []) for name in names)
        return self.verb == "update" and any(self.new.get(n) != self.old.get(n) for n in names)

    def role(self, name: str) -> str:
        """The ARN of a role by its name."""
        found = self.world.seams.get("iam._roles").get(name)
        return str(found["Arn"]) if found else f"arn:aws:iam::{self.where.account}:role/{name}"

    def boundary(self, name: str) -> str | None:
        """The boundary that a role has."""
        found = self.world.seams.get("iam._roles").get(name) or {}
        return str(found.get("PermissionsBoundary") or "") or None

    def key(self, name: str) -> str:
        """The ARN of a key by any of its names."""
        found = self.world.seams.get("kms._resolve_key")(name)
        return str(found["Arn"]) if found else self.where.arn("kms", f"key/{name}")

    def each(self, resource: str, *actions: str, **keys: Any) -> Iterator[Check]:
        """Actions on one resource."""
        for action in actions:
            yield Check(action=action, resource=resource, keys=keys)


Calls = Callable[[Step], Iterator[Check]]


def simple(
    service: str,
    resource: str,
    *,
    create: str,
    update: str = "",
    delete: str,
    reads: str = "",
    role: tuple[str, str] = ("", ""),
) -> Calls:
    """A type with one ARN and one call for each verb; actions are separated by blanks."""
    actions = {"create": create, "update": update, "delete": delete}

    def calls(step: Step) -> Iterator[Check]:
        arn = step.where.arn(service, resource.format(name=step.name, **_texts(step.new)))
        for action in f"{actions[step.verb]} {'' if step.verb == 'delete' else reads}".split():
            yield from step.each(arn, f"{service}:{action}")
        if step.verb != "delete" and step.new.get(role[0]):
            yield passing(str(step.new[role[0]]), role[1])

    return calls


def _texts(properties: Properties) -> dict[str, str]:
    return {key: value for key, value in properties.items() if isinstance(value, str)}


def lambda_function(step: Step) -> Iterator[Check]:
    """A function: its code is read and its role passed by whoever makes it."""
    arn = step.where.function(step.name)
    if step.verb == "delete":
        yield from step.each(arn, "lambda:DeleteFunction")
        return
    config = str(step.new.get("CodeSigningConfigArn") or "")
    under = {"lambda:CodeSigningConfigArn": config} if config else {}
    for action in _changes(step):
        yield Check(action=f"lambda:{action}", resource=arn, keys=under)
    yield from _signed(step, arn, config, under)
    if step.changed("Role"):
        yield passing(str(step.new["Role"]), "lambda.amazonaws.com", arn)
    code = step.new.get("Code") or {}
    if code.get("S3Bucket") and step.changed("Code"):
        version = "s3:GetObjectVersion" if code.get("S3ObjectVersion") else "s3:GetObject"
        yield from step.each(f"arn:aws:s3:::{code['S3Bucket']}/{code.get('S3Key')}", version)
    for layer in step.new.get("Layers") or ():
        yield from step.each(str(layer), "lambda:GetLayerVersion")
    yield from step.each(arn, "lambda:GetFunction")


def _signed(step: Step, arn: str, config: str, under: Mapping[str, str]) -> Iterator[Check]:
    """What putting a function under a code signing configuration takes, or taking it out."""
    if config and step.changed("CodeSigningConfigArn"):
        yield Check(action="lambda:GetCodeSigningConfig", resource=config)
        for resource in (arn, config) if step.verb == "update" else ():
            action = "lambda:PutFunctionCodeSigningConfig"
            yield Check(action=action, resource=resource, keys=under)
    elif step.changed("CodeSigningConfigArn"):
        yield Check(action="lambda:DeleteFunctionCodeSigningConfig", resource=arn)


def _changes(step: Step) -> Iterator[str]:
    if step.verb == "create":
        yield "CreateFunction"
    elif step.changed("Code"):
        yield "UpdateFunctionCode"
    others = (set(step.new) | set(step.old)) - {
        "Code",
        "CodeSigningConfigArn",
        "ReservedConcurrentExecutions",
        "Tags",
    }
    if step.verb == "update" and step.changed(*others):
        yield "UpdateFunctionConfiguration"
    if step.changed("ReservedConcurrentExecutions"):
        yield "PutFunctionConcurrency"
    if step.changed("Tags"):
        yield "TagResource"


def lambda_version(step: Step) -> Iterator[Check]:
    """A version; one that is not wanted any more is deleted as a function."""
    arn = step.where.function(str(step.new.get("FunctionName")))
    if step.verb == "create":
        yield from step.each(arn, "lambda:PublishVersion", "lambda:GetFunctionConfiguration")
    elif step.verb == "delete":
        version = step.physical.split(":")[7:]
        yield from step.each(":".join([arn, *version]), "lambda:DeleteFunction")


def lambda_alias(step: Step) -> Iterator[Check]:
    """An alias."""
    arn = step.where.function(str(step.new.get("FunctionName")), str(step.new.get("Name")))
    verb = {"create": "CreateAlias", "update": "UpdateAlias", "delete": "DeleteAlias"}[step.verb]
    yield from step.each(arn, f"lambda:{verb}")
    if step.verb != "delete":
        yield from step.each(arn, "lambda:GetAlias")
    if step.verb == "update" and step.changed("FunctionVersion") and step.shifted_by:
        yield from _deployment(step.where, *step.shifted_by)


def lambda_permission(step: Step) -> Iterator[Check]:
    """What lets a service invoke a function, which is named or given by its ARN."""
    arn = step.where.function(str(step.new.get("FunctionName")))
    if step.verb != "create":
        yield from step.each(arn, "lambda:RemovePermission")
    if step.verb != "delete":
        yield from step.each(arn, "lambda:AddPermission")


def _deployment(where: Place, application: str, group: str) -> Iterator[Check]:
    """What CloudFormation calls to have CodeDeploy shift an alias."""
    names = f"{application}/{group}"
    for resource, action in (
        (f"application:{application}", "RegisterApplicationRevision"),
        (f"application:{application}", "GetApplicationRevision"),
        (f"deploymentgroup:{names}", "CreateDeployment"),
        (f"deploymentgroup:{names}", "GetDeployment"),
    ):
        arn = where.arn("codedeploy", resource)
        yield Check(action=f"codedeploy:{action}", resource=arn)


def log_group(step: Step) -> Iterator[Check]:
    """A log group."""
    arn = step.where.arn("logs", f"log-group:{step.name}:log-stream:")
    if step.verb == "delete":
        yield from step.each(arn, "logs:DeleteLogGroup")
        return
    if step.verb == "create":
        yield from step.each(arn, "logs:CreateLogGroup")
    if step.changed("RetentionInDays"):
        put = step.new.get("RetentionInDays")
        yield from step.each(
            arn, "logs:PutRetentionPolicy" if put else "logs:DeleteRetentionPolicy"
        )
    if step.verb == "update" and step.changed("KmsKeyId"):
        key = step.new.get("KmsKeyId")
        yield from step.each(arn, "logs:AssociateKmsKey" if key else "logs:DisassociateKmsKey")
    yield from step.each(step.where.arn("logs", "log-group::log-stream:"), "logs:DescribeLogGroups")


def kms_key(step: Step) -> Iterator[Check]:
    """A key; what is done to it once it is there its own policy decides as well."""
    arn = step.where.arn("kms", f"key/{step.physical or '00000000-0000-0000-0000-000000000000'}")
    if step.verb == "create" and not step.physical:
        yield from step.each("*", "kms:CreateKey")
        if step.changed("Tags"):
            yield from step.each(arn, "kms:TagResource")
    elif step.verb == "create":
        rotates = str(step.new.get("EnableKeyRotation")).lower() == "true"
        yield from step.each(
            arn, *(["kms:EnableKeyRotation"] if rotates else []), "kms:DescribeKey"
        )
    elif step.verb == "delete":
        yield from step.each(arn, "kms:DescribeKey", "kms:ScheduleKeyDeletion")
    else:
        for name, action in (
            ("Description", "kms:UpdateKeyDescription"),
            ("KeyPolicy", "kms:PutKeyPolicy"),
            ("EnableKeyRotation", "kms:EnableKeyRotation"),
            ("Tags", "kms:TagResource"),
        ):
            if step.changed(name):
                yield from step.each(arn, action)


def events_rule(step: Step) -> Iterator[Check]:
    """A rule with its targets."""
    bus = str(step.new.get("EventBusName") or "default").rpartition("/")[2]
    path = step.name if bus == "default" else f"{bus}/{step.name}"
    arn = step.where.arn("events", f"rule/{path}")
    targets = step.new.get("Targets") or ()
    if step.verb == "delete":
        removed = ["events:ListTargetsByRule", "events:RemoveTargets"] if targets else []
        yield from step.each(arn, *removed, "events:DeleteRule")
        return
    yield from step.each(arn, "events:PutRule", "events:DescribeRule")
    if targets and step.changed("Targets"):
        arns = [str(each.get("Arn")) for each in targets]
        yield from step.each(arn, "events:PutTargets", **{"events:TargetArn": arns})
        for target in targets:
            if target.get("RoleArn"):
                yield passing(str(target["RoleArn"]), "events.amazonaws.com", arn)


def pipeline(step: Step) -> Iterator[Check]:
    """A pipeline with the roles of its actions."""
    arn = step.where.arn("codepipeline", step.name)
    if step.verb == "delete":
        yield from step.each(arn, "codepipeline:DeletePipeline")
        return
    verb = "CreatePipeline" if step.verb == "create" else "UpdatePipeline"
    yield from step.each(arn, f"codepipeline:{verb}", "codepipeline:GetPipeline")
    if step.verb == "update" and str(step.new.get("RestartExecutionOnUpdate")).lower() == "true":
        yield from step.each(arn, "codepipeline:StartPipelineExecution")
    roles = [step.new.get("RoleArn")]
    for stage in step.new.get("Stages") or ():
        roles += [action.get("RoleArn") for action in stage.get("Actions") or ()]
    for role in dict.fromkeys(str(each) for each in roles if each):
        yield passing(role, "codepipeline.amazonaws.com", arn)
    for stage in step.new.get("Stages") or ():
        for action in stage.get("Actions") or ():
            if connection := (action.get("Configuration") or {}).get("ConnectionArn"):
                yield passing_connection(str(connection))
