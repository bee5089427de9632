"""The delivery as the proof releases it: one service in production, a short canary and bake."""

import tomllib
from pathlib import Path
from typing import Any

from delivery.wave import names_in

# So short that the watch has settled minutes before CodeDeploy goes on by itself.
MINUTES = 5
PERCENT = 50
PER_SECOND = 1.0
BUILD_SECRET = {
    "name": "proof-of-permissions",
    "description": "So that the builds have something to read.",
    "used_by": "build",
}


def shortened(delivery_file: Path, service: str) -> dict[str, Any]:
    """What is different in the delivery, as a JSON merge patch.

    Every environment has the same roles from the same constructs, and the last one those of the
    gates as well, so it stands for all; somebody is asked before a release enters it. The
    version's own objective is so wide that its alarms leave a degraded version to the watch.

    Args:
        delivery_file: the delivery, which has been read before without a problem.
        service: whose pipeline the releases go through.
    """
    told = tomllib.loads(delivery_file.read_text(encoding="utf-8"))
    [own] = [each for each in told["services"] if each["name"] == service]
    [*_, [_, last]] = names_in(own["promotion"])
    [environment] = [each for each in told["environments"] if each["name"] == last]
    canary = own["canary"] | {
        "percent": PERCENT,
        "minutes": MINUTES,
        "requests_per_second": PER_SECOND,
        "synthetic_requests": 0,
    }
    return {
        "environments": [
            environment | {"window": "off", "approval": True, "bake_minutes": 1, "bake_requests": 1}
        ],
        "services": [
            own
            | {
                "promotion": [last],
                "canary": canary,
                "objectives": own.get("objectives", {}) | {"errors_percent": 50.0},
            }
        ],
    }


def with_build_secret(delivery_file: Path) -> dict[str, Any]:
    """What is different where the builds of the one service have a secret to read.

    It comes with the first release: a pipeline's own role makes it.

    Args:
        delivery_file: the shortened delivery.
    """
    [own] = tomllib.loads(delivery_file.read_text(encoding="utf-8"))["services"]
    secrets = own.get("secrets", [])
    if not any(each.get("used_by") == "build" for each in secrets):
        secrets = [*secrets, BUILD_SECRET]
    return {"services": [own | {"secrets": secrets}]}
