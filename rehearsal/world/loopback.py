"""Nothing of the rehearsal ever speaks to AWS: each client's endpoint passes here first."""

import ipaddress
from urllib.parse import urlsplit


class NotLoopbackError(ValueError):
    """An endpoint is missing or is not on this machine; give the endpoint of a `World`."""


def require_loopback(url: str | None) -> str:
    """The endpoint as it was given, or an error if it leads away from this machine.

    Only `localhost` and the loopback addresses (127.0.0.0/8 and ::1) pass, over http or https and
    with a port. A name that merely resolves to loopback does not: what it resolves to may change.

    Args:
        url: the endpoint that a client is about to use.

    Raises:
        NotLoopbackError: the endpoint is missing, is no URL, or may lead elsewhere.
    """
    if url is None or not _is_loopback(url):
        given = repr(url) if url else "no endpoint"
        raise NotLoopbackError(
            f"the rehearsal was given {given}; it speaks only to this machine, over http or https "
            "to localhost, 127.x.x.x or [::1] with a port: use the endpoint of a World"
        )
    return url


def _is_loopback(url: str) -> bool:
    # A backslash, a blank or a control character is read differently by different parsers.
    if any(sign in url for sign in "\\@") or any(ord(sign) <= ord(" ") for sign in url):
        return False
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or not host or not port:
        return False
    if host == "localhost":
        return True
    try:
        # The mapped form ::ffff:127.0.0.1 is left out: Python's versions differ on it.
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None
