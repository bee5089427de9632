"""A hook's role allows the calls that the hook makes, and no other."""

import pytest

from tests.assembly import Assembly, as_list, statements
from tests.lambda_hooks.test_calls import CALLS

WRITES_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
# Where the API operation and the IAM action have two names.
IAM_NAMES = {"lambda:Invoke": "lambda:InvokeFunction"}


@pytest.mark.parametrize("entry", CALLS)
def test_nothing_missing_and_nothing_unused(assembly: Assembly, entry: str) -> None:
    needed = {IAM_NAMES.get(call, call) for call in CALLS[entry]} | WRITES_LOGS
    hooks = [
        (stack, properties["Role"]["Fn::GetAtt"][0])
        for stack, _, properties in assembly.resources("AWS::Lambda::Function")
        if properties["Handler"] == f"{entry}.handle"
    ]
    environments = sum(len(service.promotion) for service in assembly.delivery.services)
    assert len(hooks) == environments
    for stack, role in hooks:
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
