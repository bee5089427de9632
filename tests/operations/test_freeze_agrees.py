"""What is written, what the stacks make and what the gate reads are one and the same."""

import importlib.util
import json
import sys
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery import Delivery
from lockgate.freeze import THAWED, freeze_name
from operations import names
from operations.freeze.notice import Notice
from stacks import names as stacks
from stacks.app import ROOT
from tests.operations.test_freeze_notice import GIVEN

# How fast this machine draws says nothing of the notice.
ANY_PACE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def gate() -> ModuleType:
    """The module with which the gate reads the freeze, as it is packed."""
    path = ROOT / "lambda" / "release" / "frozen.py"
    spec = importlib.util.spec_from_file_location("gate_frozen", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its own module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_they_name_the_same_parameter_and_the_same_function(delivery: Delivery) -> None:
    assert names.freeze_parameter(delivery) == freeze_name(delivery.name)
    assert names.freeze(delivery) == stacks.functions(delivery).freeze


def test_what_the_stack_writes_first_is_no_freeze() -> None:
    notice = Notice.parsed(json.dumps(THAWED))
    assert notice == Notice(frozen=False)


@ANY_PACE
@given(
    frozen=st.booleans(),
    environments=st.lists(st.text()),
    texts=st.fixed_dictionaries(dict.fromkeys(("reason", "by", "since"), st.text())),
)
def test_the_gate_reads_every_notice_as_it_was_meant(
    gate: ModuleType,
    frozen: bool,  # noqa: FBT001 - drawn by Hypothesis
    environments: list[str],
    texts: dict[str, str],
) -> None:
    notice = Notice(frozen=frozen, environments=tuple(environments), **texts)
    read = gate.Freeze.of(notice.text())
    assert (read.frozen, read.environments) == (notice.frozen, notice.environments)
    assert (read.reason, read.by, read.since) == (notice.reason, notice.by, notice.since)
    assert Notice.parsed(notice.text()) == notice


VALUES: list[Any] = [*GIVEN.values(), None, 1, [], [1], {}]


@ANY_PACE
@given(st.dictionaries(st.sampled_from([*GIVEN, "more"]), st.sampled_from(VALUES)))
def test_what_the_gate_cannot_read_is_shown_as_that(
    gate: ModuleType, value: dict[str, Any]
) -> None:
    text = json.dumps(value)
    try:
        gate.Freeze.of(text)
    except gate.FreezeError:
        assert Notice.parsed(text) is None
    else:
        assert Notice.parsed(text) is not None
