"""Where calls are seen: each HTTP request to an AWS service, and each role that a service takes."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from rehearsal.world.inside.plugins.cloudtrail import identity, names
from rehearsal.world.inside.plugins.cloudtrail.decisions import OPEN, Open
from rehearsal.world.inside.plugins.cloudtrail.event import Answer, event_of
from rehearsal.world.inside.plugins.cloudtrail.record import Record
from rehearsal.world.inside.plugins.cloudtrail.routes import Request
from rehearsal.world.inside.setting import Setting

# The emulator's own affairs.
INTERNAL = "/_"


def install(world: Setting, record: Record) -> None:  # noqa: C901 - three seams
    """Record from now on; a call is recorded once, when it is answered."""
    seams = world.seams
    service_of: Callable[..., str] = seams.get("router.detect_service")
    key_of: Callable[..., str | None] = seams.get("router.extract_access_key_id")
    routing: Callable[..., dict[str, Any]] = seams.get("app._routing_params")

    def keep(request: Request, answer: Answer, call: Open, id_: str, at: float) -> None:
        call.recorded = True
        try:
            event = event_of(world, request, answer, call, id_)
            record.add(event, call.decisions, at=at)
        except Exception:
            # The caller has its answer all the same; the log says what is missing.
            logging.getLogger(__name__).exception("%s was not recorded", request.path)

    def dispatch(stock: Callable[..., Any]) -> Callable[..., Any]:
        async def dispatched(  # noqa: PLR0917 - its own call
            method: str, path: str, headers: Any, body: bytes, query_params: Any, request_id: str
        ) -> Any:
            call, at = OPEN.get(), world.clock.now()
            answered = await stock(method, path, headers, body, query_params, request_id)
            if call is not None and not path.startswith(INTERNAL):
                service = call.service or service_of(
                    method,
                    path,
                    headers,
                    routing(method, path, headers, body, query_params),
                )
                call.access_key = call.access_key or key_of(headers, query_params) or ""
                request = Request(service, method, path, headers, query_params, body)
                keep(request, Answer(*answered), call, request_id, at)
            return answered

        return dispatched

    def app(stock: Callable[..., Any]) -> Callable[..., Any]:
        async def answer(scope: dict[str, Any], receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await stock(scope, receive, send)
                return
            call, at, status = Open(), world.clock.now(), [0]

            async def seen(message: dict[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    status[0] = message["status"]
                await send(message)

            token = OPEN.set(call)
            try:
                await stock(scope, receive, seen)
            finally:
                OPEN.reset(token)
                if call.decisions and not call.recorded:
                    # Git's requests, and what else goes by doors of its own.
                    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
                    request = Request(
                        call.service, scope["method"], scope["path"], headers, {}, b""
                    )
                    keep(request, Answer(status[0], {}, b""), call, "", at)

        return answer

    seams.wrap("app._dispatch_service_request", dispatch)
    seams.wrap("app.app", app)
    seams.wrap("sts.register_session", lambda stock: taking(world, record, stock))


def taking(
    world: Setting, record: Record, stock: Callable[..., None]
) -> Callable[[str, dict[str, Any]], None]:
    """Begin sessions one at a time; a role that a service takes for itself is an event of its own.

    The emulator goes through all sessions for each new one, and services begin them on threads.
    """
    one_at_a_time = threading.Lock()

    def register(access_key: str, session: dict[str, Any]) -> None:
        with one_at_a_time:
            stock(access_key, session)
        call, arn = OPEN.get(), str(session.get("Arn", ""))
        by_call = call is not None and not call.recorded and call.service == "sts"
        if by_call or ":assumed-role/" not in arn:
            return
        account = arn.split(":")[4]
        role = identity.role_of(world, account, arn)
        if service := identity.service_of(role):
            event = _taken(world, role, service, access_key, arn)
            record.add(event, at=world.clock.now())

    return register


def _taken(
    world: Setting, role: Any, service: str, access_key: str, session: str
) -> dict[str, Any]:
    account = session.split(":")[4]
    return {
        "userIdentity": {"type": "AWSService", "invokedBy": service},
        "sourceIPAddress": service,
        "userAgent": service,
        "eventSource": names.event_source("sts"),
        "eventName": "AssumeRole",
        "awsRegion": world.seams.get("responses.get_region")(),
        "requestParameters": {
            "roleArn": role["Arn"],
            "roleSessionName": session.rsplit("/", 1)[-1],
        },
        "responseElements": {"credentials": {"accessKeyId": access_key}},
        "readOnly": True,
        "resources": [{"accountId": account, "type": "AWS::IAM::Role", "ARN": role["Arn"]}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
    }
