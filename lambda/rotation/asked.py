"""What Secrets Manager asks for: one step of one rotation of one secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

CREATE: Final = "createSecret"
SET: Final = "setSecret"
TEST: Final = "testSecret"
FINISH: Final = "finishSecret"
# In the order in which Secrets Manager calls them.
STEPS: Final = (CREATE, SET, TEST, FINISH)


class UnreadableEventError(Exception):
    """The event asks for nothing that is known here."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One step.

    Attributes:
        step: one of `STEPS`.
        secret: the secret's ARN.
        token: the id of the version that is to become the current one.
    """

    step: str
    secret: str
    token: str

    @classmethod
    def of(cls, event: object) -> "Asked":
        """Read an event ("Lambda rotation functions", AWS Secrets Manager User Guide).

        Raises:
            UnreadableEventError: it lacks something, or the step is none of the four.
        """
        fields = event if isinstance(event, Mapping) else {}
        step, secret, token = (_text(fields, k) for k in ("Step", "SecretId", "ClientRequestToken"))
        if step not in STEPS:
            raise UnreadableEventError(f"Step is {step!r}; there are {', '.join(STEPS)}")
        return cls(step=step, secret=secret, token=token)


def _text(fields: Mapping[str, object], key: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not value:
        raise UnreadableEventError(f"the event names no {key}")
    return value
