"""Answers of Secrets Manager, as ministack's handlers give them."""

import json
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
_KIND = {"Content-Type": "application/x-amz-json-1.1"}
REFUSED = 400


class RefusedError(Exception):
    """What Secrets Manager refuses, by the name that AWS has for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def answer(self) -> Answer:
        """As an answer."""
        content = {"__type": self.code, "message": str(self)}
        return REFUSED, dict(_KIND), json.dumps(content).encode()


def given(content: dict[str, Any]) -> Answer:
    """A good answer."""
    return 200, dict(_KIND), json.dumps(content).encode()


def content_of(answer: Answer) -> dict[str, Any]:
    """What is in an answer.

    Raises:
        RefusedError: it is an error.
    """
    status, _, body = answer
    content: dict[str, Any] = json.loads(body)
    if status >= REFUSED:
        raise RefusedError(content["__type"], content.get("message", ""))
    return content
