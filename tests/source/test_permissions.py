"""The role of each function allows the calls that its code makes, and no other."""

import re
from functools import cache

import botocore.session
import pytest
from botocore import xform_name

from lockgate import (
    approval_templates,
    guarded_paths,
    path_filter,
    pipeline_events,
    pull_requests,
)
from tests.source.conftest import FOLDER, MODULES

ALLOWED = {
    "start": {*path_filter.COMPARE, *pipeline_events.START},
    "validate": set(pull_requests.START_BUILD),
    "verdict": {*pull_requests.READ_BUILD, *pull_requests.POST},
    "guard": set(guarded_paths.GUARD),
    "template": set(approval_templates.ALL_ACTIONS),
}
IMPORT = re.compile(r"^(?:import|from) (\w+)", re.MULTILINE)
CALL = re.compile(r'client\(\s*"(\w+)"[^)]*\)\s*\.(\w+)\(')
# The custom resource asks CodeCommit by the operation's name.
ASKED = re.compile(r'\bask\(\s*"(\w+)"')


def reachable(entry: str) -> set[str]:
    """The modules of the package that a module needs, with itself."""
    found, new = set(), {entry}
    while new:
        found |= new
        sources = "\n".join((FOLDER / f"{module}.py").read_text() for module in new)
        new = (set(IMPORT.findall(sources)) & set(MODULES)) - found
    return found


@cache
def operations(service: str) -> dict[str, str]:
    """The operations of a service as AWS names them, by the names of the client's methods."""
    model = botocore.session.Session().get_service_model(service)
    return {xform_name(name): name for name in model.operation_names}


def called(entry: str) -> set[str]:
    """What a handler may call, as IAM names it."""
    source = "\n".join((FOLDER / f"{module}.py").read_text() for module in reachable(entry))
    calls = {*CALL.findall(source), *(("codecommit", name) for name in ASKED.findall(source))}
    return {f"{service}:{operations(service)[method]}" for service, method in calls}


@pytest.mark.parametrize("entry", ALLOWED)
def test_nothing_missing_and_nothing_unused(entry: str) -> None:
    assert called(entry) == ALLOWED[entry]


def test_every_handler_is_compared() -> None:
    handlers = {m for m in MODULES if "\ndef handle(" in (FOLDER / f"{m}.py").read_text()}
    assert handlers == set(ALLOWED)
