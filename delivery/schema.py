"""The JSON Schema of the delivery file, made from the models, for editors."""

import functools
import json
from typing import Any

from delivery.model import Delivery
from delivery.wording import allowed

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TITLE = "Lockgate delivery file"
# What only messages are worded from.
WORDING = {"words", "kinds", "key"}


@functools.cache
def worded() -> dict[str, Any]:
    """Make the schema that error messages are worded from: no nulls, as TOML has none."""
    schema: dict[str, Any] = _tidy(Delivery.model_json_schema(mode="validation"))
    return schema


def schema() -> dict[str, Any]:
    """Make the schema that editors read: each description ends with what is allowed."""
    published: dict[str, Any] = _publish(worded())
    return published | {"$schema": DIALECT, "title": TITLE}


def render() -> str:
    """Write the schema as JSON, the same for the same models."""
    return json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _tidy(node: Any) -> Any:  # noqa: ANN401 (a node of JSON is anything)
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    if not isinstance(node, dict):
        return node
    tidy = {key: _tidy(value) for key, value in node.items() if key not in {"anyOf", "title"}}
    for choice in node.get("anyOf", ()):
        if choice != {"type": "null"}:
            tidy |= _tidy(choice)
    if isinstance(tidy.get("description"), str):
        tidy["description"] = " ".join(tidy["description"].split())
    if tidy.get("default") is None or isinstance(tidy["default"], dict):
        tidy.pop("default", None)
    return tidy


def _publish(node: Any) -> Any:  # noqa: ANN401
    if isinstance(node, list):
        return [_publish(each) for each in node]
    if not isinstance(node, dict):
        return node
    published = {key: _publish(value) for key, value in node.items() if key not in WORDING}
    if isinstance(node.get("description"), str):
        published["description"] = _described(node)
    return published


def _described(node: dict[str, Any]) -> str:
    said = [node["description"]]
    if "$ref" not in node and "properties" not in node:
        said.append(f"Allowed: {allowed(node)}.")
    if "default" in node:
        said.append(f"Default: {json.dumps(node['default'])}.")
    return " ".join(said)
