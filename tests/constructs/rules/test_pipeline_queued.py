"""A pipeline takes one release after the other and skips none."""

import pytest

from lockgate.rules.pipeline_queued import REQUIRED, RULE
from tests.constructs.rules.judging import MISSING, breaches, changed


def test_a_pipeline_of_type_v2_that_queues_passes() -> None:
    assert breaches(RULE, REQUIRED) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PipelineType", "V1"),
        ("PipelineType", MISSING),
        ("ExecutionMode", "SUPERSEDED"),
        ("ExecutionMode", "PARALLEL"),
        ("ExecutionMode", MISSING),
    ],
)
def test_another_is_found(name: str, value: object) -> None:
    assert breaches(RULE, changed(REQUIRED, name, value)) == [name]
