"""What an earlier bootstrap left."""

from dataclasses import dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from operations.aws import is_error
from operations.names import TOOLKIT


@dataclass(frozen=True, kw_only=True)
class Toolkit:
    """The bootstrap stack of one place; empty where there is none.

    Attributes:
        trusted: the accounts that it trusts; the CDK CLI keeps them until it is told not to.
        policies: the ARNs of CloudFormation's policies.
    """

    trusted: frozenset[str] = frozenset()
    policies: frozenset[str] = frozenset()

    @classmethod
    def read(cls, cloudformation: Any) -> Self:  # noqa: ANN401 - boto3 has no types
        """The bootstrap stack where a client acts.

        Raises:
            ClientError: it may not be read.
        """
        try:
            [stack] = cloudformation.describe_stacks(StackName=TOOLKIT)["Stacks"]
        except ClientError as error:
            # CloudFormation's word for a stack that there is not.
            if is_error(error, "ValidationError"):
                return cls()
            raise
        said = {
            each["ParameterKey"]: frozenset(filter(None, each.get("ParameterValue", "").split(",")))
            for each in stack.get("Parameters", [])
        }
        none: frozenset[str] = frozenset()
        return cls(
            trusted=said.get("TrustedAccounts", none) | said.get("TrustedAccountsForLookup", none),
            policies=said.get("CloudFormationExecutionPolicies", none),
        )
