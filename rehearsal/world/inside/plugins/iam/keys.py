"""The condition keys that a call has, where ministack leaves them out."""

from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.iam.asked import Asked
from rehearsal.world.inside.setting import Setting

Keys = dict[str, Any]
# The request's headers that are condition keys of S3 under the same name.
S3_HEADERS = (
    "x-amz-acl",
    "x-amz-storage-class",
    "x-amz-copy-source",
    "x-amz-metadata-directive",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-object-lock-mode",
)


def keys(world: Setting) -> Callable[[Asked], Keys]:
    """What finds the keys of a call."""
    roles = world.seams.get("iam._roles")

    def find(call: Asked) -> Keys:
        if call.service == "iam":
            return _iam(call, roles)
        found = OF_SERVICE.get(call.service)
        return found(call) if found else {}

    return find


def _present(**values: Any) -> Keys:
    return {key.replace("__", ":"): value for key, value in values.items() if value}


def _s3(call: Asked) -> Keys:
    found = {f"s3:{name}": call.headers[name] for name in S3_HEADERS if name in call.headers}
    for name in ("if-match", "if-none-match"):
        if name in call.headers:
            found[f"s3:{name}"] = call.headers[name].strip('"')
    if version := call.text("VersionId"):
        found["s3:VersionId"] = version
    return {**found, "s3:TlsVersion": "1.3", "s3:authType": "REST-HEADER"}


def _iam(call: Asked, roles: Any) -> Keys:
    boundary = call.text("PermissionsBoundary")
    if not boundary and call.operation != "CreateRole":
        boundary = str((roles.get(call.text("RoleName")) or {}).get("PermissionsBoundary") or "")
    return _present(iam__PermissionsBoundary=boundary, iam__PolicyARN=call.text("PolicyArn"))


def _cloudformation(call: Asked) -> Keys:
    name = call.text("ChangeSetName")
    return _present(
        cloudformation__ChangeSetName=name.split("/")[1] if name.startswith("arn:") else name,
        cloudformation__RoleArn=call.text("RoleARN"),
        cloudformation__TemplateUrl=call.text("TemplateURL"),
        cloudformation__StackPolicyUrl=call.text("StackPolicyURL"),
    )


def _cloudwatch(call: Asked) -> Keys:
    if call.operation == "PutMetricAlarm":
        return _present(cloudwatch__AlarmActions=list(call.given.get("AlarmActions") or ()))
    return _present(cloudwatch__namespace=call.text("Namespace"))


def event_keys(entry: Mapping[str, Any]) -> Keys:
    """The keys of one entry of PutEvents: each is decided on for itself."""
    return {
        "events:source": entry.get("Source") or None,
        "events:detail-type": entry.get("DetailType") or None,
    }


def _events(call: Asked) -> Keys:
    if call.operation == "PutEvents":
        entries = call.given.get("Entries") or [{}]
        return event_keys(entries[0] if isinstance(entries[0], dict) else {})
    if call.operation == "PutTargets":
        targets = call.given.get("Targets") or ()
        return _present(events__TargetArn=[str(each.get("Arn")) for each in targets])
    return {}


def _lambda(call: Asked) -> Keys:
    given = call.given
    return _present(
        lambda__Principal=call.text("Principal"),
        lambda__FunctionUrlAuthType=call.text("FunctionUrlAuthType"),
        lambda__Layer=list(given.get("Layers") or ()),
        lambda__CodeSigningConfigArn=call.text("CodeSigningConfigArn"),
        lambda__FunctionArn=call.text("FunctionName")
        if call.operation.endswith("EventSourceMapping")
        else "",
    )


def _sns(call: Asked) -> Keys:
    return _present(sns__Protocol=call.text("Protocol"), sns__Endpoint=call.text("Endpoint"))


def _secretsmanager(call: Asked) -> Keys:
    return _present(
        secretsmanager__Name=call.text("Name"),
        secretsmanager__SecretId=call.text("SecretId"),
        secretsmanager__KmsKeyId=call.text("KmsKeyId"),
        secretsmanager__VersionId=call.text("VersionId"),
        secretsmanager__VersionStage=call.text("VersionStage"),
        secretsmanager__BlockPublicPolicy=str(call.given.get("BlockPublicPolicy", "")).lower(),
    )


def _kms(call: Asked) -> Keys:
    context = call.given.get("EncryptionContext") or {}
    return {
        **{f"kms:EncryptionContext:{name}": value for name, value in context.items()},
        **_present(
            kms__EncryptionContextKeys=list(context),
            kms__GrantOperations=list(call.given.get("Operations") or ()),
        ),
    }


def _states(call: Asked) -> Keys:
    parts = call.text("stateMachineArn").split(":")
    return {"states:StateMachineQualifier": parts[7]} if len(parts) > 7 else {}  # noqa: PLR2004


OF_SERVICE: dict[str, Callable[[Asked], Keys]] = {
    "s3": _s3,
    "cloudformation": _cloudformation,
    "monitoring": _cloudwatch,
    "events": _events,
    "lambda": _lambda,
    "sns": _sns,
    "secretsmanager": _secretsmanager,
    "kms": _kms,
    "states": _states,
}
