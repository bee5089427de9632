"""The faults that the tests inject, each by the words for it."""

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)

from tests.gate.fake_aws import AwsError, Fault, Reply, function_reply, http_answer

REPORT = "PutLifecycleEventHookExecutionStatus"
URL = "https://aws.invalid"

THROTTLED = AwsError("ThrottlingException")
DENIED = AwsError("AccessDeniedException", 403)
BROKEN = AwsError("InternalFailure", 500)
CLOSED = ConnectionClosedError(endpoint_url=URL)
SLOW = ReadTimeoutError(endpoint_url=URL)

# No fault of these is ever passed over, whichever call it meets.
FATAL: dict[str, Fault] = {
    "denied": DENIED,
    "deployment gone": AwsError("DeploymentDoesNotExistException"),
    "no credentials": NoCredentialsError(),
    "memory error": MemoryError(),
    "system exit": SystemExit(0),
    "keyboard interrupt": KeyboardInterrupt(),
    "our own mistake": ZeroDivisionError(),
}
# These pass over once they end.
PASSING: dict[str, Fault] = {
    "throttled": THROTTLED,
    "throttled by HTTP status": AwsError("SomethingNew", 429),
    "server error": BROKEN,
    "connection closed": CLOSED,
    "no connection": EndpointConnectionError(endpoint_url=URL),
    "connect time-out": ConnectTimeoutError(endpoint_url=URL),
}
ANSWERS: dict[str, Fault] = {
    "function error": function_reply(
        {"errorType": "KeyError", "errorMessage": "secret"}, x_amz_function_error="Unhandled"
    ),
    "function error in good disguise": function_reply(
        http_answer(200, {"status": "ok"}), x_amz_function_error="Unhandled"
    ),
    "function error without JSON": function_reply(b"Killed", x_amz_function_error="Unhandled"),
    "function error of a list": function_reply([], x_amz_function_error="Unhandled"),
    "not JSON": function_reply(b"<html>"),
    "not text": function_reply(b"\xff\xfe\xfa"),
    "accepted but not run": Reply(
        202, body=function_reply(http_answer(200, {"status": "ok"})).body
    ),
    "empty": function_reply(b""),
    "null": function_reply(None),
    "a list": function_reply([]),
    "no status code": function_reply({"status": "ok"}),
    "status code as text": function_reply({"statusCode": "200", "body": '{"status":"ok"}'}),
    "status code true": function_reply({"statusCode": True, "body": '{"status":"ok"}'}),
    "wrong status": function_reply(http_answer(500, {"status": "ok"})),
    "wrong body": function_reply(http_answer(200, {"status": "not ok"})),
    "no body": function_reply({"statusCode": 200}),
    "body of another type": function_reply({"statusCode": 200, "body": {"status": "ok"}}),
    "headers of another type": function_reply({"statusCode": 200, "headers": [1], "body": "{}"}),
    "not base64": function_reply({"statusCode": 200, "body": "?", "isBase64Encoded": True}),
    "another version": function_reply(
        http_answer(200, {"status": "ok"}), x_amz_executed_version="41"
    ),
}
