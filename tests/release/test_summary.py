"""A summary fits an approval, and nothing that concerns security gives way to anything else."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.release.conftest import Gates
from tests.release.fake_aws import STACK, TEMPLATE, Record
from tests.release.test_sensitive import added, modified, property_, resource

KINDS = (
    "AWS::IAM::Role",
    "AWS::KMS::Key",
    "AWS::S3::Bucket",
    "AWS::Lambda::Function",
    "AWS::Lambda::Version",
    "AWS::" + "X" * 250,
)
NAMES = ("KeyPolicy", "AssumeRolePolicyDocument", "Code", "Tags", "Role", "P" * 200)


def summarized(gates: Gates, changes: Sequence[Record]) -> str:
    read = gates["changes"].Change.of
    return str(gates["summary"].of_changes([read(change) for change in changes]))


def lengths(most: int) -> st.SearchStrategy[str]:
    """A text of any length: what is in it matters to nobody."""
    return st.integers(1, most).map(lambda length: "a" * length)


DETAILS = st.builds(property_, st.sampled_from(NAMES), lengths(70), lengths(70))
CHANGES = st.builds(
    lambda action, kind, details, replacement, name: resource(
        action, kind, *details, Replacement=replacement, LogicalResourceId=name
    ),
    st.sampled_from(["Add", "Modify", "Remove", "Import", "Dynamic"]),
    st.sampled_from(KINDS),
    st.lists(DETAILS, max_size=3),
    st.sampled_from(["True", "False", "Conditional"]),
    lengths(255),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(CHANGES, max_size=40))
def test_a_summary_fits_and_gives_security_all_the_room(
    gates: Gates, changes: list[Record]
) -> None:
    told = summarized(gates, changes)
    found = [gates["changes"].Change.of(change) for change in changes]
    serious = [change for change in found if gates["sensitive"].concerns(change)]
    cut = " more; see the change set"

    assert len(told) <= 900
    if changes:
        security, *others = told.split(" | ")
        assert security.startswith("SECURITY: ")
        if cut in security:
            assert others == []
            left = int(security.removesuffix(cut).rpartition("... and ")[2])
            assert 0 < left <= len(serious)


@settings(deadline=None)
@given(names=st.lists(lengths(255), min_size=40, max_size=40))
def test_many_that_concern_security_leave_room_for_nothing_else(
    gates: Gates, names: list[str]
) -> None:
    harmless = [modified("AWS::Lambda::Version", "Tags") for _ in names]
    serious = [resource("Remove", "AWS::IAM::Role", LogicalResourceId=name) for name in names]

    told = summarized(gates, harmless + serious)

    assert " | " not in told
    assert told.endswith(" more; see the change set")


def test_security_comes_first_then_what_goes_then_how_many(gates: Gates) -> None:
    changes = [
        modified("AWS::Lambda::Function", "Code"),
        resource("Modify", "AWS::Lambda::Version", property_("Code"), Replacement="True"),
        resource("Remove", "AWS::CloudWatch::Dashboard"),
        modified("AWS::IAM::Role", "AssumeRolePolicyDocument"),
    ]

    assert summarized(gates, changes) == (
        "SECURITY: It (IAM::Role) changed: who may assume the role [AssumeRolePolicyDocument]"
        " | REPLACED: It (Lambda::Version)"
        " | REMOVED: It (CloudWatch::Dashboard)"
        " | RESOURCES: 2 changed; 1 removed; 1 replaced"
    )


def test_the_most_serious_comes_first(gates: Gates) -> None:
    changes = [
        modified("AWS::DynamoDB::Table", "SSESpecification"),
        modified("AWS::KMS::Key", "KeyPolicy"),
        resource("Remove", "AWS::S3::Bucket"),
        modified("AWS::IAM::Role", "AssumeRolePolicyDocument"),
    ]

    told = summarized(gates, changes).split(" | ")[0]

    places = [told.index(kind) for kind in ("S3::", "IAM::", "KMS::", "DynamoDB::")]
    assert places == sorted(places)


def test_what_concerns_nobody_is_said_to(gates: Gates) -> None:
    assert summarized(gates, [modified("AWS::Lambda::Function", "Code")]) == (
        "SECURITY: nothing changes that concerns it | RESOURCES: 1 changed"
    )


def test_no_change_is_said_in_words(gates: Gates) -> None:
    assert summarized(gates, []) == "No changes: the template is what the stack has."


def test_a_first_release_is_counted_by_type(gates: Gates) -> None:
    new: Any = gates["changes"].Change.new
    resources = [new(name, each) for name, each in TEMPLATE["Resources"].items()]
    resources += [new("F", {"Type": "AWS::Lambda::Version"})] * 2

    assert gates["summary"].of_first_release(STACK, resources) == (
        f"First release of {STACK}: there is no change set to review."
        " | SECURITY: 1 IAM::Role | RESOURCES: 2 Lambda::Version"
    )


def test_a_first_release_of_many_types_fits(gates: Gates) -> None:
    new: Any = gates["changes"].Change.new
    resources = [new("A", {"Type": f"AWS::IAM::{'T' * 90}{at}"}) for at in range(100)]

    told = gates["summary"].of_first_release("s" * 128, resources)

    assert len(told) <= 900
    assert "RESOURCES" not in told


def test_what_is_added_names_no_value(gates: Gates) -> None:
    told = summarized(gates, [added("AWS::IAM::Role", "AssumeRolePolicyDocument")])

    assert "added: who may assume the role [AssumeRolePolicyDocument], who may do what" in told
