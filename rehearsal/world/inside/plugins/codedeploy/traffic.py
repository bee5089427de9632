"""How traffic is shifted: CodeDeploy's traffic routing configurations."""

from collections.abc import Iterator, Mapping
from typing import Any

MINUTE = 60.0


def steps(routing: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """How much goes to the new version, from 0 to 1, and for how long, until all of it does.

    Args:
        routing: a `trafficRoutingConfig`.
    """
    match routing:
        case {"type": "TimeBasedCanary", "timeBasedCanary": canary}:
            yield canary["canaryPercentage"] / 100, canary["canaryInterval"] * MINUTE
        case {"type": "TimeBasedLinear", "timeBasedLinear": linear}:
            for percent in range(linear["linearPercentage"], 100, linear["linearPercentage"]):
                yield percent / 100, linear["linearInterval"] * MINUTE


def predefined() -> dict[str, dict[str, Any]]:
    """The configurations for Lambda that every account has."""
    found: dict[str, dict[str, Any]] = {"LambdaAllAtOnce": {"type": "AllAtOnce"}}
    for minutes in (5, 10, 15, 30):
        canary = {"canaryPercentage": 10, "canaryInterval": minutes}
        found[f"LambdaCanary10Percent{minutes}Minutes"] = {
            "type": "TimeBasedCanary",
            "timeBasedCanary": canary,
        }
    for minutes in (1, 2, 3, 10):
        linear = {"linearPercentage": 10, "linearInterval": minutes}
        every = "Minute" if minutes == 1 else "Minutes"
        found[f"LambdaLinear10PercentEvery{minutes}{every}"] = {
            "type": "TimeBasedLinear",
            "timeBasedLinear": linear,
        }
    return {f"CodeDeployDefault.{name}": routing for name, routing in found.items()}
