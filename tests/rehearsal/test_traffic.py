"""What customers do is a file that is checked before anything runs."""

from pathlib import Path

import pytest

from rehearsal.scenarios.reading import FileError
from rehearsal.traffic import TrafficProfile

GOOD = """
requests_per_second = 2

[[kinds]]
name = "order"
weight = 3
expect_status = 201
request = { method = "POST", path = "/orders", body = { items = [{ "$choice" = ["a", "b"] }] } }

[[kinds]]
name = "raw"
event = { path = "/health" }
"""
BURST = """
[[bursts]]
from_minute = 1
minutes = 2
"""
SECRET = 'operation = "secretsmanager:GetSecretValue"\n'


def profile(folder: Path, text: str) -> TrafficProfile:
    file = folder / "traffic.toml"
    file.write_text(text)
    return TrafficProfile.load(file)


def test_a_request_becomes_an_event_and_an_event_stays_one(tmp_path: Path) -> None:
    order, raw = profile(tmp_path, GOOD).kinds

    assert isinstance(order.payload, dict)
    assert order.payload["body"] == {"$json": {"items": [{"$choice": ["a", "b"]}]}}
    assert order.payload["rawPath"] == "/orders"
    assert raw.payload == {"path": "/health"}


def test_a_burst_is_of_a_kind_or_of_an_operation(tmp_path: Path) -> None:
    text = f'{GOOD}{BURST}kind = "raw"\nshare = 0.5\n{BURST}{SECRET}error = "DecryptionFailure"\n'

    first, second = profile(tmp_path, text).as_orders()["bursts"]

    assert (first["kind"], first["service"]) == ("raw", "")
    assert (second["kind"], second["service"]) == (None, "secretsmanager")
    assert second["operation"] == "GetSecretValue"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("= 2", "= -1"), "requests_per_second = -1: allowed: greater than or equal"),
        (GOOD.replace("= 2\n", '= "2"\n'), 'requests_per_second = "2": allowed: a valid number'),
        (GOOD.replace("requests_per_second", "rate"), "requests_per_second is missing"),
        (GOOD.replace("requests_per_second", "rate"), "rate is unknown; allowed: bursts, kinds"),
        (GOOD.replace("weight", "wait"), "kinds[0].wait is unknown; allowed: event, expect_status"),
        (
            GOOD.replace("event = { p", "request = { x"),
            "kinds[1].request.xath is unknown",
        ),
        (GOOD.replace("event = {", "slow = {"), "kinds[1].slow is unknown"),
        (GOOD.replace("event = { path", "expect_status = 200 #"), "either a request or an event"),
        (GOOD.replace('"raw"', '"order"'), "kinds of different names; twice: order"),
        (GOOD.replace("$choice", "$chance"), "$chance is no field; allowed: $choice"),
        (GOOD.replace('["a", "b"]', "[]"), "allowed for $choice: a list that is not empty"),
        (f'{GOOD}{BURST}kind = "other"', "bursts of the kinds order, raw, not ['other']"),
        (GOOD + BURST, "either a kind or an operation"),
        (GOOD + BURST + SECRET, "an error, a delay_ms, or both"),
        (f'{GOOD}{BURST}{SECRET}error = "Oops"', "allowed for the error of GetSecretValue: Decr"),
        (f'{GOOD}{BURST}operation = "nothing:Get"\nerror = "x"', "nothing is none"),
        (f'{GOOD}{BURST}operation = "s3:GetObject"\nerror = "x"', "speaks JSON"),
        (f"{GOOD}{BURST}{SECRET}delay_ms = 5\nevery_minutes = 1", "every_minutes above minutes"),
        ("kinds = [", "is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_file_key_value_and_remedy(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(FileError) as raised:
        profile(tmp_path, text)

    assert "traffic.toml" in str(raised.value)
    assert told in str(raised.value)
