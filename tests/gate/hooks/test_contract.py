"""What a contract may say, what it means, and how a broken promise is told."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.conftest import Gate

SERVICES = Path(__file__).parents[3] / "services"
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NO_VALUE = object()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text().filter(lambda k: k[:1] != "$"), inner)
    ),
    max_leaves=10,
)


def contract_of(*, request: object = NO_VALUE, expect: object = NO_VALUE) -> str:
    case = {
        "name": "a case",
        "request": {"method": "GET", "path": "/"} if request is NO_VALUE else request,
        "expect": {"status": 200} if expect is NO_VALUE else expect,
    }
    return json.dumps({"cases": [case]})


def answer(body: object, *, status: int = 200, **rest: object) -> bytes:
    return json.dumps({"statusCode": status, "body": json.dumps(body), **rest}).encode()


def differences(gate: Gate, expect: dict[str, Any], payload: bytes) -> list[str]:
    (case,) = gate["contract"].parse(contract_of(expect={"status": 200} | expect))
    found: list[str] = case.expect.differences(payload)
    return found


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ({}, {"more": 1}),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}, "d": 3}),
        ([], [1]),
        ([2, 4], [1, 2, 3, 4]),
        ([{"sku": "b"}], [{"sku": "a"}, {"sku": "b", "price": 1}]),
        (1, 1.0),
        (None, None),
        ({"$type": "string"}, "x"),
        ({"$type": "integer"}, 1),
        ({"$type": "number"}, 1),
        ({"$type": "number"}, 1.5),
        ({"$type": "boolean"}, False),
        ({"$type": "array"}, []),
        ({"$type": "object"}, {}),
        ({"$type": "null"}, None),
        ({"id": {"$matches": "[0-9a-f]{4}"}}, {"id": "00ff"}),
    ],
)
def test_a_body_matches_when_it_holds_what_is_expected(
    gate: Gate, expected: object, actual: object
) -> None:
    assert differences(gate, {"body": expected}, answer(actual)) == []


@pytest.mark.parametrize(
    ("expected", "actual", "said"),
    [
        ({"a": 1}, {}, "body.a: missing"),
        ({"a": 1}, {"a": 2}, "body.a: expected 1, got 2"),
        ({"a": {"b": "x"}}, {"a": {"b": "y"}}, 'body.a.b: expected "x", got "y"'),
        ({"a": 1}, [1], "body: expected an object, got [1]"),
        ([1], {"a": 1}, 'body: expected a list, got {"a": 1}'),
        ([1, 2], [2, 1], "body[1]: no element matches 2 in its place"),
        ([1, 1], [1], "body[1]: no element matches 1 in its place"),
        (1, True, "body: expected 1, got true"),
        (False, 0, "body: expected false, got 0"),
        (1, "1", 'body: expected 1, got "1"'),
        (None, 0, "body: expected null, got 0"),
        ({"$type": "integer"}, True, 'body: expected {"$type": "integer"}, got true'),
        ({"$type": "integer"}, 1.5, 'body: expected {"$type": "integer"}, got 1.5'),
        (
            {"id": {"$matches": "[0-9]"}},
            {"id": "12"},
            'body.id: expected {"$matches": "[0-9]"}, got "12"',
        ),
        ({"id": {"$matches": ".*"}}, {"id": 1}, 'body.id: expected {"$matches": ".*"}, got 1'),
    ],
)
def test_a_broken_promise_is_told_in_one_clear_line(
    gate: Gate, expected: object, actual: object, said: str
) -> None:
    assert differences(gate, {"body": expected}, answer(actual)) == [said]


def test_every_difference_is_told_not_only_the_first(gate: Gate) -> None:
    expect = {"status": 201, "headers": {"Location": "/1"}, "body": {"a": 1, "b": 2}}

    assert differences(gate, expect, answer({"a": 0})) == [
        "status: expected 201, got 200",
        "headers.location: missing",
        "body.a: expected 1, got 0",
        "body.b: missing",
    ]


def test_a_long_value_is_cut_in_the_telling(gate: Gate) -> None:
    (line,) = differences(gate, {"body": 1}, answer("x" * 5000))

    assert len(line) < 120


def test_headers_are_compared_without_regard_to_case(gate: Gate) -> None:
    expect = {"headers": {"Content-Type": {"$matches": "application/json.*"}}}
    payload = answer({}, headers={"content-TYPE": "application/json; charset=utf-8"})

    assert differences(gate, expect, payload) == []


def test_a_text_body_is_compared_as_it_stands(gate: Gate) -> None:
    payload = json.dumps({"statusCode": 200, "body": "pong 7"}).encode()

    assert differences(gate, {"body": "pong 7"}, payload) == []
    assert differences(gate, {"body": {"$matches": r"pong \d"}}, payload) == []
    assert differences(gate, {"body": {"pong": 7}}, payload) == ['body: not readable: "pong 7"']


def test_a_base64_body_is_decoded_first(gate: Gate) -> None:
    body = base64.b64encode(b'{"a": 1}').decode()
    payload = json.dumps({"statusCode": 200, "body": body, "isBase64Encoded": True}).encode()

    assert differences(gate, {"body": {"a": 1}}, payload) == []


@given(value=json_values)
def test_every_value_matches_itself(gate: Gate, value: object) -> None:
    assert gate["matching"].differences(value, value, "body") == []


@given(
    expected=json_values, payload=st.binary() | json_values.map(lambda v: json.dumps(v).encode())
)
def test_no_answer_that_is_not_an_http_answer_is_ever_accepted(
    gate: Gate, expected: object, payload: bytes
) -> None:
    assert differences(gate, {"body": expected}, payload) != []


def test_a_request_becomes_an_event_of_payload_format_2(gate: Gate) -> None:
    request = {
        "method": "POST",
        "path": "/orders",
        "headers": {"X-Request-Id": "7"},
        "query": {"dry": "yes please"},
        "body": {"items": []},
    }
    (case,) = gate["contract"].parse(contract_of(request=request))

    event = case.request.event(now=NOW, request_id="d-1/a case")

    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/orders",
        "rawQueryString": "dry=yes+please",
        "headers": {
            "host": "contract.invalid",
            "user-agent": "lockgate-hook",
            "content-type": "application/json",
            "x-request-id": "7",
        },
        "queryStringParameters": {"dry": "yes please"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "contract",
            "domainName": "contract.invalid",
            "domainPrefix": "contract",
            "http": {
                "method": "POST",
                "path": "/orders",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "lockgate-hook",
            },
            "requestId": "d-1/a case",
            "routeKey": "$default",
            "stage": "$default",
            "time": "23/Nov/2026:09:30:00 +0000",
            "timeEpoch": 1795426200000,
        },
        "body": '{"items": []}',
        "isBase64Encoded": False,
    }


def test_a_text_body_is_sent_as_it_stands(gate: Gate) -> None:
    request = {"method": "POST", "path": "/", "body": "{not json"}
    (case,) = gate["contract"].parse(contract_of(request=request))

    event = case.request.event(now=NOW, request_id="1")

    assert event["body"] == "{not json"
    assert "content-type" not in event["headers"]


def test_a_request_without_body_or_query_has_neither_in_its_event(gate: Gate) -> None:
    (case,) = gate["contract"].parse(contract_of())

    event = case.request.event(now=NOW, request_id="1")

    assert "body" not in event
    assert "queryStringParameters" not in event


MALFORMED = {
    "not JSON": "{",
    "empty": "",
    "null": "null",
    "a list": "[]",
    "no cases": "{}",
    "empty cases": '{"cases": []}',
    "cases of another type": '{"cases": {}}',
    "more than cases": '{"cases": [], "version": 1}',
    "a key twice": '{"cases": [], "cases": []}',
    "case of another type": '{"cases": [1]}',
    "no name": '{"cases": [{"request": {}, "expect": {}}]}',
    "empty name": contract_of().replace("a case", ""),
    "a name twice": json.dumps({"cases": json.loads(contract_of())["cases"] * 2}),
    "no method": contract_of(request={"path": "/"}),
    "unknown method": contract_of(request={"method": "get", "path": "/"}),
    "method of another type": contract_of(request={"method": ["GET"], "path": "/"}),
    "relative path": contract_of(request={"method": "GET", "path": "health"}),
    "path with query": contract_of(request={"method": "GET", "path": "/?a=1"}),
    "path of another type": contract_of(request={"method": "GET", "path": 1}),
    "misspelt key": contract_of(request={"method": "GET", "path": "/", "boby": {}}),
    "headers of another type": contract_of(request={"method": "GET", "path": "/", "headers": []}),
    "header not text": contract_of(request={"method": "GET", "path": "/", "headers": {"a": 1}}),
    "query not text": contract_of(request={"method": "GET", "path": "/", "query": {"a": 1}}),
    "no status": contract_of(expect={}),
    "status as text": contract_of(expect={"status": "200"}),
    "status true": contract_of(expect={"status": True}),
    "status too low": contract_of(expect={"status": 99}),
    "status too high": contract_of(expect={"status": 600}),
    "expected headers of another type": contract_of(expect={"status": 200, "headers": []}),
    "unknown matcher": contract_of(expect={"status": 200, "body": {"$any": 1}}),
    "matcher beside a key": contract_of(expect={"status": 200, "body": {"$type": "null", "a": 1}}),
    "unknown type": contract_of(expect={"status": 200, "body": [{"$type": "text"}]}),
    "type of another type": contract_of(expect={"status": 200, "body": [{"$type": ["null"]}]}),
    "bad regex": contract_of(expect={"status": 200, "body": {"a": {"$matches": "("}}}),
    "regex of another type": contract_of(expect={"status": 200, "headers": {"a": {"$matches": 1}}}),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_contract_that_could_mean_nothing_is_refused(gate: Gate, text: str) -> None:
    with pytest.raises(gate["matching"].ContractError):
        gate["contract"].parse(text)


def test_a_refusal_says_where_and_what_is_allowed(gate: Gate) -> None:
    text = contract_of(expect={"status": 200, "body": {"id": {"$type": "text"}}})

    with pytest.raises(
        gate["matching"].ContractError, match=r"cases\[0\]\.expect\.body\.id\.\$type: must be one"
    ):
        gate["contract"].parse(text)


@pytest.mark.parametrize(
    "path", sorted(SERVICES.glob("*/contract.json")), ids=lambda path: path.parent.name
)
def test_every_service_has_a_contract_that_the_hooks_understand(gate: Gate, path: Path) -> None:
    assert gate["contract"].parse(path.read_text())
