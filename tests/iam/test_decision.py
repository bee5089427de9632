"""The decisions of the tests are IAM's: a deny wins, all conditions count, nothing is guessed."""

import pytest

from tests.iam.decision import Request, allowed
from tests.iam.policies import Statement

READ = Request(action="s3:GetObject", resource="arn:aws:s3:::b/k")


def allow(**more: object) -> Statement:
    return Statement(**{"where": "", "actions": ("s3:GetObject",), "resources": ("*",), **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], False),
        ([allow()], True),
        ([allow(actions=("S3:getobject",))], True),
        ([allow(resources=("arn:aws:s3:::b/*",))], True),
        ([allow(resources=("arn:aws:s3:::other/*",))], False),
        ([allow(resources=("arn:aws:s3:::?/k",))], True),
        ([allow(resources=("arn:aws:s3:::[b]/k",))], False),
        ([allow(), allow(effect="Deny")], False),
        ([allow(), allow(effect="Deny", actions=("s3:PutObject",))], True),
    ],
)
def test_what_is_allowed_is_allowed_unless_it_is_denied(
    statements: list[Statement], *, expected: bool
) -> None:
    assert allowed(READ, statements) is expected


def test_a_boundary_must_allow_it_as_well_and_may_deny_it() -> None:
    assert allowed(READ, [allow()], [allow()])
    assert not allowed(READ, [allow()], [])
    assert not allowed(READ, [], [allow()])
    assert not allowed(READ, [allow()], [allow(), allow(effect="Deny")])


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "b", False),
        ("StringEquals", "a", None, False),
        ("StringEqualsIfExists", "a", None, True),
        ("StringEqualsIfExists", "a", "b", False),
        ("StringNotEquals", "a", "b", True),
        ("StringNotEquals", "a", "a", False),
        ("StringNotEquals", "a", None, True),
        ("StringNotEqualsIfExists", "a", "a", False),
        ("StringNotLike", "a*", "ab", False),
        ("ArnNotLike", "arn:*", "arn:aws", False),
        ("ArnNotLike", "arn:*", None, True),
        ("StringLike", "a*", "ab", True),
        ("ArnLike", "arn:*", "arn:aws", True),
        ("Bool", "true", None, False),
        ("Null", "true", None, True),
        ("Null", "false", None, False),
        ("Null", "false", "a", True),
        ("NumericLessThan", "3600", "60", True),
        ("NumericLessThan", "3600", "3600", False),
        ("NumericLessThan", "3600", None, False),
    ],
)
def test_a_condition_holds_as_in_iam(
    operator: str, wanted: str, found: str | None, *, expected: bool
) -> None:
    context = {} if found is None else {"Key": found}
    request = Request(action=READ.action, resource=READ.resource, context=context)

    assert allowed(request, [allow(conditions={operator: {"key": (wanted,)}})]) is expected


def test_an_operator_that_is_not_known_is_no_answer() -> None:
    with pytest.raises(ValueError, match="IpAddress"):
        allowed(
            Request(action=READ.action, resource="", context={"k": "v"}),
            [allow(conditions={"IpAddress": {"k": ("v",)}})],
        )
