"""What the request that is being answered asks for, by botocore's model of the service."""

import contextvars
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rehearsal.world.inside.plugins.cloudtrail.routes import Request
from rehearsal.world.inside.plugins.cloudtrail.wire import spoken


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A call.

    Attributes:
        service: as ministack calls it.
        operation: as the API calls it; empty where no model has it.
        given: the parameters.
        headers: the request's.
        path: the request's.
    """

    service: str
    operation: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str = ""

    def text(self, *names: str) -> str:
        """The first of the parameters that is there."""
        values = (self.given.get(name) for name in names)
        return next((value for value in values if isinstance(value, str) and value), "")


class _Read(NamedTuple):
    request: tuple[object, ...]
    call: Asked


# A request is looked at several times while it is decided upon; it is read once.
_READ: contextvars.ContextVar[_Read | None] = contextvars.ContextVar("asked", default=None)


def asked(  # noqa: PLR0917 - ministack's order
    service: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    query: Mapping[str, list[str]],
) -> Asked:
    """The call that the request is."""
    request = (service, method, path, headers, body)
    read = _READ.get()
    if read and all(one is other for one, other in zip(read.request, request, strict=True)):
        return read.call
    found = spoken(Request(service, method, path, headers, query, body))
    call = Asked(
        service=service,
        operation=found.model.name if found else "",
        given=found.parameters if found else {},
        headers=headers,
        path=path,
    )
    _READ.set(_Read(request, call))
    return call


def latest(service: str) -> Asked | None:
    """The call that was read last, if it is one of the service."""
    read = _READ.get()
    return read.call if read and read.call.service == service else None
