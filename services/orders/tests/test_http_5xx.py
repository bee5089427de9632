import json
from collections.abc import Callable
from typing import Any

import pytest
from orders import handler

Call = Callable[..., tuple[int, dict[str, Any]]]


def counted(printed: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in printed.splitlines()]
    return [line for line in lines if "_aws" in line]


def count_of(printed: str) -> int:
    (line,) = counted(printed)
    return int(line["Http5xx"])


@pytest.mark.parametrize(("path", "status"), [("/health", 200), ("/nowhere", 404)])
def test_an_answer_that_is_no_5xx_counts_as_zero(
    call: Call, capsys: pytest.CaptureFixture[str], path: str, status: int
) -> None:
    assert call("GET", path)[0] == status

    assert count_of(capsys.readouterr().out) == 0


def test_an_answer_that_is_5xx_counts_as_one(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    order = json.dumps({"items": [{"sku": "WINDLASS", "quantity": 1}]})

    assert call("POST", "/orders", order)[0] == 503, "it has no key"

    assert count_of(capsys.readouterr().out) == 1


def test_the_version_behind_the_alias_is_counted(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    call("GET", "/health")

    (line,) = counted(capsys.readouterr().out)
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == "Lockgate"
    assert metric["Metrics"] == [{"Name": "Http5xx", "Unit": "Count"}]
    assert {name: line[name] for name in metric["Dimensions"][0]} == {
        "FunctionName": "orders",
        "Resource": "orders:live",
        "ExecutedVersion": "42",
    }


def test_what_is_raised_counts_as_well(
    call: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(handler.app, "resolve", fail)

    with pytest.raises(ZeroDivisionError):
        call("GET", "/health")

    assert count_of(capsys.readouterr().out) == 1
