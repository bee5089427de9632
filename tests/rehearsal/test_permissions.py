"""The proof of the permissions: its pure parts, what it refuses, and one role from end to end."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rehearsal.__main__ import cli
from rehearsal.permissions import reasons
from rehearsal.permissions.courses import trying
from rehearsal.permissions.evidence import told_in
from rehearsal.permissions.mailbox import APPROVAL, FAILURE, VERDICT, about
from rehearsal.permissions.played import NEVER_STARTED, Course, Played
from rehearsal.permissions.reasons import Reason, findings
from rehearsal.permissions.statements import (
    Refused,
    key_of,
    same,
    told_apart,
    without,
)
from rehearsal.permissions.verdict import Fate, Tried, best, judge
from rehearsal.scenarios.reading import FileError
from tests.rehearsal.permissions_example import (
    ASKED,
    BUCKET,
    LOG,
    POLICY,
    READ,
    played,
    statement,
    tried,
)

ROOT = Path(__file__).parents[2]
RUNNER = CliRunner()


def judged(whole: Played, now: Played, usual: str = "") -> Tried:
    return judge(statement(READ), "good", whole, now, frozenset(usual.split()))


def test_a_statement_that_is_gone_leaves_the_others_in_their_places() -> None:
    less = without(POLICY, 0)

    assert less["Statement"][1] == LOG
    assert "s3" not in json.dumps(less)
    assert POLICY["Statement"] == [READ, LOG]


def test_a_policy_may_have_a_single_statement() -> None:
    less = without({"Statement": READ}, 0)

    assert [each["Action"] for each in less["Statement"]] == ["sts:GetCallerIdentity"]


def test_a_statement_that_is_not_there_cannot_go() -> None:
    with pytest.raises(IndexError):
        without(POLICY, 2)


@pytest.mark.parametrize(
    "other",
    [
        Refused(role="another", action=ASKED.action, resource=ASKED.resource),
        Refused(role=ASKED.role, action="s3:PutObject", resource=ASKED.resource),
        Refused(role=ASKED.role, action=ASKED.action, resource=f"{BUCKET}/assets/x"),
    ],
    ids=["role", "action", "resource"],
)
def test_a_statement_concerns_its_role_its_actions_and_its_resources(other: Refused) -> None:
    assert statement(READ).concerns(ASKED)
    assert not statement(READ).concerns(other)


@pytest.mark.parametrize(
    ("asked", "concerned"),
    [
        ("lockgate-orders-prod-TargetAlarmsVerdict72d80fc82EBF689A-21740B9D34F47", True),
        ("lockgate-orders-prod-TargetAlarmsErrors2EBF689A-21740B9D34F47", False),
        ("another-orders-prod-TargetAlarmsVerdict72d80fc82EBF689A-21740B9D34F47", False),
    ],
)
def test_a_statement_concerns_the_verdict_of_every_version(asked: str, concerned: bool) -> None:  # noqa: FBT001
    alarms = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:"
    before = f"{alarms}lockgate-orders-prod-TargetAlarmsVerdict3ce4e8736AD490EE-248D355587221"
    read: dict[str, object] = {
        "Effect": "Allow",
        "Action": "cloudwatch:DescribeAlarms",
        "Resource": [before],
    }
    refused = Refused(
        role="build-1A2B", action="cloudwatch:DescribeAlarms", resource=f"{alarms}{asked}"
    )

    assert statement(read).concerns(refused) is concerned


def test_statements_of_the_same_actions_are_told_apart() -> None:
    every = told_apart([statement(READ), statement(LOG), statement(READ)])

    assert [each.key for each in every] == [
        "s3:GetObject (1)",
        "logs:CreateLogStream, logs:PutLogEvents",
        "s3:GetObject (2)",
    ]


def test_a_sid_names_a_statement() -> None:
    assert key_of({"Sid": "ReadSource", **READ}) == "ReadSource"


@pytest.mark.parametrize(
    ("said", "live", "may_be"),
    [
        ({"Resource": {"Fn::GetAtt": ["Store", "Arn"]}}, {"Resource": BUCKET}, True),
        ({"Resource": [{"Ref": "Store"}]}, {"Resource": [BUCKET]}, True),
        ({"Resource": [{"Ref": "Store"}]}, {"Resource": [BUCKET, "*"]}, False),
        ({"Action": "s3:GetObject"}, {"Action": "s3:PutObject"}, False),
        ({"Action": "s3:GetObject"}, {"Action": "s3:GetObject", "Condition": {}}, False),
    ],
)
def test_a_policy_in_iam_is_held_to_its_template(
    said: object, live: object, *, may_be: bool
) -> None:
    assert same(said, live) is may_be


def test_a_release_that_fails_without_it_notices_a_statement() -> None:
    found = judged(played(), played("Failed", "Build/Verify", refused=(ASKED,)))

    assert (found.fate, found.noticed, found.first) == (Fate.OTHERWISE, True, ASKED)
    assert found.became == "the release fails at Build/Verify"


def test_a_release_that_never_starts_notices_a_statement() -> None:
    found = judged(played(), played(NEVER_STARTED, refused=(ASKED,)))

    assert (found.became, found.noticed) == ("the release never starts", True)


def test_a_release_that_fails_for_want_of_something_else_notices_nothing() -> None:
    another = Refused(role="another", action=ASKED.action, resource=ASKED.resource)

    found = judged(played(), played("Failed", "Build/Verify", told="Died", refused=(another,)))

    assert (found.fate, found.noticed, found.first) == (Fate.NOT_ASKED, False, None)


def test_a_bad_release_that_goes_through_notices_a_statement() -> None:
    found = judged(played("Failed", "beta/Execute"), played(refused=(ASKED,)))

    assert (found.became, found.noticed) == (
        "the release goes through, and should fail at beta/Execute",
        True,
    )


def test_an_alarm_that_is_not_usual_notices_a_statement() -> None:
    found = judged(played(told="Root"), played(told="Root Died", refused=(ASKED,)), usual="Root")

    assert (found.fate, found.noticed) == (Fate.TOLD, True)
    assert found.became == "the release goes on, and people are told: Died"


def test_a_usual_alarm_notices_nothing() -> None:
    found = judged(played(), played(told="Root", refused=(ASKED,)), usual="Root")

    assert (found.fate, found.noticed) == (Fate.QUIET, False)
    assert found.became == "denied, but the release goes on"


def test_a_verdict_that_nobody_is_told_of_notices_a_statement() -> None:
    found = judged(played(told="verdict"), played(refused=(ASKED,)), usual="verdict")

    assert (found.fate, found.noticed) == (Fate.UNTOLD, True)
    assert found.became == "the release goes on, and nobody is told of verdict"


def test_a_pull_request_that_waits_for_something_else_notices_a_statement() -> None:
    whole = played("waits for analyst", what="pull request")
    now = played("waits for analyst, validation", refused=(ASKED,), what="pull request")

    assert judged(whole, now).became == (
        "the pull request waits for analyst, validation, and with the statement waits for analyst"
    )
    assert judged(whole, replace(whole, refused=(ASKED,))).became == (
        "denied, but the pull request waits for analyst as ever"
    )


def test_a_rotation_that_fails_notices_a_statement() -> None:
    now = played("Failed", "signing-key", refused=(ASKED,), what="rotation")

    assert judged(played(what="rotation"), now).became == "the rotation fails at signing-key"


LONG, SHORT, IDLE = (Course(name=name) for name in ("long", "short", "idle"))


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ({"long": [1, 0], "short": [0]}, ["long", "short"]),
        ({"long": [1], "short": [0]}, ["short"]),
        ({"long": [1], "short": [1]}, ["long"]),
        ({}, ["idle"]),
    ],
    ids=[
        "all that use it",
        "none that does not",
        "else where its policy is used",
        "else the first",
    ],
)
def test_a_statement_is_tried_where_it_is_used(
    used: dict[str, list[int]], expected: list[str]
) -> None:
    policy = statement(READ).policy
    whole = {
        each.name: replace(
            played(), used={(policy, number): frozenset() for number in used.get(each.name, [])}
        )
        for each in (IDLE, LONG, SHORT)
    }

    found = trying(statement(READ), (IDLE, LONG, SHORT), whole)

    assert [each.name for each in found] == expected


def test_of_several_releases_the_one_that_notices_most_counts() -> None:
    assert best([tried(Fate.QUIET), tried(Fate.TOLD), tried(Fate.UNTOLD)]).fate is Fate.TOLD


def reason(role: str = "Verify*", about_: str = "s3:GetObject", tested: str = "test.py") -> Reason:
    return Reason(role=role, statement=about_, reason="It is so.", tested=tested)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "test.py").touch()
    return tmp_path


def test_a_statement_with_its_reason_needs_no_release(root: Path) -> None:
    assert not list(findings([tried(Fate.QUIET)], [reason()], every=True, root=root))


def test_a_statement_that_nothing_notices_needs_a_reason(root: Path) -> None:
    [found] = findings([tried(Fate.QUIET), tried(Fate.TOLD)], [], every=True, root=root)

    assert found.startswith("VerifyJobRole: nothing notices that s3:GetObject is gone")


def test_a_reason_for_what_is_noticed_is_stale(root: Path) -> None:
    [found] = findings([tried(Fate.TOLD)], [reason()], every=True, root=root)

    assert "VerifyJobRole is noticed" in found


def test_a_reason_for_no_statement_is_stale_where_all_are_tried(root: Path) -> None:
    [found] = findings([tried(Fate.TOLD)], [reason("Other*")], every=True, root=root)

    assert found == "reasons.toml: Other*: s3:GetObject: there is no such statement"
    assert not list(findings([tried(Fate.TOLD)], [reason("Other*")], every=False, root=root))


def test_a_reason_names_a_test_that_is_there(root: Path) -> None:
    [found] = findings([tried(Fate.QUIET)], [reason(tested="gone.py::x")], every=True, root=root)

    assert found.endswith("there is no gone.py::x")


def test_the_file_of_reasons_can_be_used() -> None:
    for each in reasons.load():
        assert (ROOT / each.tested.partition("::")[0]).is_file()


def test_a_reason_without_its_test_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "reasons.toml"
    file.write_text('[[reasons]]\nrole = "a"\nstatement = "b"\nreason = "c"\n')

    with pytest.raises(FileError, match=r"reasons\[0\]\.tested is missing"):
        reasons.load(file)


def test_a_refusal_is_read_from_a_text() -> None:
    said = (
        "not delivered by rule start: User: arn:aws:sts::111122223333:assumed-role/build-1A2B/x is "
        f"not authorized to perform: s3:GetObject on resource: {BUCKET}/source/x because no …"
    )

    assert list(told_in(f"before\n{said}\nafter")) == [ASKED]


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        (json.dumps({"AlarmName": "beta-AlarmsSlow0a1b2c3d4E5F6A7B-1f2e"}), "beta-AlarmsSlow"),
        (json.dumps({"AlarmName": "beta-WatchDied4E5F6A7B-1f2e"}), "beta-WatchDied"),
        (json.dumps({"detail-type": "CodePipeline Pipeline Execution State Change"}), FAILURE),
        (json.dumps({"approval": {"token": "a"}, "region": "b"}), APPROVAL),
        ("Canary of beta:live: stopped, verdict degraded.", VERDICT),
    ],
)
def test_what_people_are_told_of_has_a_name(message: str, subject: str) -> None:
    assert about(message) == subject


def run(*arguments: str) -> tuple[int, str, str]:
    done = RUNNER.invoke(cli, ["permissions", *arguments], catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


def test_some_roles_make_no_document() -> None:
    assert run("--role", "Events*", "--write") == (
        2,
        "",
        "--write tells of every role: leave --role out\n",
    )


def test_an_unknown_service_is_one_clear_message() -> None:
    assert run("--service", "nobody") == (2, "", "--service nobody: allowed: orders\n")


def test_a_wrong_delivery_is_one_clear_message() -> None:
    code, _, wrong = run("--delivery", "tests/delivery/wrong/empty.toml")

    assert code == 2
    assert "tests/delivery/wrong/empty.toml: 3 problems" in wrong


@pytest.mark.slow
def test_the_role_that_starts_the_pipeline_is_proved(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "rehearsal", "permissions", "--role", "EventsStarter*"),
            *("--json", str(tmp_path / "proof.json")),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=1800,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    proof = json.loads((tmp_path / "proof.json").read_text())
    [only] = proof["statements"]
    assert (only["role"], only["denied"], only["noticed"]) == (
        "EventsStarterRole",
        "codepipeline:StartPipelineExecution",
        True,
    )
    assert only["became"] == "the release never starts"


@pytest.mark.slow
def test_a_role_that_nobody_has_is_one_clear_message() -> None:
    code, _, wrong = run("--role", "Nobody*")

    assert code == 2
    assert wrong.startswith("--role Nobody*: no such role; allowed: TrailDeliverRole, ")
