"""CloudWatch Logs' filter patterns match what AWS says they do, and others are refused."""

import pytest

from rehearsal.world.inside.filter_conditions import FilterPatternError, selected
from rehearsal.world.inside.filter_patterns import compiled


@pytest.mark.parametrize(
    ("pattern", "hit", "miss"),
    [
        ('{ $.a = "*Operation" }', '{"a": "UnauthorizedOperation"}', '{"a": "AccessDenied"}'),
        ('{ $.errorCode = "AccessDenied*" }', '{"errorCode": "AccessDeniedException"}', "{}"),
        ('{ $.a != "x" }', '{"a": "y"}', "{}"),
        ("{ $.a.b NOT EXISTS }", '{"a": {}}', '{"a": {"b": null}}'),
        ("{ $.a IS TRUE }", '{"a": true}', '{"a": "true"}'),
        ("{ $.a >= 1e1 }", '{"a": 10}', '{"a": "10"}'),
        ("{ $.a = x || $.a = y && $.b = 1 }", '{"a": "x"}', '{"a": "y"}'),
        ("{ ($.a = x || $.a = y) && $.b = 1 }", '{"a": "y", "b": 1}', '{"a": "x"}'),
        ('{ $.a = "Access" }', '{"a": "\\u0041ccess"}', '{"b": "Access"}'),
        ('{ $.a = "a\\"b/ü*c" }', '{"a": "a\\"b\\/\\u00fc-c"}', '{"a": "c"}'),
        ("{ $.a = 10 }", '{"a": 1e1}', '{"a": 1}'),
        ("{ $.a = 10* }", '{"a": "100"}', '{"a": 10}'),
        ("{ $.a = * && $.b != q }", '{"a": "", "b": ""}', '{"a": "", "b": "q"}'),
        ('{ $.a[*].b = "z" }', '{"a": [{"b": "y"}, {"b": "z"}]}', '{"a": {"b": "z"}}'),
        ("{ $.a EXISTS }", '{"a": 0}', "no JSON, but $.a"),
        ('ERROR "two words" -never', "ERROR: two words", "ERROR: two words never"),
        ("?ERROR ?WARN", "a WARN", "an INFO"),
        ("", "anything", ""),
    ],
)  # fmt: skip
def test_patterns_match(pattern: str, hit: str, miss: str) -> None:
    assert compiled(pattern)(hit)
    assert not pattern or not compiled(pattern)(miss)


@pytest.mark.parametrize(
    "pattern",
    ["{ $.a = }", '{ $.a IN ["x"] }', "[a, b]", "%re%", "{ a = 1 }", "{ $.a = 1", "a=b"],
)  # fmt: skip
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(FilterPatternError):
        compiled(pattern)


def test_fields_are_selected() -> None:
    event = {"a.b": [1, {"c": 2}]}
    assert selected(event, "$.['a.b'][1].c") == [2]
    assert selected(event, "$.a.b") == []
