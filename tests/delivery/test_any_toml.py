"""Whatever a delivery file holds, the answer is a delivery or a list of problems."""

import json
import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from delivery import Delivery, DeliveryError, load
from delivery.schema import schema
from tests.delivery.conftest import SOUND

KNOWN = {key for node in schema()["$defs"].values() for key in node["properties"]}
KEYS = [*schema()["properties"], *sorted(KNOWN), "value", "[key]", "aws:x"]
WORDS = ["orders", "prod", "beta", "lambda", "services/orders", "a.b", "main", "111122223333",
         "off", "* * 9-16 ? * MON-FRI", "github", "acme/orders", "v*"]  # fmt: skip
scalars = st.one_of(
    st.sampled_from(WORDS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.booleans(),
    st.integers(),
    st.sampled_from([10, 10**30, 10**400, float("inf"), float("nan"), 1e308]),
    st.floats(),
    st.sampled_from([datetime(2024, 1, 1, tzinfo=UTC), date(2024, 1, 1), time(1, 2, 3)]),
)
keys = st.sampled_from(KEYS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=12,
)
tables = st.dictionaries(keys, values, max_size=6)
settled = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def toml(value: Any) -> str:  # noqa: ANN401
    """Write a value as TOML, tables inline."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
        case bool():
            return "true" if value else "false"
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case dict():
            return f"{{{', '.join(f'{toml(key)} = {toml(each)}' for key, each in value.items())}}}"
        case int() | float():
            return repr(value)
        case _:
            return str(value)


def file_of(data: dict[str, Any]) -> str:
    return "".join(f"{toml(key)} = {toml(value)}\n" for key, value in data.items())


def answered(text: str, root: Path) -> bool:
    """Tell whether there is a delivery, or problems that can be printed."""
    (root / "any.toml").write_text(text, encoding="utf-8", newline="")
    try:
        return isinstance(load(Path("any.toml"), root), Delivery)
    except DeliveryError as error:
        lines = str(error).split("\n")
        return len(error.problems) > 0 and all(map(str.isprintable, lines))


@settled
@given(tables)
def test_any_tables_are_answered(root: Path, data: dict[str, Any]) -> None:
    text = file_of(data)

    assert tomllib.loads(text).keys() == data.keys()
    assert answered(text, root)


@settled
@given(st.data())
def test_a_right_file_with_any_value_anywhere_is_answered(root: Path, data: st.DataObject) -> None:
    delivery: Any = tomllib.loads(SOUND)
    table = delivery
    while isinstance(table, dict | list) and table:
        inner = data.draw(
            st.sampled_from(list(table) if isinstance(table, dict) else range(len(table)))
        )
        if not isinstance(table[inner], dict | list) or data.draw(st.booleans()):
            break
        table = table[inner]
    if isinstance(table, dict) and data.draw(st.booleans()):
        inner = data.draw(keys)
    table[inner] = data.draw(values)

    assert answered(file_of(delivery), root)


@settled
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
@example("a = 2024-99-99")
@example("a = 1e999999")
@example("[a]\n[a]")
@example("a.b = 1\n[a]\nb.c = 2")
@example("[[a]]\n[a.b]\n[[a.b]]")
def test_any_text_is_answered(root: Path, text: str) -> None:
    assert answered(text, root)


@pytest.mark.parametrize("path", ["x" * 200, "services/orders/" + "x/" * 80 + "x", "nul\\u0000"])
def test_any_path_is_answered(root: Path, path: str) -> None:
    assert answered(SOUND.replace('"services/orders"', f'"{path}"'), root)
