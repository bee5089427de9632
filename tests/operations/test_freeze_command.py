"""`python -m operations freeze`, `thaw` and `frozen`."""

import json
from typing import Any

import pytest
from botocore.stub import ANY

from operations.freeze.notice import Notice
from tests.operations.conftest import CALLER, HOME, FakeAws, Run
from tests.operations.test_freeze_held import state

NAME = "/acme/freeze"
OPEN = Notice(frozen=False)
HELD = Notice(frozen=True, environments=("prod",), reason="incident 1", by="eve", since="noon")


def says(fake: FakeAws, notice: Notice | None) -> None:
    """The next answer: what the parameter says."""
    ssm = fake.stub("ssm")
    if notice is None:
        ssm.add_client_error("get_parameter", "ParameterNotFound", expected_params={"Name": NAME})
    else:
        ssm.add_response("get_parameter", {"Parameter": {"Value": notice.text()}}, {"Name": NAME})


def written(fake: FakeAws) -> list[dict[str, Any]]:
    """The notices that are put, each once it was."""
    found: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_more: object) -> None:
        found.append(json.loads(params["Value"]))

    ssm = fake.stub("ssm")
    ssm.client.meta.events.register("before-parameter-build.ssm.PutParameter", note)
    ssm.add_response(
        "put_parameter", {}, {"Name": NAME, "Value": ANY, "Type": "String", "Overwrite": True}
    )
    return found


def pipelines(fake: FakeAws, found: dict[str, Any]) -> None:
    """One pipeline with this state, and one that is not there."""
    stub = fake.stub("codepipeline")
    freeze = {
        "name": "Freeze",
        "actionTypeId": {
            "category": "Invoke",
            "owner": "AWS",
            "provider": "Lambda",
            "version": "1",
        },
        "configuration": {"FunctionName": "acme-freeze"},
    }
    stages = [{"name": "prod-gate", "actions": [freeze]}]
    made = {"name": "acme-orders", "roleArn": "arn:aws:iam::1:role/any", "stages": stages}
    stub.add_response("get_pipeline", {"pipeline": made}, {"name": "acme-orders"})
    stub.add_response("get_pipeline_state", found, {"name": "acme-orders"})
    stub.add_client_error("get_pipeline", "PipelineNotFoundException")


@pytest.mark.parametrize("before", [OPEN, None], ids=["open", "missing"])
def test_a_freeze_is_signed_dated_and_shown_before_and_after(
    fake: FakeAws, run: Run, before: Notice | None
) -> None:
    says(fake, before)
    put = written(fake)
    says(fake, HELD)
    arguments = ("--reason", "incident 1", "--environments", "prod, produs prod")
    code, said, _ = run("freeze", *arguments)
    assert code == 0
    [notice] = put
    assert notice.pop("since").endswith("+00:00")
    assert notice == {
        "frozen": True,
        "environments": ["prod", "produs"],
        "reason": "incident 1",
        "by": CALLER.format(HOME),
    }
    assert said.index(f"{NAME} before: ") < said.index(f"{NAME} now: frozen: prod, since noon")


def test_without_environments_all_production_is_frozen(fake: FakeAws, run: Run) -> None:
    says(fake, OPEN)
    put = written(fake)
    says(fake, HELD)
    assert run("freeze", "--reason", "x")[0] == 0
    assert put[0]["environments"] == []


def test_what_is_frozen_is_frozen_again_only_when_asked(fake: FakeAws, run: Run) -> None:
    says(fake, HELD)
    code, said, wrong = run("freeze", "--reason", "incident 2")
    assert code == 2
    assert "incident 1" in said
    assert wrong.startswith("acme is frozen already")
    says(fake, HELD)
    put = written(fake)
    says(fake, HELD)
    assert run("freeze", "--reason", "incident 2", "--again")[0] == 0
    assert put[0]["reason"] == "incident 2"


@pytest.mark.usefixtures("fake")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "REASON has 0 characters"),
        (("--reason", "  "), "REASON has 0 characters"),
        (("--reason", "x", "--environments", "prodd"), "did you mean prod?"),
    ],
)
def test_a_wrong_freeze_writes_nothing(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, _, wrong = run("freeze", *arguments)
    assert code == 2
    assert said in wrong


def test_a_thaw_says_which_releases_wait_and_how_each_goes_on(fake: FakeAws, run: Run) -> None:
    says(fake, HELD)
    put = written(fake)
    says(fake, OPEN)
    pipelines(fake, state(Freeze="Failed"))
    code, said, _ = run("thaw")
    assert code == 0
    assert put[0]["frozen"] is False
    assert (put[0]["by"], put[0]["reason"]) == (CALLER.format(HOME), "")
    assert "incident 1" in said
    assert "aws codepipeline retry-stage-execution --pipeline-name acme-orders" in said


def test_a_thaw_lets_them_go_on_when_asked(fake: FakeAws, run: Run) -> None:
    says(fake, OPEN)
    pipelines(fake, state(Freeze="Failed"))
    fake.stub("codepipeline").add_response(
        "retry_stage_execution",
        {},
        {
            "pipelineName": "acme-orders",
            "stageName": "prod-gate",
            "pipelineExecutionId": "e-2",
            "retryMode": "FAILED_ACTIONS",
        },
    )
    code, said, _ = run("thaw", "--retry")
    assert code == 0
    assert "goes on: e-2 of acme-orders, in prod-gate" in said


def test_a_thaw_repairs_what_nobody_can_read(fake: FakeAws, run: Run) -> None:
    says(fake, None)
    put = written(fake)
    says(fake, OPEN)
    pipelines(fake, state())
    code, said, _ = run("thaw")
    assert (code, put[0]["frozen"]) == (0, False)
    assert "missing or unreadable, which holds all production" in said
    assert "No release waits for it." in said


def test_frozen_shows_the_notice_and_who_waits_and_writes_nothing(fake: FakeAws, run: Run) -> None:
    says(fake, HELD)
    pipelines(fake, state(Freeze="Failed"))
    code, said, _ = run("frozen")
    assert code == 0
    assert said.startswith(f"{NAME}: frozen: prod, since noon, by eve\n  incident 1\n")
    assert "waits: e-2 of acme-orders, in prod-gate" in said
