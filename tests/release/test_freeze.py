"""No release enters what people have frozen, nor what might be."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.release.conftest import FREEZE, Gates
from tests.release.fake_aws import THAWED, Releases, event
from tests.release.test_turn import close

FROZEN = {
    "frozen": True,
    "reason": "sale until Monday",
    "by": "ada",
    "since": "2026-11-20T17:00:00+00:00",
    "environments": [],
}


def world_with(value: object) -> Releases:
    world = Releases()
    world.parameter = value if isinstance(value, str) else json.dumps(value)
    return world


@pytest.mark.parametrize(
    ("frozen", "entered", "held"),
    [
        ([], ["beta"], ["beta"]),
        (["prod"], ["prod"], ["prod"]),
        (["prod"], ["produs", "prod"], ["prod"]),
        (["prod"], ["beta", "produs"], []),
    ],
)
def test_a_freeze_holds_for_what_it_names_or_for_all(
    gates: Gates, frozen: list[str], entered: list[str], held: list[str]
) -> None:
    world = world_with({**FROZEN, "environments": frozen})
    asked = event({"environments": entered})
    if held:
        assert close(gates, world, asked).startswith(f"Frozen: {', '.join(held)}. ")
    else:
        gates.invoke("freeze", world, asked)
    assert world.report[0] == ("refused" if held else "done")


def test_people_read_why_who_since_when_and_how_to_go_on(gates: Gates) -> None:
    why = close(gates, world_with(FROZEN), event({"environments": ["prod"]}))

    assert why == (
        "Frozen: prod. sale until Monday (ada, since 2026-11-20T17:00:00+00:00). "
        "To go on: make thaw, then retry the stage. In an emergency: docs/operations.md."
    )


@pytest.mark.parametrize(
    "value",
    [
        "",
        "no JSON",
        "[]",
        "null",
        {},
        {**THAWED, "frozen": "no"},
        {**THAWED, "frozen": 0},
        {**THAWED, "frozen": None},
        {**THAWED, "environments": "prod"},
        {**THAWED, "environments": [1]},
        {**THAWED, "reason": None},
        {**THAWED, "more": ""},
        {"frozen": False},
    ],
)
def test_a_freeze_without_meaning_counts_as_frozen(gates: Gates, value: object) -> None:
    why = close(gates, world_with(value), event({"environments": ["prod"]}))

    assert why.startswith(f"The freeze {FREEZE} cannot be read, which counts as frozen: ")


def test_a_freeze_that_is_not_there_counts_as_frozen(gates: Gates) -> None:
    world = Releases()
    world.parameter = None

    assert "ParameterNotFound" in close(gates, world, event({"environments": ["prod"]}))


@settings(deadline=None)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*THAWED]) | st.text(max_size=4), inner, max_size=6)
        ),
        max_leaves=8,
    )
)
def test_only_a_thawed_freeze_lets_pass(gates: Gates, value: dict[str, Any]) -> None:
    freeze = gates["frozen"]
    try:
        passes = not freeze.Freeze.of(json.dumps(value)).holds(["prod"])
    except freeze.FreezeError:
        passes = False
    if passes:
        assert value["frozen"] is False or "prod" not in value["environments"] != []
