"""How a secret stands in a rotation, and whether a step of it may be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"


class RefusedError(Exception):
    """The step must not be taken; says why and never a value."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What DescribeSecret tells of a secret.

    Attributes:
        rotated: whether its rotation is enabled.
        function: the ARN of the function that rotates it.
        stages: the staging labels by the version that has them.
    """

    rotated: bool
    function: str
    stages: Mapping[str, Sequence[str]]

    @property
    def current(self) -> str | None:
        """The version that readers get; None where there is none yet."""
        return next((v for v, stages in self.stages.items() if CURRENT in stages), None)

    def is_current(self, token: str) -> bool:
        """Whether the rotation to this version is done."""
        return self.current == token

    def require(self, token: str, *, by: str) -> None:
        """Make sure that this function is to rotate the secret to this version.

        Args:
            token: the version that is to become the current one.
            by: this function's ARN.

        Raises:
            RefusedError: it is not.
        """
        if not self.rotated:
            raise RefusedError("the secret's rotation is not enabled")
        if self.function != by:
            raise RefusedError(f"the secret is rotated by {self.function or 'no function'}")
        if token not in self.stages:
            raise RefusedError(f"the secret has no version {token}")
        if not {CURRENT, PENDING} & {*self.stages[token]}:
            raise RefusedError(f"the version {token} is not staged as {PENDING}")
