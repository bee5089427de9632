"""What the modules' functions are given in these tests."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.gate.conftest import PLAN, Gate
from tests.gate.fake_aws import MINUTE, Answer, Context, World

VERSIONS = ("canary", "baseline")
COUNTS = ("requests", "errors", "slow", "http_5xx")

# By count and version: the values of the minutes, in order; None where CloudWatch has no point.
Series = dict[str, list[float | None]]


def a_plan(gate: Gate, **changes: object) -> Any:  # noqa: ANN401 a class of the loaded modules
    return gate["plan"].Plan(**PLAN | changes)


def a_deployment(gate: Gate, **changes: object) -> Any:  # noqa: ANN401
    usual = gate["deployment"].Deployment(
        deployment_id="d-1",
        function_name="orders",
        alias="live",
        current_version="41",
        target_version="42",
    )
    return replace(usual, **changes)


def a_decision(gate: Gate, by: str = "watch", **fields: object) -> Any:  # noqa: ANN401
    return gate["decision"].Decision(
        deployment=a_deployment(gate), plan=a_plan(gate), by=by, **fields
    )


def enter(gate: Gate, world: World) -> Any:  # noqa: ANN401
    """Begin an invocation in this world, and give its deadline."""
    gate.wire.world = world
    return gate["deadline"].Deadline(Context(world, world.seconds), reserve_seconds=0)


def counted(start: datetime, series: Series, **states: str) -> Answer:
    """CloudWatch's answer with these series, each Complete unless said otherwise."""
    results = []
    for name, values in series.items():
        points = [
            (start + at * MINUTE, value) for at, value in enumerate(values) if value is not None
        ]
        results.append(
            {
                "Id": name,
                "Timestamps": [moment for moment, _ in points],
                "Values": [float(value) for _, value in points],
                "StatusCode": states.get(name, "Complete"),
            }
        )
    return Answer({"MetricDataResults": results})


def quiet(minutes: int, **changes: Any) -> Series:  # noqa: ANN401 lists of either number
    """Give both versions requests without a failure, with these series in place of the usual."""
    usual: Series = {f"{version}_requests": [100] * minutes for version in VERSIONS}
    usual |= {f"{version}_errors": [0] * minutes for version in VERSIONS}
    usual |= {f"{version}_slow": [None] * minutes for version in VERSIONS}
    return usual | changes
