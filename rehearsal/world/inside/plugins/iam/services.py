"""What one AWS service may do to another's resource: by that resource's policy, and its key's."""

from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.plugins.iam.encryption import topic_key
from rehearsal.world.inside.setting import Setting


def service_may(
    world: Setting,
    service: str,
    action: str,
    *,
    resource: str,
    policy: object,
    keys: Mapping[str, Any],
    owner: str = "",
) -> bool:
    """Whether a resource's policy lets a service in.

    Args:
        world: where.
        service: the service's principal, such as `events.amazonaws.com`.
        action: what it would do.
        resource: the resource's ARN.
        policy: the resource's policy, as text or as what it means.
        keys: the condition keys, such as `aws:SourceArn`.
        owner: the account for which it acts, where that may be let in as well.
    """
    get = world.seams.get
    context = get("iam_evaluator.EvalContext")(
        principal_arn=f"arn:aws:iam::{owner}:root" if owner else service,
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=get("responses.get_region")(),
        secure_transport=True,
        service_context={key.lower(): value for key, value in keys.items()},
    )
    evaluate = get("iam_evaluator.evaluate_resource_policy")
    return bool(evaluate(policy, context, service=service).decision == "Allow")


def may_publish(world: Setting, service: str, topic: str, source_arn: str) -> str:
    """What hinders a service from publishing to a topic; empty if nothing does."""
    get = world.seams.get
    found = get("sns.topic_policy_for_arn")(topic)
    if found is None:
        return f"there is no topic {topic}"
    account = get("responses.get_account_id")()
    source = {"aws:SourceArn": source_arn, "aws:SourceAccount": account}
    # Alarms publish for the account that they are in, whom a topic's first policy lets in.
    owner = account if service == "cloudwatch.amazonaws.com" else ""
    keys = {**source, "aws:SourceOwner": account} if owner else source
    if not service_may(
        world, service, "sns:Publish", resource=topic, policy=found[0], keys=keys, owner=owner
    ):
        return f"{service} is not authorized to perform: sns:Publish on resource: {topic}"
    if not (name := topic_key(world, topic)):
        return ""
    key = get("kms._resolve_key")(name)
    if key is None:
        return f"the topic's key {name} is not there"
    context = {**source, "kms:EncryptionContext:aws:sns:topicArn": topic}
    policy, arn = key.get("Policy"), str(key["Arn"])
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        if not service_may(world, service, action, resource=arn, policy=policy, keys=context):
            return f"{service} is not authorized to perform: {action} on resource: {arn}"
    return ""
