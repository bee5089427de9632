"""A statement is about the release if each of its fields says so."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gate.fake_aws import NOON
from tests.provenance.fake_aws import (
    AUDIT,
    BUILDER,
    COMMIT,
    PACKAGE,
    PIPELINE,
    PROJECTS,
)
from tests.release.fake_aws import EXECUTION
from tests.release.loaded import Gates

OTHER = "f" * 40
DEPLOYED = {
    "assembly": "1" * 64,
    "assembly/lockgate-orders-beta.template.json": "2" * 64,
    "assets": "3" * 64,
    "assets/aa.zip": "4" * 64,
}
EVIDENCE = {"evidence": "5" * 64, "evidence/orders.cdx.json": "6" * 64}


@pytest.fixture(scope="module")
def statement(functions: Gates) -> str:
    """The statement of a release."""
    builds = {
        action: functions["built"].Build(
            arn=f"{PROJECTS}{project}:1",
            project=project,
            revision=COMMIT,
            image="image",
            buildspec="7" * 64,
            started=NOON,
            finished=NOON,
        )
        for action, project in (("Package", PACKAGE), ("Audit", AUDIT))
    }
    made = functions["statement"].Provenance(
        builder=BUILDER,
        pipeline=PIPELINE,
        execution=EXECUTION,
        revision=COMMIT,
        builds=builds,
        subjects={**DEPLOYED, **EVIDENCE},
    )
    return str(made.payload().decode())


def check(functions: Gates, said: object, **different: object) -> str:
    """What is checked of a statement."""
    expected = {
        "builder": BUILDER,
        "pipeline": PIPELINE,
        "projects": {"Package": f"{PROJECTS}{PACKAGE}", "Audit": f"{PROJECTS}{AUDIT}"},
        "execution": EXECUTION,
        "revision": COMMIT,
        "subjects": DEPLOYED,
    }
    found = functions["expected"].Expected(**{**expected, **different})
    return str(found.check(json.dumps(said).encode()))


def test_what_is_as_it_must_be_holds(functions: Gates, statement: str) -> None:
    assert check(functions, json.loads(statement)) == f"{PROJECTS}{PACKAGE}:1"


@pytest.mark.parametrize(
    "different",
    [
        {"builder": "other"},
        {"pipeline": "other"},
        {"projects": {"Package": f"{PROJECTS}{PACKAGE}"}},
        {"execution": "other"},
        {"revision": OTHER},
        {"subjects": {**DEPLOYED, "assets/bb.zip": "8" * 64}},
        {"subjects": {**DEPLOYED, "assets": "8" * 64}},
        {"subjects": {"assembly": "1" * 64}},
    ],
)
def test_what_is_expected_is_all_that_holds(
    functions: Gates, statement: str, different: dict[str, Any]
) -> None:
    with pytest.raises(functions["expected"].MismatchError):
        check(functions, json.loads(statement), **different)


def leaves(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    match value:
        case dict():
            for name, each in value.items():
                yield from leaves(each, (*path, name))
        case list():
            for at, each in enumerate(value):
                yield from leaves(each, (*path, at))
        case _:
            yield path


def changed(value: Any, path: tuple[str | int, ...], new: object) -> None:  # noqa: ANN401
    for each in path[:-1]:
        value = value[each]
    value[path[-1]] = new


# What a release may differ in although it is the same: nothing that is deployed depends on it.
FREE = {"startedOn", "finishedOn", "image", "buildspecSha256", "project"}


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_each_single_field_that_is_not_as_it_must_be_is_found(
    functions: Gates, statement: str, data: st.DataObject
) -> None:
    """Although it is signed: the check is more than the signature."""
    said = json.loads(statement)
    known = [path for path in leaves(said) if path[-1] not in FREE and not _is_evidence(said, path)]
    path = data.draw(st.sampled_from(known))
    value = data.draw(st.none() | st.booleans() | st.text() | st.just(OTHER))
    before = said
    for each in path:
        before = before[each]
    if value == before:
        return
    changed(said, path, value)

    with pytest.raises(functions["expected"].MismatchError):
        check(functions, said)


def _is_evidence(said: dict[str, Any], path: tuple[str | int, ...]) -> bool:
    """What the evidence is, no deployment depends on."""
    if path[0] != "subject":
        return False
    return str(said["subject"][path[1]]["name"]).startswith("evidence")


@settings(deadline=None)
@given(
    said=st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda each: st.lists(each, max_size=2) | st.dictionaries(st.text(max_size=5), each),
        max_leaves=5,
    )
)
def test_a_statement_of_another_shape_is_found(functions: Gates, said: object) -> None:
    with pytest.raises(functions["expected"].MismatchError):
        check(functions, said)
