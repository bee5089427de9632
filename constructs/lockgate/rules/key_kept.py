"""A key outlives its stack, and is new each year."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties

PENDING_DAYS = 30
# KMS rotates no other kind ("Rotate AWS KMS keys", KMS Developer Guide).
ROTATED = (None, "SYMMETRIC_DEFAULT")


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    key = properties(resource)
    for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
        if resource.get(policy) != "Retain":
            yield f"/{policy}"
    if key.get("PendingWindowInDays") != PENDING_DAYS:
        yield "PendingWindowInDays"
    if key.get("KeySpec") in ROTATED and key.get("EnableKeyRotation") is not True:
        yield "EnableKeyRotation"


RULE = Rule(
    id="LG-KeyKept",
    what="The key goes with its stack, goes sooner than anybody may notice, or never changes: "
    "what it encrypted, the trail and the artifacts included, can be read by nobody then.",
    fix="Set DeletionPolicy and UpdateReplacePolicy to Retain, PendingWindowInDays to "
    f"{PENDING_DAYS} and EnableKeyRotation of a symmetric key to true.",
    source="AWS Foundational Security Best Practices, KMS.3 and KMS.4",
    resource_types=("AWS::KMS::Key",),
    breaches=_breaches,
)
