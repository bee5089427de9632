"""The saved queries ask for fields that events have, in commands that Logs Insights knows."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from lockgate.audit.queries import SavedQuery, queries
from tests.audit.events import A_RELEASE, EVENTS
from tests.audit.shapes import HOOK, event

QUERIES = {query.name: query for query in queries("acme")}
COMMANDS = {"fields", "filter", "sort", "stats"}
FIELD = re.compile(
    r"\b(?:userIdentity|requestParameters)(?:\.\w+)+|\b(?:event|error)[A-Z]\w+|\breadOnly\b"
    r"|\bsourceIPAddress\b"
)
MOST_CHARACTERS = 10_000
# What no alarm is about and a query is.
MORE = [
    event("codecommit", "GitPush", repositoryName="acme", references=[{"ref": "refs/heads/a"}]),
]


def all_events() -> list[dict[str, Any]]:
    told = [each for fires, quiet in EVENTS.values() for each in (*fires, *quiet)]
    return [*told, *A_RELEASE, *MORE, event("s3", "PutObject", HOOK, error="AccessDenied")]


def paths(value: object, before: str = "") -> Iterator[str]:
    """The fields of an event as Logs Insights names them: by dots, entries of lists by number."""
    entries: Iterable[tuple[object, object]] = ()
    if isinstance(value, dict):
        entries = value.items()
    elif isinstance(value, list):
        entries = enumerate(value)
    for name, each in entries:
        path = f"{before}.{name}" if before else str(name)
        yield path
        if isinstance(each, dict | list):
            yield from paths(each, path)


@pytest.fixture(scope="module")
def known() -> set[str]:
    return {path for each in all_events() for path in paths(each)}


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_every_field_of_a_query_is_one_that_events_have(query: SavedQuery, known: set[str]) -> None:
    asked = set(FIELD.findall(query.text)) - {"errorCode", "errorMessage"}
    assert asked
    assert asked <= known


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_every_command_is_known_and_the_query_fits(query: SavedQuery) -> None:
    commands = [part.split()[0] for part in re.split(r"(?:^|\n)\| ", query.text)]
    assert set(commands) <= COMMANDS
    assert commands[0] == "fields"
    assert len(query.text) <= MOST_CHARACTERS
    assert query.text.count("(") == query.text.count(")")
    assert query.text.count('"') % 2 == 0


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_every_event_that_a_query_names_exists(query: SavedQuery) -> None:
    """A misspelt name would find nothing, and look like quiet."""
    names = {each["eventName"] for each in all_events()} | {
        "BatchGetSecretValue",
        "EnableStageTransition",
        "RetryStageExecution",
        "StopPipelineExecution",
    }
    filters = [line for line in query.text.split("\n| ") if line.startswith("filter eventName")]
    named = {name for line in filters for name in re.findall(r'"([A-Z]\w+)"', line)}
    assert named <= names


def test_the_questions_are_different_and_are_questions() -> None:
    assert len({json.dumps(query.text) for query in QUERIES.values()}) == len(QUERIES)
    assert all("?" in query.question for query in QUERIES.values())
