"""Properties that ministack's CloudFormation drops, and names and refusals that it has otherwise.

What decides something in the world is set as AWS sets it: a bucket's key, a topic's key, a role's
boundary, a function's concurrency. The rest is kept, so that describing it gives it back.
"""

from collections.abc import Callable
from typing import Any

from rehearsal.world.inside.plugins.stack_properties_bucket import bucket_type
from rehearsal.world.inside.setting import Setting

Properties = dict[str, Any]
Type = dict[str, Any]


def install(world: Setting) -> None:
    """Complete the types."""
    types = world.seams.get("provisioners._RESOURCE_HANDLERS")
    keep = {
        "AWS::IAM::Role": _role(world),
        "AWS::SNS::Topic": _topic(world),
        "AWS::Lambda::Function": _function(world),
    }
    for name, after in keep.items():
        completed(types[name], after)
    _named_log_group(world, types["AWS::Logs::LogGroup"])
    bucket_type(world, types["AWS::S3::Bucket"])


def completed(type_: Type, after: Callable[[str, Properties], None]) -> None:
    """Do something more after each creation and each update."""
    create, update = type_["create"], type_.get("update")

    def creating(logical_id: str, props: Properties, stack_name: str) -> Any:
        made = create(logical_id, props, stack_name)
        after(made[0], props)
        return made

    def updating(physical_id: str, old: Properties, new: Properties, *more: Any) -> Any:
        made = update(physical_id, old, new, *more)  # type: ignore[misc]
        after(made[0], new)
        return made

    type_["create"] = creating
    if update:
        type_["update"] = updating


def _role(world: Setting) -> Callable[[str, Properties], None]:
    roles = world.seams.get("iam._roles")

    def bounded(name: str, props: Properties) -> None:
        roles[name].pop("PermissionsBoundary", None)
        if boundary := props.get("PermissionsBoundary"):
            roles[name]["PermissionsBoundary"] = boundary

    return bounded


def _topic(world: Setting) -> Callable[[str, Properties], None]:
    topics = world.seams.get("sns._topics")

    def encrypted(arn: str, props: Properties) -> None:
        attributes = topics[arn]["attributes"]
        for name in ("KmsMasterKeyId", "SignatureVersion", "TracingConfig"):
            attributes.pop(name, None)
            if props.get(name):
                attributes[name] = str(props[name])

    return encrypted


def _function(world: Setting) -> Callable[[str, Properties], None]:
    get = world.seams.get
    functions, put = get("lambda_svc._functions"), get("lambda_svc._put_function_concurrency")

    def complete(name: str, props: Properties) -> None:
        config = functions[name]["config"]
        for own, theirs in (("KmsKeyArn", "KMSKeyArn"), ("DeadLetterConfig", "DeadLetterConfig")):
            config.pop(theirs, None)
            if props.get(own):
                config[theirs] = props[own]
        reserved = props.get("ReservedConcurrentExecutions")
        functions[name]["concurrency"] = None
        if reserved is not None:
            put(name, {"ReservedConcurrentExecutions": int(reserved)})

    return complete


def _named_log_group(world: Setting, type_: Type) -> None:
    """AWS names a log group after its stack, as it does all else."""
    create, update = type_["create"], type_["update"]
    name_of = world.seams.get("provisioners._physical_name")

    def creating(logical_id: str, props: Properties, stack_name: str) -> Any:
        name = props.get("LogGroupName") or name_of(stack_name, logical_id, max_len=512)
        return create(logical_id, {**props, "LogGroupName": name}, stack_name)

    def updating(
        physical_id: str, old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Any:
        old = {**old, "LogGroupName": old.get("LogGroupName") or physical_id}
        named = {**new, "LogGroupName": new.get("LogGroupName") or physical_id}
        return update(physical_id, old, named, stack_name, logical_id)

    type_.update(create=creating, update=updating)
