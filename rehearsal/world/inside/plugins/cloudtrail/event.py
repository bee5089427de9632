"""The event that CloudTrail makes of a call that was answered."""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import botocore.parsers
from botocore.awsrequest import HeadersDict

from rehearsal.world.inside.plugins.cloudtrail import names
from rehearsal.world.inside.plugins.cloudtrail.decisions import Decision, Open
from rehearsal.world.inside.plugins.cloudtrail.identity import identity
from rehearsal.world.inside.plugins.cloudtrail.routes import Request
from rehearsal.world.inside.plugins.cloudtrail.shown import shown
from rehearsal.world.inside.plugins.cloudtrail.wire import Spoken, spoken
from rehearsal.world.inside.setting import Setting

PARSERS = {"cbor": "smithy-rpc-v2-cbor"}
REFUSED = 300
# What each service says to whom IAM denies, and CloudTrail says in one way.
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"})


class Answer(NamedTuple):
    """What went back."""

    status: int
    headers: dict[str, str]
    body: Any


def event_of(
    world: Setting, request: Request, answer: Answer, call: Open, request_id: str
) -> dict[str, Any]:
    """The event, without its time and id."""
    get = world.seams.get
    account, region = get("responses.get_account_id")(), get("responses.get_region")()
    operation = spoken(request)
    name = operation.model.name if operation else _by_decision(call, request)
    return {
        **_who(world, request, call, account),
        "eventSource": names.event_source(request.service),
        "eventName": names.event_name(request.service, name),
        "awsRegion": "us-east-1" if request.service in names.GLOBAL else region,
        **_said(request, answer, operation, call.decisions, name),
        "requestID": request_id,
        "readOnly": names.is_read_only(name),
        **_resources(request.service, call.decisions, account),
        "eventType": "AwsApiCall",
        "managementEvent": not names.is_data(request.service, name),
        "recipientAccountId": account,
        "eventCategory": "Data" if names.is_data(request.service, name) else "Management",
    }


def _who(world: Setting, request: Request, call: Open, account: str) -> dict[str, Any]:
    who = identity(world, call.access_key, account)
    service = who.get("invokedBy")
    return {
        "userIdentity": who,
        "sourceIPAddress": service or "127.0.0.1",
        "userAgent": service or request.headers.get("user-agent", ""),
    }


def _said(
    request: Request,
    answer: Answer,
    operation: Spoken | None,
    decisions: Sequence[Decision],
    name: str,
) -> dict[str, Any]:
    model, service = (operation.model if operation else None), request.service
    parameters = operation.parameters if operation else {}
    asked = shown(parameters, model.input_shape, service=service) if model else None
    said: dict[str, Any] = {"requestParameters": asked or None, "responseElements": None}
    if answer.status >= REFUSED:
        content = _parsed(answer, operation)
        said |= _error(content, operation, service, decisions, answer.status)
    elif model and (not names.is_read_only(name) or service == "sts"):
        content = _parsed(answer, operation)
        said["responseElements"] = shown(content, model.output_shape, service=service) or None
    return said


def _parsed(answer: Answer, operation: Spoken | None) -> dict[str, Any]:
    if operation is None or not isinstance(answer.body, bytes):
        return {}
    wire = {
        "status_code": answer.status,
        "headers": HeadersDict(answer.headers),
        "body": answer.body,
    }
    try:
        parsed = _parser(PARSERS.get(operation.protocol, operation.protocol)).parse(
            wire, operation.model.output_shape
        )
    except botocore.parsers.ResponseParserError:
        return {}
    return {name: value for name, value in parsed.items() if name != "ResponseMetadata"}


def _error(
    content: dict[str, Any],
    operation: Spoken | None,
    service: str,
    decisions: Sequence[Decision],
    status: int,
) -> dict[str, str]:
    error = content.get("Error") or {}
    code, message = str(error.get("Code", status)), str(error.get("Message", ""))
    denied = next((each for each in decisions if not each.allowed), None)
    if denied is not None and (service == "ec2" or code in DENIED):
        code = "Client.UnauthorizedOperation" if service == "ec2" else "AccessDenied"
        message = message or (
            f"User: {denied.principal} is not authorized to perform: {denied.action} "
            f"on resource: {denied.resource}"
        )
    elif operation is not None:
        # On the wire some go by a shorter name.
        named = {
            shape.metadata.get("error", {}).get("code", shape.name): shape.name
            for shape in operation.model.error_shapes
        }
        code = named.get(code, code)
    return {"errorCode": code, **({"errorMessage": message} if message else {})}


def _resources(service: str, decisions: Sequence[Decision], account: str) -> dict[str, Any]:
    found = [
        {"accountId": account, "type": kind, "ARN": arn}
        for arn in dict.fromkeys(each.resource for each in decisions if each.resource != "*")
        if (kind := names.resource_type(service, arn))
    ]
    return {"resources": found} if found else {}


def _by_decision(call: Open, request: Request) -> str:
    """A name for what no model has: git's requests, and those that are not formed right."""
    if call.decisions:
        return call.decisions[0].action.partition(":")[2]
    return f"{request.method} {request.path}"


@functools.cache
def _parser(protocol: str) -> botocore.parsers.ResponseParser:
    return botocore.parsers.ResponseParserFactory().create_parser(protocol)
