"""BeforeAllowTraffic: the target version, before it serves any customer."""

from typing import TYPE_CHECKING

import hook
from deadline import Context

if TYPE_CHECKING:
    from examination import Check


def handle(event: object, context: Context) -> dict[str, str]:
    """Let traffic begin only for a version that keeps its contract, and under a watch."""
    return hook.run(event, context, by="pre_traffic", load_checks=checks)


def checks() -> list["Check"]:
    """Name what must be passed before any traffic, in order."""
    # A check that fails to load must be reported.
    from checks import alias_serves_current, contract_holds, watch_starts  # noqa: PLC0415
    from synthetic import no_worse_than_current  # noqa: PLC0415

    return [alias_serves_current, contract_holds, no_worse_than_current, watch_starts]
