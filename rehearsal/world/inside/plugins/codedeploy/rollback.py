"""Whether a deployment is taken back, and how."""

from typing import Any

from rehearsal.world.inside.plugins.codedeploy import alias
from rehearsal.world.inside.plugins.codedeploy.deployment import Deployment
from rehearsal.world.inside.plugins.codedeploy.ended import EndedError


def wanted(deployment: Deployment, trigger: str) -> bool:
    """Whether the group, or who stopped it, wants it taken back."""
    configured = deployment.group.get("autoRollbackConfiguration") or {}
    automatic = bool(configured.get("enabled")) and trigger in configured.get("events", ())
    asked = deployment.rollback_asked
    return automatic if asked is None or trigger != "DEPLOYMENT_STOP_ON_REQUEST" else asked


def take_back(deployment: Deployment, back: Deployment, client: Any, now: float) -> None:
    """All traffic at once, and without hooks: whether these run then, AWS does not say.

    Args:
        deployment: the one that is over.
        back: the one that restores the version before; it is over afterwards, too.
        client: Lambda, as the service role; nothing where there is none to be had.
        now: the time; this takes none.
    """
    back.info.update(status="InProgress", startTime=now)
    back.begin("AllowTraffic", now)
    try:
        alias.move(client, back.shift, 1.0)
    except Exception as error:  # noqa: BLE001 - the deployment that failed is over all the same
        code = error.code if isinstance(error, EndedError) else "INTERNAL_ERROR"
        back.info["errorInformation"] = {"code": code, "message": str(error)}
        status = "Failed"
    else:
        status, back.weight, deployment.weight = "Succeeded", 1.0, 0.0
    back.end("AllowTraffic", status, now)
    back.info.update(status=status, completeTime=now)
    back.ended.set()
