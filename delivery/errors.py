"""What is wrong with a delivery file, said so that it can be put right."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to put right.

    Attributes:
        file: the delivery file, as seen from the root of the checkout.
        key: the place in it. Entries of lists go by their name, otherwise by their position,
            counted from 0: services.orders.canary, services[2].name.
        value: what stands there, as TOML; or a remark in parentheses where nothing stands there
            or it is not shown.
        allowed: what may stand there.
        fix: what to do.
    """

    file: str
    key: str
    value: str
    allowed: str
    fix: str

    def __str__(self) -> str:
        sign = " " if self.value.startswith("(") else " = "
        return f"  {self.key}{sign}{self.value}\n    allowed: {self.allowed}\n    to do: {self.fix}"


class DeliveryError(Exception):
    """The delivery file cannot be used: all that is wrong with it, at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        count = f"{len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}"
        return "\n".join([f"{self.problems[0].file}: {count}", *map(str, self.problems)])
