"""The customers' door: POST of JSON to `/_customers/start`, `/counts` or `/stop` at the endpoint.

It is the host's and no part of AWS, so nothing of it is signed, allowed or on record.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from rehearsal.world.inside.plugins.customers.crowds import Crowds

App = Callable[..., Awaitable[None]]
PREFIX = "/_customers/"


def open_customers_door(crowds: Crowds, app: App) -> App:
    """The emulator with the host's requests about customers answered."""
    does: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
        "start": crowds.start,
        "counts": crowds.counts,
        "stop": crowds.stop,
    }

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        status, content = 200, {}
        try:
            do = does[scope["path"].removeprefix(PREFIX)]
            content = await asyncio.to_thread(do, json.loads(body))
        except (ValueError, TypeError, LookupError) as error:
            status, content = 400, {"error": str(error)}
        text = json.dumps(content).encode()
        lines = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))]
        await send({"type": "http.response.start", "status": status, "headers": lines})
        await send({"type": "http.response.body", "body": text})

    return answer
