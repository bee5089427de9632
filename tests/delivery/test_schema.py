import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from delivery import load
from delivery.schema import DIALECT, render, schema

WRONG = Path(__file__).parent / "wrong"
VALIDATOR = StandardValidator(schema())
# A schema knows neither TOML, nor folders, nor what fields say of each other.
BEYOND_A_SCHEMA = {
    "access_in_two_ways",
    "access_shares_a_permission_set",
    "audit_management_account_alone",
    "canary_not_a_number",
    "canary_sees_too_little",
    "code_signing_across_regions",
    "environment_elsewhere_without_home",
    "environment_elsewhere_without_homes_account",
    "environment_elsewhere_without_homes_region",
    "environment_twice",
    "environment_unused",
    "folder_incomplete",
    "host_and_connection",
    "host_missing",
    "integration_tests_missing",
    "latency_reaches_the_timeout",
    "not_closed",
    "not_toml",
    "parameter_in_no_environment",
    "parameter_twice",
    "path_through_a_link_out_of_the_repository",
    "path_without_folder",
    "promotion_too_long",
    "promotion_unknown",
    "secret_from_elsewhere_is_rotated",
    "secret_twice",
    "service_twice",
    "services_share_an_artifact_folder",
    "synthetic_requests_find_no_time",
    "synthetic_requests_take_too_long",
    "wave_twice",
    "wave_unknown",
    "window_cron_hour_too_large",
    "window_cron_without_a_day",
    "window_time_zone_unknown",
}
WITHIN_A_SCHEMA = [f for f in sorted(WRONG.glob("*.toml")) if f.stem not in BEYOND_A_SCHEMA]


def described(node: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """All nodes that stand for a key."""
    if isinstance(node, dict):
        yield from node.get("properties", {}).values()
        for child in node.values():
            yield from described(child)


def test_the_committed_schema_is_made_from_the_models(repository: Path) -> None:
    assert (repository / "delivery.schema.json").read_text(encoding="utf-8") == render()


def test_the_schema_names_its_dialect_and_itself() -> None:
    assert json.loads(render()) == schema()
    assert schema()["$schema"] == DIALECT
    assert schema()["title"]


def test_the_schema_is_written_with_sorted_keys_and_a_last_newline() -> None:
    assert render() == json.dumps(schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_every_key_of_the_schema_is_described() -> None:
    nodes = list(described(schema()))

    assert nodes
    assert [node for node in nodes if "description" not in node and "$ref" not in node] == []


def test_every_key_with_limits_says_them_in_its_description() -> None:
    percent = schema()["$defs"]["Canary"]["properties"]["percent"]

    assert "in percent" in percent["description"]
    assert "a whole number from 1 to 50. Default: 10." in percent["description"]


def test_the_schema_holds_nothing_that_toml_cannot_write() -> None:
    assert "null" not in render()


def test_the_delivery_file_can_be_delivered(repository: Path) -> None:
    assert load(Path("delivery.toml"), repository).name == "lockgate"


def test_the_delivery_file_leads_editors_to_the_schema(repository: Path) -> None:
    text = (repository / "delivery.toml").read_text(encoding="utf-8")

    assert text.startswith("#:schema ./delivery.schema.json\n")
    assert list(VALIDATOR.iter_errors(tomllib.loads(text))) == []


@pytest.mark.parametrize("file", WITHIN_A_SCHEMA, ids=lambda file: file.stem)
def test_the_schema_refuses_what_a_schema_can(file: Path) -> None:
    data = tomllib.loads(file.read_text())

    assert list(VALIDATOR.iter_errors(data))
