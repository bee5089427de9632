"""BeforeAllowTraffic: the target version, before it serves any customer."""

from typing import TYPE_CHECKING

import hook
from deadline import Context

if TYPE_CHECKING:
    from checks import Check


def handle(event: object, context: Context) -> dict[str, str]:
    """Let traffic begin only for a version that keeps its contract."""
    return hook.run(event, context, checks)


def checks() -> list["Check"]:
    """Name what must be passed before any traffic."""
    from checks import contract_holds  # noqa: PLC0415 a check that fails to load must be reported

    return [contract_holds]
