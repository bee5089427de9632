"""The role of each part of a gate allows the calls that the part makes, and no other."""

import pytest

from tests.assembly import Assembly, as_list, statements
from tests.gate.test_calls import CALLS

WRITES_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
# Where the API operation and the IAM action have two names, or one call needs two actions: S3
# asks the key on behalf of whoever reads or writes an encrypted object.
IAM_NAMES = {
    "lambda:Invoke": {"lambda:InvokeFunction"},
    "monitoring:GetMetricData": {"cloudwatch:GetMetricData"},
    "monitoring:PutMetricData": {"cloudwatch:PutMetricData"},
    "s3:GetObject": {"s3:GetObject", "kms:Decrypt"},
    "s3:PutObject": {"s3:PutObject", "kms:GenerateDataKey"},
}


@pytest.mark.parametrize("entry", CALLS)
def test_nothing_missing_and_nothing_unused(assembly: Assembly, entry: str) -> None:
    needed = WRITES_LOGS.union(*(IAM_NAMES.get(call, {call}) for call in CALLS[entry]))
    parts = [
        (stack, properties["Role"]["Fn::GetAtt"][0])
        for stack, _, properties in assembly.resources("AWS::Lambda::Function")
        if properties["Handler"] == f"{entry}.handle"
    ]
    environments = sum(len(service.environments) for service in assembly.delivery.services)
    assert len(parts) == environments
    for stack, role in parts:
        assert _allowed(assembly, stack, role) == needed


def _allowed(assembly: Assembly, stack: str, role: str) -> set[str]:
    resources = assembly.templates[stack]["Resources"]
    policies = [arn["Ref"] for arn in resources[role]["Properties"]["ManagedPolicyArns"]]
    return {
        action
        for policy in policies
        for statement in statements(resources[policy]["Properties"]["PolicyDocument"])
        for action in as_list(statement["Action"])
    }


def test_every_part_of_a_gate_is_compared(assembly: Assembly) -> None:
    entries = {
        properties["Handler"].removesuffix(".handle")
        for _, _, properties in assembly.resources("AWS::Lambda::Function")
        if "PLAN" in properties.get("Environment", {}).get("Variables", {})
    }
    assert entries == set(CALLS)
