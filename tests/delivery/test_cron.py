"""Cron expressions of deployment windows: what is let through and what not, field by field."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.cron import fault
from rehearsal.world.inside.plugins.codepipeline.rules.cron import read

SIX = "six fields (seconds, minutes, hours, day of the month, month, day of the week)"
# By the place of the field; the seconds are the first.
RIGHT = {
    0: ["*"],
    1: ["*", "0", "59", "0,15,30", "0-29", "5/15", "*/10", "0-30/5", "1,10-20,40/5"],
    2: ["*", "0", "23", "9-16", "22,23,0-5", "8/2"],
    3: ["?", "*", "1", "31", "1-7", "1,15", "*/2", "L", "L-3", "L-30", "LW", "1W", "31W"],
    4: ["*", "1", "12", "JAN", "DEC", "JAN-MAR", "1,JUN", "*/3"],
    5: ["*", "1", "7", "SUN", "SAT", "MON-FRI", "MON,WED,FRI", "2-6", "L", "6L", "FRIL", "6#3",
        "FRI#1"],
    6: ["*", "1970", "2199", "2030-2040", "2030,2032", "2030/2"],
}  # fmt: skip
WRONG = {
    0: ["0", "0-59", "?", "*/2"],
    1: ["60", "-1", "?", "L", "5-", "-5", "30-10", "5/0", "5/60", "/5", "a", "1,,2", "1;2", "٣"],
    2: ["24", "?", "9-24", "16-9", "9AM", "8/24"],
    3: ["0", "32", "MON", "LW-1", "L-0", "L-31", "0W", "32W", "1-5W", "1W,2W", "?,1", "L,1", "3L",
        "5#1"],
    4: ["0", "13", "?", "JANUARY", "jan", "MON", "DEC-JAN", "L"],
    5: ["0", "8", "MONDAY", "mon", "JAN", "FRI-MON", "8L", "JANL", "6#0", "6#6", "#1", "6#", "1W",
        "MON,FRI#1", "?,MON"],
    6: ["1969", "2200", "30", "?", "2040-2030", "20300"],
}  # fmt: skip


def expression(place: int, text: str) -> str:
    fields = ["*", "*", "9-16", "*", "*", "*", "*"]
    fields[place] = text
    # Of the two days only one says something.
    if text == "?" or place not in {3, 5}:
        fields[5 if place == 3 else 3] = "*" if text == "?" else "?"
    return " ".join(fields)


@pytest.mark.parametrize(
    ("place", "text"), [(place, text) for place, texts in RIGHT.items() for text in texts]
)
def test_what_codepipeline_takes_is_let_through(place: int, text: str) -> None:
    assert fault(expression(place, text)) is None


@pytest.mark.parametrize(
    ("place", "text"), [(place, text) for place, texts in WRONG.items() for text in texts]
)
def test_what_codepipeline_does_not_take_is_refused(place: int, text: str) -> None:
    found = fault(expression(place, text))

    assert found is not None
    assert text in found[1]


def test_the_year_may_be_left_out_and_nothing_else() -> None:
    assert fault("* * 9-16 ? * MON-FRI") is None
    assert fault("* * 9-16 ? *") == (f"{SIX}, and perhaps a year", "write as many: this has 5")
    assert fault("* * 9-16 ? * MON-FRI * *") is not None


def test_one_of_the_two_days_says_something() -> None:
    assert fault("* * * * * *") is None
    assert fault("* * * ? * ?") == (
        "? for one of the two days at most",
        "write * for the day of the week",
    )


@settings(deadline=None)
@given(st.tuples(*(st.sampled_from(RIGHT[place] + WRONG[place]) for place in range(7))))
def test_what_is_let_through_can_be_rehearsed(fields: tuple[str, ...]) -> None:
    text = " ".join(fields)

    if fault(text) is None:
        assert read(text)


@settings(deadline=None)
@given(st.text("0123456789*?,-/LW# SUNMOJA٣", max_size=40))
def test_any_text_is_answered(text: str) -> None:
    found = fault(text)

    assert found is None or all(found)
