"""The emulator with a door to CodePipeline's performers, for the tests of these alone.

`POST /perform` runs one action or rule as the engine would, as the role that is named; the others
stand for the API's operations. Started in place of the emulator's own module: see `performers`.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

from rehearsal.world.inside import __main__ as inside
from rehearsal.world.inside.lambda_site import world_time

App = Callable[..., Awaitable[None]]
Door = Callable[[dict[str, Any]], dict[str, Any]]


class Stored:
    """Artifacts at places that the test names."""

    def __init__(self, places: dict[str, list[str]]) -> None:
        self._places = places

    def location(self, name: str) -> tuple[str, str]:
        bucket, key = self._places[name]
        return bucket, key

    def get(self, name: str, session: Any) -> bytes:  # noqa: ANN401 - known inside only
        bucket, key = self.location(name)
        content: bytes = session.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        return content

    def put(self, name: str, content: bytes, session: Any) -> None:  # noqa: ANN401 - as above
        bucket, key = self.location(name)
        session.client("s3").put_object(Bucket=bucket, Key=key, Body=content)


def install(world: Any) -> None:  # noqa: ANN401 - known inside only
    """Open the door."""
    from rehearsal.world.inside.plugins.codepipeline.action import (  # noqa: PLC0415 - after time
        ActionFailedError,
    )
    from rehearsal.world.inside.plugins.codepipeline.actions.approvals import (  # noqa: PLC0415
        approvals_of,
    )
    from rehearsal.world.inside.plugins.codepipeline.actions.jobs import (  # noqa: PLC0415
        Report,
        jobs_of,
    )

    shown: dict[str, dict[str, str]] = {}
    account = world.seams.get("responses.get_account_id")()

    def perform(asked: dict[str, Any]) -> dict[str, Any]:
        shown[asked["id"]] = {}
        performer, job = _job(world, account, asked, shown[asked["id"]].update)
        began = world.clock.now()
        try:
            outcome = vars(performer(job))
        except ActionFailedError as error:
            outcome = {"code": error.code, "message": str(error)}
        except Exception as error:  # noqa: BLE001 - whatever fails the action is told
            outcome = {"code": type(error).__name__, "message": str(error)}
        return {**outcome, "seconds": world.clock.now() - began, "shown": shown[asked["id"]]}

    def look(asked: dict[str, Any]) -> dict[str, Any]:
        return shown.get(asked["id"], {})

    def decide(asked: dict[str, Any]) -> dict[str, Any]:
        approvals_of(world).decide((account, *asked.pop("place")), **asked)
        return {}

    def report(asked: dict[str, Any]) -> dict[str, Any]:
        jobs_of(world).report(asked.pop("id"), account, Report(**asked))
        return {}

    doors: dict[str, Door] = {
        "/perform": perform,
        "/look": look,
        "/decide": decide,
        "/report": report,
    }
    world.seams.wrap("app.app", lambda app: _opened(world, app, doors))


def _job(
    world: Any,  # noqa: ANN401 - known inside only
    account: str,
    asked: dict[str, Any],
    show: Callable[..., None],
) -> tuple[Callable[[Any], Any], Any]:
    from rehearsal.world.inside.plugins.codepipeline.action import Job  # noqa: PLC0415 - after time
    from rehearsal.world.inside.plugins.codepipeline.actions import ACTIONS  # noqa: PLC0415
    from rehearsal.world.inside.plugins.codepipeline.rules import (  # noqa: PLC0415
        RULES,
        RULES_AFTER,
    )
    from rehearsal.world.inside.role_session import assume  # noqa: PLC0415

    stop = world.clock.signal()
    if seconds := asked.get("stop_after"):

        def stopping() -> None:
            world.parties.sleep(seconds)
            stop.set()

        world.parties.start("stopping", stopping)
    session = assume(
        world, asked["role"], service="codepipeline.amazonaws.com", session_name=asked["id"]
    )
    job = Job(
        world=world,
        session=session,
        account=account,
        pipeline="line",
        stage="Stage",
        action="Action",
        execution_id="execution",
        action_execution_id=asked["id"],
        configuration=asked["configuration"],
        inputs=list(asked["inputs"]),
        outputs=list(asked["outputs"]),
        artifacts=Stored({**asked["inputs"], **asked["outputs"]}),
        revision=asked["revision"],
        show=show,
        stop=stop,
    )
    kind, key = asked["kind"], asked["key"]
    rules = RULES if kind == "entry" else RULES_AFTER
    performer: Callable[[Any], Any] = ACTIONS[tuple(key)] if kind == "action" else rules[key]
    return performer, job


def _opened(
    world: Any,  # noqa: ANN401 - known inside only
    app: App,
    doors: dict[str, Door],
) -> App:
    def answered(door: str, body: bytes, region: str) -> bytes:
        world.seams.get("responses.set_request_region")(region)
        return json.dumps(doors[door](json.loads(body)), default=str).encode()

    async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        if scope["type"] != "http" or scope["path"] not in doors:
            await app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        region = dict(scope["headers"])[b"x-region"].decode()
        try:
            status, content = 200, await asyncio.to_thread(answered, scope["path"], body, region)
        except Exception as error:  # noqa: BLE001 - told as the API would
            code = getattr(error, "code", type(error).__name__)
            status, content = 400, json.dumps({"code": code, "message": str(error)}).encode()
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": content})

    return answer


def _install_time(read: Callable[[], float]) -> None:
    world_time.install(read)
    from rehearsal.world.inside import plugins  # noqa: PLC0415 - after the clock
    from rehearsal.world.inside.plugins import iam  # noqa: PLC0415

    # By IAM's own conditions and passed roles, whether every world has them by now or not.
    more = () if iam.install in plugins.PLUGINS else (iam.install,)
    plugins.PLUGINS = (*plugins.PLUGINS[:-1], *more, plugins.PLUGINS[-1], install)


if __name__ == "__main__":
    vars(inside)["world_time"] = SimpleNamespace(install=_install_time)
    inside.main(inside.Orders(**json.loads(sys.argv[1])))
