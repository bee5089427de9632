"""How far the supply chain of the code goes."""

from pydantic import Field

from delivery.rules import Model


class Supply(Model):
    """How far the supply chain goes beyond what every release gets."""

    code_signing: bool = Field(
        default=False,
        strict=True,
        description="Whether AWS Signer signs what services run, and Lambda takes no other code. "
        "Every environment must then be in the toolchain's Region.",
    )
