"""Long answers in pages."""

from collections.abc import Sequence
from typing import Any

from rehearsal.world.inside.json_service import ServiceError

MOST = 100


def page(
    name: str, found: Sequence[Any], request: dict[str, Any], most: int = MOST
) -> dict[str, Any]:
    """The page that the request asks for, and the token of the next one.

    Args:
        name: what the answer calls them.
        found: all of them.
        request: with `nextToken` and `maxResults`, if it has them.
        most: how many a page has where the request does not say.

    Raises:
        ServiceError: no answer had that token.
    """
    token = request.get("nextToken", "0")
    if not token.isdecimal():
        raise ServiceError("InvalidNextTokenException", f"{token} is no token of an answer")
    begin = int(token)
    end = begin + request.get("maxResults", most)
    following = {"nextToken": str(end)} if end < len(found) else {}
    return {name: list(found[begin:end]), **following}
