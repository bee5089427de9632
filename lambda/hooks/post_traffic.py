"""AfterAllowTraffic: the target version, once it serves every customer."""

from typing import TYPE_CHECKING

import hook
from deadline import Context

if TYPE_CHECKING:
    from checks import Check


def handle(event: object, context: Context) -> dict[str, str]:
    """Confirm a release only if the alias serves it alone and it keeps its contract."""
    return hook.run(event, context, checks)


def checks() -> list["Check"]:
    """Name what must be passed after the whole shift."""
    from checks import alias_serves_target, contract_holds  # noqa: PLC0415 see pre_traffic

    return [alias_serves_target, contract_holds]
