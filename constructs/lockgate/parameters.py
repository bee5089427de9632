"""The parameters of one service: settings that anybody may read."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_ssm as ssm
from constructs import Construct

from lockgate.permissions import Permission, arn

READ = ("ssm:GetParameter",)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a parameter is for, and its value, which is no secret."""

    description: str
    value: str


class ServiceParameters(Construct):
    """Parameters of Systems Manager in plain text, which the stack makes and takes away.

    They belong to no version: a changed value meets every version of the function at its next
    read. Cost nothing (standard tier).
    """

    def __init__(
        self, scope: Construct, id_: str, *, prefix: str, settings: Mapping[str, Setting]
    ) -> None:
        """Make the parameters.

        Args:
            scope: the parent.
            id_: the construct's id.
            prefix: leads their names in Parameter Store, as in `lockgate/orders/beta`.
            settings: what they are, by name; at least one.
        """
        super().__init__(scope, id_)
        self._names = {name: f"/{prefix}/{name}" for name in settings}
        self._parameters = {
            name: ssm.CfnParameter(
                self,
                name,
                name=self._names[name],
                type="String",
                description=setting.description,
                value=setting.value,
            )
            for name, setting in settings.items()
        }

    @property
    def environment(self) -> dict[str, str]:
        """The environment variable that holds each parameter's name."""
        return {
            f"PARAMETER_{name.upper().replace('-', '_')}": parameter.ref
            for name, parameter in self._parameters.items()
        }

    def read(self) -> Permission:
        """Read just these parameters."""
        return Permission(
            actions=READ,
            resources=[arn(self, "ssm", f"parameter{name}") for name in self._names.values()],
        )
