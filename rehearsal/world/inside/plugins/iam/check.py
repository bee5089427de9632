"""One question to IAM, and who asks it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.world.inside.plugins.cloudtrail.decisions import OPEN
from rehearsal.world.inside.setting import Setting


@dataclass(frozen=True, kw_only=True)
class Check:
    """What someone must be allowed beside the call itself.

    Attributes:
        action: such as `iam:PassRole`.
        resource: its ARN, or `*`.
        keys: the condition keys.
    """

    action: str
    resource: str
    keys: Mapping[str, Any] = field(default_factory=dict)

    @property
    def service(self) -> str:
        """Whose resource policies count, as ministack calls it."""
        prefix = self.action.partition(":")[0]
        return {"cloudwatch": "monitoring"}.get(prefix, prefix)


def denied(world: Setting, access_key: str, check: Check) -> Any:
    """What IAM has against it; nothing if it is allowed. Whoever asks has been authenticated."""
    get, call = world.seams.get, OPEN.get()
    service = call.service if call else ""
    refused = get("iam_evaluator.enforce")(
        access_key,
        check.action,
        check.service,
        get("responses.get_region")(),
        resource_arn=check.resource,
        service_context=dict(check.keys),
    )
    if call:
        # The call on record stays one of its own service.
        call.service = service
    return refused


def refusal(check: Check, principal: str, *, explicit: bool) -> str:
    """What AWS says to whoever is denied."""
    why = (
        "with an explicit deny in an identity-based policy"
        if explicit
        else f"because no identity-based policy allows the {check.action} action"
    )
    return (
        f"User: {principal} is not authorized to perform: {check.action} "
        f"on resource: {check.resource} {why}"
    )
