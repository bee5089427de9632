"""Acknowledge one finding of a rule pack on one construct, with a reason."""

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(scope: IConstruct, finding: str, reason: str) -> None:
    """Record that `finding` on `scope` is known and why it is right.

    Args:
        scope: the construct on which the rule reports the finding.
        finding: the id that the report prints behind "Acknowledge with", for instance
            `AwsSolutions::AwsSolutions-S1`. Without the pack before the two colons cdk-nag 3
            drops the finding and keeps no record of it.
        reason: what makes it right here; a security analyst reads it in docs/acknowledgements.md.

    Raises:
        ValueError: the id names no rule pack.
    """
    if "::" not in finding:
        raise ValueError(f"{finding}: name the rule pack first, as in AwsSolutions::{finding}")
    cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=finding, reason=reason))


def acknowledge_resources(scope: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge that resources of a policy hold a wildcard.

    cdk-nag puts the resource, logical ids included, into the finding's id; it is computed
    from the same tokens, so that a renamed construct keeps its acknowledgement.

    Args:
        scope: the policy.
        reasons: what makes it right, by the resource as `flatten` writes it.
    """
    if reasons:
        cdk.Validations.of(scope).acknowledge(
            *(
                cdk.Acknowledgment(
                    id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{resource}]", reason=reason
                )
                for resource, reason in reasons.items()
            )
        )


def flatten(value: object) -> str:
    """Write a resolved CloudFormation value as cdk-nag writes it in a finding's id."""
    match value:
        case str():
            return value.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [delimiter, items]}:
            return str(delimiter).join(flatten(item) for item in items)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{flatten(resource)}.{flatten(attribute)}>"
        case {"Fn::ImportValue": name}:
            return flatten(name)
        case {"Ref": name}:
            return f"<{name}>"
    raise ValueError(f"a policy's resource is made of strings, Ref, GetAtt and Join: {value!r}")
