"""The smoke contract: the requests a release must answer, and what each answer must hold.

Pure and standard library only, so that a service's own tests can run it as well. Requests become
events of API Gateway's payload format 2.0, and answers are read in the format's response form:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

import matching
from matching import ContractError

METHODS: Final = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
HOST: Final = "contract.invalid"
USER_AGENT: Final = "lockgate-hook"
UNSAID: Final = object()


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked of the function."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: str | None

    def event(self, *, now: datetime, request_id: str) -> dict[str, Any]:
        """Return the request as API Gateway would hand it to the function."""
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": urlencode(self.query),
            "headers": dict(self.headers),
            "requestContext": {
                "accountId": "anonymous",
                "apiId": "contract",
                "domainName": HOST,
                "domainPrefix": "contract",
                "http": {
                    "method": self.method,
                    "path": self.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": USER_AGENT,
                },
                "requestId": request_id,
                "routeKey": "$default",
                "stage": "$default",
                "time": now.strftime("%d/%b/%Y:%H:%M:%S %z"),
                "timeEpoch": int(now.timestamp() * 1000),
            },
            "isBase64Encoded": False,
        }
        if self.query:
            event["queryStringParameters"] = dict(self.query)
        if self.body is not None:
            event["body"] = self.body
        return event


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """What the answer must hold. A body that is not spoken of is ``UNSAID``."""

    status: int
    headers: Mapping[str, Any]
    body: Any

    def differences(self, payload: bytes) -> list[str]:
        """Say where the function's answer is not as expected; nothing where it is."""
        try:
            answer = json.loads(payload)
        except ValueError:
            return ["the answer is not JSON"]
        if not isinstance(answer, dict) or type(answer.get("statusCode")) is not int:
            return ["the answer has no statusCode: it is not of payload format 2.0"]
        given = answer.get("headers") or {}
        if not isinstance(given, dict):
            return ["the answer's headers are no object"]
        headers = {name.lower(): value for name, value in given.items()}
        return [
            *matching.differences(self.status, answer["statusCode"], "status"),
            *matching.differences(self.headers, headers, "headers"),
            *([] if self.body is UNSAID else self._body_differences(answer)),
        ]

    def _body_differences(self, answer: Mapping[str, Any]) -> list[str]:
        text = answer.get("body")
        if not isinstance(text, str):
            return ["body: missing"]
        of_text = isinstance(self.body, dict) and "$matches" in self.body
        try:
            if answer.get("isBase64Encoded"):
                text = base64.b64decode(text, validate=True).decode()
            body = text if of_text or isinstance(self.body, str) else json.loads(text)
        except ValueError:
            return [f"body: not readable: {matching.show(text)}"]
        return matching.differences(self.body, body, "body")


@dataclass(frozen=True, kw_only=True)
class Case:
    """One promise: this request gets that answer."""

    name: str
    request: Request
    expect: Expectation


def parse(text: str) -> tuple[Case, ...]:
    """Read a contract.

    Raises:
        ContractError: it is not JSON, holds no case, or says something that has no meaning.
    """
    try:
        document = json.loads(text, object_pairs_hook=_distinct)
    except ValueError as error:
        raise ContractError(f"the contract is not usable JSON: {error}") from None
    nodes = _object(document, "contract", required={"cases"})["cases"]
    if not isinstance(nodes, list) or not nodes:
        raise ContractError("cases: must be a list of at least one case")
    cases = tuple(_case(node, f"cases[{at}]") for at, node in enumerate(nodes))
    if len({case.name for case in cases}) < len(cases):
        raise ContractError("cases: each name must be there only once")
    return cases


def _case(node: object, where: str) -> Case:
    case = _object(node, where, required={"name", "request", "expect"})
    if not isinstance(case["name"], str) or not case["name"]:
        raise ContractError(f"{where}.name: must be some text")
    return Case(
        name=case["name"],
        request=_request(case["request"], f"{where}.request"),
        expect=_expectation(case["expect"], f"{where}.expect"),
    )


def _request(node: object, where: str) -> Request:
    request = _object(
        node, where, required={"method", "path"}, optional={"headers", "query", "body"}
    )
    if request["method"] not in METHODS:
        raise ContractError(f"{where}.method: must be one of {', '.join(METHODS)}")
    path = request["path"]
    if not isinstance(path, str) or not re.fullmatch(r"/[^?#\s]*", path):
        raise ContractError(f"{where}.path: must begin with / and hold no ?, # or space")
    headers = {"host": HOST, "user-agent": USER_AGENT}
    body = request.get("body")
    if body is not None and not isinstance(body, str):
        headers["content-type"] = "application/json"
        body = json.dumps(body)
    given = _texts(request.get("headers", {}), f"{where}.headers")
    return Request(
        method=request["method"],
        path=path,
        headers=headers | {name.lower(): value for name, value in given.items()},
        query=_texts(request.get("query", {}), f"{where}.query"),
        body=body,
    )


def _expectation(node: object, where: str) -> Expectation:
    expect = _object(node, where, required={"status"}, optional={"headers", "body"})
    status, headers = expect["status"], expect.get("headers", {})
    if type(status) is not int or not 100 <= status <= 599:  # noqa: PLR2004 RFC 9110, section 15
        raise ContractError(f"{where}.status: must be a whole number from 100 to 599")
    if not isinstance(headers, dict):
        raise ContractError(f"{where}.headers: must be an object")
    matching.validate(headers, f"{where}.headers")
    matching.validate(expect.get("body"), f"{where}.body")
    return Expectation(
        status=status,
        headers={name.lower(): value for name, value in headers.items()},
        body=expect.get("body", UNSAID),
    )


def _object(
    node: object,
    where: str,
    *,
    required: set[str],
    optional: Collection[str] = (),
) -> dict[str, Any]:
    if not isinstance(node, dict) or not required <= node.keys() <= {*required, *optional}:
        allowed = [*sorted(required), *(f"{name}?" for name in sorted(optional))]
        raise ContractError(f"{where}: must be an object with the keys {', '.join(allowed)}")
    return node


def _texts(node: object, where: str) -> dict[str, str]:
    if not isinstance(node, dict) or not all(isinstance(value, str) for value in node.values()):
        raise ContractError(f"{where}: must be an object whose values are text")
    return node


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError(f"a key is there twice among {[key for key, _ in pairs]}")
    return dict(pairs)
