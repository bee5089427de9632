"""The freeze: whether releases are held back from production, and why."""

import json

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from lockgate.permissions import Permission

READ_FREEZE = ("ssm:GetParameter",)
# frozen.py of the package of gates reads these keys, and no others.
THAWED = {"frozen": False, "reason": "", "by": "", "since": "", "environments": []}


def freeze_name(delivery: str) -> str:
    """The parameter's name."""
    return f"/{delivery}/freeze"


class ReleaseFreeze(Construct):
    """One parameter that people write and the freeze gate reads; thawed when it is made.

    CloudFormation writes a parameter's value again when another of its properties changes, which
    would thaw: so it has no other that ever does. Who deletes it freezes everything. Costs
    nothing.
    """

    def __init__(self, scope: Construct, id_: str, *, delivery: str) -> None:
        super().__init__(scope, id_)
        self.parameter = ssm.StringParameter(
            self,
            "Parameter",
            parameter_name=freeze_name(delivery),
            description="Whether releases are held back: make freeze, make thaw",
            string_value=json.dumps(THAWED),
        )

    @property
    def name(self) -> str:
        """The parameter's name."""
        return self.parameter.parameter_name

    def read(self) -> Permission:
        """Read this one parameter."""
        return Permission(actions=READ_FREEZE, resources=[self.parameter.parameter_arn])
