"""Every job gets one report, and whoever hears of no report hears of an error."""

import json

import pytest

from tests.gate.fake_aws import AwsError, Fault
from tests.gate.faults import FATAL, PASSING
from tests.release.conftest import Gates
from tests.release.fake_aws import Releases, event

ASKED = {"environments": ["prod"]}
REPORT = "PutJobSuccessResult"


def close(gates: Gates, world: Releases, sent: object) -> str:
    """Why the gate stayed closed."""
    with pytest.raises(gates["turn"].ClosedError) as closed:
        gates.invoke("freeze", world, sent)
    return str(closed.value)


def test_what_is_reported_is_returned_as_well(gates: Gates) -> None:
    world = Releases()

    returned = gates.invoke("freeze", world, event(ASKED))

    kind, request = world.report
    assert kind == "done"
    assert request == {"executionDetails": {"summary": "Not frozen: prod"}}
    assert returned == {"outcome": "Done", "summary": "Not frozen: prod"}


def test_what_is_refused_is_raised_as_well(gates: Gates) -> None:
    world = Releases()
    world.parameter = None

    why = close(gates, world, event(ASKED))

    kind, request = world.report
    assert (kind, request["failureDetails"]["message"]) == ("refused", why)


@pytest.mark.parametrize("name", FATAL)
def test_whatever_breaks_the_decision_is_refused(gates: Gates, name: str) -> None:
    world = Releases()
    world.always = {"GetParameter": FATAL[name]}

    close(gates, world, event(ASKED))

    assert world.report[0] == "refused"


@pytest.mark.parametrize("name", PASSING)
def test_what_passes_is_waited_for(gates: Gates, name: str) -> None:
    world = Releases()
    world.faults = {"GetParameter": [PASSING[name]], REPORT: [PASSING[name]]}

    gates.invoke("freeze", world, event(ASKED))

    assert world.report[0] == "done"


@pytest.mark.parametrize("name", PASSING)
def test_what_does_not_pass_is_refused_in_time(gates: Gates, name: str) -> None:
    """Before Lambda ends the invocation, which `invoke` asserts."""
    world = Releases()
    world.always = {"GetParameter": PASSING[name]}

    close(gates, world, event(ASKED))

    assert world.report[0] == "refused"


@pytest.mark.parametrize("fault", [FATAL["denied"], *PASSING.values()])
def test_a_report_that_is_not_taken_is_an_error(gates: Gates, fault: Fault) -> None:
    """So that Lambda tries the event once more."""
    world = Releases()
    world.always = {REPORT: fault}

    with pytest.raises(gates["outcome"].NotReportedError):
        gates.invoke("freeze", world, event(ASKED))


def test_a_job_that_is_over_is_reported_no_more(gates: Gates) -> None:
    world = Releases()
    gates.invoke("freeze", world, event(ASKED))
    gates.invoke("freeze", world, event(ASKED))

    assert world.report[0] == "done"


def test_a_report_whose_answer_is_lost_arrives_once(gates: Gates) -> None:
    world = Releases()
    world.always = {REPORT: AwsError("InvalidJobStateException")}

    assert gates.invoke("freeze", world, event(ASKED))["outcome"] == "Done"


@pytest.mark.parametrize(
    "sent",
    [
        ASKED,
        {"UserParameters": json.dumps(ASKED)},
        {"UserParameters": ASKED},
        {"CodePipeline.rule": {"configuration": {"UserParameters": json.dumps(ASKED)}}},
        {"CodePipeline.job": {"data": {"configuration": {"UserParameters": json.dumps(ASKED)}}}},
    ],
)
@pytest.mark.parametrize("frozen", [False, True])
def test_without_a_job_the_gate_decides_and_returns_or_raises(
    gates: Gates, sent: object, *, frozen: bool
) -> None:
    """What a rule sends is not documented."""
    world = Releases()
    world.parameter = None if frozen else world.parameter

    if frozen:
        close(gates, world, sent)
    else:
        assert gates.invoke("freeze", world, sent)["outcome"] == "Done"
    assert world.reports == []


def test_without_a_job_there_is_no_later(gates: Gates) -> None:
    world = Releases()
    asked = event(SOAK)["CodePipeline.job"]["data"]["actionConfiguration"]

    with pytest.raises(gates["turn"].ClosedError, match="names no job"):
        gates.invoke("soak", world, asked)


SOAK = {
    "function": "f",
    "alias": "live",
    "requests": 1,
    "minutes": 1,
    "region": "eu-central-1",
    "pipeline": "lockgate-orders",
    "execution": "66666666-7777-8888-9999-000000000000",
}


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "text",
        [],
        {},
        {"CodePipeline.job": "text"},
        {"CodePipeline.job": {"id": 7}},
        [{"UserParameters": ASKED}, {"UserParameters": {"environments": ["beta"]}}],
    ],
)
def test_an_event_without_meaning_is_refused(gates: Gates, sent: object) -> None:
    close(gates, Releases(), sent)


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"environments": "prod"}',
        '{"environments": []}',
        '{"environments": [1]}',
        '{"environments": ["prod"], "more": 1}',
    ],
)
def test_parameters_without_meaning_are_refused(gates: Gates, parameters: str) -> None:
    world = Releases()

    close(gates, world, event(parameters))

    assert world.report[0] == "refused"


@pytest.mark.parametrize("token", ["no JSON", "[]", "7"])
def test_a_token_without_meaning_is_refused(gates: Gates, token: str) -> None:
    world, sent = Releases(), event(ASKED)
    sent["CodePipeline.job"]["data"]["continuationToken"] = token

    assert "token" in close(gates, world, sent)
    assert world.report[0] == "refused"


def test_credentials_stay_out_of_the_log(gates: Gates, capsys: pytest.CaptureFixture[str]) -> None:
    world = Releases()
    world.always = {"GetParameter": MemoryError()}

    close(gates, world, event(ASKED))

    job = gates["job"].Job.of(event(ASKED))
    assert "lent" not in capsys.readouterr().out + repr(job)
