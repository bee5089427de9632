"""AfterAllowTraffic: the target version, once it serves every customer."""

from typing import TYPE_CHECKING

import hook
from deadline import Context

if TYPE_CHECKING:
    from examination import Check


def handle(event: object, context: Context) -> dict[str, str]:
    """Confirm a release that the alias serves alone, that keeps its contract and is no worse."""
    return hook.run(event, context, by="post_traffic", load_checks=checks)


def checks() -> list["Check"]:
    """Name what must be passed after the whole shift, in order."""
    # A check that fails to load must be reported.
    from checks import alias_serves_target, contract_holds  # noqa: PLC0415
    from final import verdict_stands  # noqa: PLC0415

    return [alias_serves_target, contract_holds, verdict_stands]
