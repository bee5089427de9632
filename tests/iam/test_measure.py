"""What is counted of a role is what IAM would allow: patterns spelled out, both layers asked."""

from dataclasses import replace

import pytest

from tests.iam.attacks import ATTACKS
from tests.iam.escalation import PATHS, Path, paths
from tests.iam.measure import effective, level, spelled_out
from tests.iam.policies import Statement, is_action


def allow(*actions: str) -> Statement:
    return Statement(where="a", actions=actions, resources=("*",))


def deny(*actions: str) -> Statement:
    return Statement(where="d", effect="Deny", actions=actions, resources=("*",))


SOME_OBJECTS = replace(deny("s3:GetObject"), resources=("arn:aws:s3:::a/*",))
SOME_CALLERS = replace(deny("s3:GetObject"), conditions={"Null": {"aws:SourceIp": ("true",)}})


def test_a_pattern_counts_as_each_action_that_it_matches() -> None:
    found = spelled_out("sqs:Tag*")

    assert found == {"sqs:TagQueue"}
    assert {"s3:GetObject", "s3:GetObjectVersion"} <= spelled_out("S3:getobject*")
    assert len(spelled_out("*")) > 10000


def test_a_name_counts_once_in_the_spelling_of_aws() -> None:
    assert spelled_out("LAMBDA:invokefunction") == {"lambda:InvokeFunction"}
    assert spelled_out("s3:ReadObject") == frozenset()


@pytest.mark.parametrize(
    ("own", "boundary", "expected"),
    [
        ([allow("s3:GetObject")], [allow("*")], {"s3:GetObject"}),
        ([allow("*")], [allow("s3:GetObject")], {"s3:GetObject"}),
        ([allow("s3:GetObject")], [allow("s3:PutObject")], set()),
        ([allow("s3:GetObject")], [], set()),
        ([allow("s3:GetObject"), deny("s3:Get*")], [allow("*")], set()),
        ([allow("s3:GetObject")], [allow("*"), deny("s3:GetObject")], set()),
        ([allow("s3:GetObject")], [allow("*"), SOME_OBJECTS], {"s3:GetObject"}),
        ([allow("s3:GetObject")], [allow("*"), SOME_CALLERS], {"s3:GetObject"}),
    ],
)
def test_an_action_counts_where_both_layers_allow_it_and_none_denies_it_outright(
    own: list[Statement], boundary: list[Statement], expected: set[str]
) -> None:
    assert effective(own, boundary) == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("s3:GetObject", "Read"),
        ("s3:ListBucket", "List"),
        ("lambda:UpdateAlias", "Write"),
        ("iam:CreatePolicyVersion", "Permissions management"),
        ("iam:TagRole", "Tagging"),
    ],
)
def test_what_an_action_does_is_said_by_aws(action: str, expected: str) -> None:
    assert level(action) == expected


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_path_is_found_with_all_of_its_actions_alone(path: Path) -> None:
    assert path in paths(action.upper() for action in path.actions)
    for missing in path.actions:
        assert path not in list(paths(set(path.actions) - {missing}))


def test_paths_and_attacks_name_actions_that_there_are() -> None:
    named = {*(a for path in PATHS for a in path.actions), *(each.action for each in ATTACKS)}
    assert {action for action in named if not is_action(action)} == set()
