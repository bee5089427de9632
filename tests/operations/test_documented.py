"""The runbook says of each command what its help says, and no command is left out."""

import re

from operations.__main__ import cli
from stacks.app import ROOT

RUNBOOK = (ROOT / "docs" / "operations.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
ACTION = re.compile(r"\b[a-z]+:[A-Z][A-Za-z]+")


def helps() -> dict[str, str]:
    """What each command says of itself."""
    found = {}
    for command in cli.registered_commands:
        assert command.callback is not None
        found[command.callback.__name__] = command.callback.__doc__ or ""
    return found


def test_what_a_command_has_to_be_allowed_stands_in_its_help_and_in_the_runbook() -> None:
    rows = dict(re.findall(r"^\| `([a-z]+)` \| (.*) \|$", RUNBOOK, re.MULTILINE))
    assert set(rows) == set(helps())
    for name, said in helps().items():
        assert set(ACTION.findall(rows[name])) == set(ACTION.findall(said)), name
        assert name == "bootstrap" or ACTION.findall(said), name


def test_each_command_is_a_target_of_make() -> None:
    for name in helps():
        assert re.search(rf"^{name}: .*## ", MAKEFILE, re.MULTILINE), name
        assert f"python -m operations {name}" in MAKEFILE


def test_every_command_refuses_bad_input_in_the_same_way() -> None:
    for command in cli.registered_commands:
        assert hasattr(command.callback, "__wrapped__"), "it is not `told`"
