"""Ask the deployed function what customers ask, through the alias that they use.

`FUNCTION` names it: an alias by its ARN, or as name:alias. Standard library and boto3 only. The
exit code is 0 if everything is as promised, else 1, and what is not stands in the output.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).parents[1] / "contract.json"
OK, CREATED = 200, 201
ORDER = {"items": [{"sku": "WINDLASS", "quantity": 1}, {"sku": "FENDER-ROPE", "quantity": 3}]}

Answer = Mapping[str, Any]
Ask = Callable[[Mapping[str, Any]], Answer]


def main() -> int:
    """Run all checks against the function that is named in the environment."""
    found = list(differences(function(os.environ["FUNCTION"]), CONTRACT.read_text("utf-8")))
    print("\n".join(found) or "All requests were answered as promised.")
    return 1 if found else 0


def function(name: str) -> Ask:
    """Return what asks a function on AWS: in the Region of its ARN, else in one's own."""
    import boto3  # noqa: PLC0415 - the tests ask without AWS

    region = name.split(":")[3] if name.startswith("arn:") else None
    client = boto3.client("lambda", region_name=region)

    def ask(event: Mapping[str, Any]) -> Answer:
        called = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        answer = json.loads(called["Payload"].read())
        if "FunctionError" in called or not isinstance(answer, dict):
            return {"statusCode": None, "body": f"{called.get('FunctionError')}: {answer}"}
        return answer

    return ask


def differences(ask: Ask, contract: str) -> Iterator[str]:
    """Say which requests are not answered as promised.

    Args:
        ask: hands an event of API Gateway's payload format 2.0 to the function.
        contract: the text of contract.json; here its statuses count.
    """
    for case in json.loads(contract)["cases"]:
        answer = ask(event(**case["request"]))
        yield from _status(case["name"], case["expect"]["status"], answer)
    yield from _order_read_back(ask)


def _order_read_back(ask: Ask) -> Iterator[str]:
    placed = ask(event(method="POST", path="/orders", body=ORDER))
    if wrong := list(_status("an order is placed", CREATED, placed)):
        yield from wrong
        return
    order = _document(placed)
    receipt = order.pop("receipt", None)
    if not receipt:
        yield f"an order is placed: no receipt in {placed.get('body')}"
        return
    read = ask(event(method="GET", path=f"/orders/{receipt}"))
    if wrong := list(_status("the order is read back", OK, read)):
        yield from wrong
    elif _document(read) != order:
        yield f"the order is read back: {read.get('body')} is not what was placed"


def _document(answer: Answer) -> dict[str, Any]:
    try:
        document = json.loads(answer.get("body") or "")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _status(name: str, expected: int, answer: Answer) -> Iterator[str]:
    if (status := answer.get("statusCode")) != expected:
        yield f"{name}: status {status} instead of {expected}, with {answer.get('body')}"


def event(
    *,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: object = None,
) -> dict[str, Any]:
    """Make the event that API Gateway would hand over; a text is a body as it stands."""
    made: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", **(headers or {})},
        "queryStringParameters": dict(query or {}),
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "requestId": "integration",
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }
    if body is not None:
        made["body"] = body if isinstance(body, str) else json.dumps(body)
    return made


if __name__ == "__main__":
    sys.exit(main())
