"""The answer to CloudFormation's request for a custom resource.

Without one CloudFormation waits until the resource's time-out, an hour where none is set:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, Protocol, Self
from urllib.error import URLError
from urllib.request import Request, urlopen

import log

# Kept for the answer; nothing else may use it.
RESERVE_SECONDS: Final = 30.0
_PUT_SECONDS: Final = 5.0
_WAIT_SECONDS: Final = 1.0
# The whole answer may have 4,096 bytes.
_REASON_CHARACTERS: Final = 1000
_IDS: Final = ("StackId", "RequestId", "LogicalResourceId")


class Context(Protocol):
    """The part of Lambda's context object that is used here."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends the invocation."""


class MalformedRequestError(ValueError):
    """The event does not say where the answer goes, so there can be none."""


class NotAnsweredError(Exception):
    """CloudFormation has not taken the answer. Lambda's retry must see this."""


class OutOfTimeError(Exception):
    """What is left is kept for the answer."""


def require_time(context: Context, step: str) -> None:
    """Let a step begin only while it cannot touch the time for the answer.

    Raises:
        OutOfTimeError: it could.
    """
    if context.get_remaining_time_in_millis() / 1000 < RESERVE_SECONDS:
        raise OutOfTimeError(f"no time is left for {step}")


@dataclass(frozen=True, kw_only=True)
class Answerer:
    """Where the answer goes, and the ids that CloudFormation knows it by."""

    url: str
    ids: Mapping[str, str]

    @classmethod
    def of(cls, event: object) -> Self:
        """Read the event of a custom resource.

        Raises:
            MalformedRequestError: a field is missing.
        """
        said = event if isinstance(event, Mapping) else {}
        missing = [name for name in ("ResponseURL", *_IDS) if not isinstance(said.get(name), str)]
        if missing:
            raise MalformedRequestError(f"the event needs {', '.join(missing)} as text")
        return cls(url=said["ResponseURL"], ids={name: said[name] for name in _IDS})

    def send(
        self,
        status: str,
        *,
        physical_id: str,
        reason: str,
        context: Context,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Put the answer, trying until CloudFormation has it or the time is over.

        Raises:
            NotAnsweredError: it was not taken.
        """
        body = {
            **self.ids,
            "Status": status,
            "PhysicalResourceId": physical_id,
            "Reason": reason[:_REASON_CHARACTERS],
        }
        # The URL is signed for a request without a type. It is a secret, and stays out of the log.
        request = Request(  # noqa: S310 - CloudFormation's own
            self.url,
            data=json.dumps(body).encode(),
            headers={"Content-Type": ""},
            method="PUT",
        )
        while True:
            wrong = _put(request)
            if not wrong:
                log.step("answered", status=status)
                return
            log.step("not answered", error=wrong)
            if context.get_remaining_time_in_millis() / 1000 < _PUT_SECONDS + _WAIT_SECONDS:
                raise NotAnsweredError(f"{status} not delivered: {wrong}")
            sleep(_WAIT_SECONDS)


def _put(request: Request) -> str:
    """Say what went wrong, nothing where all is well."""
    try:
        with urlopen(request, timeout=_PUT_SECONDS) as response:  # noqa: S310 - as above
            return "" if response.status == HTTPStatus.OK else f"HTTP {response.status}"
    except URLError as error:
        return f"{type(error).__name__}: {error.reason}"
    except OSError as error:
        return type(error).__name__
