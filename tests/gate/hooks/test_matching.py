"""What was expected and what came is told as JSON, short enough for a line of the log."""

import pytest

from tests.gate.conftest import Gate


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Bünzli", '"Bünzli"'),
        ({"a": None, "b": [True, 1.5]}, '{"a": null, "b": [true, 1.5]}'),
        ("x" * 78, f'"{"x" * 78}"'),
        ("x" * 79, f'"{"x" * 78}…'),
        ("x" * 500, f'"{"x" * 78}…'),
    ],
)
def test_a_value_is_shown_in_eighty_characters_at_most(
    gate: Gate, value: object, shown: str
) -> None:
    assert gate["matching"].show(value) == shown
    assert len(shown) <= 80


def test_elements_are_found_in_their_order_and_each_once(gate: Gate) -> None:
    differences = gate["matching"].differences

    assert differences([1, 3], [1, 2, 3], "body") == []
    assert differences([3, 1], [1, 2, 3], "body") == ["body[1]: no element matches 1 in its place"]
    assert differences([2, 2], [1, 2, 3], "body") == ["body[1]: no element matches 2 in its place"]
    assert differences([{"$type": "string"}], [1], "body") == [
        'body[0]: no element matches {"$type": "string"} in its place'
    ]
