"""What would go, be replaced or be kept when another template takes a stack's place."""

from collections.abc import Mapping

import pytest

from operations.plan.resources import Fate, Going, difference, removal
from tests.operations.assemblies import Template, resource, template

TABLE = "AWS::DynamoDB::Table"
ROLE = "AWS::IAM::Role"
TOPIC = "AWS::SNS::Topic"
RETAINED = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
KNOWN = {
    TABLE: ("/properties/TableName", "/properties/ImportSourceSpecification/InputFormat"),
    TOPIC: (),
    ROLE: ("/properties/RoleName",),
    "AWS::Test::List": ("/properties/Items/*/Id",),
}


def going(deployed: Template, new: Template) -> list[Going]:
    return list(difference(deployed, new, KNOWN.get).going)


def fate(old: Template, new: Template) -> Fate | None:
    found = going(template(It=old), template(It=new))
    return found[0].fate if found else None


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({}, Fate.DELETED),
        ({"DeletionPolicy": "Delete"}, Fate.DELETED),
        ({"DeletionPolicy": "Retain"}, Fate.KEPT),
        ({"DeletionPolicy": "RetainExceptOnCreate"}, Fate.KEPT),
        ({"DeletionPolicy": "Snapshot"}, Fate.SNAPSHOT),
    ],
)
def test_the_deployed_template_says_what_becomes_of_what_is_removed(
    policy: Mapping[str, str], expected: Fate
) -> None:
    old = resource(TABLE, **policy)
    assert removal(old) is expected
    [found] = going(template(It=old), template())
    assert found == Going(logical_id="It", type=TABLE, fate=expected)
    assert found.loses_data == (expected is Fate.DELETED)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (resource(TABLE), resource(TABLE), None),
        (resource(TABLE, {"A": 1}), resource(TABLE, {"A": 2}), None),
        (resource(TABLE, {"TableName": "a"}), resource(TABLE, {"TableName": "b"}), Fate.REPLACED),
        (resource(TABLE), resource(TABLE, {"TableName": "b"}), Fate.REPLACED),
        (
            resource(TABLE, {"ImportSourceSpecification": {"InputFormat": "CSV", "Other": 1}}),
            resource(TABLE, {"ImportSourceSpecification": {"InputFormat": "CSV", "Other": 2}}),
            None,
        ),
        (
            resource("AWS::Test::List", {"Items": [{"Id": 1}]}),
            resource("AWS::Test::List", {"Items": [{"Id": 2}]}),
            Fate.REPLACED,
        ),
        (
            resource(TABLE, {"TableName": "a"}, **RETAINED),
            resource(TABLE, {"TableName": "b"}, **RETAINED),
            Fate.SUPERSEDED,
        ),
        (
            resource(TABLE, {"TableName": "a"}, **RETAINED),
            resource(TABLE, {"TableName": "b"}),
            Fate.REPLACED,
        ),
        (resource(TABLE), resource(TOPIC), Fate.REPLACED),
        (resource("AWS::New::Type", {"A": 1}), resource("AWS::New::Type", {"A": 2}), Fate.PERHAPS),
        (resource("AWS::New::Type"), resource("AWS::New::Type"), None),
    ],
)
def test_a_resource_is_replaced_where_only_a_new_one_can_have_the_property(
    old: Template, new: Template, expected: Fate | None
) -> None:
    assert fate(old, new) is expected


def test_security_comes_first_then_data_then_the_rest() -> None:
    old = template(A=resource(TOPIC), B=resource(TABLE), C=resource(ROLE))
    found = going(old, template())
    assert [each.logical_id for each in found] == ["C", "B", "A"]
    assert [(each.guards, each.loses_data) for each in found] == [
        (True, False),
        (False, True),
        (False, False),
    ]


def test_what_is_made_and_changed_in_place_is_counted() -> None:
    old = template(A=resource(TOPIC, {"X": 1}), B=resource(TOPIC))
    new = template(A=resource(TOPIC, {"X": 2}), B=resource(TOPIC, Metadata="x"), C=resource(TOPIC))
    found = difference(old, new, KNOWN.get)
    assert (found.added, found.changed, found.going) == (1, 1, ())
    assert found
    assert not difference(old, old, KNOWN.get)


def test_a_change_of_how_long_a_resource_lives_is_a_change() -> None:
    kept = template(It=resource(TABLE, **RETAINED))
    assert difference(template(It=resource(TABLE)), kept, KNOWN.get).changed == 1
