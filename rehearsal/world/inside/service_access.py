"""What a resource's own policy lets a service do: a role's trust, a function's permissions."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.world.inside.setting import Setting


def lets_in(
    world: Setting,
    document: str | Mapping[str, Any],
    service: str,
    *,
    action: str,
    resource_arn: str,
    source_arn: str,
) -> bool:
    """Whether a resource's own policy lets a service in by name.

    ministack would let the account's root in, too.

    Args:
        world: the world.
        document: the policy, a role's trust or a function's permissions.
        service: the service's principal.
        action: what it wants to do.
        resource_arn: with what.
        source_arn: on behalf of which resource.
    """
    policy: Mapping[str, Any] = json.loads(document) if isinstance(document, str) else document
    statements = policy["Statement"]
    statements = [statements] if isinstance(statements, dict) else statements
    for_service = [
        {**statement, "Principal": "*"}
        for statement in statements
        if service in _services(statement.get("Principal"))
    ]
    context = world.seams.get("iam_evaluator.EvalContext")(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource_arn,
        region="",
        service_context={
            "aws:sourcearn": source_arn or None,
            "aws:sourceaccount": source_arn.split(":")[4] if source_arn else None,
        },
    )
    allows = world.seams.get("iam_evaluator.evaluate_trust_policy")
    return bool(allows({**policy, "Statement": for_service}, service, context))


def _services(principal: object) -> list[str]:
    if principal == "*":
        return []
    named = principal.get("Service", []) if isinstance(principal, dict) else []
    return [named] if isinstance(named, str) else list(named)
