"""A push starts the pipeline whose service it touches, and a doubt starts it too."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.source.conftest import Package, pushed
from tests.source.fake_aws import EVENT_ID, A, AwsError, B, C

TOUCHES = "services/orders/src/orders/handler.py"


def changed(package: Package, *paths: str) -> None:
    package.aws.changes[A, B] = list(paths)


def test_a_push_that_touches_the_service_starts_its_pipeline(package: Package) -> None:
    changed(package, "README.md", TOUCHES)
    assert package.invoke("start", pushed())["why"] == f"{TOUCHES} changed"
    assert set(package.aws.executions) == {EVENT_ID}
    assert package.aws.executions[EVENT_ID]["name"] == "acme-orders"


def test_a_push_that_touches_others_starts_nothing(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(package, "services/invoices/handler.py", "README.md")
    assert package.invoke("start", pushed()) == {"why": "", "execution": ""}
    assert package.aws.executions == {}
    assert json.loads(capsys.readouterr().out)["step"] == "not started"


def test_a_change_on_a_later_page_counts(package: Package) -> None:
    package.aws.paths_a_page = 2
    changed(package, "a", "b", "c", "d", TOUCHES)
    assert package.invoke("start", pushed())["execution"]
    assert package.aws.calls.count("GetDifferences") == 3


def test_the_same_event_starts_one_execution(package: Package) -> None:
    changed(package, TOUCHES)
    first, second = package.invoke("start", pushed()), package.invoke("start", pushed())
    assert first == second
    assert len(package.aws.executions) == 1


def test_a_release_takes_the_commit_that_was_looked_at(package: Package) -> None:
    changed(package, TOUCHES)
    package.invoke("start", pushed())
    [execution] = package.aws.executions.values()
    assert execution["sourceRevisions"] == [
        {"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": B}
    ]


def test_a_late_event_never_takes_a_newer_release_back(package: Package) -> None:
    """The branch has gone on: the source action takes what it is at."""
    changed(package, TOUCHES)
    package.aws.tip = C
    package.invoke("start", pushed())
    [execution] = package.aws.executions.values()
    assert execution["sourceRevisions"] == []


def test_a_start_is_tried_again_only_with_a_new_look_at_the_branch(package: Package) -> None:
    changed(package, TOUCHES)
    package.aws.faults["StartPipelineExecution"] = [AwsError("ThrottlingException")]
    with pytest.raises(ClientError):
        package.invoke("start", pushed())
    assert package.aws.calls.count("StartPipelineExecution") == 1


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (pushed(before=None), "the branch is new: all of it changed"),
        (pushed(before="0" * 39), "the branch is new: all of it changed"),
        (pushed(before=C), "what changed is unknown: GetDifferences: CommitDoesNotExistException"),
        (pushed(commit="HEAD"), "the event names no commit"),
        ({"id": "x"}, "the event names no commit"),
        (None, "the event names no commit"),
    ],
    ids=["first push", "no old commit", "unknown commit", "no commit", "no detail", "nothing"],
)
def test_what_cannot_be_known_starts_and_says_so(
    package: Package, event: object, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert package.invoke("start", event)["why"] == why
    assert len(package.aws.executions) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["why"] == why


def test_more_differences_than_can_be_looked_at_start(package: Package) -> None:
    package.aws.paths_a_page = 1
    changed(package, *(f"other/{number}" for number in range(60)))
    assert "more than 50 pages" in package.invoke("start", pushed())["why"]


@pytest.mark.parametrize("filters", ['["a[b"]', "not json"])
def test_a_filter_that_cannot_be_read_starts(
    package: Package, filters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed(package, "other")
    monkeypatch.setenv("INCLUDES", filters)
    assert package.invoke("start", pushed())["why"].startswith("what changed is unknown")


def test_a_branch_that_cannot_be_read_leaves_the_release_unpinned(package: Package) -> None:
    changed(package, TOUCHES)
    package.aws.faults["GetBranch"] = [AwsError("BranchDoesNotExistException")]
    package.invoke("start", pushed())
    assert package.aws.executions[EVENT_ID]["sourceRevisions"] == []


def test_an_event_cannot_choose_the_pipeline_or_the_repository(package: Package) -> None:
    event = pushed()
    event["detail"] |= {"repositoryName": "another", "pipeline": "another"}
    changed(package, TOUCHES)
    package.invoke("start", event)
    assert package.aws.executions[EVENT_ID]["name"] == "acme-orders"
